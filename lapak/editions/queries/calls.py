"""What sellers see: calls they may answer, their entries and what became of them; and what the worker has to do when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, desc, exists, func, or_, select
from sqlalchemy.orm import aliased

from lapak.accounts.models import Account, Consent
from lapak.accounts.rules import Purpose
from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.catalog.queries import FACE
from lapak.catalog.rules import State as ProductState
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.editions.models import Decision, Edition, Entry, Series
from lapak.editions.queries.desk import rules_of
from lapak.editions.queries.public import EDITION, EditionView, to_edition
from lapak.editions.rules.answers import ANSWERS, Answer, Reason
from lapak.editions.rules.calendar import State, Who, may_enter
from lapak.editions.rules.captions import title
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import answer_by, concern
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo_if_any
from lapak.photos.rules import UNMEASURABLE
from lapak.shops.models import Shop

MOST_CALLS = 10
MOST_CHOICES = 100
MOST_SHOPS = 20_000
NOW = bindparam("now", type_=UtcDateTime)
RUNNING = frozenset({Standing.ENTERED, Standing.CHOSEN, Standing.RESERVE})
"""Where an entry stands that may still go out."""


@dataclass(frozen=True, slots=True)
class MyEntry:
    """A shop's entry, as its seller sees it; `removed` is why its stall was taken out after publication, empty otherwise."""

    edition: EditionView
    code: str
    standing: Standing
    source: str
    slug: str
    name: str
    stall: int | None
    asked_at: datetime | None
    ready_at: datetime | None
    reason: Reason | None
    has_own_work: bool
    stays_in_pool: bool
    shares_figures: bool
    entered_at: datetime
    agreed_at: datetime | None
    removed: str
    photo: PhotoView | None

    @property
    def is_awaited(self) -> bool:
        """Whether its seller should say that they are ready, and has not since they were asked."""
        is_listed = self.standing in {Standing.CHOSEN, Standing.RESERVE}
        if not is_listed or self.edition.state is not State.SCHEDULED or self.asked_at is None:
            return False
        return self.ready_at is None or self.ready_at < self.asked_at

    @property
    def may_decline(self) -> bool:
        """Whether others put it forward, and its seller can still say no."""
        is_running = self.edition.state in {State.DRAFT, State.SCHEDULED} and self.standing in RUNNING
        return is_running and self.source in {"curator", "pool"}

    @property
    def is_asked(self) -> bool:
        """Whether a curator put it forward and its seller has not said yet whether they take part."""
        return self.may_decline and self.agreed_at is None

    @property
    def answer(self) -> Answer | None:
        """Why it was not chosen, and what to mend."""
        return ANSWERS[self.reason] if self.reason else None


