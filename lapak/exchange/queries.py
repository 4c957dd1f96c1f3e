"""What an import has to know of the market, and what an export tells of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from lapak.accounts.models import Account, RoleGrant
from lapak.accounts.queries import in_force
from lapak.accounts.rules import Actor, Held, Role
from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.catalog.queries import FACE
from lapak.catalog.rules import State
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.exchange.rules import place_key
from lapak.photos.models import Photo
from lapak.regions.models import Region
from lapak.regions.rules import within
from lapak.shops.models import Shop

BATCH = 500


@dataclass(frozen=True, slots=True)
class There:
    """A listing that an earlier import made."""

    slug: str
    has_photo: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """A listing as an export tells it; `stock` is None when it is not counted."""

    id: int
    code: str
    name: str
    price: int
    category: str
    description: str
    place: str
    shop: str
    phone: str
    photo: str
    stock: int | None
    unit: str
    weight: int | None
    kind: str


_PLACES = Query(select(Region.code, Region.name).where(Region.level == 2).order_by(Region.code), lambda code, name: (code, name))
_KEEPERS = Query(
    select(Account.id, Account.name, Account.phone, RoleGrant.region_code)
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(RoleGrant.role == Role.ADMIN, RoleGrant.region_code == bindparam("region_code"), in_force(bindparam("now", type_=UtcDateTime)))
    .order_by(RoleGrant.id)
    .limit(1),
    lambda id_, name, phone, code: Actor(id_, name, phone, 0, (Held(Role.ADMIN, code),)),
)
_SHOP = Query(select(Shop.id).where(Shop.import_key == bindparam("key")), int)
_THERE = Query(
    select(Product.slug, ProductPhoto.photo_id)
    .outerjoin(ProductPhoto, ProductPhoto.product_id == Product.id)
    .where(Product.shop_id == bindparam("shop_id"), Product.once == bindparam("once"))
    .limit(1),
    lambda slug, photo_id: There(slug, photo_id is not None),
)
_EXPORT = Query(
    select(
        Product.id, Product.code, Product.name, Product.price, Category.slug, Product.description, Region.name, Shop.name, Shop.whatsapp,
        Photo.key, Product.supply, Product.on_hand, Product.held, Product.unit, Product.weight_grams, Product.kind,
    )
    .join(Shop, Shop.id == Product.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(
        Product.state != State.ARCHIVED, Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high"),
        Product.id > bindparam("after"),
    )
    .order_by(Product.id)
    .limit(BATCH),
    lambda id_, code, name, price, category, description, place, shop, phone, photo, supply, on_hand, held, unit, weight, kind: Exported(
        id_, code, name, price, category or "", description, place, shop, phone, photo or "", on_hand - held if supply == "stock" else None,
        unit, weight, kind,
    ),
)  # fmt: skip


def places() -> dict[str, list[tuple[str, str]]]:
    """The kabupaten and kota of Indonesia by how lists write them, with and without the word before: each as (code, name)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in _PLACES.all():
        whole = place_key(name)
        for key in dict.fromkeys((whole, whole.removeprefix("kabupaten ").removeprefix("kota "))):
            found.setdefault(key, []).append((code, name))
    return found


def keeper(region_code: str, *, now: datetime) -> Actor | None:
    """Who keeps imported shops until their sellers claim them: the region's first admin."""
    return _KEEPERS.first(region_code=region_code, now=now)


def imported_shop(key: str) -> int | None:
    """The shop that an import made under that key."""
    return _SHOP.first(key=key)


def imported_listing(shop_id: int, once: str) -> There | None:
    """The listing that an import made in a shop under that key."""
    return _THERE.first(shop_id=shop_id, once=once)


def exported(region_code: str) -> Iterator[Exported]:
    """Every listing of a region that is not archived, by key."""
    (low, high), after = within(region_code), 0
    while rows := _EXPORT.all(low=low, high=high, after=after):
        yield from rows
        after = rows[-1].id
