"""What pages and jobs show of orders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from lapak.accounts.models import Account
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.kernel.codes import hash_token
from lapak.kernel.paging import Page
from lapak.orders.models import Order, OrderEvent, OrderLine
from lapak.orders.rules.items import Item, snapshot_of
from lapak.orders.rules.states import DECLINE_TEXTS, DEED_NAMES, Decline, Deed, Delivery, Standing, State, Who
from lapak.orders.rules.tokens import shared_token
from lapak.regions.rules import within
from lapak.shops.models import Shop

PAGE = 30


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its buyer and its seller see it. Amounts in rupiah; `postage` is None until the seller names it."""

    id: int
    code: str
    state: State
    buyer_name: str
    buyer_place: str
    buyer_region: str | None
    address: str
    buyer_phone: str | None
    note: str
    delivery: Delivery
    source: str
    ready_on: date | None
    goods_total: int
    postage: int | None
    pays_by: str
    courier: str
    tracking: str
    placed_at: datetime
    hold_until: datetime
    extended_at: datetime | None
    confirmed_at: datetime | None
    accepted_at: datetime | None
    paid_said_at: datetime | None
    money_at: datetime | None
    sent_at: datetime | None
    declared_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    decline: Decline | None
    decline_note: str
    refund_amount: int | None
    refund_due_at: datetime | None
    refund_sent_at: datetime | None
    shop_id: int
    shop_name: str
    shop_slug: str
    whatsapp: str
    items: tuple[Item, ...] = ()

    @property
    def total(self) -> int:
        """What the order costs in all, in rupiah, as far as it is known."""
        return self.goods_total + (self.postage or 0)

    @property
    def is_final(self) -> bool:
        """Whether the buyer owes that total: nothing is missing from it, and they accepted it."""
        return self.accepted_at is not None and self.postage is not None

    @property
    def to_accept(self) -> bool:
        """Whether the seller named a total that the buyer has not accepted yet."""
        return self.state is State.CONFIRMED and self.accepted_at is None

    @property
    def decline_text(self) -> str:
        """Why it was declined, in words; empty otherwise."""
        if self.decline is None:
            return ""
        return self.decline_note or DECLINE_TEXTS[self.decline]

    def may(self, to: str, who: str) -> bool:
        """Whether somebody may take it to another state now."""
        stands = Standing(self.state, self.accepted_at is not None, self.paid_said_at is not None, self.money_at is not None)
        return stands.may(State(to), Who(who))


@dataclass(frozen=True, slots=True)
class EventView:
    """What happened to an order, when, and by whose word."""

    at: datetime
    deed: Deed
    who: Who
    note: str

    @property
    def text(self) -> str:
        """What happened, in words."""
        return DEED_NAMES[self.deed]


@dataclass(frozen=True, slots=True)
class Opened:
    """An order somebody opened: `shared` is the token that may be passed on, or the short code; `own` the buyer's, if it was shown."""

    order: OrderView
    shared: str
    own: str | None


@dataclass(frozen=True, slots=True)
class ToTell:
    """Whom to tell of an order, and what of it.

    The shop's number (may be empty), whoever keeps the shop (None when nobody does), the buyer's number (None when they left none).
    """

    code: str
    site_code: str
    state: str
    shop_name: str
    whatsapp: str
    owner_id: int | None
    buyer_phone: str | None
    hold_until: datetime
    total: int
    refund_amount: int | None
    tracking: str
    keeper_phone: str | None


_OF_SHOPS = {"shop_id": Shop.id, "shop_name": Shop.name, "shop_slug": Shop.slug, "whatsapp": Shop.whatsapp}
_FIELDS = [name for name in OrderView.__dataclass_fields__ if name != "items"]
_ORDER = select(*(_OF_SHOPS[name] if name in _OF_SHOPS else getattr(Order, name) for name in _FIELDS)).join(Shop, Shop.id == Order.shop_id)


def _to_order(*row: Any) -> OrderView:
    values = dict(zip(_FIELDS, row, strict=True))
    values.update(
        state=State(values["state"]), delivery=Delivery(values["delivery"]),
        decline=None if values["decline"] is None else Decline(values["decline"]),
    )  # fmt: skip
    return OrderView(**values)


