"""What everybody may see of editions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, case, extract, func, not_, or_, select

from lapak.accounts.models import Account
from lapak.catalog.models import Category, Product, ProductPhoto, Review
from lapak.catalog.queries import IS_WITHHELD, Card, card_columns, to_card
from lapak.catalog.rules import State as ProductState
from lapak.db.base import UtcDateTime
from lapak.db.session import AnySelect, Query
from lapak.editions.models import Decision, Edition, Entry, Programme, Score, Series
from lapak.editions.rules.calendar import Stage, State, Who, key_of, stage
from lapak.editions.rules.choosing import Rules, Standing, read_rules
from lapak.editions.rules.deeds import PUBLIC_DEEDS, Deed
from lapak.kernel.paging import Page
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo
from lapak.regions.models import Region
from lapak.regions.queries import site_of
from lapak.regions.rules import short_name, within
from lapak.shops.models import Shop

PAGE = 24
MOST_DECISIONS = 100
Days = tuple[date, date]
"""The first and the last of some days, both included."""


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as its pages show it; `photos` holds up to four faces where a page asked for them.

    `entry_count` and `place_count` are of those chosen. `category` is a slug, empty for any; `rules` are those it was judged under.
    On the days of `quiet`, both included, its region names no officials on pages and in kits.
    Its kit is kept under `kit_key` once `kit_at` is set; until then it is drawn, or given up when it is not due either.
    """

    id: int
    region_code: str
    series: str
    series_name: str
    number: int
    theme: str
    note: str
    date: date
    state: State
    category: str
    category_name: str
    who: Who
    place: str
    place_name: str
    asks_own_work: bool
    opens_at: datetime | None
    closes_at: datetime | None
    publish_at: datetime
    opened_at: datetime | None
    begun_at: datetime | None
    rules: Rules | None
    tie_seed: str
    published_at: datetime | None
    lot_seed: str | None
    base: str
    kit_key: str | None
    kit_due_at: datetime | None
    kit_at: datetime | None
    curator: str
    curator_id: int
    entry_count: int
    place_count: int
    quiet: Days | None
    photos: tuple[PhotoView, ...] = ()

    @property
    def key(self) -> str:
        """What it is called in the desk's addresses."""
        return key_of(self.series, self.number)

    def stage(self, now: datetime) -> Stage:
        """Where it stands at that moment."""
        return stage(self.state, opens_at=self.opens_at, closes_at=self.closes_at, begun_at=self.begun_at, now=now)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was done to an edition, by whom and why; `by` is empty for the worker, `product` where one was concerned.

    `stall` is the number that a removal left empty.
    """

    at: datetime
    deed: Deed
    by: str
    reason: str
    product: str
    stall: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries an edition got, by whom they came, and how many left again; how many judges gave how many scores.

    `entered` by their sellers' own hand, `pooled` as their sellers had allowed, `nominated` by curators: together they are `entries`.
    `withdrawn` are those of all these whose sellers stepped back or said no.

    `named` counts the entries of which a judge said that a photo showed the shop's name.
    """

    entered: int
    pooled: int
    nominated: int
    withdrawn: int
    judges: int
    scores: int
    named: int

    @property
    def entries(self) -> int:
        """All of them, also those that left."""
        return self.entered + self.pooled + self.nominated

    @property
    def stayed(self) -> int:
        """Those that took part to the end."""
        return self.entries - self.withdrawn


