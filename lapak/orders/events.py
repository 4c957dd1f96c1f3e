"""What orders announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A buyer ordered; the seller wants to know."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """Somebody said something of an order (`rules.states.Deed`, `rules.states.Who`); the other side wants to know."""

    order_id: int
    deed: str
    who: str
