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


@dataclass(frozen=True, slots=True)
class ReviewNoted:
    """A listing was sent to be checked, or taken back, or a rule let it through (`rule` says which): what the log has to hold.

    `at` is the moment in ISO 8601: the log is written a little later.
    """

    product_id: int
    revision: int
    deed: str
    by_id: int | None
    rule: str
    at: str