_OF_CHOSEN = (Entry.edition_id == Edition.id, Entry.standing == Standing.CHOSEN)
_ENTRY_COUNT = select(func.count()).where(*_OF_CHOSEN).correlate(Edition).scalar_subquery()
_PLACE_COUNT = (
    select(func.count(func.distinct(Shop.region_code)))
    .join(Entry, Entry.shop_id == Shop.id)
    .where(*_OF_CHOSEN)
    .correlate(Edition)
    .scalar_subquery()
)
EDITION: AnySelect = (
    select(
        Edition.id, Edition.region_code, Edition.series, func.coalesce(Series.name, ""), Edition.number, Edition.theme, Edition.note,
        Edition.dated, Edition.state, func.coalesce(Category.slug, ""), func.coalesce(Category.name, ""), Edition.who, Edition.place_code,
        func.coalesce(Region.name, ""), Edition.asks_own_work, Edition.opens_at, Edition.closes_at, Edition.publish_at, Edition.opened_at,
        Edition.begun_at, Edition.rules, Edition.tie_seed, Edition.published_at, Edition.lot_seed, Edition.base,
        Edition.kit_key, Edition.kit_due_at, Edition.kit_at,
        Account.name, Edition.curator_id, _ENTRY_COUNT, _PLACE_COUNT,
        Programme.quiet_from, Programme.quiet_until,
    )
    .join(Account, Account.id == Edition.curator_id)
    .outerjoin(Series, (Series.region_code == Edition.region_code) & (Series.slug == Edition.series))
    .outerjoin(Category, Category.id == Edition.category_id)
    .outerjoin(Region, Region.code == Edition.place_code)
    .outerjoin(Programme, Programme.region_code == Edition.region_code)
)  # fmt: skip
"""The columns of an `EditionView`, for the other modules of this package."""


def to_edition(*row: Any) -> EditionView:
    """Pour a row of `EDITION` into an `EditionView`."""
    values, quiet = list(row[:-2]), row[-2:]
    values[8], values[11], values[13] = State(row[8]), Who(row[11]), short_name(row[13])
    values[20] = read_rules(row[20]) if row[20] else None
    values.append(quiet if all(quiet) else None)
    return EditionView(*values)


_OF_REGION = EDITION.where(Edition.region_code == bindparam("region_code"))
_LATEST = Query(
    _OF_REGION.where(Edition.state == State.PUBLISHED).order_by(Edition.published_at.desc(), Edition.id.desc()).limit(1), to_edition
)
_BY_NUMBER = Query(_OF_REGION.where(Edition.number == bindparam("number"), Edition.series == bindparam("series")), to_edition)
_NEXT = Query(
    _OF_REGION.where(Edition.state.in_([State.DRAFT, State.SCHEDULED]), Edition.closes_at > bindparam("now"), Edition.begun_at.is_(None))
    .order_by(Edition.closes_at, Edition.id)
    .limit(3),
    to_edition,
)
_YEAR = extract("year", Edition.dated)
_YEARS = Query(
    select(_YEAR)
    .where(Edition.region_code == bindparam("region_code"), Edition.state == State.PUBLISHED)
    .distinct()
    .order_by(_YEAR.desc())
    .limit(100),
    int,
)
_SERIES = Query(
    select(Series.slug, Series.name).where(Series.region_code == bindparam("region_code")).order_by(Series.name).limit(50),
    lambda slug, name: (slug, name),
)


def _to_card(*row: Any) -> Card:
    """A listing as it stands on its stall; of one that a moderator withholds only what it was called remains."""
    card = to_card(*row[:-1])
    return replace(card, photo=None, state=ProductState.WITHHELD) if row[-1] else card


