"""Pages by key: a page ends with the key of its last row, and the next one starts after it. No offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows and the key where the next one starts (None on the last page)."""

    rows: Sequence[T]
    next_key: int | None


def parse_key(text: str | None) -> int | None:
    """Read a page key from a query string; anything that is not a plain positive number starts from the top."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