@dataclass(frozen=True, slots=True)
class Choice:
    """A listing a shop might enter; `is_fitting` says whether it is of the edition's kind."""

    id: int
    slug: str
    name: str
    price: int
    is_fitting: bool
    light: int | None
    photo: PhotoView | None

    @property
    def concern(self) -> str:
        """What its photo would be marked down for, told before entering; empty when nothing."""
        return concern(max(self.photo.width, self.photo.height) if self.photo else None, self.light)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom to tell what of an entry: the shop's number and owner, the listing, its stall or the reason; the edition it was in."""

    phone: str
    product: str
    stall: int | None
    reason: Reason | None
    stays_in_pool: bool
    edition: str
    theme: str
    region_code: str
    publish_at: datetime
    base: str
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class ToAsk:
    """An entry whose seller has to be asked; `rules` are its edition's, as they are kept."""

    entry_id: int
    publish_at: datetime
    rules: str | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a seller allowed to take part in fitting themes, with what they declared then."""

    product_id: int
    shop_id: int
    place: str
    market: str
    entered_by: int
    own_work_at: datetime | None
    shares_figures: bool


@dataclass(frozen=True, slots=True)
class KitDue:
    """A kit that has to be drawn under `key`, after so many tries."""

    edition_id: int
    key: str
    due_at: datetime
    tries: int


_OPEN = Query(
    EDITION.where(
        Edition.state == State.DRAFT, Edition.begun_at.is_(None), Edition.opens_at <= NOW, Edition.closes_at > NOW,
        or_(Edition.region_code.in_(bindparam("regions", expanding=True)), Edition.who == Who.COUNTRY),
    )
    .order_by(Edition.closes_at, Edition.id)
    .limit(MOST_CALLS * 3),
    to_edition,
)  # fmt: skip
_EDITION_COLUMNS = len(EDITION.selected_columns)
_REMOVED = (
    select(Decision.reason)
    .where(Decision.entry_id == Entry.id, Decision.deed == Deed.REMOVED)
    .order_by(Decision.id.desc())
    .limit(1)
    .correlate(Entry)
    .scalar_subquery()
)
_ENTRY = (
    EDITION.add_columns(
        Entry.code, Entry.standing, Entry.source, Product.slug, Product.name, Entry.stall, Entry.asked_at, Entry.ready_at, Entry.reason,
        Entry.own_work_at.is_not(None), Entry.stays_in_pool, Entry.shares_figures, Entry.entered_at, Entry.agreed_at,
        func.coalesce(_REMOVED, ""), *PHOTO_COLUMNS,
    )
    .join(Entry, Entry.edition_id == Edition.id)
    .join(Product, Product.id == Entry.product_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
)  # fmt: skip


def _to_mine(*row: Any) -> MyEntry:
    edition = to_edition(*row[:_EDITION_COLUMNS])
    rest: Any = list(row[_EDITION_COLUMNS:])
    rest[1] = Standing(rest[1])
    rest[8] = Reason(rest[8]) if rest[8] else None
    values: list[Any] = [edition, *rest[:15], to_photo_if_any(*rest[15:])]
    return MyEntry(*values)


_MINE = Query(
    _ENTRY.where(Entry.shop_id == bindparam("shop_id"), or_(Entry.source != "before", Edition.state.in_([State.DRAFT, State.SCHEDULED])))
    .order_by(Entry.entered_at.desc(), Entry.id.desc())
    .limit(30),
    _to_mine,
)
_MINE_ONE = Query(_ENTRY.where(Entry.id == bindparam("entry_id")), _to_mine)
_MINE_IN = Query(_ENTRY.where(Entry.shop_id == bindparam("shop_id"), Entry.edition_id == bindparam("edition_id")), _to_mine)
_BY_ID = Query(EDITION.where(Edition.id == bindparam("id")), to_edition)
_ABOVE = aliased(Category)
_CHOICE = (
    select(
        Product.id, Product.slug, Product.name, Product.price,
        or_(bindparam("kind") == "", Category.slug == bindparam("kind"), _ABOVE.slug == bindparam("kind")).label("fits"),
        func.nullif(Photo.light, UNMEASURABLE), *PHOTO_COLUMNS,
    )
    .select_from(Product)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(_ABOVE, _ABOVE.id == Category.parent_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(Product.shop_id == bindparam("shop_id"), Product.state == ProductState.ACTIVE)
    .limit(MOST_CHOICES)
)  # fmt: skip


def _to_choice(id_: int, slug: str, name: str, price: int, fits: object, light: int | None, *photo: Any) -> Choice:
    return Choice(id_, slug, name, price, bool(fits), light, to_photo_if_any(*photo))


_CHOICES = Query(_CHOICE.order_by(desc("fits").nulls_last(), Product.id.desc()), _to_choice)
_ONE_CHOICE = Query(_CHOICE.where(Product.slug == bindparam("slug")), _to_choice)
_DUE = Query(
    select(Edition.id).where(Edition.state == State.SCHEDULED, Edition.publish_at <= NOW).order_by(Edition.publish_at, Edition.id).limit(5),
    int,
)
_KIT_DUE = Query(
    select(Edition.id, Edition.kit_key, Edition.kit_due_at, Edition.kit_tries)
    .where(Edition.kit_due_at <= NOW)
    .order_by(Edition.kit_due_at, Edition.id)
    .limit(1),
    KitDue,
)
_TO_OPEN = Query(
    select(Edition.id)
    .where(Edition.state == State.DRAFT, Edition.opened_at.is_(None), Edition.opens_at <= NOW, Edition.closes_at > NOW)
    .order_by(Edition.opens_at, Edition.id)
    .limit(5),
    int,
)
_FACE = Query(
    select(Photo.key)
    .join(ProductPhoto, ProductPhoto.photo_id == Photo.id)
    .join(Entry, Entry.product_id == ProductPhoto.product_id)
    .join(Edition, Edition.id == Entry.edition_id)
    .where(ProductPhoto.position == 0, Photo.light.is_(None), Edition.state.in_([State.DRAFT, State.SCHEDULED]))
    .order_by(Entry.id)
    .limit(1),
    str,
)
_TO_ASK = Query(
    select(Entry.id, Edition.publish_at, Edition.rules)
    .join(Edition, Edition.id == Entry.edition_id)
    .where(
        Edition.state == State.SCHEDULED, Entry.asked_at.is_(None), Edition.publish_at <= bindparam("until", type_=UtcDateTime),
        or_(Entry.standing == Standing.CHOSEN, and_(Entry.standing == Standing.RESERVE, Entry.place <= bindparam("first"))),
    )
    .order_by(Edition.publish_at, Entry.standing, Entry.place)
    .limit(100),
    ToAsk,
)  # fmt: skip
_TOLD = (
    select(
        Shop.whatsapp, Product.name, Entry.stall, Entry.reason, Entry.stays_in_pool, func.coalesce(Series.name, ""), Edition.number,
        Edition.theme, Edition.region_code, Edition.publish_at, Edition.base, Shop.owner_id,
    )
    .select_from(Entry)
    .join(Edition, Edition.id == Entry.edition_id)
    .join(Product, Product.id == Entry.product_id)
    .join(Shop, Shop.id == Entry.shop_id)
    .outerjoin(Series, and_(Series.region_code == Edition.region_code, Series.slug == Edition.series))
)  # fmt: skip


def _to_told(
    phone: str, product: str, stall: int | None, reason: str | None, in_pool: bool, series: str, number: int, *rest: Any,
) -> Told:  # fmt: skip
    return Told(phone, product, stall, Reason(reason) if reason else None, in_pool, title(series, number), *rest)


_TOLD_OF = Query(
    _TOLD.where(
        Entry.edition_id == bindparam("edition_id"), Entry.standing.in_(bindparam("standings", expanding=True)), Shop.whatsapp != ""
    )
    .order_by(Entry.stall, Entry.id)
    .limit(2000),
    _to_told,
)
_TOLD_ONE = Query(_TOLD.where(Entry.id == bindparam("entry_id"), Shop.whatsapp != ""), _to_told)
_ALLOWED = exists().where(Consent.phone == Account.phone, Consent.purpose == Purpose.CALLS, Consent.withdrawn_at.is_(None))
_LISTENERS = Query(
    select(Account.phone, Shop.region_code, Shop.market_code)
    .join(Shop, Shop.owner_id == Account.id)
    .where(_ALLOWED, Shop.whatsapp != "")
    .order_by(Account.id)
    .limit(MOST_SHOPS),
    lambda *row: row,
)
_LAST_TRY = select(Entry.shop_id, func.max(Entry.id).label("entry_id")).group_by(Entry.shop_id).subquery()
_LEFT_OVER = [Standing.UNCHOSEN, Standing.UNREADY, Standing.RESERVE, Standing.WITHDRAWN]
_ALLOWED_ONES = (
    select(
        Entry.product_id, Entry.shop_id, Shop.region_code, Shop.market_code, Entry.entered_by, Entry.own_work_at, Entry.shares_figures,
    )
    .join(_LAST_TRY, _LAST_TRY.c.entry_id == Entry.id)
    .join(Edition, Edition.id == Entry.edition_id)
    .join(Product, Product.id == Entry.product_id)
    .join(Shop, Shop.id == Entry.shop_id)
    .outerjoin(Category, Category.id == Product.category_id)
    .where(
        or_(Entry.standing.in_(_LEFT_OVER), Edition.state == State.CANCELLED), Entry.stays_in_pool.is_(True),
        Product.state == ProductState.ACTIVE, Shop.whatsapp != "",
    )
    .order_by(Entry.id)
    .limit(2000)
)  # fmt: skip
_KIND_ID: Any = bindparam("kind_id")
_POOL = Query(_ALLOWED_ONES.where(or_(_KIND_ID == 0, Category.id == _KIND_ID, Category.parent_id == _KIND_ID)), Allowed)
_ALLOWED_ONE = Query(_ALLOWED_ONES.where(Entry.product_id == bindparam("product_id")), Allowed)


def open_for(shop_place: str, shop_market: str, *, now: datetime) -> list[EditionView]:
    """Calls that a shop may answer now, the next to close first."""
    regions = {shop_market, shop_market.partition(".")[0], shop_place, shop_place.partition(".")[0]}
    found = _OPEN.all(regions=sorted(regions), now=now)
    fitting = [
        one for one in found if may_enter(one.who, one.place, region=one.region_code, shop_place=shop_place, shop_market=shop_market)
    ]
    return fitting[:MOST_CALLS]


def entries_of(shop_id: int) -> list[MyEntry]:
    """A shop's entries, newest first."""
    return _MINE.all(shop_id=shop_id)


