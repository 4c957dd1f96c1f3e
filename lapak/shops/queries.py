"""Reads about shops."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from lapak.db.session import Query
from lapak.regions.models import Region
from lapak.regions.rules import short_name
from lapak.shops.models import Shop
from lapak.shops.rules import Origin


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop as its pages and its owner see it."""

    id: int
    slug: str
    name: str
    region_code: str
    place_name: str
    owner_id: int | None
    keeper_id: int | None
    keeper_until: datetime | None
    origin: Origin
    about: str
    whatsapp: str
    joined_at: datetime


def _row(
    id_: int, slug: str, name: str, code: str, place: str, owner_id: int | None, keeper_id: int | None, keeper_until: datetime | None,
    origin: str, about: str, whatsapp: str, joined_at: datetime,
) -> ShopRow:  # fmt: skip
    return ShopRow(id_, slug, name, code, short_name(place), owner_id, keeper_id, keeper_until, Origin(origin), about, whatsapp, joined_at)


_SHOP = select(
    Shop.id,
    Shop.slug,
    Shop.name,
    Shop.region_code,
    Region.name,
    Shop.owner_id,
    Shop.keeper_id,
    Shop.keeper_until,
    Shop.origin,
    Shop.about,
    Shop.whatsapp,
    Shop.created_at,
).join(Region, Region.code == Shop.region_code)
_BY_SLUG = Query(_SHOP.where(Shop.slug == bindparam("slug")), _row)
_BY_OWNER = Query(_SHOP.where(Shop.owner_id == bindparam("owner_id")), _row)
_BY_ID = Query(_SHOP.where(Shop.id == bindparam("shop_id")), _row)


def by_slug(slug: str) -> ShopRow | None:
    """A shop by its public name."""
    return _BY_SLUG.first(slug=slug)


def owned_by(account_id: int) -> ShopRow | None:
    """The shop a person runs, if they run one."""
    return _BY_OWNER.first(owner_id=account_id)


def by_id(shop_id: int) -> ShopRow | None:
    """A shop by its inner key."""
    return _BY_ID.first(shop_id=shop_id)
