"""What the clock does to orders: it reminds, and it lets go."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from lapak.db.base import db
from lapak.db.session import changed, transaction
from lapak.orders.models import Order
from lapak.orders.queries import reading
from lapak.orders.rules.states import Deed, State, Who
from lapak.orders.service.moving import shift, standing


def expire(*, now: datetime) -> int:
    """Let go of orders that nobody answered or accepted in time; return how many. Each in a transaction of its own."""
    expired = 0
    for order_id in reading.overdue(now=now):
        with transaction():
            order = db.session.get(Order, order_id, with_for_update=True)
            is_late = order is not None and order.hold_until <= now
            if order is not None and is_late and standing(order).may(State.EXPIRED, Who.CLOCK):
                shift(order, State.EXPIRED, Deed.EXPIRED, who=Who.CLOCK, now=now)
                expired += 1
    return expired


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
