"""Reads about orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from lapak.accounts.models import Account
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.kernel.codes import hash_token
from lapak.kernel.paging import Page
from lapak.orders.models import Order, OrderLine
from lapak.orders.rules import DECLINE_TEXTS, Decline, Item, State, shared_token, total
from lapak.regions.rules import within
from lapak.shops.models import Shop

PAGE = 30


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its buyer and its seller see it."""

    id: int
    code: str
    state: State
    buyer_name: str
    buyer_place: str
    note: str
    placed_at: datetime
    hold_until: datetime
    confirmed_at: datetime | None
    declared_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    decline: Decline | None
    decline_note: str
    shop_id: int
    shop_name: str
    shop_slug: str
    whatsapp: str
    buyer_phone: str | None
    items: tuple[Item, ...] = ()

    @property
    def total(self) -> int:
        """The order's price in rupiah, before delivery."""
        return total(self.items)

    @property
    def decline_text(self) -> str:
        """Why it was declined, in words; empty otherwise."""
        if self.decline is None:
            return ""
        return self.decline_note or DECLINE_TEXTS[self.decline]


@dataclass(frozen=True, slots=True)
class Opened:
    """An order somebody opened by a link: `shared` is the token that may be passed on, `own` the buyer's, if it was shown."""

    order: OrderView
    shared: str
    own: str | None


@dataclass(frozen=True, slots=True)
class ToTell:
    """Whom to tell of an order: the shop's number (may be empty), and whoever keeps the shop (None when nobody does)."""

    code: str
    site_code: str
    shop_name: str
    whatsapp: str
    is_claimed: bool
    keeper_phone: str | None


_ORDER = select(
    Order.id, Order.code, Order.state, Order.buyer_name, Order.buyer_place, Order.note, Order.placed_at, Order.hold_until,
    Order.confirmed_at, Order.declared_at, Order.received_at, Order.ended_at, Order.decline, Order.decline_note, Shop.id, Shop.name,
    Shop.slug, Shop.whatsapp, Order.buyer_phone,
).join(Shop, Shop.id == Order.shop_id)  # fmt: skip


def _to_order(*row: Any) -> OrderView:
    values = list(row)
    values[2], values[12] = State(row[2]), None if row[12] is None else Decline(row[12])
    return OrderView(*values)


