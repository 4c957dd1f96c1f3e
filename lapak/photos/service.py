"""Changes to photos: files first, the database row last, so that no row ever points at half a photo."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from lapak.db.base import db
from lapak.db.session import after_commit, changed, in_transaction, transaction
from lapak.kernel.codes import token
from lapak.kernel.errors import Invalid, NotFound, TooMany
from lapak.photos import queries, rules
from lapak.photos.adapters import meter
from lapak.photos.adapters.darkroom import DARKROOM, LATER
from lapak.photos.adapters.store import store
from lapak.photos.models import Photo, PhotoAttempt
from lapak.photos.queries import Due, PhotoRow
from lapak.photos.rules import Developed

UNFINISHED_LIFE = timedelta(minutes=30)
_log = logging.getLogger(__name__)


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
    return _keep(DARKROOM.develop(data), by=by, alt=alt, now=now)


def crop(key: str, *, at: int, alt: str, by: int, now: datetime) -> PhotoRow:
    """Return a new photo, of account `by`, that is the largest square of another, `at` percent along its longer side.

    The other stays as it is. Whose it is, the caller has checked; raise as `take_in` does, and NotFound when there is none.
    """
    if in_transaction():
        raise RuntimeError("a photo is developed before the transaction that uses it")
    rules.square(1, 1, at)
    try:
        master = store().read(f"{key}/{rules.MASTER}")
    except FileNotFoundError:
        raise NotFound(rules.GONE) from None
    _count_attempt(by, now=now)
    return _keep(DARKROOM.develop(master, square_at=at), by=by, alt=alt, now=now)


def read_codes(data: bytes, *, by: int, now: datetime) -> list[str]:
    """Return what the QR codes in a picture of account `by` say; neither the picture nor what it says is kept.

    Raise as `take_in` does; the same files an hour are counted.
    """
    if in_transaction():
        raise RuntimeError("a picture is read before the transaction that uses it")
    rules.check_size(len(data))
    rules.kind_of(data)
    _count_attempt(by, now=now)
    return DARKROOM.read_codes(data)


def _keep(done: Developed, *, by: int, alt: str, now: datetime) -> PhotoRow:
    photo = Photo(
        key=token(), account_id=by, alt=rules.alt_text(alt), width=done.width, height=done.height,
        size=len(done.files[rules.MASTER]), color=done.color, tries=0, due_at=now, created_at=now,
    )  # fmt: skip
    try:
        _put(photo.key, done.files)
        with transaction():
            db.session.add(photo)
    except BaseException:
        with suppress(OSError):  # the first failure is the one to report
            _remove_files(photo.key)
        raise
    return PhotoRow(photo.key, photo.alt, photo.width, photo.height, photo.color, False, photo.id, photo.size, False)


def finish_next(*, now: datetime) -> bool:
    """Make the further sizes of the photo that has waited longest; return whether one was waiting.

    The row is the job: it is claimed for a while, and done when its files are there. A process that dies half-way, a full disk and a photo
    that cannot be read each cost one try of five, with longer and longer pauses; then it is given up, and its owner sees so.
    """
    due = queries.next_due(now=now)
    if due is None:
        return False
    if not _claim(due, now=now):
        return True
    try:
        done = LATER.finish(store().read(f"{due.key}/{rules.MASTER}"))
        _put(due.key, done.files)
    except (OSError, Invalid) as error:
        _log.warning(
            "the sizes of photo %s could not be made (try %s of %s, %s)", due.id, due.tries + 1, len(rules.PAUSES), type(error).__name__
        )
        return True
    with transaction():
        is_there = changed(update(Photo).where(Photo.id == due.id).values(finished_at=now, due_at=None, color=done.color))
    if not is_there:  # discarded meanwhile
        _remove_files(due.key)
    return True


def finish_again(*, now: datetime) -> int:
    """Try the photos anew that were given up; return how many."""
    with transaction():
        return changed(update(Photo).where(Photo.finished_at.is_(None), Photo.due_at.is_(None)).values(due_at=now, tries=0))


def _claim(due: Due, *, now: datetime) -> bool:
    is_given_up = due.tries >= len(rules.PAUSES)
    values = {"due_at": None} if is_given_up else {"due_at": now + rules.PAUSES[due.tries], "tries": due.tries + 1}
    with transaction():
        is_mine = changed(update(Photo).where(Photo.id == due.id, Photo.due_at == due.due_at).values(values))
    if is_mine and is_given_up:
        _log.error("the sizes of photo %s were given up after %s tries", due.id, due.tries)
    return bool(is_mine) and not is_given_up


def measure(key: str) -> None:
    """Note how light and how sharp a photo is; one whose file is gone or broken is noted as such, and not tried again."""
    try:
        light, sharpness = meter.measure(store().read(f"{key}/{meter.SIDE}.jpg"))
    except OSError:
        light = sharpness = rules.UNMEASURABLE
    with transaction():
        db.session.execute(update(Photo).where(Photo.key == key).values(light=light, sharpness=sharpness))


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


def _put(key: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        store().put(f"{key}/{name}", content)


def _remove_files(key: str) -> None:
    for name in rules.FILES:
        store().delete(f"{key}/{name}")
