"""Where an order stands, who may move it where, and what both sides read of it."""

from dataclasses import dataclass
from enum import StrEnum

from lapak.kernel.errors import Conflict
from lapak.kernel.words import say


class State(StrEnum):
    """Where an order stands. What it says comes from the seller or the buyer; the chat and the money are theirs."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    PAID = "paid"
    SENT = "sent"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Who(StrEnum):
    """Whose word moved an order; a keeper speaks for the seller, the clock for nobody."""

    BUYER = "buyer"
    SELLER = "seller"
    KEEPER = "keeper"
    CLOCK = "clock"


_SELLER = frozenset({Who.SELLER, Who.KEEPER})
_BUYER = frozenset({Who.BUYER})
_BOTH = _SELLER | _BUYER
_CLOCK = frozenset({Who.CLOCK})
MOVES: dict[State, dict[State, frozenset[Who]]] = {
    State.PLACED: {State.CONFIRMED: _SELLER, State.DECLINED: _SELLER, State.CANCELLED: _BUYER, State.EXPIRED: _CLOCK},
    State.CONFIRMED: {
        State.PAID: _BOTH, State.SENT: _SELLER, State.COMPLETED: _BOTH, State.DECLINED: _SELLER, State.CANCELLED: _BUYER,
        State.EXPIRED: _CLOCK, State.REFUNDING: _SELLER,
    },
    State.PAID: {State.CONFIRMED: _SELLER, State.SENT: _SELLER, State.COMPLETED: _BOTH, State.REFUNDING: _SELLER},
    State.SENT: {State.COMPLETED: _BOTH, State.DECLINED: _SELLER, State.REFUNDING: _SELLER},
    State.COMPLETED: {},
    State.DECLINED: {},
    State.CANCELLED: {},
    State.EXPIRED: {},
    State.REFUNDING: {State.REFUNDED: _BUYER},
    State.REFUNDED: {},
}  # fmt: skip
"""Who may take an order from a state to another. Further conditions stand beside the service that asks for them."""
HOLDING = frozenset({State.PLACED, State.CONFIRMED, State.PAID, State.SENT})
"""The states in which an order holds stock and capacity."""
RECEIVABLE = frozenset({State.CONFIRMED, State.PAID, State.SENT, State.COMPLETED})
"""The states in which the buyer may say "I have it"."""
STATE_NAMES = {
    State.PLACED: say("Baru"),
    State.CONFIRMED: say("Dikonfirmasi"),
    State.PAID: say("Dibayar"),
    State.SENT: say("Dikirim"),
    State.COMPLETED: say("Selesai"),
    State.DECLINED: say("Ditolak"),
    State.CANCELLED: say("Batal"),
    State.EXPIRED: say("Gugur"),
    State.REFUNDING: say("Pengembalian uang"),
    State.REFUNDED: say("Uang kembali"),
}
CHANGED = say("Pesanan ini sudah berubah. Muat ulang halaman untuk melihat keadaannya.")


class Deed(StrEnum):
    """What happened to an order, for its history; most deeds are the state they lead to."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    EXTENDED = "extended"
    PAID = "paid"
    MONEY_IN = "money_in"
    NO_MONEY = "no_money"
    SENT = "sent"
    COMPLETED = "completed"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    REFUND_SENT = "refund_sent"
    REFUNDED = "refunded"


DEED_NAMES = {
    Deed.PLACED: say("Dipesan"),
    Deed.CONFIRMED: say("Disanggupi penjual"),
    Deed.ACCEPTED: say("Pembeli setuju dengan jumlahnya"),
    Deed.EXTENDED: say("Pembeli memperpanjang waktu tunggu"),
    Deed.PAID: say("Pembeli menyatakan sudah membayar"),
    Deed.MONEY_IN: say("Penjual menyatakan uangnya masuk"),
    Deed.NO_MONEY: say("Penjual menyatakan uangnya belum masuk"),
    Deed.SENT: say("Dikirim"),
    Deed.COMPLETED: say("Selesai menurut penjual"),
    Deed.RECEIVED: say("Diterima pembeli"),
    Deed.DECLINED: say("Ditolak penjual"),
    Deed.CANCELLED: say("Dibatalkan pembeli"),
    Deed.EXPIRED: say("Gugur"),
    Deed.REFUNDING: say("Dibatalkan penjual, uang harus kembali"),
    Deed.REFUND_SENT: say("Penjual menyatakan uang sudah dikembalikan"),
    Deed.REFUNDED: say("Pembeli menyatakan uang sudah kembali"),
}


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


class PaysBy(StrEnum):
    """How the buyer says they pay; the money goes straight to the seller."""

    TRANSFER = "transfer"
    QRIS = "qris"
    CASH = "cash"


PAYS_BY_NAMES = {
    PaysBy.TRANSFER: say("Transfer bank"),
    PaysBy.QRIS: say("QRIS"),
    PaysBy.CASH: say("Tunai saat barang diterima"),
}


class Delivery(StrEnum):
    """How an order reaches its buyer."""

    SENT = "sent"
    PICKUP = "pickup"
    SERVICE = "service"


DELIVERY_NAMES = {
    Delivery.SENT: say("Dikirim atau diantar"),
    Delivery.PICKUP: say("Saya ambil di tempat penjual"),
    Delivery.SERVICE: say("Jasa di tempat pembeli"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about an order's moves besides its state: whether its total was accepted, and who says that money went over."""

    state: State
    is_accepted: bool = False
    is_paid_said: bool = False
    is_money_in: bool = False
    was_paid_said: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether somebody says or ever said that money went over, so that a refusal has to bring it back."""
        return self.is_paid_said or self.is_money_in or self.was_paid_said

    def may(self, to: State, who: Who) -> bool:
        """Whether `who` may take the order to `to` now: the table, and what money and the accepted total allow.

        A buyer cancels until they say that they paid, or the goods are under way; the clock ends what nobody answered or accepted.
        The seller takes back "paid" only while they have not confirmed the money themselves.
        """
        if who not in MOVES[self.state].get(to, frozenset()):
            return False
        if self.state is State.CONFIRMED and to is State.EXPIRED:
            return not self.is_accepted
        if self.state is State.CONFIRMED and to is State.CANCELLED:
            return not self.is_paid
        if self.state is State.CONFIRMED and to in {State.DECLINED, State.REFUNDING}:
            return self.is_paid == (to is State.REFUNDING)
        if self.state is State.CONFIRMED and to in {State.PAID, State.SENT, State.COMPLETED}:
            return self.is_accepted
        if self.state is State.PAID and to is State.CONFIRMED:
            return not self.is_money_in
        if self.state is State.SENT and to in {State.DECLINED, State.REFUNDING}:
            return self.is_paid == (to is State.REFUNDING)
        return True


def move(standing: Standing, to: State, who: Who) -> State:
    """Return `to`; raise Conflict when `who` cannot take an order that stands so there."""
    if not standing.may(to, who):
        raise Conflict(CHANGED)
    return to


def receive(state: State) -> State:
    """Return where a buyer's receipt leads; raise Conflict while the seller has not said yes, and when nothing was delivered."""
    if state not in RECEIVABLE:
        raise Conflict("Pesanan ini belum dapat dinyatakan diterima. Muat ulang halaman untuk melihat keadaannya.")
    return State.COMPLETED
