import errno
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lapak.accounts.rules import Actor
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Invalid, NotFound, TooMany
from lapak.photos import queries, rules, service
from lapak.photos.adapters.darkroom import DARKROOM
from lapak.photos.adapters.store import store
from lapak.photos.models import Photo, PhotoAttempt
from lapak.storage.files import LocalFolder
from tests.factories import make_account
from tests.photos.files import opened, photo

PNG = photo("PNG", 800, 600)
ALTS = Query(select(Photo.alt).order_by(Photo.id), str)
ATTEMPTS = Query(select(PhotoAttempt.account_id), int)


@pytest.fixture
def seller(app: Flask, now: datetime) -> Actor:
    return make_account("+6281227450913", "Bu Darmi", now=now)


@pytest.fixture
def other(app: Flask, now: datetime) -> Actor:
    return make_account("+6281325001101", "Kopi Sindoro", now=now)


def kept_files(config: Config) -> set[str]:
    root = Path(config.photos.removeprefix("file://"))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def take_in(seller: Actor, now: datetime, data: bytes = PNG, alt: str = "Keripik tempe") -> queries.PhotoRow:
    return service.take_in(data, by=seller.id, alt=alt, now=now)


def test_a_photo_is_kept_in_all_its_sizes_under_a_random_key(seller: Actor, config: Config, now: datetime) -> None:
    row = take_in(seller, now, alt=" Keripik \n tempe ")

    assert (row.alt, row.width, row.height) == ("Keripik tempe", 800, 600)
    assert rules.is_key(row.key)
    assert kept_files(config) == {f"{row.key[:2]}/{row.key}/{name}" for name in rules.FIRST_FILES}
    master = store().read(f"{row.key}/{rules.MASTER}")
    assert (opened(master).size, len(master)) == ((800, 600), row.size)
    assert queries.by_keys([row.key], seller.id) == [row]


