"""A shop's orders line by line, as a spreadsheet has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, tuple_

from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.orders.models import Order, OrderLine
from lapak.orders.rules.states import Decline, Delivery, State

MOST_LINES = 20_000
"""Lines that one list has at most."""
SLICE = 1_000


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of an order, with what its order says; amounts in rupiah, `postage` None until the seller names it."""

    order_id: int
    position: int
    code: str
    placed_at: datetime
    state: State
    buyer_name: str
    buyer_phone: str | None
    buyer_place: str
    address: str
    delivery: Delivery
    ready_on: date | None
    name: str
    variant: str
    unit: str
    quantity: int
    price: int
    postage: int | None
    note: str
    pays_by: str
    paid_said_at: datetime | None
    money_at: datetime | None
    courier: str
    tracking: str
    sent_at: datetime | None
    declared_at: datetime | None
    received_at: datetime | None
    decline: Decline | None
    decline_note: str
    source: str
    is_first: bool

    @property
    def total(self) -> int:
        """The line's price in rupiah."""
        return self.price * self.quantity


_OF_LINES = {"order_id", "position", "name", "variant", "unit", "quantity", "price"}
_FIELDS = [name for name in ListedLine.__dataclass_fields__ if name != "is_first"]
_FIRST = select(func.min(OrderLine.position)).where(OrderLine.order_id == Order.id).correlate(Order).scalar_subquery()


def _line(*row: object) -> ListedLine:
    values = dict(zip(_FIELDS, row[:-1], strict=True))
    values.update(
        state=State(str(values["state"])), delivery=Delivery(str(values["delivery"])),
        decline=None if values["decline"] is None else Decline(str(values["decline"])),
        is_first=row[-1] == values["position"],
    )  # fmt: skip
    return ListedLine(**values)  # type: ignore[arg-type]


_IN = (
    Order.shop_id == bindparam("shop_id"),
    Order.placed_at >= bindparam("since", type_=UtcDateTime), Order.placed_at < bindparam("until", type_=UtcDateTime),
)  # fmt: skip
_COUNT = Query(select(func.count()).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id).where(*_IN), int)
_LINES = Query(
    select(*(getattr(OrderLine if name in _OF_LINES else Order, name) for name in _FIELDS), _FIRST)
    .join(Order, Order.id == OrderLine.order_id)
    .where(*_IN)
    .where(tuple_(OrderLine.order_id, OrderLine.position) > tuple_(bindparam("order_id"), bindparam("position")))
    .order_by(OrderLine.order_id, OrderLine.position)
    .limit(SLICE),
    _line,
)


def count(shop_id: int, *, since: datetime, until: datetime) -> int:
    """How many lines a shop's orders have that were made from one moment until before another."""
    return _COUNT.first(shop_id=shop_id, since=since, until=until) or 0


def lines(shop_id: int, *, since: datetime, until: datetime) -> Iterator[ListedLine]:
    """Those lines, the oldest order first, read slice by slice."""
    after = (0, 0)
    while found := _LINES.all(shop_id=shop_id, since=since, until=until, order_id=after[0], position=after[1]):
        yield from found
        after = (found[-1].order_id, found[-1].position)