_BY_TOKENS = Query(
    _ORDER.add_columns(Order.token_hash).where(Order.token_hash.in_(bindparam("token_hashes", expanding=True))).limit(PAGE),
    lambda *row: (row[-1], _to_order(*row[:-1])),
)
_BY_CODE = Query(_ORDER.where(Order.code == bindparam("code"), Order.shop_id == bindparam("shop_id")), _to_order)
_BY_CODE_ALONE = Query(_ORDER.where(Order.code == bindparam("code")), _to_order)
_LINES = select(
    OrderLine.order_id, OrderLine.product_id, OrderLine.name, OrderLine.unit, OrderLine.price, OrderLine.quantity, OrderLine.is_held,
    OrderLine.variant, OrderLine.variant_id, OrderLine.snapshot, OrderLine.position,
)  # fmt: skip
_HISTORY = Query(
    select(OrderEvent.at, OrderEvent.deed, OrderEvent.who, OrderEvent.note)
    .where(OrderEvent.order_id == bindparam("order_id"))
    .order_by(OrderEvent.id)
    .limit(60),
    lambda at, deed, who, note: EventView(at, Deed(deed), Who(who), note),
)
_KEEPS = or_(Shop.keeper_until.is_(None), Shop.keeper_until > bindparam("now", type_=UtcDateTime))
_TO_TELL = Query(
    select(
        Order.code,
        Order.site_code,
        Order.state,
        Shop.name,
        Shop.whatsapp,
        Shop.owner_id,
        Order.buyer_phone,
        Order.hold_until,
        Order.goods_total + func.coalesce(Order.postage, 0),
        Order.refund_amount,
        Order.tracking,
        Account.phone,
    )
    .select_from(Order)
    .join(Shop, Shop.id == Order.shop_id)
    .outerjoin(Account, and_(Account.id == Shop.keeper_id, _KEEPS))
    .where(Order.id == bindparam("order_id")),
    ToTell,
)
_SHOP_OF = Query(select(Order.shop_id).where(Order.code == bindparam("code")), int)
_OVERDUE = Query(
    select(Order.id)
    .where(or_(Order.state == State.PLACED, and_(Order.state == State.CONFIRMED, Order.accepted_at.is_(None))))
    .where(Order.hold_until <= bindparam("now", type_=UtcDateTime))
    .order_by(Order.hold_until, Order.id)
    .limit(200),
    int,
)
_TO_WARN = Query(
    select(Order.id)
    .where(or_(Order.state == State.PLACED, and_(Order.state == State.CONFIRMED, Order.accepted_at.is_(None))))
    .where(Order.warn_at <= bindparam("now", type_=UtcDateTime), Order.hold_until > bindparam("now", type_=UtcDateTime))
    .order_by(Order.warn_at, Order.id)
    .limit(200),
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
_PACE = Query(
    select(
        func.count().filter(Order.placed_at > bindparam("since", type_=UtcDateTime)), func.count().filter(Order.state == State.PLACED)
    ).where(
        Order.origin == bindparam("origin"),
        or_(Order.placed_at > bindparam("since", type_=UtcDateTime), Order.state == State.PLACED),
    ),
    lambda recent, waiting: (int(recent), int(waiting)),
)
_STATE = Query(select(Order.state).where(Order.token_hash == bindparam("token_hash")), State)


def _with_items(orders: list[OrderView]) -> list[OrderView]:
    ids = [order.id for order in orders]
    if not ids:
        return []
    lines: dict[int, list[Item]] = {}
    statement = _LINES.where(OrderLine.order_id.in_(ids)).order_by(OrderLine.order_id, OrderLine.position)
    for order_id, *rest in Query(statement, lambda *row: row).all():
        lines.setdefault(order_id, []).append(Item(*rest))
    return [replace(order, items=tuple(lines.get(order.id, ()))) for order in orders]


def by_token(token: str) -> OrderView | None:
    """An order by its buyer's own token or by the one that stands in the chat."""
    found = opened(token)
    return found.order if found else None


def opened(token: str, *, own: Sequence[str] = (), codes: Sequence[str] = ()) -> Opened | None:
    """What a link opens; `own` are the buyers' own tokens that this browser remembers, `codes` the orders it opened by their code."""
    if token in codes:
        found_by_code = _BY_CODE_ALONE.first(code=token)
        return Opened(_with_items([found_by_code])[0], token, None) if found_by_code else None
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


TABS = {
    "": (),
    "baru": (State.PLACED,),
    "jalan": (State.CONFIRMED, State.PAID, State.SENT, State.REFUNDING),
    "selesai": (State.COMPLETED, State.REFUNDED, State.DECLINED, State.CANCELLED, State.EXPIRED),
}
"""Which states the seller's desk shows together, by the word in its address."""


def of_shop(shop_id: int, *, before: int | None = None, limit: int = PAGE, tab: str = "") -> Page[OrderView]:
    """A page of a shop's orders, newest first; `tab` is one of `TABS`."""
    statement = _ORDER.where(Order.shop_id == shop_id).order_by(Order.id.desc()).limit(limit + 1)
    if TABS.get(tab):
        statement = statement.where(Order.state.in_(TABS[tab]))
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
    """Orders whose hold ran out unanswered, or whose total nobody accepted in time."""
    return _OVERDUE.all(now=now)


def to_warn(*, now: datetime) -> list[int]:
    """Orders whose time to answer or to accept is nearly over, of which nobody was reminded yet."""
    return _TO_WARN.all(now=now)


def history(order_id: int) -> list[EventView]:
    """What happened to an order, oldest first."""
    return _HISTORY.all(order_id=order_id)


def to_tell(order_id: int, *, now: datetime) -> ToTell | None:
    """Whom to tell of an order."""
    return _TO_TELL.first(order_id=order_id, now=now)


def shop_of(code: str) -> int | None:
    """The shop an order was made with."""
    return _SHOP_OF.first(code=code)


def pace_of(origin: str, *, since: datetime) -> tuple[int, int]:
    """How many orders an origin made since a moment, and how many of its orders wait for an answer and hold stock."""
    return _PACE.first(origin=origin, since=since) or (0, 0)


def state_of(token_hash: str) -> State | None:
    """Where the order of a link stands, by its token's hash; None when there is none."""
    return _STATE.first(token_hash=token_hash)


_COUNTS = Query(
    select(Order.state, func.count()).where(Order.shop_id == bindparam("shop_id")).group_by(Order.state), lambda state, n: (State(state), n)
)
_ON_DAY = (
    _ORDER.where(Order.shop_id == bindparam("shop_id"), Order.ready_on == bindparam("day"))
    .where(Order.state.in_((State.PLACED, State.CONFIRMED, State.PAID)))
    .order_by(Order.id)
    .limit(200)
)
_ANSWER_TIMES = Query(
    select(Order.placed_at, Order.confirmed_at)
    .where(Order.shop_id == bindparam("shop_id"), Order.confirmed_at.is_not(None))
    .order_by(Order.id.desc())
    .limit(20),
    lambda placed, confirmed: confirmed - placed,
)


def counts(shop_id: int) -> dict[str, int]:
    """How many of a shop's orders stand under each of `TABS`."""
    found = dict(_COUNTS.all(shop_id=shop_id))
    return {tab: sum(found.get(state, 0) for state in states or State) for tab, states in TABS.items()}


def ready_on(shop_id: int, day: date) -> list[OrderView]:
    """A shop's open orders that are to be ready on a day."""
    return _with_items(Query(_ON_DAY, _to_order).all(shop_id=shop_id, day=day))


def answer_time(shop_id: int) -> timedelta | None:
    """How long a shop took to say yes, the middle of its last twenty answers; None before the first."""
    times = sorted(_ANSWER_TIMES.all(shop_id=shop_id))
    return times[len(times) // 2] if times else None


_FIRM = or_(Order.state == State.PAID, and_(Order.state == State.CONFIRMED, Order.accepted_at.is_not(None)))
_TO_SEND = (State.CONFIRMED, State.PAID, State.SENT)


def day_sheet(shop_id: int, day: date, *, is_today: bool, limit: int) -> list[OrderView]:
    """What a shop has to make or send on a day, in the order it was asked for.

    Today's sheet has what is late and what lies ready for a promise without a day as well; one order more than `limit` says there is more.
    """
    due = Order.ready_on == day
    if is_today:
        due = or_(due, Order.ready_on < day, and_(Order.ready_on.is_(None), _FIRM))
    statement = _ORDER.where(Order.shop_id == shop_id, due, Order.state.in_((State.PLACED, State.CONFIRMED, State.PAID)))
    return _with_items(Query(statement.order_by(Order.id).limit(limit + 1), _to_order).all())


def to_label(shop_id: int, *, limit: int) -> list[OrderView]:
    """A shop's orders that go out by courier and are promised or under way: what labels are printed for, the newest first."""
    statement = _ORDER.where(Order.shop_id == shop_id, Order.state.in_(_TO_SEND), Order.delivery == Delivery.SENT)
    return _with_items(Query(statement.order_by(Order.id.desc()).limit(limit), _to_order).all())


def of_codes(shop_id: int, codes: Sequence[str]) -> list[OrderView]:
    """A shop's orders by their short codes, in that order; those of others and unknown ones are left out."""
    if not codes:
        return []
    statement = _ORDER.where(Order.shop_id == shop_id, Order.code.in_(codes)).limit(len(codes))
    found = {order.code: order for order in _with_items(Query(statement, _to_order).all())}
    return [found[code] for code in dict.fromkeys(codes) if code in found]


@dataclass(frozen=True, slots=True)
class Picture:
    """The photo that a line of an order showed when it was ordered, by its key."""

    code: str
    position: int
    photo: str


_PICTURES = select(Order.code, OrderLine.position, OrderLine.snapshot).join(OrderLine, OrderLine.order_id == Order.id)
_PICTURES_OF = Query(
    _PICTURES.where(Order.id == bindparam("order_id")).order_by(OrderLine.position).limit(100),
    lambda code, position, snapshot: Picture(code, position, snapshot_of(snapshot).photo),
)
_PICTURES_SINCE = Query(
    _PICTURES.where(Order.placed_at > bindparam("since", type_=UtcDateTime)).order_by(Order.id.desc()).limit(bindparam("limit")),
    _PICTURES_OF.into,
)


def pictures_of(order_id: int) -> list[Picture]:
    """The photos of an order's lines, of those that had one."""
    return [one for one in _PICTURES_OF.all(order_id=order_id) if one.photo]


def pictures_since(since: datetime, *, limit: int) -> list[Picture]:
    """The photos of the newest orders since a moment, at most so many lines."""
    return [one for one in _PICTURES_SINCE.all(since=since, limit=limit) if one.photo]