_CARDS = Query(
    card_columns(Entry.stall)
    .add_columns(IS_WITHHELD)
    .join(Entry, Entry.product_id == Product.id)
    .outerjoin(Review, Review.product_id == Product.id)
    .where(Entry.edition_id == bindparam("edition_id"), Entry.standing == Standing.CHOSEN)
    .order_by(Entry.stall, Entry.place, Entry.id)
    .limit(10),
    _to_card,
)
_SHOWN = Query(
    select(Product.slug, Entry.shown_name, Entry.shown_price)
    .join(Entry, Entry.product_id == Product.id)
    .where(Entry.edition_id == bindparam("edition_id"), Entry.standing == Standing.CHOSEN)
    .limit(10),
    lambda slug, name, price: (slug, (name, price)),
)
_STALLS = Query(
    select(Edition.series, Edition.number, Entry.stall)
    .join(Entry, Entry.edition_id == Edition.id)
    .where(
        Entry.product_id == bindparam("product_id"), Edition.state == State.PUBLISHED, Entry.standing == Standing.CHOSEN,
        Edition.region_code == bindparam("region_code"),
    )
    .order_by(Edition.published_at.desc(), Edition.id)
    .limit(20),
    lambda *row: row,
)  # fmt: skip
_FEATURED = Query(
    select(func.count(func.distinct(Entry.shop_id)))
    .join(Edition, Edition.id == Entry.edition_id)
    .where(
        Edition.state == State.PUBLISHED, Entry.standing == Standing.CHOSEN, Edition.region_code >= bindparam("low"),
        Edition.region_code < bindparam("high"),
    ),
    int,
)  # fmt: skip
_FACES = (
    select(Entry.edition_id, *PHOTO_COLUMNS)
    .join(ProductPhoto, ProductPhoto.product_id == Entry.product_id)
    .join(Photo, Photo.id == ProductPhoto.photo_id)
    .outerjoin(Review, Review.product_id == Entry.product_id)
    .where(ProductPhoto.position == 0, Entry.stall.is_not(None), not_(IS_WITHHELD))
    .order_by(Entry.edition_id, Entry.stall)
)
_DECISIONS = Query(
    select(
        Decision.at,
        Decision.deed,
        func.coalesce(Account.name, ""),
        Decision.reason,
        case((and_(bindparam("is_public", type_=Boolean), IS_WITHHELD), ""), else_=func.coalesce(Product.name, "")),
        Decision.stall,
    )
    .select_from(Decision)
    .outerjoin(Account, Account.id == Decision.by_id)
    .outerjoin(Entry, Entry.id == Decision.entry_id)
    .outerjoin(Product, Product.id == Entry.product_id)
    .outerjoin(Review, Review.product_id == Entry.product_id)
    .where(Decision.edition_id == bindparam("edition_id"), Decision.deed.in_(bindparam("deeds", expanding=True)))
    .order_by(Decision.id)
    .limit(MOST_DECISIONS),
    lambda at, deed, *rest: DecisionView(at, Deed(deed), *rest),
)
_TOTALS = Query(
    select(
        func.count(case((Entry.source == "seller", 1))), func.count(case((Entry.source == "pool", 1))),
        func.count(case((Entry.source.in_(["curator", "before"]), 1))), func.count(case((Entry.standing == Standing.WITHDRAWN, 1))),
    ).where(Entry.edition_id == bindparam("edition_id")),
    lambda *counts: counts,
)  # fmt: skip
"""Before there were calls (source "before"), curators alone put listings in."""
_JUDGES = Query(
    select(
        func.count(func.distinct(Score.curator_id)), func.count(),
        func.count(func.distinct(case((Score.names_shop.is_(True), Score.entry_id)))),
    )
    .join(Entry, Entry.id == Score.entry_id)
    .where(Entry.edition_id == bindparam("edition_id"), Score.replaced_at.is_(None)),
    lambda judges, scores, named: (judges, scores, named),
)  # fmt: skip
_KIT_OUT = Query(
    select(Edition.series, Edition.number).where(
        Edition.kit_key == bindparam("kit_key"), Edition.kit_at.is_not(None), Edition.state == State.PUBLISHED,
        Edition.region_code == bindparam("region_code"),
    ),
    lambda *row: row,
)  # fmt: skip


def latest(region_code: str) -> EditionView | None:
    """The edition that was published last, of any series."""
    return _LATEST.first(region_code=region_code)


def by_number(region_code: str, number: int, *, series: str = "") -> EditionView | None:
    """An edition by its number in its series, whatever its state."""
    return _BY_NUMBER.first(region_code=region_code, number=number, series=series)


def coming(region_code: str, *, now: datetime) -> list[EditionView]:
    """Up to three editions whose entries have not closed, the next to close first."""
    return _NEXT.all(region_code=region_code, now=now)


