"""How a shop and a region want orders handled."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog.queries import CapacityView
from lapak.catalog.service import stock
from lapak.db.base import db
from lapak.db.session import insertion, transaction
from lapak.kernel.errors import NotAllowed, NotFound
from lapak.orders.models import OrderSetting, Postage
from lapak.orders.rules.holding import Settings, slot_of
from lapak.regions.rules import Distance
from lapak.shops import queries as shops
from lapak.shops import service as shop_service
from lapak.shops.rules import Opening


def set_opening(opening: Opening, capacity: CapacityView, *, by: Actor, now: datetime) -> None:
    """Write down when one's shop takes orders and how much it can bear. Orders taken on before stay. Raise NotFound without a shop."""
    with transaction():
        shop_id = _shop(by)
        shop_service.set_opening(opening, by=by, now=now)
        stock.set_capacity(shop_id, per_day=capacity.per_day, unit=capacity.unit, per_edition=capacity.per_edition)


def set_day(day: date, most: int | None, *, by: Actor) -> None:
    """Write down what one's shop can bear on one day; None: as on any other. Raise NotFound without a shop."""
    with transaction():
        stock.set_day(_shop(by), slot_of(day), most)


def set_postage(prices: Mapping[Distance, int | None], *, by: Actor) -> None:
    """Write down what one's shop asks for sending, in rupiah by how far; None: named for each order. Raise NotFound without a shop."""
    with transaction():
        shop_id = _shop(by)
        db.session.execute(delete(Postage).where(Postage.shop_id == shop_id))
        db.session.add_all(Postage(shop_id=shop_id, distance=far, price=price) for far, price in prices.items() if price is not None)


def set_settings(settings: Settings, *, region_code: str, by: Actor) -> None:
    """Write down how a region wants orders handled; it holds for what is ordered from now on. Raise NotAllowed for other people."""
    if not policy.may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat mengubah aturan pesanan.")
    with transaction():
        fresh = insertion(OrderSetting).values(region_code=region_code, **asdict(settings))
        db.session.execute(fresh.on_conflict_do_update(index_elements=["region_code"], set_=asdict(settings)))


def _shop(by: Actor) -> int:
    shop = shops.owned_by(by.id)
    if shop is None:
        raise NotFound("Anda belum punya lapak.")
    return shop.id
