"""What others may hear of shops."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopChanged:
    """A shop's name or place changed, and with it what its listings are found by."""

    shop_id: int