def test_the_same_file_twice_is_two_photos(seller: Actor, now: datetime) -> None:
    assert take_in(seller, now).key != take_in(seller, now).key


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "kosong"),
        (bytes(rules.MOST_BYTES + 1), "Paling besar 15 MB"),
        (b"<svg/>", "SVG"),
        (b"<html>", "halaman web"),
        (b"%PDF-1.7", "PDF"),
        (b"GIF89a", "GIF"),
        (PNG[:3000], "terpotong"),
    ],
)
def test_a_refused_file_leaves_no_row_and_no_file(data: bytes, says: str, seller: Actor, config: Config, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        take_in(seller, now, data)

    assert says in refused.value.fields["photo"]
    assert queries.count_of(seller.id) == 0
    assert kept_files(config) == set()


def test_what_is_no_photo_never_reaches_the_darkroom(seller: Actor, now: datetime) -> None:
    DARKROOM.close()
    with pytest.raises(Invalid):
        take_in(seller, now, b"<svg/>")

    assert DARKROOM._child is None


class FailingFolder(LocalFolder):
    """A disk that fills up at the n-th file."""

    def __init__(self, root: Path, *, at: int) -> None:
        super().__init__(root)
        self.left = at

    def put(self, key: str, data: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(key, data)


@pytest.mark.parametrize("at", range(len(rules.FIRST_FILES)))
def test_a_disk_that_fills_up_surfaces_and_leaves_nothing(at: int, app: Flask, seller: Actor, config: Config, now: datetime) -> None:
    app.extensions["photos"] = FailingFolder(Path(config.photos.removeprefix("file://")), at=at)

    with pytest.raises(OSError, match="No space"):
        take_in(seller, now)

    assert queries.count_of(seller.id) == 0
    assert kept_files(config) == set()


def test_a_row_that_cannot_be_written_takes_its_files_along(seller: Actor, config: Config, now: datetime) -> None:
    with pytest.raises(IntegrityError):
        service.take_in(PNG, by=10**6, alt="", now=now)

    assert kept_files(config) == set()


def test_photos_are_never_developed_inside_a_transaction(seller: Actor, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction():
        take_in(seller, now)


def test_beyond_300_files_an_hour_a_person_waits(seller: Actor, other: Actor, now: datetime) -> None:
    with transaction():
        db.session.add_all(PhotoAttempt(account_id=seller.id, at=now) for _ in range(300))

    with pytest.raises(TooMany) as refused:
        take_in(seller, now + timedelta(minutes=59))
    assert refused.value.retry_after == 3600
    assert service.take_in(PNG, by=other.id, alt="", now=now)
    assert take_in(seller, now + timedelta(minutes=61))


def test_a_file_the_darkroom_refuses_counts_like_a_photo(seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "UPLOADS", (rules.UPLOADS[0], 2))
    for _ in range(2):
        with pytest.raises(Invalid):
            take_in(seller, now, PNG[:3000])

    with pytest.raises(TooMany):
        take_in(seller, now)


def test_beyond_the_limit_nothing_reaches_the_darkroom(seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "UPLOADS", (rules.UPLOADS[0], 0))
    DARKROOM.close()
    with pytest.raises(TooMany):
        take_in(seller, now)

    assert DARKROOM._child is None


def test_attempts_are_forgotten_after_an_hour(seller: Actor, other: Actor, now: datetime) -> None:
    take_in(seller, now)
    take_in(other, now + timedelta(minutes=61))

    assert ATTEMPTS.all() == [other.id]


def test_of_files_sent_at_once_no_more_than_the_limit_are_developed(
    app: Flask, seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "UPLOADS", (rules.UPLOADS[0], 3))

    def send(_number: int) -> bool:
        with app.app_context():
            try:
                return bool(take_in(seller, now))
            except TooMany:
                return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(8))) == 3
    assert queries.count_of(seller.id) == 3


def test_describing_changes_what_a_photo_shows(seller: Actor, now: datetime) -> None:
    service.describe(take_in(seller, now).key, "Keripik\ttempe di piring")

    assert ALTS.all() == ["Keripik tempe di piring"]
    with pytest.raises(NotFound):
        service.describe("k" * 27, "x")


def test_discarding_forgets_row_and_files_and_no_other_photo(seller: Actor, config: Config, now: datetime) -> None:
    gone, stays = take_in(seller, now), take_in(seller, now)

    service.discard(gone.key)

    assert queries.by_keys([gone.key, stays.key], seller.id) == [stays]
    assert {path.split("/")[1] for path in kept_files(config)} == {stays.key}
    with pytest.raises(NotFound):
        service.discard(gone.key)


def test_a_discard_that_is_rolled_back_keeps_the_files(seller: Actor, config: Config, now: datetime) -> None:
    row = take_in(seller, now)

    def change_ones_mind() -> None:
        with transaction():
            service.discard(row.key)
            raise LookupError

    with pytest.raises(LookupError):
        change_ones_mind()

    assert queries.by_keys([row.key], seller.id) == [row]
    assert len(kept_files(config)) == len(rules.FIRST_FILES)


def test_only_ones_own_photos_are_found_in_the_order_asked_for(seller: Actor, other: Actor, now: datetime) -> None:
    first, second = take_in(seller, now), take_in(seller, now)
    foreign = service.take_in(PNG, by=other.id, alt="", now=now)

    asked = [second.key, "unknown" * 4, foreign.key, first.key, second.key, "\ud800", "", "x" * 10**6]

    assert queries.by_keys(asked, seller.id) == [second, first]
    assert queries.by_keys([], seller.id) == []


def test_photos_are_counted_by_person_and_time(seller: Actor, other: Actor, now: datetime) -> None:
    take_in(seller, now)
    take_in(seller, now + timedelta(hours=2))

    assert queries.count_of(seller.id) == 2
    assert queries.attempts_since(seller.id, since=now + timedelta(hours=1)) == 1
    assert queries.count_of(other.id) == 0


def test_people_who_send_at_once_each_get_their_photo(app: Flask, seller: Actor, now: datetime) -> None:
    def send(number: int) -> queries.PhotoRow:
        with app.app_context():
            return service.take_in(photo("JPEG", 300 + number, 240), by=seller.id, alt=str(number), now=now)

    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(send, range(12)))

    assert [(row.width, row.alt) for row in rows] == [(300 + number, str(number)) for number in range(12)]
    assert queries.by_keys([row.key for row in rows], seller.id) == rows
    assert all(opened(store().read(f"{row.key}/640.webp")).size == (row.width, 240) for row in rows)


def test_what_a_crash_cut_off_is_swept_after_half_an_hour(seller: Actor, config: Config, now: datetime) -> None:
    row = take_in(seller, now)
    unfinished = Path(config.photos.removeprefix("file://")) / ".unfinished"
    for name, minutes in (("old", 31), ("young", 29)):
        (unfinished / name).write_bytes(b"half")
        moment = (now - timedelta(minutes=minutes)).timestamp()
        os.utime(unfinished / name, (moment, moment))

    assert service.forget_unfinished(now=now) == 1
    assert ".unfinished/young" in kept_files(config)
    assert queries.by_keys([row.key], seller.id) == [row]