def entry_of(shop_id: int, edition_id: int) -> MyEntry | None:
    """A shop's entry in an edition."""
    return _MINE_IN.first(shop_id=shop_id, edition_id=edition_id)


def entry(entry_id: int) -> MyEntry | None:
    """An entry, as its seller sees it, by its internal number."""
    return _MINE_ONE.first(entry_id=entry_id)


def answer_until(mine: MyEntry) -> datetime | None:
    """By when its seller is asked to say whether they take part, if the plan knows that; the same moment however often they look."""
    edition = mine.edition
    return answer_by(edition.closes_at, edition.publish_at, rules_of(edition), asked_at=mine.entered_at)


def by_id(edition_id: int) -> EditionView | None:
    """An edition by its internal number."""
    return _BY_ID.first(id=edition_id)


def choices(shop_id: int, kind: str) -> list[Choice]:
    """What a shop has on sale: what is of an edition's kind first (a category's slug, empty for any), then the newest."""
    return _CHOICES.all(shop_id=shop_id, kind=kind)


def choice(shop_id: int, slug: str, kind: str) -> Choice | None:
    """One of them."""
    return _ONE_CHOICE.first(shop_id=shop_id, slug=slug, kind=kind)


def due(*, now: datetime) -> list[int]:
    """Editions whose planned moment has come."""
    return _DUE.all(now=now)


