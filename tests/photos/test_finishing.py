"""The sizes that nobody waits for: made once, from the master, whatever dies in between."""

import errno
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from lapak.accounts.rules import Actor
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Invalid, NotFound
from lapak.photos import queries, rules, service
from lapak.photos.adapters.darkroom import LATER, Darkroom
from lapak.photos.adapters.develop import develop, finish
from lapak.photos.adapters.store import store
from lapak.photos.models import Photo
from lapak.photos.queries import PhotoRow
from lapak.storage.files import LocalFolder
from tests.factories import make_account
from tests.photos.files import near, opened, photo, saved

STATE = Query(select(Photo.tries, Photo.finished_at, Photo.due_at), lambda *row: row)
WIDE, TALL = photo("JPEG", 1500, 300), photo("JPEG", 900, 1500)
"""One that gets every size there is, with few pixels to it; and one on end."""
SMALL = photo("JPEG", 320, 240)
"""For what is the same with any photo."""


@pytest.fixture
def seller(app: Flask, now: datetime) -> Actor:
    return make_account("+6281227450913", "Bu Darmi", now=now)


def root(config: Config) -> Path:
    return Path(config.photos.removeprefix("file://"))


def files_of(row: PhotoRow, config: Config) -> set[str]:
    return {path.name for path in (root(config) / row.key[:2] / row.key).glob("*")}


def take_in(seller: Actor, now: datetime, data: bytes = SMALL) -> PhotoRow:
    return service.take_in(data, by=seller.id, alt="Keripik", now=now)


def again(row: PhotoRow, seller: Actor) -> PhotoRow:
    (found,) = queries.by_keys([row.key], seller.id)
    return found


@pytest.mark.parametrize("size", [(2560, 1707), (1280, 1280), (1000, 700), (640, 480), (500, 900), (200, 300)])
def test_no_size_is_wider_than_the_master_and_the_job_makes_just_those_that_pages_name(size: tuple[int, int]) -> None:
    first = develop(photo("JPEG", *size))
    later = finish(first.files[rules.MASTER])
    made = {**first.files, **later.files}

    for is_finished, kinds in ((False, ("webp", "jpg")), (True, ("avif", "webp", "jpg"))):
        sizes = rules.sizes(size[0], is_finished=is_finished)
        assert [width for _, width in sizes] == sorted({width for _, width in sizes})
        assert sizes[-1][1] == min(size[0], 1280 if is_finished else 640)
        for name, width in sizes:
            for kind in kinds:
                picture = opened(made[f"{name}.{kind}"])
                assert picture.width == width
                assert abs(picture.height - width * size[1] / size[0]) <= 1
    assert set(later.files) == set(rules.later_files(size[0]))
    assert (later.width, later.height) == (first.width, first.height) == size


def test_avif_is_smaller_than_webp_and_webp_than_jpeg_on_a_photo_full_of_detail() -> None:
    data = (Path(rules.__file__).parent.parent / "demo" / "photos" / "kopi.jpg").read_bytes()
    first = develop(data)
    files = {**first.files, **finish(first.files[rules.MASTER]).files}

    assert len(files["640.avif"]) < len(files["640.webp"]) < len(files["640.jpg"])


@pytest.mark.parametrize("size", [(1500, 900), (900, 1500), (1000, 1000), (2560, 1344), (200, 2560)])
def test_the_card_for_chats_has_one_size_and_never_more_than_300_kilobytes(size: tuple[int, int]) -> None:
    noise = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))
    card = finish(saved(noise, "JPEG", quality=90)).files[rules.CARD]

    assert opened(card).size == (1200, 630)
    assert len(card) <= 300_000


