"""What a buyer says of their order, with their own token."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.codes import hash_token
from lapak.kernel.errors import Conflict, NotAllowed, NotFound
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say
from lapak.orders.models import Order
from lapak.orders.queries import placing as facts
from lapak.orders.rules.holding import WARN_AFTER
from lapak.orders.rules.states import CHANGED, Deed, PaysBy, State, Who, receive
from lapak.orders.rules.tokens import shared_token
from lapak.orders.service.moving import GONE, cost, note, shift
from lapak.shops import policy as shops_policy
from lapak.shops.models import Shop

BUYERS_OWN = say("Ini pesanan di lapak Anda. Hanya pembelinya yang dapat menyatakan dan menilai di sini.")
NOT_BUYER = say(
    "Konfirmasi dan testimoni hanya dari ponsel atau tautan yang dipakai saat memesan. Tautan di pesan WhatsApp hanya untuk melihat "
    "pesanan ini."
)


def cancel(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Take an order back, until its buyer says that they paid, or it is under way."""
    with transaction():
        shift(bought_with(token, by=by, now=now), State.CANCELLED, Deed.CANCELLED, who=Who.BUYER, now=now)


def accept(token: str, total_seen: int, *, by: Actor | None = None, now: datetime) -> None:
    """Accept what the order costs in all, as the buyer saw it (rupiah); a second time changes nothing.

    Raise Conflict when the seller named another total meanwhile.
    """
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.accepted_at is not None and order.state != State.PLACED:
            return
        if order.state != State.CONFIRMED:
            raise Conflict(CHANGED)
        if total_seen != cost(order):
            raise Conflict("Jumlahnya baru saja berubah menjadi %(total)s. Periksa, lalu setujui lagi.", total=format_rupiah(cost(order)))
        note(order, Deed.ACCEPTED, who=Who.BUYER, now=now, text=format_rupiah(cost(order)), accepted_at=now, warn_at=None)


def extend(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Give the seller as much time again, once for each order."""
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.state != State.PLACED:
            raise Conflict(CHANGED)
        if order.extended_at is not None:
            raise Conflict("Waktu tunggu pesanan ini sudah pernah diperpanjang. Bila penjual tidak menjawab, pesan lagi.")
        ground = facts.ground(order.shop_id, site_code=order.site_code)
        if ground is None:
            raise NotFound(GONE)
        hold = ground.settings.hold(is_edition_day=facts.is_of_edition_day(order.id, ground.day_of(order.placed_at)))
        begin = max(order.hold_until, now)
        until, warn_at = ground.hours.after(begin, hold), ground.hours.after(begin, hold * WARN_AFTER)
        note(order, Deed.EXTENDED, who=Who.BUYER, now=now, extended_at=now, hold_until=until, warn_at=warn_at)


def pay(token: str, pays_by: PaysBy, *, by: Actor | None = None, now: datetime) -> None:
    """Say that the total went to the seller; until the seller says so too it counts as the buyer's word."""
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.paid_said_at is not None:
            return
        word: dict[str, Any] = {"paid_said_at": now, "pays_by": pays_by}
        if order.state in {State.PAID, State.SENT}:
            note(order, Deed.PAID, who=Who.BUYER, now=now, **word)
        else:
            shift(order, State.PAID, Deed.PAID, who=Who.BUYER, now=now, **word)


def receive_goods(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Say that an order arrived: it is completed, if the seller had not said so; a second time changes nothing.

    Raise NotAllowed without the buyer's own token, and for whoever is signed in and runs the shop.
    """
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.received_at is not None:
            return
        to = receive(State(order.state))
        if order.state == to:
            note(order, Deed.RECEIVED, who=Who.BUYER, now=now, received_at=now)
        else:
            shift(order, to, Deed.RECEIVED, who=Who.BUYER, now=now, received_at=now)


def receive_money(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Say that the money of a refused order is back; that ends it."""
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.state != State.REFUNDED:
            shift(order, State.REFUNDED, Deed.REFUNDED, who=Who.BUYER, now=now)


def bought_with(token: str, *, by: Actor | None, now: datetime) -> Order:
    """Return the order of whoever holds its buyer's own token, locked; for services that let only the buyer speak.

    The link in the chat is in the seller's hands too: raise NotAllowed for it, and for whoever is signed in and runs the shop. Raise
    NotFound for an unknown token.
    """
    # Of two clicks at the same instant, the second waits here and then finds what the first wrote.
    either = Order.token_hash.in_([hash_token(token), hash_token(shared_token(token))])
    order = db.session.scalars(select(Order).where(either).with_for_update()).first()
    if order is None:
        raise NotFound(GONE)
    if shops_policy.runs(by, db.session.get_one(Shop, order.shop_id), now=now):
        raise NotAllowed(BUYERS_OWN)
    if order.token_hash == hash_token(token):
        raise NotAllowed(NOT_BUYER)
    return order
