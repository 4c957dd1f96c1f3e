"""Changes to orders. Stock is held and freed in the same transaction as the state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from lapak.accounts.rules import Actor
from lapak.catalog import service as catalog
from lapak.catalog.models import Product
from lapak.catalog.rules import NOT_OPEN, Supply
from lapak.catalog.service import Line
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import alone, changed, transaction
from lapak.kernel.codes import hash_token, short_code
from lapak.kernel.errors import Conflict, NotAllowed, NotFound, TooMany
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say
from lapak.orders import queries
from lapak.orders.events import OrderPlaced
from lapak.orders.models import Order, OrderLine
from lapak.orders.rules import (
    HOLD,
    HOLD_SECONDS,
    PLACED_BY_ORIGIN,
    RELEASING,
    WAITING_BY_ORIGIN,
    Decline,
    State,
    move,
    receive,
    shared_token,
    token_for,
)
from lapak.shops import policy as shops_policy
from lapak.shops.models import Shop

GONE = say("Pesanan ini tidak ada. Periksa lagi tautannya.")
BUYERS_OWN = say("Ini pesanan di lapak Anda. Hanya pembelinya yang dapat menyatakan dan menilai di sini.")
NOT_BUYER = say(
    "Konfirmasi dan testimoni hanya dari ponsel atau tautan yang dipakai saat memesan. Tautan di pesan WhatsApp hanya untuk melihat "
    "pesanan ini."
)
MOVED_ON = say("Pesanan ini baru saja berubah. Muat ulang halaman untuk melihat keadaannya.")


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What a buyer says: who, where to, and how many of what (all from one shop)."""

    buyer_name: str
    buyer_place: str
    note: str
    lines: tuple[Line, ...]
    buyer_phone: str | None = None