def test_a_tall_photo_stands_whole_on_its_card_before_a_blur_of_itself() -> None:
    tall = Image.new("RGB", (600, 1000), "#308030")
    tall.paste("#c03030", (0, 0, 600, 100))
    tall.paste("#3030c0", (0, 900, 600, 1000))
    card = opened(finish(saved(tall, "JPEG", quality=90)).files[rules.CARD])

    assert near(card, (600, 10), (0xC0, 0x30, 0x30))
    assert near(card, (600, 620), (0x30, 0x30, 0xC0))
    assert near(card, (20, 315), (0x30, 0x80, 0x30))


def test_the_colour_is_what_a_photo_shows_most_of() -> None:
    picture = Image.new("RGB", (800, 600), "#bb6616")
    picture.paste("#ffffff", (0, 0, 200, 600))
    color = develop(saved(picture, "JPEG", quality=90)).color

    assert rules.PALETTE[rules.tint(color)] == "bb6616"
    assert rules.tint("") == -1


def test_the_stylesheet_has_a_class_for_each_colour_of_the_palette() -> None:
    css = (Path(rules.__file__).parent.parent / "static" / "lapak.css").read_text()

    assert re.findall(r"\.w(\d+) \{ --warna: #([0-9a-f]{6}) \}", css) == [(str(at), color) for at, color in enumerate(rules.PALETTE)]


def test_a_photo_is_finished_once_and_says_so(seller: Actor, config: Config, now: datetime) -> None:
    row = take_in(seller, now, WIDE)
    assert not row.is_finished
    assert files_of(row, config) == set(rules.FIRST_FILES)

    assert service.finish_next(now=now)
    assert again(row, seller).is_finished
    assert files_of(row, config) == set(rules.FILES)
    assert not service.finish_next(now=now + timedelta(days=9))
    assert STATE.all() == [(1, now, None)]


def test_the_oldest_goes_first_and_each_is_made_once_though_two_workers_look(app: Flask, seller: Actor, now: datetime) -> None:
    rows = [take_in(seller, now + timedelta(seconds=number)) for number in range(4)]

    def work(_worker: int) -> int:
        with app.app_context():
            return sum(1 for _ in iter(lambda: service.finish_next(now=now + timedelta(minutes=1)), False))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert all(again(row, seller).is_finished for row in rows)
    assert [tries for tries, _, _ in STATE.all()] == [1, 1, 1, 1]


