"""What orders announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A buyer ordered; the seller wants to know."""

    order_id: int
