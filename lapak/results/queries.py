"""Reads of what became of an edition's listings."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.editions.models import Edition, Entry
from lapak.editions.rules.choosing import Standing
from lapak.orders.models import Order, OrderLine
from lapak.results.rules import Counted, Figures, Outcome, group, windows
from lapak.visits.models import VisitDay

MOST_ENTRIES = 200


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime)


def _sum(condition: Any, count: Any = 1) -> Any:
    return func.coalesce(func.sum(case((condition, count), else_=0)), 0)


def _orders(in_window: Any, settled_at: Any) -> list[Any]:
    said = (Order.confirmed_at, Order.declared_at, Order.received_at)
    return [_sum(in_window), *(_sum(and_(in_window, moment < settled_at)) for moment in said)]


def _went_out(entry: Any) -> Any:
    # One that was removed afterwards is still counted: without it the sums would give its figures away to whoever kept the old ones.
    return or_(entry.stall.is_not(None), and_(entry.standing == Standing.REMOVED, entry.was_ready.is_(True)))


_OTHER, _ELSEWHERE = aliased(Entry), aliased(Edition)
_WENT_OUT_MEANWHILE = (
    exists()
    .where(
        _OTHER.shop_id == Entry.shop_id, _went_out(_OTHER), _ELSEWHERE.id == _OTHER.edition_id,
        _ELSEWHERE.published_at >= _moment("starts_at"), _ELSEWHERE.published_at < _moment("ends_at"),
    )
    .correlate(Entry)
)  # fmt: skip
"""Whether a shop had a stall in any edition that went out in either window: it is nobody to compare with then."""
_OF_EDITION = and_(
    Entry.edition_id == bindparam("edition_id"),
    or_(_went_out(Entry), and_(Entry.standing == Standing.RESERVE, Entry.was_ready.is_(True), not_(_WENT_OUT_MEANWHILE))),
)
_ENTERED = Query(
    select(
        Entry.product_id, Entry.shop_id, _went_out(Entry), Entry.shares_figures,
        *(_sum(VisitDay.day < bindparam("middle"), count) for count in (VisitDay.views, VisitDay.taps)),
        *(_sum(VisitDay.day >= bindparam("middle"), count) for count in (VisitDay.views, VisitDay.taps)),
    )
    .outerjoin(VisitDay, and_(
        Entry.shares_figures.is_(True), VisitDay.product_id == Entry.product_id,
        VisitDay.day >= bindparam("first"), VisitDay.day < bindparam("end"),
    ))
    .where(_OF_EDITION)
    .group_by(Entry.id)
    .order_by(not_(_went_out(Entry)), Entry.id)
    .limit(MOST_ENTRIES),
    lambda *row: row,
)  # fmt: skip
_ORDERS = Query(
    select(
        Entry.product_id,
        *_orders(Order.placed_at < _moment("middle_at"), _moment("before_settled_at")),
        *_orders(Order.placed_at >= _moment("middle_at"), _moment("after_settled_at")),
    )
    .join(OrderLine, OrderLine.product_id == Entry.product_id)
    .join(Order, Order.id == OrderLine.order_id)
    .where(_OF_EDITION, Entry.shares_figures.is_(True), Order.placed_at >= _moment("starts_at"), Order.placed_at < _moment("ends_at"))
    .group_by(Entry.product_id),
    lambda listing, *counts: (listing, counts),
)


def of_edition(edition_id: int, *, at: datetime, now: datetime, timezone: str) -> Outcome:
    """What became of an edition's listings, published at `at`, and of its ready reserves, where their shops agreed to be counted.

    A reserve whose shop went out with another edition in those days is none. Two statements; one where nobody agreed.
    """
    before, after = windows(at, timezone=timezone)
    days = {"first": before.first, "middle": after.first, "end": after.end}
    rows = _ENTERED.all(edition_id=edition_id, starts_at=before.starts_at, ends_at=after.ends_at, **days)
    orders: dict[int, tuple[int, ...]] = {}
    if any(agreed for _listing, _shop, _is_out, agreed, *_seen in rows):
        moments = {"starts_at": before.starts_at, "middle_at": after.starts_at, "ends_at": after.ends_at}
        settled = {"before_settled_at": before.settled_at, "after_settled_at": after.settled_at}
        orders = dict(_ORDERS.all(edition_id=edition_id, **moments, **settled))
    entered = [_counted(row, orders.get(row[0], (0,) * 8)) for row in rows]
    published = group([one for one in entered if one.is_out])
    reserves = group([one for one in entered if not one.is_out], is_complete=now >= after.ends_at)
    return Outcome(at, now, before, after, published, reserves)


def _counted(row: tuple[Any, ...], orders: tuple[int, ...]) -> Counted:
    _listing, shop, is_out, agreed, *seen = row
    before, after = Figures(*map(int, [*seen[:2], *orders[:4]])), Figures(*map(int, [*seen[2:], *orders[4:]]))
    return Counted(shop, bool(is_out), agreed, before, after)
