"""Reads about shops that wait for their sellers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from lapak.catalog.models import Product
from lapak.catalog.rules import State
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.kernel.paging import Page
from lapak.regions.models import Region
from lapak.regions.rules import short_name, within
from lapak.shops.models import Shop, ShopClaim
from lapak.shops.rules import Keeping, Origin, keeping

PAGE = 30


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A shop as its companion's list shows it; `seller_name` is empty once the seller has taken it over."""

    id: int
    slug: str
    name: str
    place_name: str
    origin: Origin
    whatsapp: str
    seller_name: str
    owner_id: int | None
    keeper_until: datetime | None
    products: int
    active_at: datetime
    link_until: datetime | None
    claimed_at: datetime | None

    def keeping(self, now: datetime) -> Keeping:
        """How it stands between this shop and its companion."""
        return keeping(owner_id=self.owner_id, keeper_until=self.keeper_until, claimed_at=self.claimed_at, now=now)


_OFFERED = (
    select(func.count()).where(Product.shop_id == Shop.id, Product.state != State.ARCHIVED).correlate(Shop).scalar_subquery()
)  # fmt: skip
_TOUCHED = select(func.max(Product.updated_at)).where(Product.shop_id == Shop.id).correlate(Shop).scalar_subquery()
_LINK_UNTIL = (
    select(func.max(ShopClaim.expires_at))
    .where(ShopClaim.shop_id == Shop.id, ShopClaim.used_at.is_(None), ShopClaim.expires_at > bindparam("now", type_=UtcDateTime))
    .correlate(Shop)
    .scalar_subquery()
)
_CLAIMED_AT = select(func.max(ShopClaim.used_at)).where(ShopClaim.shop_id == Shop.id).correlate(Shop).scalar_subquery()
_KEPT = (
    select(
        Shop.id, Shop.slug, Shop.name, Region.name, Shop.origin, Shop.whatsapp, func.coalesce(Shop.seller_name, ""), Shop.owner_id,
        Shop.keeper_until, _OFFERED, func.coalesce(_TOUCHED, Shop.created_at), _LINK_UNTIL, _CLAIMED_AT,
    )
    .join(Region, Region.code == Shop.region_code)
    .order_by(Shop.id.desc())
    .limit(PAGE + 1)
)  # fmt: skip


def _row(id_: int, slug: str, name: str, place: str, origin: str, *rest: Any) -> KeptRow:
    return KeptRow(id_, slug, name, short_name(place), Origin(origin), *rest)


def kept_by(account_id: int, *, before: int | None, now: datetime) -> Page[KeptRow]:
    """A page of the shops somebody registered for others, newest first; those taken over since stay in the list."""
    return _page(_KEPT.where(Shop.keeper_id == account_id), before=before, now=now)


def unclaimed(region_code: str, *, keeper_id: int, before: int | None, now: datetime) -> Page[KeptRow]:
    """A page of the shops without owner in a region, and of those that this person keeps elsewhere, newest first."""
    low, high = within(region_code)
    here = and_(Shop.market_code >= low, Shop.market_code < high)
    return _page(_KEPT.where(Shop.owner_id.is_(None), or_(here, Shop.keeper_id == keeper_id)), before=before, now=now)


def _page(statement: Select[Any], *, before: int | None, now: datetime) -> Page[KeptRow]:
    if before is not None:
        statement = statement.where(Shop.id < before)
    rows = Query(statement, _row).all(now=now)
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)
