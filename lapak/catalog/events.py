"""What others may hear of listings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """A listing was published, edited, paused, archived, or moved in the ranking."""

    product_id: int


@dataclass(frozen=True, slots=True)
class CategoryChanged:
    """A category's name, synonyms, place or visibility changed, and with it what its listings are found by."""

    category_id: int
