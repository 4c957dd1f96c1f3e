"""What a seller, or whoever keeps the shop for them, says of an order."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.money import Rupiah, format_rupiah
from lapak.kernel.words import say
from lapak.orders.models import Order
from lapak.orders.queries import placing as facts
from lapak.orders.rules.states import CHANGED, Decline, Deed, State, Who
from lapak.orders.service.moving import GONE, cost, note, shift, standing
from lapak.shops import policy as shops_policy
from lapak.shops.models import Shop

MOST_POSTAGE = 10_000_000


def confirm(code: str, *, postage: int | None = None, by: Actor, now: datetime) -> None:
    """Say yes to an order and what sending it costs (rupiah; None: what the order says already, or nothing).

    The stock stays held until it is completed. Where the total is more than the buyer saw, they have to accept it first, within the
    time an order waits.
    """
    with transaction():
        order, who = _mine(code, by=by, now=now)
        if order.state == State.CONFIRMED and postage in {None, order.postage}:
            return
        seen = order.postage
        price = Rupiah(seen or 0 if postage is None else postage)
        if not 0 <= price <= MOST_POSTAGE:
            raise Invalid({"postage": say("Tulis ongkos kirim dari 0 sampai Rp10.000.000")})
        is_first = order.state == State.PLACED
        is_accepted = is_first and price <= (seen or 0)  # the buyer saw as much when they ordered
        word: dict[str, Any] = {"postage": price, "confirmed_at": now, "accepted_at": now if is_accepted else None}
        said = say("Ongkos kirim %(price)s", price=format_rupiah(price)) if price else ""
        if is_first and not is_accepted:
            word |= _waits_again(order, now=now)
        if order.state == State.CONFIRMED:
            if order.accepted_at is not None:
                raise Conflict("Pembeli sudah menyetujui jumlahnya. Ongkos kirim tidak dapat diubah lagi.")
            note(order, Deed.CONFIRMED, who=who, now=now, text=said, **word)
        else:
            shift(order, State.CONFIRMED, Deed.CONFIRMED, who=who, now=now, text=said, **word)


def _waits_again(order: Order, *, now: datetime) -> dict[str, Any]:
    """A new time to answer in, for the buyer now."""
    ground = facts.ground(order.shop_id, site_code=order.site_code)
    if ground is None:
        raise NotFound(GONE)
    hold = ground.settings.hold(is_edition_day=False)
    return {"hold_until": ground.hours.after(now, hold), "warn_at": ground.hours.after(now, hold / 2), "extended_at": None}


def take_money(code: str, *, by: Actor, now: datetime) -> None:
    """Say that the buyer's money is there; said twice it changes nothing."""
    with transaction():
        order, who = _mine(code, by=by, now=now)
        if order.money_at is not None:
            return
        if order.state in {State.PAID, State.SENT, State.COMPLETED}:
            note(order, Deed.MONEY_IN, who=who, now=now, money_at=now)
        else:
            shift(order, State.PAID, Deed.MONEY_IN, who=who, now=now, money_at=now)


def miss_money(code: str, *, by: Actor, now: datetime) -> None:
    """Say that the money which the buyer speaks of is not there; the order is as before they said so."""
    with transaction():
        order, who = _mine(code, by=by, now=now)
        shift(order, State.CONFIRMED, Deed.NO_MONEY, who=who, now=now, paid_said_at=None)


def send(code: str, courier: str, tracking: str, *, by: Actor, now: datetime) -> None:
    """Say that the goods are under way, with whom and under which number (both may be empty); they can be added later."""
    with transaction():
        order, who = _mine(code, by=by, now=now)
        said = " ".join(part for part in (courier, tracking) if part)
        if order.state == State.SENT:
            if (order.courier, order.tracking) != (courier, tracking):
                note(order, Deed.SENT, who=who, now=now, text=said, courier=courier, tracking=tracking)
            return
        shift(order, State.SENT, Deed.SENT, who=who, now=now, text=said, sent_at=now, courier=courier, tracking=tracking)


def complete(code: str, *, by: Actor, now: datetime) -> None:
    """Say that goods and money changed hands: held units become sold. The buyer's word stays the buyer's."""
    with transaction():
        order, who = _mine(code, by=by, now=now)
        if order.declared_at is not None:
            return
        word: dict[str, Any] = {"declared_at": now, "money_at": order.money_at or now}
        if order.state == State.COMPLETED:
            note(order, Deed.COMPLETED, who=who, now=now, **word)
        else:
            shift(order, State.COMPLETED, Deed.COMPLETED, who=who, now=now, **word)


def decline(code: str, why: Decline, text: str, *, by: Actor, now: datetime) -> None:
    """Say no with a reason the buyer reads; what was held goes back.

    An order that was paid, by anybody's word, then waits until its buyer has the money back.
    """
    with transaction():
        order, who = _mine(code, by=by, now=now)
        if order.state in {State.DECLINED, State.REFUNDING, State.REFUNDED}:
            return
        word: dict[str, Any] = {"decline": why, "decline_note": text}
        if not standing(order).is_paid:
            shift(order, State.DECLINED, Deed.DECLINED, who=who, now=now, text=text, **word)
            return
        ground = facts.ground(order.shop_id, site_code=order.site_code)
        days = ground.settings.refund_days if ground else 0
        word |= {"refund_amount": cost(order), "refund_due_at": now + timedelta(days=days)}
        shift(order, State.REFUNDING, Deed.REFUNDING, who=who, now=now, text=text, **word)


def send_money_back(code: str, *, by: Actor, now: datetime) -> None:
    """Say that the money of a refused order went back; whether it arrived, its buyer says."""
    with transaction():
        order, who = _mine(code, by=by, now=now)
        if order.state != State.REFUNDING:
            raise Conflict(CHANGED)
        if order.refund_sent_at is None:
            note(order, Deed.REFUND_SENT, who=who, now=now, refund_sent_at=now)


def _mine(code: str, *, by: Actor, now: datetime) -> tuple[Order, Who]:
    """The order, locked: of two answers at the same instant, the second finds what the first wrote."""
    found = select(Order, Shop).join(Shop, Shop.id == Order.shop_id).where(Order.code == code).with_for_update(of=Order)
    row = db.session.execute(found).first()
    if row is None or not shops_policy.runs(by, row[1], now=now):
        raise NotFound(GONE)
    order: Order = row[0]
    return order, Who.SELLER if row[1].owner_id == by.id else Who.KEEPER
