"""Reads about photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from lapak.db.session import Query
from lapak.photos.models import Photo, PhotoAttempt
from lapak.photos.rules import is_key

MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo as a page shows it; width and height are the master's, in pixels. `color` is "#rrggbb", or empty."""

    key: str
    alt: str
    width: int
    height: int
    color: str
    is_finished: bool


@dataclass(frozen=True, slots=True)
class PhotoRow(PhotoView):
    """A photo as its owner sees it; `size` is the master's, in bytes. `is_given_up`: its further sizes could not be made."""

    id: int
    size: int
    is_given_up: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A photo whose further sizes are to be made."""

    id: int
    key: str
    tries: int
    due_at: datetime


PHOTO_COLUMNS = (Photo.key, Photo.alt, Photo.width, Photo.height, Photo.color, Photo.finished_at)
"""The columns of a `PhotoView`, for any room that shows photos."""


def to_photo(key: str, alt: str, width: int, height: int, color: str, finished_at: datetime | None) -> PhotoView:
    """Pour `PHOTO_COLUMNS` into a `PhotoView`."""
    return PhotoView(key, alt, width, height, color, finished_at is not None)


def to_photo_if_any(key: str | None, *row: Any) -> PhotoView | None:
    """Pour `PHOTO_COLUMNS` of an outer join into a `PhotoView`."""
    return None if key is None else to_photo(key, *row)


def _to_row(
    key: str, alt: str, width: int, height: int, color: str, finished_at: datetime | None, id_: int, size: int, due_at: datetime | None
) -> PhotoRow:  # fmt: skip
    return PhotoRow(key, alt, width, height, color, finished_at is not None, id_, size, finished_at is None and due_at is None)


_BY_KEYS = Query(
    select(*PHOTO_COLUMNS, Photo.id, Photo.size, Photo.due_at)
    .where(Photo.key.in_(bindparam("keys", expanding=True)), Photo.account_id.in_(bindparam("owner_ids", expanding=True)))
    .limit(MOST_KEYS),
    _to_row,
)
_NEXT_DUE = Query(
    select(Photo.id, Photo.key, Photo.tries, Photo.due_at).where(Photo.due_at <= bindparam("now")).order_by(Photo.due_at).limit(1), Due
)
_COUNT = Query(select(func.count()).select_from(Photo).where(Photo.account_id == bindparam("account_id")), int)
_ATTEMPTS = Query(
    select(func.count())
    .select_from(PhotoAttempt)
    .where(PhotoAttempt.account_id == bindparam("account_id"), PhotoAttempt.at > bindparam("since")),
    int,
)


def by_keys(keys: Sequence[str], *owner_ids: int) -> list[PhotoRow]:
    """Those people's own photos among `keys` (the first 100), in that order; unknown and foreign keys are left out alike."""
    wanted = [key for key in dict.fromkeys(keys) if is_key(key)][:MOST_KEYS]
    found = {photo.key: photo for photo in _BY_KEYS.all(keys=wanted, owner_ids=owner_ids)} if wanted else {}
    return [found[key] for key in wanted if key in found]


def count_of(account_id: int) -> int:
    """How many photos a person has."""
    return _COUNT.first(account_id=account_id) or 0


def attempts_since(account_id: int, *, since: datetime) -> int:
    """How many files of a person the darkroom was given after that moment, refused ones too; only the last hour is remembered."""
    return _ATTEMPTS.first(account_id=account_id, since=since) or 0


def next_due(*, now: datetime) -> Due | None:
    """The photo that has waited longest for its further sizes."""
    return _NEXT_DUE.first(now=now)