_BY_TOKENS = Query(
    _ORDER.add_columns(Order.token_hash).where(Order.token_hash.in_(bindparam("token_hashes", expanding=True))).limit(PAGE),
    lambda *row: (row[-1], _to_order(*row[:-1])),
)
_BY_CODE = Query(_ORDER.where(Order.code == bindparam("code"), Order.shop_id == bindparam("shop_id")), _to_order)
_LINES = select(
    OrderLine.order_id, OrderLine.product_id, OrderLine.name, OrderLine.unit, OrderLine.price, OrderLine.quantity, OrderLine.is_held
)
_KEEPS = or_(Shop.keeper_until.is_(None), Shop.keeper_until > bindparam("now", type_=UtcDateTime))
_TO_TELL = Query(
    select(Order.code, Order.site_code, Shop.name, Shop.whatsapp, Shop.owner_id.is_not(None), Account.phone)
    .select_from(Order)
    .join(Shop, Shop.id == Order.shop_id)
    .outerjoin(Account, and_(Account.id == Shop.keeper_id, _KEEPS))
    .where(Order.id == bindparam("order_id")),
    ToTell,
)
_SHOP_OF = Query(select(Order.shop_id).where(Order.code == bindparam("code")), int)
_OVERDUE = Query(
    select(Order.id).where(Order.state == State.PLACED, Order.hold_until <= bindparam("now")).order_by(Order.hold_until).limit(200),
    int,
)
_WAITING = Query(select(func.count()).where(Order.shop_id == bindparam("shop_id"), Order.state == State.PLACED), int)
_PLACED_IN = Query(
    select(func.count())
    .select_from(Order)
    .join(Shop, Shop.id == Order.shop_id)
    .where(Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high"), Order.placed_at > bindparam("since")),
    int,
)
_ORIGIN_RECENT = Query(select(func.count()).where(Order.origin == bindparam("origin"), Order.placed_at > bindparam("since")), int)
_ORIGIN_WAITING = Query(select(func.count()).where(Order.origin == bindparam("origin"), Order.state == State.PLACED), int)


def _with_items(orders: list[OrderView]) -> list[OrderView]:
    ids = [order.id for order in orders]
    if not ids:
        return []
    lines: dict[int, list[Item]] = {}
    statement = _LINES.where(OrderLine.order_id.in_(ids)).order_by(OrderLine.order_id, OrderLine.product_id)
    for order_id, *rest in Query(statement, lambda *row: row).all():
        lines.setdefault(order_id, []).append(Item(*rest))
    return [_joined(order, tuple(lines.get(order.id, ()))) for order in orders]


def _joined(order: OrderView, items: tuple[Item, ...]) -> OrderView:
    fields = {name: getattr(order, name) for name in OrderView.__dataclass_fields__}
    return OrderView(**{**fields, "items": items})


def by_token(token: str) -> OrderView | None:
    """An order by its buyer's own token or by the one that stands in the chat."""
    found = opened(token)
    return found.order if found else None


def opened(token: str, *, own: Sequence[str] = ()) -> Opened | None:
    """What a link opens; `own` are the buyers' own tokens that this browser remembers."""
    found = _BY_TOKENS.first(token_hashes=[hash_token(token), hash_token(shared_token(token))])
    if found is None:
        return None
    (order,) = _with_items([found[1]])
    if found[0] != hash_token(token):
        return Opened(order, shared_token(token), token)
    return Opened(order, token, next((one for one in own if shared_token(one) == token), None))


def by_own(tokens: Sequence[str]) -> list[tuple[str, OrderView]]:
    """Orders by their buyers' own tokens, in that order, each with its link's token; unknown ones are left out. At most two statements."""
    if not tokens:
        return []
    tokens = [shared_token(token) for token in tokens]
    named = {hash_token(token): token for token in tokens}
    found = _BY_TOKENS.all(token_hashes=list(named))
    orders = dict(zip((named[token_hash] for token_hash, _ in found), _with_items([order for _, order in found]), strict=True))
    return [(token, orders[token]) for token in tokens if token in orders]


def by_code(code: str, *, shop_id: int) -> OrderView | None:
    """A shop's order by its short code."""
    found = _BY_CODE.first(code=code, shop_id=shop_id)
    return _with_items([found])[0] if found else None


def of_shop(shop_id: int, *, before: int | None = None, limit: int = PAGE) -> Page[OrderView]:
    """A page of a shop's orders, newest first."""
    statement = _ORDER.where(Order.shop_id == shop_id).order_by(Order.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Order.id < before)
    found = Query(statement, _to_order).all()
    return Page(_with_items(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def waiting(shop_id: int) -> int:
    """How many orders wait for a shop's answer."""
    return _WAITING.first(shop_id=shop_id) or 0


def placed_in(region_code: str, *, since: datetime) -> int:
    """How many orders were made with a region's shops since a moment."""
    low, high = within(region_code)
    return _PLACED_IN.first(low=low, high=high, since=since) or 0


def overdue(*, now: datetime) -> list[int]:
    """Orders whose hold ran out unanswered."""
    return _OVERDUE.all(now=now)


def to_tell(order_id: int, *, now: datetime) -> ToTell | None:
    """Whom to tell of an order."""
    return _TO_TELL.first(order_id=order_id, now=now)


def shop_of(code: str) -> int | None:
    """The shop an order was made with."""
    return _SHOP_OF.first(code=code)


def placed_from(origin: str, *, since: datetime) -> int:
    """How many orders an origin made since a moment."""
    return _ORIGIN_RECENT.first(origin=origin, since=since) or 0


def waiting_from(origin: str) -> int:
    """How many of an origin's orders wait for an answer and hold stock."""
    return _ORIGIN_WAITING.first(origin=origin) or 0
