"""Reads about editions."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from lapak.accounts.models import Account
from lapak.catalog.models import Product, ProductPhoto
from lapak.catalog.queries import Card, card_columns, to_card
from lapak.db.session import Query
from lapak.editions.models import Edition, Entry
from lapak.editions.rules import State
from lapak.kernel.paging import Page
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo
from lapak.regions.rules import within
from lapak.shops.models import Shop

PAGE = 24


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as its pages show it; `photos` holds up to five faces where a page asked for them."""

    id: int
    number: int
    theme: str
    note: str
    date: date
    state: str
    published_at: datetime | None
    lot_seed: str | None
    curator: str
    entry_count: int
    place_count: int
    photos: tuple[PhotoView, ...] = ()


_COUNTS = (
    select(Entry.edition_id, func.count().label("entries"), func.count(func.distinct(Shop.region_code)).label("places"))
    .join(Product, Product.id == Entry.product_id)
    .join(Shop, Shop.id == Product.shop_id)
    .group_by(Entry.edition_id)
    .subquery()
)
_EDITION = (
    select(
        Edition.id, Edition.number, Edition.theme, Edition.note, Edition.dated, Edition.state, Edition.published_at, Edition.lot_seed,
        Account.name, func.coalesce(_COUNTS.c.entries, 0), func.coalesce(_COUNTS.c.places, 0),
    )
    .join(Account, Account.id == Edition.curator_id)
    .outerjoin(_COUNTS, _COUNTS.c.edition_id == Edition.id)
    .where(Edition.region_code == bindparam("region_code"))
)  # fmt: skip
_LATEST = Query(
    _EDITION.where(Edition.state == State.PUBLISHED).order_by(Edition.dated.desc(), Edition.number.desc()).limit(1), EditionView
)
_BY_NUMBER = Query(_EDITION.where(Edition.number == bindparam("number")), EditionView)
_PUBLISHED = Query(
    _EDITION.where(Edition.state == State.PUBLISHED, Edition.number < bindparam("before")).order_by(Edition.number.desc()).limit(PAGE + 1),
    EditionView,
)
_ALL = Query(_EDITION.order_by(Edition.state, Edition.number.desc()).limit(100), EditionView)
_NEXT_NUMBER = Query(select(func.coalesce(func.max(Edition.number), 0) + 1).where(Edition.region_code == bindparam("region_code")), int)
_CARDS = Query(
    card_columns(Entry.stall)
    .join(Entry, Entry.product_id == Product.id)
    .where(Entry.edition_id == bindparam("edition_id"))
    .order_by(Entry.stall, Entry.picked_at, Entry.product_id)
    .limit(10),
    to_card,
)
_STALLS = Query(
    select(Edition.number, Entry.stall)
    .join(Entry, Entry.edition_id == Edition.id)
    .where(Entry.product_id == bindparam("product_id"), Edition.state == State.PUBLISHED, Edition.region_code == bindparam("region_code"))
    .order_by(Edition.number.desc())
    .limit(20),
    lambda number, stall: (number, stall),
)
_FEATURED = Query(
    select(func.count(func.distinct(Product.shop_id)))
    .join(Entry, Entry.product_id == Product.id)
    .join(Edition, Edition.id == Entry.edition_id)
    .where(Edition.state == State.PUBLISHED, Edition.region_code >= bindparam("low"), Edition.region_code < bindparam("high")),
    int,
)
_FACES = (
    select(Entry.edition_id, *PHOTO_COLUMNS)
    .join(ProductPhoto, ProductPhoto.product_id == Entry.product_id)
    .join(Photo, Photo.id == ProductPhoto.photo_id)
    .where(ProductPhoto.position == 0, Entry.stall <= 4)
    .order_by(Entry.edition_id, Entry.stall)
)
_SELLERS = Query(
    select(Shop.whatsapp, Product.name, Edition.number, Edition.theme, Edition.region_code)
    .select_from(Entry)
    .join(Edition, Edition.id == Entry.edition_id)
    .join(Product, Product.id == Entry.product_id)
    .join(Shop, Shop.id == Product.shop_id)
    .where(Entry.edition_id == bindparam("edition_id"), Shop.whatsapp != "")
    .order_by(Entry.stall)
    .limit(10),
    lambda *row: row,
)


def latest(region_code: str) -> EditionView | None:
    """The newest published edition."""
    return _LATEST.first(region_code=region_code)


def by_number(region_code: str, number: int) -> EditionView | None:
    """An edition by its number, published or not."""
    return _BY_NUMBER.first(region_code=region_code, number=number)


def published(region_code: str, *, before: int | None = None) -> Page[EditionView]:
    """Published editions, newest first, each with its first faces."""
    rows = _PUBLISHED.all(region_code=region_code, before=before or 2**31)
    shown = rows[:PAGE]
    faces: dict[int, list[PhotoView]] = {}
    for edition_id, *photo in Query(_FACES.where(Entry.edition_id.in_([row.id for row in shown])).limit(PAGE * 4), lambda *row: row).all():
        faces.setdefault(edition_id, []).append(to_photo(*photo))
    return Page([replace(row, photos=tuple(faces.get(row.id, ()))) for row in shown], shown[-1].number if len(rows) > PAGE else None)


def all_of(region_code: str) -> list[EditionView]:
    """A region's editions for its curators: drafts first, then newest first."""
    return _ALL.all(region_code=region_code)


def next_number(region_code: str) -> int:
    """The number a new edition gets unless the curator says otherwise."""
    return _NEXT_NUMBER.first(region_code=region_code) or 1


def cards(edition_id: int) -> list[Card]:
    """The listings of an edition, by stall number (drawn by lot, no ranking); in a draft, as they were picked."""
    return _CARDS.all(edition_id=edition_id)


def stalls_of(product_id: int, *, region_code: str) -> list[tuple[int, int]]:
    """Where a listing appeared in a region's editions: (edition number, stall), newest first."""
    return _STALLS.all(product_id=product_id, region_code=region_code)


def featured_shops(region_code: str) -> int:
    """How many shops ever appeared in a published edition."""
    low, high = within(region_code)
    return _FEATURED.first(low=low, high=high) or 0


def sellers(edition_id: int) -> list[tuple[str, str, int, str, str]]:
    """Who to tell of an edition: (phone, listing, number, theme, region code)."""
    return _SELLERS.all(edition_id=edition_id)
