"""Figures of a shop's orders for its seller: how many and for how much, by day, source, listing and how they ended."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, String, bindparam, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lapak.catalog.models import Product
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.orders.models import Order, OrderLine
from lapak.orders.rules.counting import FAILED, PROMISED, Ending, OrderCount, ProductSales
from lapak.orders.rules.states import Decline, State
from lapak.visits.rules import Source

MOST_ROWS = 5_000


class _day_here(FunctionElement[date]):  # noqa: N801 - SQL writes it so
    """The calendar day of a moment in UTC on a clock that runs so far ahead, written for either database."""

    name = "day_here"
    type = Date()
    inherit_cache = True


def _written(form: str) -> Callable[..., str]:
    def write(element: Any, compiler: Any, **keywords: Any) -> str:
        moment, shift = element.clauses
        return form.format(moment=compiler.process(moment, **keywords), shift=compiler.process(shift, **keywords))

    return write


compiles(_day_here, "sqlite")(_written("date({moment}, {shift})"))
compiles(_day_here, "postgresql")(_written("CAST({moment} + CAST({shift} AS INTERVAL) AS DATE)"))


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime)


def _sum_where(condition: Any, count: Any) -> Any:
    return func.coalesce(func.sum(case((condition, count), else_=0)), 0)


_IN = (Order.shop_id == bindparam("shop_id"), Order.placed_at >= _moment("since"), Order.placed_at < _moment("until"))
# Written into the statement, not sent beside it: PostgreSQL would take the same shift in SELECT and GROUP BY for two.
_DAY = _day_here(Order.placed_at, bindparam("shift", type_=String, literal_execute=True)).label("day_here")
_BY_DAY = Query(
    select(_DAY, Order.source, Order.state, func.count(), func.sum(Order.goods_total + func.coalesce(Order.postage, 0)))
    .where(*_IN)
    .group_by("day_here", Order.source, Order.state)
    .order_by("day_here", Order.source, Order.state)
    .limit(MOST_ROWS),
    lambda day, source, state, orders, money: OrderCount(day, Source(source), State(state), orders, int(money)),
)
_ENDINGS = Query(
    select(Order.state, Order.decline, func.count())
    .where(*_IN, Order.state.in_(FAILED))
    .group_by(Order.state, Order.decline)
    .order_by(func.count().desc(), Order.state, Order.decline)
    .limit(len(FAILED) * (len(Decline) + 1)),
    lambda state, decline, orders: Ending(State(state), Decline(decline) if decline else None, orders),
)
_BY_PRODUCT = Query(
    select(
        Product.id, Product.name, func.count(OrderLine.order_id.distinct()), func.sum(OrderLine.quantity),
        *(_sum_where(Order.state.in_(states), OrderLine.price * OrderLine.quantity) for states in ((State.COMPLETED,), PROMISED)),
    )
    .select_from(Order)
    .join(OrderLine, OrderLine.order_id == Order.id)
    .join(Product, Product.id == OrderLine.product_id)
    .where(*_IN)
    .group_by(Product.id, Product.name)
    .order_by(func.count(OrderLine.order_id.distinct()).desc(), Product.id)
    .limit(bindparam("limit")),
    lambda product_id, name, orders, *sums: ProductSales(product_id, name, orders, *map(int, sums)),
)  # fmt: skip


def by_day(shop_id: int, *, since: datetime, until: datetime, ahead: timedelta) -> list[OrderCount]:
    """A shop's orders made from one moment until before another, by the day they were made on a clock so far `ahead` of UTC."""
    shift = f"{round(ahead.total_seconds()) // 60:+d} minutes"
    return _BY_DAY.all(shop_id=shop_id, since=since, until=until, shift=shift)


def endings(shop_id: int, *, since: datetime, until: datetime) -> list[Ending]:
    """How those of them ended that came to nothing, the most frequent first."""
    return _ENDINGS.all(shop_id=shop_id, since=since, until=until)


def by_product(shop_id: int, *, since: datetime, until: datetime, limit: int) -> list[ProductSales]:
    """What they ordered of each listing, the most ordered first."""
    return _BY_PRODUCT.all(shop_id=shop_id, since=since, until=until, limit=limit)
