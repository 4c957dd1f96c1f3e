"""Reads of what became of listings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select

from lapak.catalog.models import Product
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.editions.models import Entry
from lapak.editions.rules.choosing import Standing
from lapak.orders.models import Order, OrderLine
from lapak.results.rules import Figures, Outcome, Window, group, windows
from lapak.visits import queries as visits
from lapak.visits.rules import Seen

MOST_ENTRIES = 200


def _said_in_time(moment: Any) -> Any:
    return func.sum(case((and_(moment.is_not(None), moment < bindparam("settled_at", type_=UtcDateTime)), 1), else_=0))


_LISTINGS: BindParameter[Any] = bindparam("listings", expanding=True)
_SHOPS = Query(select(Product.id, Product.shop_id).where(Product.id.in_(_LISTINGS)), lambda product_id, shop_id: (product_id, shop_id))
_ORDERS = Query(
    select(
        OrderLine.product_id,
        func.count(),
        *(_said_in_time(moment) for moment in (Order.confirmed_at, Order.declared_at, Order.received_at)),
    )
    .join(Order, Order.id == OrderLine.order_id)
    .where(OrderLine.product_id.in_(_LISTINGS))
    .where(Order.placed_at >= bindparam("starts_at", type_=UtcDateTime), Order.placed_at < bindparam("ends_at", type_=UtcDateTime))
    .group_by(OrderLine.product_id),
    lambda product_id, *counts: (product_id, tuple(map(int, counts))),
)


_ENTRIES = Query(
    select(Entry.product_id, Entry.stall.is_not(None), Entry.shares_figures)
    .where(Entry.edition_id == bindparam("edition_id"))
    .where(or_(Entry.stall.is_not(None), and_(Entry.standing == Standing.RESERVE, Entry.was_ready.is_(True))))
    .order_by(Entry.id)
    .limit(MOST_ENTRIES),
    lambda *row: row,
)


def of_edition(edition_id: int, *, at: datetime, now: datetime, timezone: str) -> Outcome:
    """What became of a published edition's listings, and of its ready reserves, of those sellers who agreed. At most six statements."""
    entries = _ENTRIES.all(edition_id=edition_id)
    published, reserves = ([(listing, agrees) for listing, is_out, agrees in entries if bool(is_out) is out] for out in (True, False))
    agreed = ([listing for listing, agrees in entered if agrees] for entered in (published, reserves))
    return outcome(*agreed, at=at, now=now, timezone=timezone, of=(len(published), len(reserves)))


def outcome(
    published: Sequence[int], reserves: Sequence[int], *, at: datetime, now: datetime, timezone: str,
    of: tuple[int | None, int | None] = (None, None),
) -> Outcome:  # fmt: skip
    """What became of listings that went out at a moment, and of those that were ready and did not; only of sellers who agreed.

    The lists hold products' keys; one that stands in both went out. `of` is how many there were before anybody was asked. At most five
    statements, however many listings; none for none.
    """
    before, after = windows(at, timezone=timezone)
    waited = [listing for listing in reserves if listing not in set(published)]
    listings = [*published, *waited]
    shops = dict(_SHOPS.all(listings=listings)) if listings else {}
    happened = _figures(listings, before), _figures(listings, after)
    return Outcome(at, now, before, after, group(published, shops, *happened, of[0]), group(waited, shops, *happened, of[1]))


def _figures(listings: Sequence[int], window: Window) -> dict[int, Figures]:
    if not listings:
        return {}
    seen = visits.sums(listings, first=window.first, end=window.end)
    orders = dict(_ORDERS.all(listings=listings, starts_at=window.starts_at, ends_at=window.ends_at, settled_at=window.settled_at))
    return {listing: _together(seen.get(listing, Seen()), orders.get(listing, (0, 0, 0, 0))) for listing in {*seen, *orders}}


def _together(seen: Seen, orders: tuple[int, ...]) -> Figures:
    return Figures(seen.views, seen.taps, *orders)
