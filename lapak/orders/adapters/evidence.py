"""Pictures of what was ordered, kept in the photos' store beside the photos: no change or removal of a photo reaches them."""

from collections.abc import Sequence
from typing import Protocol

from lapak.orders.rules.items import Item
from lapak.photos.adapters.store import store
from lapak.photos.rules import is_key

SIZE = "640.jpg"
"""The size of a photo that is kept."""


class Ordered(Protocol):
    """An order, as far as its pictures go."""

    @property
    def code(self) -> str:
        """Its short code."""

    @property
    def items(self) -> Sequence[Item]:
        """Its lines."""


def put_away(code: str, position: int, photo: str) -> bool:
    """Copy a photo for a line of an order; return whether the line has its picture now. Once there, it stays as it is.

    Raise OSError when the store fails; a photo that is gone is none.
    """
    if _is_kept(code, position):
        return True
    data = _live(photo)
    if data is None:
        return False
    store().put(_key(code, position), data)
    return True


def read(code: str, position: int, photo: str) -> bytes | None:
    """Return the picture of a line: the one put away, the photo itself until that is done, None when both are gone."""
    try:
        return store().read(_key(code, position))
    except FileNotFoundError:
        return _live(photo)


def pictures(order: Ordered) -> frozenset[int]:
    """Return which lines of an order `read` has a picture for, by their positions."""
    return frozenset(item.position for item in order.items if item.seen.photo and _is_there(order.code, item.position, item.seen.photo))


def _is_there(code: str, position: int, photo: str) -> bool:
    return _is_kept(code, position) or (is_key(photo) and store().exists(f"{photo}/{SIZE}"))


def _is_kept(code: str, position: int) -> bool:
    return store().exists(_key(code, position))


def _live(photo: str) -> bytes | None:
    if not is_key(photo):
        return None
    try:
        return store().read(f"{photo}/{SIZE}")
    except FileNotFoundError:
        return None


def _key(code: str, position: int) -> str:
    return f"evidence-{code}/{position}.jpg"