class FullDisk(LocalFolder):
    def put(self, key: str, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_costs_a_try_each_time_with_longer_pauses_and_then_the_owner_sees_it(
    app: Flask, seller: Actor, config: Config, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    row = take_in(seller, now)
    app.extensions["photos"] = FullDisk(root(config))
    moment = now
    for pause in rules.PAUSES:
        assert service.finish_next(now=moment)
        assert not service.finish_next(now=moment + pause - timedelta(seconds=1))
        assert not again(row, seller).is_given_up
        moment += pause
    assert service.finish_next(now=moment)
    assert not service.finish_next(now=moment + timedelta(days=365))
    assert again(row, seller).is_given_up
    assert "given up" in caplog.text
    assert files_of(row, config) == set(rules.FIRST_FILES)

    app.extensions["photos"] = LocalFolder(root(config))
    assert service.finish_again(now=moment) == 1
    assert service.finish_next(now=moment)
    assert again(row, seller).is_finished


def test_a_lost_master_and_one_that_cannot_be_read_cost_tries_and_hold_up_no_other(seller: Actor, config: Config, now: datetime) -> None:
    lost, broken, whole = (take_in(seller, now + timedelta(seconds=number)) for number in range(3))
    store().delete(f"{lost.key}/{rules.MASTER}")
    store().put(f"{broken.key}/{rules.MASTER}", SMALL[:2000])
    for _ in range(3):
        assert service.finish_next(now=now + timedelta(seconds=9))

    assert not service.finish_next(now=now + timedelta(seconds=9))
    assert [again(row, seller).is_finished for row in (lost, broken, whole)] == [False, False, True]


def test_a_photo_discarded_while_its_sizes_are_made_leaves_nothing(
    seller: Actor, config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = take_in(seller, now)

    def discard_meanwhile(self: Darkroom, master: bytes) -> rules.Developed:
        service.discard(row.key)
        return finish(master)

    monkeypatch.setattr(Darkroom, "finish", discard_meanwhile)
    assert service.finish_next(now=now)
    assert files_of(row, config) == set()
    assert queries.count_of(seller.id) == 0


KILLED = """
import os, sys
from lapak.app import create_app
from lapak.photos import service
from lapak.photos.adapters.store import store
from lapak.storage.files import LocalFolder
from datetime import datetime
class Dies(LocalFolder):
    left = int(sys.argv[1])
    def put(self, key, data):
        if self.left == 0:
            os.kill(os.getpid(), 9)
        type(self).left -= 1
        super().put(key, data)
app = create_app()
with app.app_context():
    app.extensions["photos"] = Dies(store().root)
    service.finish_next(now=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("files", [0, 3, 8])
def test_a_worker_killed_at_any_file_leaves_the_photo_shown_as_before_and_the_next_try_finishes_it(
    files: int, seller: Actor, config: Config, now: datetime
) -> None:
    row = take_in(seller, now, WIDE)
    settings = {"LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_STORAGE_URL": config.photos, "LAPAK_DEMO": "1"}
    command = [sys.executable, "-c", KILLED, str(files), now.isoformat()]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, timeout=60, check=False)

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not again(row, seller).is_finished
    assert not service.finish_next(now=now)
    assert service.finish_next(now=now + rules.PAUSES[0])
    assert again(row, seller).is_finished
    assert files_of(row, config) == set(rules.FILES)


def test_photos_from_before_get_their_colour_along(seller: Actor, now: datetime) -> None:
    row = take_in(seller, now)
    with transaction():
        db.session.execute(update(Photo).values(color=""))
    service.finish_next(now=now)

    assert rules.tint(again(row, seller).color) >= 0


def test_the_child_of_the_job_steps_back_for_everybody_else(seller: Actor, now: datetime) -> None:
    take_in(seller, now)
    service.finish_next(now=now)
    assert LATER._child is not None

    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, LATER._child.process.pid) == min(own + 10, 19)


@pytest.mark.parametrize(("at", "left"), [(0, (0xC0, 0x30, 0x30)), (100, (0x30, 0x30, 0xC0))])
def test_a_seller_cuts_a_square_where_they_want_it(at: int, left: tuple[int, int, int], seller: Actor, now: datetime) -> None:
    wide = Image.new("RGB", (900, 300), "#308030")
    wide.paste("#c03030", (0, 0, 300, 300))
    wide.paste("#3030c0", (600, 0, 900, 300))
    row = take_in(seller, now, saved(wide, "PNG"))
    cut = service.crop(row.key, at=at, alt=row.alt, by=seller.id, now=now)

    assert (cut.width, cut.height, cut.alt) == (300, 300, "Keripik")
    assert near(opened(store().read(f"{cut.key}/{rules.MASTER}")), (150, 150), left)
    assert again(row, seller).width == 900


@pytest.mark.parametrize("at", [-1, 101, 10**9])
def test_a_square_outside_of_the_photo_is_refused(at: int, seller: Actor, now: datetime) -> None:
    row = take_in(seller, now)
    with pytest.raises(Invalid):
        service.crop(row.key, at=at, alt="", by=seller.id, now=now)
    with pytest.raises(NotFound):
        service.crop("tidak-ada-tidak-ada-tidak", at=50, alt="", by=seller.id, now=now)

    assert queries.count_of(seller.id) == 1


def test_a_tall_photo_is_cut_along_its_height() -> None:
    assert rules.square(900, 1500, 0) == (0, 0, 900, 900)
    assert rules.square(900, 1500, 50) == (0, 300, 900, 1200)
    assert rules.square(1500, 900, 100) == (600, 0, 1500, 900)
    assert develop(TALL, square_at=100).height == 900
