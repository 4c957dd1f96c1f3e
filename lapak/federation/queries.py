"""What feeds read: the newest editions with their listings, and the newest listings of a category or a shop."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.catalog.queries import FACE, Filter
from lapak.catalog.rules import Kind, State
from lapak.db.session import AnySelect, Query
from lapak.editions.models import Edition, Entry, Series
from lapak.editions.rules.calendar import State as EditionState
from lapak.editions.rules.choosing import Standing
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo_if_any
from lapak.regions.models import Region
from lapak.regions.rules import short_name
from lapak.shops.models import Shop

EDITIONS = 20
LISTINGS = 30


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as a feed tells of it; `stall` is its number in the edition that was asked for."""

    code: str
    slug: str
    name: str
    description: str
    price: int
    is_service: bool
    created_at: datetime
    updated_at: datetime
    shop_slug: str
    shop_name: str
    place_name: str
    category: str | None
    photo: PhotoView | None
    stall: int | None = None


@dataclass(frozen=True, slots=True)
class EditionRow:
    """A published edition as a feed tells of it."""

    id: int
    series: str
    series_name: str
    number: int
    theme: str
    note: str
    published_at: datetime


def _listing(*row: Any) -> Listing:
    code, slug, name, description, price, kind, created_at, updated_at, shop_slug, shop, place, category, *rest = row
    photo, stall = rest[: len(PHOTO_COLUMNS)], rest[len(PHOTO_COLUMNS) :]
    return Listing(
        code, slug, name, description, price, kind == Kind.SERVICE, created_at, updated_at, shop_slug, shop, short_name(place), category,
        to_photo_if_any(*photo), *stall,
    )  # fmt: skip


_LISTING: AnySelect = (
    select(
        Product.code, Product.slug, Product.name, Product.description, Product.price, Product.kind, Product.created_at,
        Product.updated_at, Shop.slug, Shop.name, Region.name, Category.name, *PHOTO_COLUMNS,
    )
    .select_from(Product)
    .join(Shop, Shop.id == Product.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
)  # fmt: skip
_OF_SHOP = Query(
    _LISTING.where(Product.shop_id == bindparam("shop_id"), Product.state == State.ACTIVE).order_by(Product.id.desc()).limit(LISTINGS),
    _listing,
)
_EDITIONS = Query(
    select(Edition.id, Edition.series, func.coalesce(Series.name, ""), Edition.number, Edition.theme, Edition.note, Edition.published_at)
    .outerjoin(Series, (Series.region_code == Edition.region_code) & (Series.slug == Edition.series))
    .where(Edition.region_code == bindparam("region_code"), Edition.state == EditionState.PUBLISHED)
    .order_by(Edition.published_at.desc(), Edition.id.desc())
    .limit(EDITIONS),
    EditionRow,
)
_ENTRIES = Query(
    _LISTING.add_columns(Entry.stall, Entry.edition_id)
    .join(Entry, Entry.product_id == Product.id)
    .where(Entry.edition_id.in_(bindparam("editions", expanding=True)), Entry.standing == Standing.CHOSEN)
    .order_by(Entry.edition_id, Entry.stall)
    .limit(EDITIONS * 10),
    lambda *row: (row[-1], _listing(*row[:-1])),
)
_CATEGORY = Query(
    select(Category.name).where(Category.region_code == bindparam("region_code"), Category.slug == bindparam("slug"), Category.is_active),
    str,
)


def editions(region_code: str) -> list[tuple[EditionRow, list[Listing]]]:
    """The twenty newest editions of a region, each with its listings by stall number."""
    found = {row.id: (row, list[Listing]()) for row in _EDITIONS.all(region_code=region_code)}
    for edition_id, listing in _ENTRIES.all(editions=list(found)) if found else ():
        found[edition_id][1].append(listing)
    return list(found.values())


def category_name(slug: str, region_code: str) -> str | None:
    """What a region calls a category, None when it has or shows no such one."""
    return _CATEGORY.first(slug=slug, region_code=region_code)


def of_category(slug: str, region_code: str) -> list[Listing]:
    """The thirty newest listings on sale in a category and in those below it."""
    wanted = Filter(region_code, category=slug).conditions()
    return Query(_LISTING.where(*wanted).order_by(Product.id.desc()).limit(LISTINGS), _listing).all()


def of_shop(shop_id: int) -> list[Listing]:
    """The thirty newest listings on sale in a shop."""
    return _OF_SHOP.all(shop_id=shop_id)
