"""What is counted of a shop's orders for its seller."""

from dataclasses import dataclass
from datetime import date

from lapak.orders.rules.states import Decline, State
from lapak.visits.rules import Source

PROMISED = (State.CONFIRMED, State.PAID, State.SENT)
"""The states of an order that its seller said yes to and that is not over."""
FAILED = (State.DECLINED, State.CANCELLED, State.EXPIRED, State.REFUNDING, State.REFUNDED)


@dataclass(frozen=True, slots=True)
class OrderCount:
    """Orders made on a day from a source that stand alike now; `money` is what they cost with postage, in rupiah."""

    day: date
    source: Source
    state: State
    orders: int
    money: int

    @property
    def done(self) -> int:
        """The money of orders that are completed."""
        return self.money if self.state is State.COMPLETED else 0

    @property
    def promised(self) -> int:
        """The money of orders that the seller said yes to and that are not over."""
        return self.money if self.state in PROMISED else 0


@dataclass(frozen=True, slots=True)
class Ending:
    """How many orders ended so; `decline` is the seller's reason where it was theirs."""

    state: State
    decline: Decline | None
    orders: int


@dataclass(frozen=True, slots=True)
class ProductSales:
    """What was ordered of a listing: in how many orders, how many units, and goods for how much in completed and in promised orders."""

    product_id: int
    name: str
    orders: int
    units: int
    done: int
    promised: int
