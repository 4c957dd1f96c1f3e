"""Reads about photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from lapak.db.session import Query
from lapak.photos.models import Photo, PhotoAttempt
from lapak.photos.rules import is_key

MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo as its owner and pages see it; width, height and size (bytes) are the master's."""

    key: str
    alt: str
    width: int
    height: int
    id: int
    size: int


_BY_KEYS = Query(
    select(Photo.key, Photo.alt, Photo.width, Photo.height, Photo.id, Photo.size)
    .where(Photo.key.in_(bindparam("keys", expanding=True)), Photo.account_id.in_(bindparam("owner_ids", expanding=True)))
    .limit(MOST_KEYS),
    PhotoRow,
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
