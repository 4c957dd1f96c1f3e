"""What the clock does to orders: it reminds, and it lets go."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import update

from lapak.db.base import db
from lapak.db.session import changed, transaction
from lapak.orders.models import Order
from lapak.orders.queries import reading
from lapak.orders.rules.states import Deed, State, Who
from lapak.orders.service.moving import shift, standing

_log = structlog.get_logger("orders")


def expire(*, now: datetime) -> int:
    """Let go of orders that nobody answered or accepted in time; return how many. Each in a transaction of its own."""
    expired = 0
    for order_id in reading.overdue(now=now):
        try:
            expired += _expire(order_id, now=now)
        except Exception:  # noqa: BLE001 - whatever is wrong with one order, the others must let go of what they hold
            _log.exception("order does not lapse", order=order_id)
    return expired


def _expire(order_id: int, *, now: datetime) -> int:
    with transaction():
        order = db.session.get(Order, order_id, with_for_update=True)
        if order is None or order.hold_until > now or not standing(order).may(State.EXPIRED, Who.CLOCK):
            return 0
        shift(order, State.EXPIRED, Deed.EXPIRED, who=Who.CLOCK, now=now)
        return 1


def warn(tell: Callable[[int], None], *, now: datetime) -> int:
    """Remind both sides of orders whose time is nearly over, once each; return how many.

    `tell` is called inside each order's transaction with its key, so that a reminder goes out with its mark or not at all.
    """
    warned = 0
    for order_id in reading.to_warn(now=now):
        with transaction():
            mine = update(Order).where(Order.id == order_id, Order.warn_at <= now, Order.state.in_([State.PLACED, State.CONFIRMED]))
            if changed(mine.values(warn_at=None)):
                tell(order_id)
                warned += 1
    return warned
