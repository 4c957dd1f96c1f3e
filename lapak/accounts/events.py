"""What others may hear of people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Somebody took back their consent to one purpose; `phone` is their number."""

    phone: str
    purpose: str