def published(
    region_code: str, *, before: int | None = None, series: str | None = None, category: str = "", year: int | None = None,
) -> Page[EditionView]:  # fmt: skip
    """Published editions, newest first, each with its first faces; `before` is the id of the last one seen.

    Narrowed to a series ("" is the main one, None any), a category, a year of publication.
    """
    statement = _OF_REGION.where(Edition.state == State.PUBLISHED).order_by(Edition.dated.desc(), Edition.id.desc()).limit(PAGE + 1)
    if before is not None:
        last = select(Edition.dated, Edition.id).where(Edition.id == before).subquery()
        statement = statement.join(last, or_(Edition.dated < last.c.dated, (Edition.dated == last.c.dated) & (Edition.id < last.c.id)))
    if series is not None:
        statement = statement.where(Edition.series == series)
    if category:
        statement = statement.where(Category.slug == category)
    if year is not None:
        statement = statement.where(Edition.dated >= date(year, 1, 1), Edition.dated <= date(year, 12, 31))
    rows = Query(statement, to_edition).all(region_code=region_code)
    shown = rows[:PAGE]
    faces: dict[int, list[PhotoView]] = {}
    found = Query(_FACES.where(Entry.edition_id.in_([row.id for row in shown])).limit(PAGE * 10), lambda *row: row).all() if shown else []
    for edition_id, *photo in found:
        if len(faces.setdefault(edition_id, [])) < 4:
            faces[edition_id].append(to_photo(*photo))
    return Page([replace(row, photos=tuple(faces.get(row.id, ()))) for row in shown], shown[-1].id if len(rows) > PAGE else None)


def years_of(region_code: str) -> list[int]:
    """The years of which a region has published editions, newest first."""
    return _YEARS.all(region_code=region_code)


def series_of(region_code: str) -> list[tuple[str, str]]:
    """A region's special series: (slug, name)."""
    return _SERIES.all(region_code=region_code)


def cards(edition_id: int) -> list[Card]:
    """The listings chosen for an edition, by stall number (drawn by lot, no ranking); before publication in the shortlist's order."""
    return _CARDS.all(edition_id=edition_id)


def as_shown(edition_id: int) -> dict[str, tuple[str, int | None]]:
    """What an edition's listings were called and cost when it was published: slug -> (name, price in rupiah)."""
    return dict(_SHOWN.all(edition_id=edition_id))


def stalls_of(product_id: int, *, region_code: str) -> list[tuple[str, int, int]]:
    """Where a listing appeared in a region's editions: (series, number, stall), newest first."""
    return _STALLS.all(product_id=product_id, region_code=region_code)


def featured_shops(region_code: str) -> int:
    """How many shops ever appeared in a published edition."""
    low, high = within(region_code)
    return _FEATURED.first(low=low, high=high) or 0


def decisions(edition_id: int, *, is_public: bool = True) -> list[DecisionView]:
    """What was done to an edition, oldest first: only what the public may read (no name of a listing that is withheld), or all of it."""
    return _DECISIONS.all(edition_id=edition_id, is_public=is_public, deeds=list(PUBLIC_DEEDS if is_public else Deed))


def totals(edition_id: int) -> Totals:
    """How many entered and judged."""
    entered, pooled, nominated, withdrawn = _TOTALS.all(edition_id=edition_id)[0]
    judges, scores, named = _JUDGES.all(edition_id=edition_id)[0]
    return Totals(entered, pooled, nominated, withdrawn, judges, scores, named)


def kit_out(kit_key: str, *, region_code: str) -> tuple[str, int] | None:
    """Whose kit may be looked at under that key: a published edition's (series, number), once it is drawn."""
    return _KIT_OUT.first(kit_key=kit_key, region_code=region_code)


_RUNNING = Query(
    select(Edition.id, Edition.published_at)
    .distinct()
    .join(Entry, Entry.edition_id == Edition.id)
    .where(
        Edition.state == State.PUBLISHED, Edition.published_at > bindparam("since", type_=UtcDateTime),
        Entry.standing == Standing.CHOSEN, Entry.product_id.in_(bindparam("product_ids", expanding=True)),
    )
    .order_by(Edition.id)
    .limit(10),
    lambda *row: row,
)  # fmt: skip


def running(product_ids: Sequence[int], *, since: datetime) -> list[tuple[int, datetime]]:
    """The editions published since a moment that show one of those listings, each with the moment it went out."""
    return _RUNNING.all(product_ids=list(product_ids), since=since)


_DAYS = Query(
    select(Edition.published_at, Edition.region_code)
    .where(Edition.id.in_(bindparam("ids", expanding=True)), Edition.published_at.is_not(None))
    .limit(10),
    lambda *row: row,
)


def days_of(ids: Sequence[int]) -> list[date]:
    """The dates on which editions came out, on the clock of the region that ran each."""
    days = []
    for published_at, region_code in _DAYS.all(ids=list(ids)):
        site = site_of(region_code)
        days.append(site.today(published_at) if site else published_at.date())
    return days
