"""An order's states, limits and the message that carries it."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lapak.kernel.errors import Conflict
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say

HOLD = timedelta(hours=24)
HOLD_SECONDS = int(HOLD.total_seconds())
MOST_UNITS = 999
PLACED_BY_ORIGIN = (timedelta(minutes=10), 30)
WAITING_BY_ORIGIN = 200
"""High, because a mobile carrier puts thousands of people behind one address; low enough that one machine cannot empty a shelf."""


class State(StrEnum):
    """Where an order stands. What it says comes from the seller or the buyer; the chat itself is theirs."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


MOVES = {
    State.PLACED: {State.CONFIRMED, State.DECLINED, State.CANCELLED, State.EXPIRED},
    State.CONFIRMED: {State.COMPLETED, State.DECLINED},
    State.COMPLETED: set[State](),
    State.DECLINED: set[State](),
    State.CANCELLED: set[State](),
    State.EXPIRED: set[State](),
}
RECEIVED = {State.CONFIRMED: State.COMPLETED, State.COMPLETED: State.COMPLETED}
"""Where the buyer's "I have it" leads from the states in which it may be said."""
RELEASING = {State.DECLINED, State.CANCELLED, State.EXPIRED}


class Decline(StrEnum):
    """Why a seller cannot take an order; a list, so that the public figures can count it later."""

    SOLD_OUT = "sold_out"
    TOO_BUSY = "too_busy"
    TOO_FAR = "too_far"
    NO_REPLY = "no_reply"
    OTHER = "other"


DECLINE_TEXTS = {
    Decline.SOLD_OUT: say("Barang ternyata habis"),
    Decline.TOO_BUSY: say("Sedang tidak sanggup membuat sebanyak itu"),
    Decline.TOO_FAR: say("Alamat di luar jangkauan kirim"),
    Decline.NO_REPLY: say("Pembeli tidak membalas"),
    Decline.OTHER: say("Alasan lain"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order: what it was called and cost when it was ordered."""

    product_id: int
    name: str
    unit: str
    price: int
    quantity: int
    is_held: bool

    @property
    def total(self) -> int:
        """The line's price in rupiah."""
        return self.price * self.quantity


def move(state: State, to: State) -> State:
    """Return `to`; raise Conflict when an order in `state` cannot go there."""
    if to not in MOVES[state]:
        raise Conflict("Pesanan ini sudah berubah. Muat ulang halaman untuk melihat keadaannya.")
    return to


def receive(state: State) -> State:
    """Return where a buyer's receipt leads; raise Conflict while the seller has not said yes, and when nothing was delivered."""
    if state not in RECEIVED:
        raise Conflict("Pesanan ini belum dapat dinyatakan diterima. Muat ulang halaman untuk melihat keadaannya.")
    return RECEIVED[state]


def form_key(once: str, draft: object) -> str:
    """Return the key of one filling of an order form: the same filling sent twice is one order, a changed one is another."""
    return hashlib.sha256(repr((once, draft)).encode()).hexdigest()


def token_for(idempotency_key: str, *, key: bytes) -> str:
    """Return the buyer's own token (192 bits), derived from the form's one-time key: sent twice, it is the same order.

    It never leaves the buyer's hands: what goes into the chat is `shared_token` of it.
    """
    digest = hmac.new(key, f"order:{idempotency_key}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def shared_token(token: str) -> str:
    """Return the token that opens the order of a buyer's own token and speaks for nobody; there is no way back from it."""
    return urlsafe_b64encode(hashlib.sha256(f"shared:{token}".encode()).digest()[:24]).decode()


def total(items: Sequence[Item]) -> int:
    """Return an order's price in rupiah, before delivery."""
    return sum(item.total for item in items)


def chat_text(*, link: str, code: str, items: Sequence[Item], buyer: str, place: str, note: str) -> str:
    """Return the WhatsApp message: the status link first (so that its preview shows), then code, items and total."""
    lines = [link, "", say("Pesanan %(code)s", code=code)]
    lines += [f"{item.quantity} x {item.name} = {format_rupiah(item.total)}" for item in items]
    lines += [say("Jumlah %(total)s, belum ongkos kirim", total=format_rupiah(total(items))), "", say("Nama: %(name)s", name=buyer)]
    if place:
        lines.append(say("Alamat: %(place)s", place=place))
    if note:
        lines.append(say("Catatan: %(note)s", note=note))
    return "\n".join(lines)
