"""Changes to photos: files first, the database row last, so that no row ever points at half a photo."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from lapak.db.base import db
from lapak.db.session import after_commit, changed, in_transaction, transaction
from lapak.kernel.codes import token
from lapak.kernel.errors import NotFound, TooMany
from lapak.photos import queries, rules
from lapak.photos.adapters.darkroom import DARKROOM
from lapak.photos.adapters.store import store
from lapak.photos.models import Photo, PhotoAttempt
from lapak.photos.queries import PhotoRow

UNFINISHED_LIFE = timedelta(minutes=30)


def take_in(data: bytes, *, by: int, alt: str, now: datetime, is_counted: bool = True) -> PhotoRow:
    """Check, develop and keep a photo of account `by`; its file as sent is thrown away.

    An import's photos are not counted (`is_counted=False`): its size is bounded elsewhere, and nobody waits for it.

    Raise Invalid with a sentence under "photo" when it cannot be used, TooMany beyond 300 files an hour, refused ones too,
    OSError when the store fails: then neither row nor files stay. Takes up to twenty seconds, so never inside a transaction (RuntimeError).
    """
    if in_transaction():
        raise RuntimeError("a photo is developed before the transaction that uses it")
    rules.check_size(len(data))
    rules.kind_of(data)
    if is_counted:
        _count_attempt(by, now=now)
    done = DARKROOM.develop(data)
    photo = Photo(
        key=token(), account_id=by, alt=rules.alt_text(alt), width=done.width, height=done.height,
        size=len(done.files[rules.MASTER]), color="", tries=0, created_at=now,
    )  # fmt: skip
    try:
        for name, content in done.files.items():
            store().put(f"{photo.key}/{name}", content)
        with transaction():
            db.session.add(photo)
    except BaseException:
        with suppress(OSError):  # the first failure is the one to report
            _remove_files(photo.key)
        raise
    return PhotoRow(photo.key, photo.alt, photo.width, photo.height, photo.id, photo.size)


def describe(key: str, alt: str) -> None:
    """Say anew what a photo shows. Whose it is, the caller has checked; raise NotFound when there is none."""
    with transaction():
        if changed(update(Photo).where(Photo.key == key).values(alt=rules.alt_text(alt))) == 0:
            raise NotFound(rules.GONE)


def discard(key: str) -> None:
    """Forget a photo, its files once the row's end is committed. Whose it is, the caller has checked; raise NotFound for none.

    Nothing may point at the row any more. Raise OSError when the store fails: the photo is gone from the market, a file stays.
    """
    with transaction():
        if changed(delete(Photo).where(Photo.key == key)) == 0:
            raise NotFound(rules.GONE)
        after_commit(lambda: _remove_files(key))


def forget_unfinished(*, now: datetime) -> int:
    """Remove what uploads left behind that were cut off by a crash (security.md, R13); return how many parts went."""
    return store().sweep(before=now - UNFINISHED_LIFE)


def _count_attempt(account_id: int, *, now: datetime) -> None:
    window, limit = rules.UPLOADS
    with transaction():
        if queries.attempts_since(account_id, since=now - window) >= limit:
            raise TooMany(rules.TOO_MANY_UPLOADS, retry_after=int(window.total_seconds()))
        db.session.execute(delete(PhotoAttempt).where(PhotoAttempt.at <= now - window))
        db.session.add(PhotoAttempt(account_id=account_id, at=now))


def _remove_files(key: str) -> None:
    for name in rules.FILES:
        store().delete(f"{key}/{name}")