def place(draft: OrderDraft, *, shop_id: int, idempotency_key: str, origin: str, site_code: str, key: bytes, now: datetime) -> str:
    """Make an order and hold its stock, in one transaction; return the buyer's own token (`rules.token_for`).

    Sent twice with the same key it is the same order. Raise Conflict when stock does not suffice, TooMany for an origin
    that orders faster than people do.
    """
    token = token_for(idempotency_key, key=key)
    with transaction():
        token_hash = hash_token(shared_token(token))
        alone("order", token_hash)
        there = db.session.scalar(select(Order.state).where(Order.token_hash == token_hash))
        if there in {State.PLACED, State.CONFIRMED}:
            return token
        if there is not None:
            raise Conflict("Pesanan yang sama sudah berakhir. Muat ulang halaman ini untuk memesan lagi.")
        _check_pace(origin, now=now)
        if not db.session.scalar(select(Shop.whatsapp).where(Shop.id == shop_id)):
            raise Conflict(NOT_OPEN)
        order = Order(
            code=_fresh_code(), token_hash=token_hash, shop_id=shop_id, site_code=site_code, state=State.PLACED, origin=origin,
            buyer_name=draft.buyer_name, buyer_place=draft.buyer_place, buyer_phone=draft.buyer_phone, note=draft.note, decline_note="",
            placed_at=now, hold_until=now + HOLD,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        wanted = {line.product_id: line for line in draft.lines}
        for product in db.session.scalars(select(Product).where(Product.id.in_(wanted), Product.shop_id == shop_id)):
            line = wanted[product.id]
            if line.price_seen is not None and line.price_seen != product.price:
                raise Conflict(
                    "Harga %(name)s berubah menjadi %(price)s. Periksa, lalu pesan lagi.",
                    name=product.name,
                    price=format_rupiah(product.price),
                )
            db.session.add(
                OrderLine(
                    order_id=order.id, product_id=product.id, name=product.name, unit=product.unit, price=product.price,
                    quantity=line.quantity, is_held=product.supply == Supply.STOCK,
                )
            )  # fmt: skip
        announce(OrderPlaced(order.id), now=now)
        catalog.hold(draft.lines, shop_id=shop_id)
    return token


def _fresh_code() -> str:
    while db.session.scalar(select(Order.id).where(Order.code == (code := short_code()))) is not None:
        pass
    return code


def _check_pace(origin: str, *, now: datetime) -> None:
    window, limit = PLACED_BY_ORIGIN
    minutes = int(window.total_seconds()) // 60
    if queries.placed_from(origin, since=now - window) >= limit:
        raise TooMany(
            "Terlalu banyak pesanan sekaligus dari jaringan ini. Pesanan Anda belum dibuat. Coba lagi %(minutes)s menit lagi.",
            retry_after=minutes * 60, minutes=minutes,
        )  # fmt: skip
    if queries.waiting_from(origin) >= WAITING_BY_ORIGIN:
        raise TooMany(
            "Terlalu banyak pesanan dari jaringan ini masih menunggu jawaban. Pesanan Anda belum dibuat. Coba dari jaringan lain, "
            "atau lagi besok.", retry_after=HOLD_SECONDS,
        )  # fmt: skip


def confirm(code: str, *, by: Actor, now: datetime) -> None:
    """Say yes to an order as its seller, or for them as the shop's keeper; the stock stays held until it is completed."""
    _answer(code, State.CONFIRMED, by=by, now=now)


def complete(code: str, *, by: Actor, now: datetime) -> None:
    """Say as its seller that goods and money changed hands: held units become sold. The buyer's word stays the buyer's."""
    _answer(code, State.COMPLETED, by=by, now=now)


def decline(code: str, why: Decline, note: str, *, by: Actor, now: datetime) -> None:
    """Say no with a reason the buyer reads; the stock goes back on the shelf."""
    _answer(code, State.DECLINED, by=by, now=now, why=why, note=note)


def receive_goods(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Say as its buyer that an order arrived: it is completed, if the seller had not said so; a second time changes nothing.

    Raise NotAllowed without the buyer's own token, and for whoever is signed in and runs the shop.
    """
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.received_at is not None:
            return
        to = receive(State(order.state))
        if order.state == to:
            _note(order, received_at=now)
        else:
            _move(order, to, now=now, received_at=now)


def bought_with(token: str, *, by: Actor | None, now: datetime) -> Order:
    """Return the order of whoever holds its buyer's own token, locked; for services that let only the buyer speak.

    The link in the chat is in the seller's hands too: raise NotAllowed for it, and for whoever is signed in and runs the shop. Raise
    NotFound for an unknown token.
    """
    order = _of_link(token)
    if shops_policy.runs(by, db.session.get_one(Shop, order.shop_id), now=now):
        raise NotAllowed(BUYERS_OWN)
    if order.token_hash == hash_token(token):
        raise NotAllowed(NOT_BUYER)
    return order


def cancel(token: str, *, now: datetime) -> None:
    """Take an order back with its link or its buyer's own token, while the seller has not answered."""
    with transaction():
        _move(_of_link(token), State.CANCELLED, now=now)


def expire(*, now: datetime) -> int:
    """Let go of orders that nobody answered within 24 hours; return how many. Each in a transaction of its own."""
    expired = 0
    for order_id in queries.overdue(now=now):
        with transaction():
            order = db.session.get(Order, order_id)
            if order is not None and order.state == State.PLACED and order.hold_until <= now:
                _move(order, State.EXPIRED, now=now)
                expired += 1
    return expired


def _answer(code: str, to: State, *, by: Actor, now: datetime, why: Decline | None = None, note: str = "") -> None:
    with transaction():
        found = select(Order, Shop).join(Shop, Shop.id == Order.shop_id).where(Order.code == code).with_for_update(of=Order)
        row = db.session.execute(found).first()
        if row is None or not shops_policy.runs(by, row[1], now=now):
            raise NotFound(GONE)
        order: Order = row[0]
        word: dict[str, object] = {"declared_at": now} if to is State.COMPLETED else {}
        if order.state != to:
            order.decline, order.decline_note = why, note
            _move(order, to, now=now, **word)
        elif to is State.COMPLETED and order.declared_at is None:
            _note(order, **word)


def _of_link(token: str) -> Order:
    # Of two clicks at the same instant, the second waits here and then finds what the first wrote.
    either = Order.token_hash.in_([hash_token(token), hash_token(shared_token(token))])
    order = db.session.scalars(select(Order).where(either).with_for_update()).first()
    if order is None:
        raise NotFound(GONE)
    return order


def _note(order: Order, **word: object) -> None:
    """Write down what was said of an order; raise Conflict when it is no longer where it was read."""
    if changed(update(Order).where(Order.id == order.id, Order.state == order.state).values(word)) == 0:
        raise Conflict(MOVED_ON)


def _move(order: Order, to: State, *, now: datetime, **word: object) -> None:
    before = State(order.state)
    move(before, to)
    _note(order, state=to, **{"confirmed_at" if to is State.CONFIRMED else "ended_at": now}, **word)
    held = _held_lines(order.id)
    if to in RELEASING:
        catalog.release(held)
    elif to is State.COMPLETED:
        catalog.sell(held)
    elif to is State.CONFIRMED:
        catalog.mark_alive(_products_of(order.id), now=now)


def _products_of(order_id: int) -> Sequence[int]:
    return db.session.scalars(select(OrderLine.product_id).where(OrderLine.order_id == order_id)).all()


def _held_lines(order_id: int) -> Sequence[Line]:
    rows = db.session.execute(select(OrderLine.product_id, OrderLine.quantity).where(OrderLine.order_id == order_id, OrderLine.is_held))
    return [Line(product_id, quantity) for product_id, quantity in rows]
