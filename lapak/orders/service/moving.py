"""How an order moves: its state, what it holds, and its history change together or not at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from lapak.catalog.service import listings, stock
from lapak.catalog.service.stock import Line
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import changed
from lapak.kernel.errors import Conflict
from lapak.kernel.money import Rupiah
from lapak.kernel.words import say
from lapak.orders.events import OrderMoved
from lapak.orders.models import Order, OrderEvent, OrderLine, OrderSlot
from lapak.orders.rules.states import HOLDING, Deed, Standing, State, Who, move

GONE = say("Pesanan ini tidak ada. Periksa lagi tautannya.")
MOVED_ON = say("Pesanan ini baru saja berubah. Muat ulang halaman untuk melihat keadaannya.")


def standing(order: Order) -> Standing:
    """How an order stands, for the rules."""
    was_paid = select(OrderEvent.id).where(OrderEvent.order_id == order.id, OrderEvent.deed == Deed.PAID).limit(1)
    return Standing(
        State(order.state), order.accepted_at is not None, order.paid_said_at is not None, order.money_at is not None,
        db.session.scalar(was_paid) is not None,
    )  # fmt: skip


def cost(order: Order) -> Rupiah:
    """What an order costs in all, in rupiah."""
    return Rupiah(order.goods_total + (order.postage or 0))


def shift(order: Order, to: State, deed: Deed, *, who: Who, now: datetime, text: str = "", **word: Any) -> None:
    """Take an order to another state; raise Conflict when `who` may not, or when it moved meanwhile.

    What it holds goes back to the shelf when it ends without delivery, and counts as sold when it is completed.
    """
    before = State(order.state)
    move(standing(order), to, who)
    ends = {} if to in HOLDING else {"ended_at": now}
    note(order, deed, who=who, now=now, text=text, state=to, **ends, **word)
    if to is State.COMPLETED:
        stock.sell(_held(order.id))
    elif before in HOLDING and to not in HOLDING:
        stock.release(_held(order.id))
        stock.give_back(_free_slots(order.id), shop_id=order.shop_id)
    elif to is State.CONFIRMED:
        listings.mark_alive(_products(order.id), now=now)


def note(order: Order, deed: Deed, *, who: Who, now: datetime, text: str = "", **word: Any) -> None:
    """Write down what was said of an order; raise Conflict when it is no longer where it was read."""
    if changed(update(Order).where(Order.id == order.id, Order.state == order.state).values(word)) == 0:
        raise Conflict(MOVED_ON)
    db.session.add(OrderEvent(order_id=order.id, at=now, deed=deed, who=who, note=text))
    announce(OrderMoved(order.id, deed, who), now=now)


def _products(order_id: int) -> Sequence[int]:
    return db.session.scalars(select(OrderLine.product_id).where(OrderLine.order_id == order_id)).all()


def _held(order_id: int) -> Sequence[Line]:
    rows = db.session.execute(
        select(OrderLine.product_id, OrderLine.quantity, OrderLine.variant_id)
        .where(OrderLine.order_id == order_id, OrderLine.is_held)
        .order_by(OrderLine.position)
    )
    return [Line(product_id, quantity, variant_id=variant_id) for product_id, quantity, variant_id in rows]


def _free_slots(order_id: int) -> dict[str, int]:
    """What an order took of its shop's capacity; it has none any more, so that nothing is given back twice."""
    rows = db.session.execute(select(OrderSlot.name, OrderSlot.quantity).where(OrderSlot.order_id == order_id)).all()
    db.session.execute(delete(OrderSlot).where(OrderSlot.order_id == order_id))
    return {row.name: row.quantity for row in rows}