def kit_due(*, now: datetime) -> KitDue | None:
    """The kit that has waited longest to be drawn."""
    return _KIT_DUE.first(now=now)


def to_open(*, now: datetime) -> list[int]:
    """Editions whose call has begun and was not announced yet."""
    return _TO_OPEN.all(now=now)


def unmeasured_photo() -> str | None:
    """The key of the main photo of an entry that nobody measured yet."""
    return _FACE.first()


def to_ask(*, now: datetime, ahead: timedelta, first: int) -> list[ToAsk]:
    """Entries whose sellers were not asked yet whether they are ready: the chosen and the first reserves of what is scheduled soon."""
    return _TO_ASK.all(until=now + ahead, first=first)


def told(edition_id: int, *standings: Standing) -> list[Told]:
    """Whom to tell what became of their entry."""
    return _TOLD_OF.all(edition_id=edition_id, standings=list(standings))


def told_one(entry_id: int) -> Told | None:
    """Whom to tell of one entry."""
    return _TOLD_ONE.first(entry_id=entry_id)


def listeners(edition: EditionView) -> list[str]:
    """Numbers of sellers who may enter an edition and allowed us to tell them of calls."""
    return [
        phone
        for phone, place, market in _LISTENERS.all()
        if may_enter(edition.who, edition.place, region=edition.region_code, shop_place=place, shop_market=market)
    ]


def allowed(product_id: int) -> Allowed | None:
    """What its seller declared when they allowed this listing to take part in fitting themes; None when they did not, or it went out."""
    return _ALLOWED_ONE.first(product_id=product_id)


def pool(edition: EditionView, *, kind_id: int) -> list[Allowed]:
    """Entries that were not published, whose sellers agreed to the next fitting theme: their newest one each, if it fits this edition."""
    return [
        one
        for one in _POOL.all(kind_id=kind_id)
        if may_enter(edition.who, edition.place, region=edition.region_code, shop_place=one.place, shop_market=one.market)
    ]
