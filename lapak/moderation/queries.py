"""Reads of the desk: what waits, what is reported, what happened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select, tuple_

from lapak.accounts.models import Account
from lapak.catalog.models import Product, ProductPhoto, Review, WaitingVersion
from lapak.catalog.queries import FACE
from lapak.catalog.rules import Kind, State
from lapak.checking.rules import Deed, Field, Rule, Standing
from lapak.db.base import UtcDateTime
from lapak.db.session import AnySelect, Query
from lapak.kernel.paging import Page, parse_key
from lapak.moderation.models import ModerationLog, Report
from lapak.moderation.rules import DECISIONS, GRAVE, Show, Trouble
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo_if_any
from lapak.regions.models import Region
from lapak.regions.rules import short_name, within
from lapak.shops.models import Shop

PAGE = 30
MOST_REPORTED = 60
MOST_SHOWN = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """A listing in the queue; `since` is when its turn began, `reported_at` when the first open report came. `is_grave`: some harm."""

    product_id: int
    slug: str
    name: str
    price: int
    is_service: bool
    state: State
    shop_name: str
    place_name: str
    standing: Standing
    since: datetime | None
    is_edit: bool
    new_name: str | None
    new_price: int | None
    reports: int
    is_grave: bool
    reported_at: datetime | None
    photo: PhotoView | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue and the cursor where the next one starts."""

    items: Sequence[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """An open or closed report, for moderators."""

    id: int
    trouble: Trouble
    words: str
    phone: str | None
    reported_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """Something that happened, with the name of who did it (empty for a rule); `content` is what was decided on, by field."""

    id: int
    revision: int
    deed: Deed
    by_id: int | None
    by_name: str
    rule: str
    reason: str
    note: str
    content: Mapping[Field, str]
    reports: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """When somebody looked at a listing and let it stand: curators for an edition, or whoever moderates."""

    at: datetime
    by_curators: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody decided about a listing, or about the rules (then it has no `slug`), with their name."""

    id: int
    slug: str | None
    name: str | None
    shop_name: str | None
    deed: Deed
    by_name: str
    reason: str
    note: str
    reports: int
    at: datetime


_OPEN = (
    select(
        Report.product_id, func.count().label("n"), func.max(case((Report.trouble.in_(GRAVE), 1), else_=0)).label("grave"),
        func.min(Report.reported_at).label("first_at"), func.min(Report.id).label("first_id"),
    )
    .where(Report.closed_at.is_(None))
    .group_by(Report.product_id)
    .subquery()
)  # fmt: skip
_COLUMNS = (
    Product.id, Product.slug, Product.name, Product.price, Product.kind, Product.state, Shop.name, Region.name,
    func.coalesce(Review.standing, Standing.CHECKED), Review.waiting_since, WaitingVersion.product_id.is_not(None), WaitingVersion.name,
    WaitingVersion.price, func.coalesce(_OPEN.c.n, 0), func.coalesce(_OPEN.c.grave, 0), _OPEN.c.first_at, *PHOTO_COLUMNS,
)  # fmt: skip


def _item(
    id_: int, slug: str, name: str, price: int, kind: str, state: str, shop: str, place: str, standing: str, since: datetime | None,
    is_edit: bool, new_name: str | None, new_price: int | None, reports: int, is_grave: int, reported_at: datetime | None, *photo: Any,
) -> Item:  # fmt: skip
    return Item(
        id_, slug, name, price, kind == Kind.SERVICE, State(state), shop, short_name(place), Standing(standing), since, is_edit, new_name,
        new_price, reports, bool(is_grave), reported_at, to_photo_if_any(*photo),
    )  # fmt: skip


def _joined(statement: AnySelect, region_code: str) -> AnySelect:
    low, high = within(region_code)
    return (
        statement.join(Shop, Shop.id == Product.shop_id)
        .join(Region, Region.code == Shop.region_code)
        .outerjoin(WaitingVersion, WaitingVersion.product_id == Product.id)
        .outerjoin(ProductPhoto, FACE)
        .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
        .where(Shop.market_code >= low, Shop.market_code < high, Product.state != State.ARCHIVED)
    )


def _reported(region_code: str, columns: Sequence[Any] = _COLUMNS) -> AnySelect:
    """Those with open reports, what may do harm first, then by the first report."""
    found: AnySelect = select(*columns).select_from(_OPEN).join(Product, Product.id == _OPEN.c.product_id)
    found = found.outerjoin(Review, Review.product_id == Product.id)
    return _joined(found, region_code).order_by(_OPEN.c.grave.desc(), _OPEN.c.first_id).limit(MOST_REPORTED)


def _standing(region_code: str, show: Show, columns: Sequence[Any] = _COLUMNS) -> AnySelect:
    """Those that wait, by when their turn began; or those that their sellers were asked to mend, the last asked first."""
    found: AnySelect = select(*columns).select_from(Review).join(Product, Product.id == Review.product_id)
    found = _joined(found.outerjoin(_OPEN, _OPEN.c.product_id == Product.id), region_code)
    if show is Show.ASKED:
        return found.where(Review.standing == Standing.ASKED).order_by(Review.decided_at.desc(), Product.id.desc())
    return found.where(Review.waiting_since.is_not(None), _KIND[show]).order_by(Review.waiting_since, Product.id)


_KIND: dict[Show, ColumnElement[bool]] = {
    Show.ALL: _OPEN.c.n.is_(None),  # what is reported stands before it
    Show.NEW: WaitingVersion.product_id.is_(None),
    Show.EDITED: WaitingVersion.product_id.is_not(None),
}


def queue(region_code: str, show: Show, *, after: str | None = None, limit: int = PAGE) -> Queue:
    """A page of a region's queue: what is reported first, on the first page, then what waits, oldest first."""
    items: list[Item] = []
    if show in {Show.ALL, Show.REPORTED} and not after:
        items = Query(_reported(region_code), _item).all()
    if show is Show.REPORTED:
        return Queue(items, None)
    statement = _standing(region_code, show).limit(limit + 1)
    if show is not Show.ASKED and (place := _parse(after)) is not None:
        statement = statement.where(_behind(*place))
    rows = Query(statement, _item).all()
    last = rows[limit - 1] if len(rows) > limit and show is not Show.ASKED else None
    return Queue([*items, *rows[:limit]], _cursor(last) if last else None)


def following(region_code: str, show: Show, slug: str, *, product_id: int, since: datetime | None) -> str | None:
    """The listing whose turn comes behind this one, which began waiting at `since`; from the last one the first."""
    reported = Query(_reported(region_code, (Product.slug,)), str).all() if show in {Show.ALL, Show.REPORTED} else []
    if slug in reported[:-1]:
        return reported[reported.index(slug) + 1]
    waiting = None if show in {Show.REPORTED, Show.ASKED} else _standing(region_code, show, (Product.slug,)).limit(1)
    if waiting is None:
        return next((one for one in reported if one != slug), None)
    if since is not None and slug not in reported:
        behind = Query(waiting.where(_behind(since, product_id)), str).first()
        if behind is not None:
            return behind
        if others := [one for one in reported if one != slug]:
            return others[0]
    return Query(waiting.where(Product.id != product_id), str).first() or next((one for one in reported if one != slug), None)


def _behind(since: datetime, product_id: int) -> ColumnElement[bool]:
    return tuple_(Review.waiting_since, Product.id) > tuple_(literal(since, UtcDateTime), literal(product_id))


def _cursor(item: Item) -> str:
    since = item.since or _EPOCH
    return f"{int((since - _EPOCH) / timedelta(microseconds=1))}.{item.product_id}"


def _parse(text: str | None) -> tuple[datetime, int] | None:
    since, _dot, key = (text or "").partition(".")
    at, product_id = parse_key(since), parse_key(key)
    if at is None or product_id is None or at > 10**16:
        return None
    return _EPOCH + timedelta(microseconds=at), product_id


_COUNTS = Query(
    select(
        func.count().filter(WaitingVersion.product_id.is_(None), Review.waiting_since.is_not(None)),
        func.count().filter(WaitingVersion.product_id.is_not(None), Review.waiting_since.is_not(None)),
    )
    .select_from(Review)
    .join(Product, Product.id == Review.product_id)
    .join(Shop, Shop.id == Product.shop_id)
    .outerjoin(WaitingVersion, WaitingVersion.product_id == Product.id)
    .where(
        Review.waiting_since.is_not(None), Product.state != State.ARCHIVED,
        Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high"),
    ),
    lambda new, edited: (new, edited),
)  # fmt: skip
_REPORTED = Query(
    select(func.count(), func.count(Review.waiting_since))
    .select_from(_OPEN)
    .join(Product, Product.id == _OPEN.c.product_id)
    .join(Shop, Shop.id == Product.shop_id)
    .outerjoin(Review, Review.product_id == Product.id)
    .where(Product.state != State.ARCHIVED, Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high")),
    lambda all_, waiting: (all_, waiting),
)


def counts(region_code: str) -> dict[Show, int]:
    """How many listings each part of a region's queue holds; what is reported and waits counts once in all of it."""
    low, high = within(region_code)
    new, edited = _COUNTS.first(low=low, high=high) or (0, 0)
    reported, both = _REPORTED.first(low=low, high=high) or (0, 0)
    return {Show.ALL: new + edited + reported - both, Show.REPORTED: reported, Show.NEW: new, Show.EDITED: edited}


_REPORTS = Query(
    select(Report.id, Report.trouble, Report.words, Report.phone, Report.reported_at, Report.closed_at)
    .where(Report.product_id == bindparam("product_id"), Report.closed_at.is_(None))
    .order_by(Report.id.desc())
    .limit(MOST_SHOWN),
    lambda id_, trouble, *rest: ReportRow(id_, Trouble(trouble), *rest),
)
_LOG = (
    select(
        ModerationLog.id, ModerationLog.revision, ModerationLog.deed, ModerationLog.by_id, func.coalesce(Account.name, ""),
        ModerationLog.rule, ModerationLog.reason, ModerationLog.note, ModerationLog.content, ModerationLog.reports, ModerationLog.at,
    )
    .outerjoin(Account, Account.id == ModerationLog.by_id)
    .order_by(ModerationLog.at.desc(), ModerationLog.id.desc())
    .limit(MOST_SHOWN)
)  # fmt: skip


def _log_row(
    id_: int, revision: int, deed: str, by_id: int | None, by_name: str, rule: str, reason: str, note: str, content: str, *rest: Any
) -> LogRow:
    said = {Field(field): str(text) for field, text in json.loads(content or "{}").items() if field in set(Field)}
    return LogRow(id_, revision, Deed(deed), by_id, by_name, rule, reason, note, said, *rest)


_LOG_OF = Query(_LOG.where(ModerationLog.product_id == bindparam("product_id")), _log_row)
_DECISIONS = _LOG.where(ModerationLog.product_id == bindparam("product_id"), ModerationLog.deed.in_(DECISIONS))
_LAST = Query(_DECISIONS.order_by(None).order_by(ModerationLog.id.desc()).limit(1), _log_row)
_VISIBLE = (Deed.APPROVED, Deed.KEPT, Deed.ASKED, Deed.TAKEN_DOWN, Deed.PASSED)
_BY_CURATORS = and_(ModerationLog.deed == Deed.PASSED, ModerationLog.rule == Rule.CURATED)
_LATEST = (
    select(func.max(ModerationLog.id))
    .where(ModerationLog.product_id == bindparam("product_id"), ModerationLog.deed.in_(_VISIBLE), ModerationLog.rule != Rule.SMALL)
    .scalar_subquery()
)
_LOOKED = Query(
    select(ModerationLog.at, _BY_CURATORS).where(
        ModerationLog.id == _LATEST, or_(ModerationLog.deed.in_([Deed.APPROVED, Deed.KEPT]), _BY_CURATORS)
    ),
    lambda at, by_curators: Looked(at, bool(by_curators)),
)
_RULES_LOG = Query(_LOG.where(ModerationLog.region_code == bindparam("region_code"), ModerationLog.deed == Deed.RULES).limit(10), _log_row)
_ORIGIN_RECENT = Query(
    select(func.count()).where(Report.origin == bindparam("origin"), Report.reported_at > bindparam("since", type_=UtcDateTime)), int
)
_OPEN_OF = Query(
    select(
        func.count(),
        func.count().filter(Report.origin == bindparam("origin")),
        func.count().filter(Report.reporter == bindparam("reporter")),
    ).where(Report.product_id == bindparam("product_id"), Report.closed_at.is_(None)),
    lambda *row: row,
)


def reports_of(product_id: int) -> list[ReportRow]:
    """A listing's open reports, newest first, at most fifty."""
    return _REPORTS.all(product_id=product_id)


def log_of(product_id: int) -> list[LogRow]:
    """What happened to a listing at the desk, newest first, at most fifty."""
    return _LOG_OF.all(product_id=product_id)


def last_decision(product_id: int) -> LogRow | None:
    """What a person decided last about a listing."""
    return _LAST.first(product_id=product_id)


def looked_at(product_id: int) -> Looked | None:
    """Who looked at what buyers see of a listing and let it stand; None while nobody did, or when a rule alone let it through since.

    Small changes that rules let pass do not count: neither as a look nor against one.
    """
    return _LOOKED.first(product_id=product_id)


def rule_changes(region_code: str) -> list[LogRow]:
    """Who changed a region's rules, newest first, at most ten times."""
    return _RULES_LOG.all(region_code=region_code)


def history(region_code: str, *, after: int | None = None, limit: int = PAGE) -> Page[Done]:
    """What people decided in a region, newest first, starting after the row with key `after`."""
    low, high = within(region_code)
    statement = (
        select(
            ModerationLog.id, Product.slug, Product.name, Shop.name, ModerationLog.deed, func.coalesce(Account.name, ""),
            ModerationLog.reason, ModerationLog.note, ModerationLog.reports, ModerationLog.at,
        )
        .outerjoin(Product, Product.id == ModerationLog.product_id)
        .outerjoin(Shop, Shop.id == Product.shop_id)
        .outerjoin(Account, Account.id == ModerationLog.by_id)
        .where(
            ModerationLog.region_code >= low, ModerationLog.region_code < high, ModerationLog.deed.in_({*DECISIONS, Deed.RULES}),
        )
        .order_by(ModerationLog.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(ModerationLog.id < after)
    rows = Query(statement, lambda id_, slug, name, shop, deed, *rest: Done(id_, slug, name, shop, Deed(deed), *rest)).all()
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def reports_from(origin: str, *, since: datetime) -> int:
    """How many reports came from an origin since then."""
    return _ORIGIN_RECENT.first(origin=origin, since=since) or 0


def open_reports(product_id: int, *, origin: str, reporter: str) -> tuple[int, int, int]:
    """A listing's open reports: all of them, those from an origin, those of a reporter."""
    all_, same_origin, same_reporter = _OPEN_OF.first(product_id=product_id, origin=origin, reporter=reporter) or (0, 0, 0)
    return all_, same_origin, same_reporter
