"""The story kit as a job of the worker: drawn once an edition is out, again after a correction, tried again when something fails."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from lapak.accounts import service as accounts
from lapak.accounts.events import ConsentWithdrawn
from lapak.accounts.queries import consents_of
from lapak.accounts.rules import Actor, Channel, Purpose
from lapak.app import HEARS
from lapak.config import Config
from lapak.editions.queries import public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.deeds import Deed
from lapak.editions.service import kits, publishing
from lapak.kernel.codes import token
from lapak.photos.adapters.store import store
from lapak.photos.rules import PAUSES
from tests.factories import JATENG, WHY, Cast, edition_rows, make_edition, make_product
from tests.visiting import Visit

SignIn = Callable[[Actor | None], FlaskClient]
HERE = {"region_code": JATENG}
KILLED = """
import os, signal
from lapak.app import create_app
from lapak.config import Config
from lapak.editions.service import kits
from lapak.kernel.clock import utc_now
def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
kits.kit.{point} = die
with create_app(Config()).app_context():
    kits.make_next(now=utc_now())
"""


@pytest.fixture
def slugs(app: Flask, cast: Cast, now: datetime) -> list[str]:
    found = [make_product(cast.seller, now=now, photo=True, name="Keripik tempe"), make_product(cast.other_seller, now=now, name="Kopi")]
    make_edition(cast.curator, found, now=now)
    return found


def edition() -> EditionView:
    found = public.by_number(JATENG, 1)
    assert found
    return found


def draw(now: datetime) -> EditionView:
    assert kits.make_next(now=now)
    return edition()


def file(name: str) -> bytes:
    data = kits.read(edition().kit_key or "", name)
    assert data
    return data


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def test_a_published_edition_gets_its_pictures_once(slugs: list[str], now: datetime) -> None:
    assert draw(now).kit_at == now
    assert not kits.make_next(now=now + timedelta(days=1))
    assert [size_of(file(name)) for name in ("lapak-1-story.jpg", "lapak-2-kecil.jpg", "lapak-1-kartu.jpg", "kartu.jpg")] == [
        (1080, 1920), (270, 480), (1200, 630), (1200, 630),
    ]  # fmt: skip


def test_the_archive_holds_each_seller_s_pictures_words_and_code(slugs: list[str], now: datetime) -> None:
    draw(now)
    archive = zipfile.ZipFile(io.BytesIO(file("kit.zip")))
    folders = {name.partition("/")[0][3:] for name in archive.namelist() if "/" in name}
    assert folders == {"keripik-tempe", "kopi"}
    tempe = next(name for name in archive.namelist() if "keripik" in name and name.endswith(".txt"))
    words = archive.read(tempe).decode()
    code = slugs[0].rpartition("-")[2]
    assert [said in words for said in ("Keripik tempe", "Bu Darmi", "Grobogan", "Rp18.000", f"/p/{code}", "#Lapak")] == [True] * 6


def test_the_same_edition_makes_the_same_bytes(slugs: list[str], cast: Cast, now: datetime) -> None:
    draw(now)
    before = file("kit.zip")
    publishing.draw_kit("1", base=edition().base, by=cast.curator, now=now, **HERE)
    draw(now)
    assert file("kit.zip") == before


def test_a_correction_takes_the_old_pictures_away_and_asks_for_new_ones(slugs: list[str], cast: Cast, now: datetime) -> None:
    old = draw(now).kit_key
    publishing.correct("1", theme="Camilan sore", text="", reason=WHY, by=cast.curator, now=now, **HERE)
    assert kits.read(old or "", "kartu.jpg") is None
    assert edition().kit_at is None
    assert draw(now).kit_key != old


def test_a_removed_stall_is_in_no_picture(slugs: list[str], cast: Cast, now: datetime) -> None:
    draw(now)
    gone = next(row for row in edition_rows() if row.stall == 1)
    publishing.remove("1", gone.code, reason=WHY, by=cast.curator, now=now, **HERE)
    draw(now)
    assert kits.read(edition().kit_key or "", "lapak-1-story.jpg") is None
    assert len(zipfile.ZipFile(io.BytesIO(file("kit.zip"))).namelist()) == 5


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_seller_who_takes_consent_back_is_in_no_edition_and_in_no_picture(
    slugs: list[str], cast: Cast, now: datetime, visit: Visit, client: FlaskClient, is_withdrawn: bool
) -> None:
    accounts.record_consent(cast.seller.phone, Purpose.SHOP, channel=Channel.PAGE, by=cast.seller, now=now)
    old = draw(now).kit_key
    if is_withdrawn:
        publishing.unpublish("1", reason=WHY, by=cast.curator, now=now, **HERE)
    accounts.withdraw_consent(consents_of(cast.seller.phone)[0].id, by=cast.seller, now=now)
    for _twice in range(2):
        for job in HEARS[ConsentWithdrawn.__name__]:
            job(phone=cast.seller.phone, purpose=Purpose.SHOP)
    if is_withdrawn:
        publishing.restore("1", reason=WHY, by=cast.curator, now=now, **HERE)
    assert kits.read(old or "", "kit.zip") is None
    draw(datetime.now(UTC))
    assert {name.partition("/")[0][3:] for name in zipfile.ZipFile(io.BytesIO(file("kit.zip"))).namelist() if "/" in name} == {"kopi"}
    assert len(visit("/edisi/1/bahan-unggah").select(".unggah")) == 1
    for path in ("/edisi/1", "/edisi/1.json", "/edisi/1/bahan-unggah"):
        assert [said in client.get(path).text for said in ("Keripik tempe", "Bu Darmi", slugs[0])] == [False] * 3, path
    assert [one.reason for one in public.decisions(edition().id) if one.deed is Deed.REMOVED] == [
        "penjualnya tidak lagi setuju ditampilkan"
    ]


def test_consent_to_hear_of_calls_taken_back_leaves_the_stalls(slugs: list[str], cast: Cast) -> None:
    for job in HEARS[ConsentWithdrawn.__name__]:
        job(phone=cast.seller.phone, purpose=Purpose.CALLS)
    assert len(public.cards(edition().id)) == 2


def test_a_picture_that_is_missing_leaves_the_others(slugs: list[str], now: datetime) -> None:
    photo = next(card.photo for card in public.cards(edition().id) if card.photo)
    for width in (320, 640, 960, 1280):
        store().delete(f"{photo.key}/{width}.jpg")
    assert draw(now).kit_at == now


def test_a_full_disk_costs_a_try_and_the_last_try_is_told(slugs: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store(), "put", _full)
    for pause in PAUSES:
        assert draw(now).kit_at is None
        assert not kits.make_next(now=now + pause)
        now += pause + kits.CLAIM
    assert draw(now).kit_due_at is None
    assert not kits.make_next(now=now + timedelta(days=9))


def test_a_curator_has_a_kit_drawn_that_was_given_up(slugs: list[str], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(store(), "put", _full)
        for _ in range(len(PAUSES) + 1):
            kits.make_next(now=now)
            now += timedelta(days=1)
    publishing.draw_kit("1", base="https://lapak.example", by=cast.curator, now=now, **HERE)
    publishing.draw_kit("1", base="https://lapak.example", by=cast.curator, now=now, **HERE)  # the same click twice
    assert draw(now).kit_at == now


@pytest.mark.parametrize("point", ["story", "edition_card"])
def test_a_worker_killed_while_it_draws_leaves_the_kit_to_the_next(slugs: list[str], config: Config, point: str) -> None:
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_SECRET_KEY": "k" * 40}
    ended = subprocess.run([sys.executable, "-c", KILLED.format(point=point)], env=environment, stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert edition().kit_at is None
    assert not kits.make_next(now=datetime.now(UTC))
    assert draw(datetime.now(UTC) + PAUSES[0] + kits.CLAIM).kit_at


def test_a_correction_while_it_is_drawn_wins(slugs: list[str], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw_and_correct(*args: object) -> bytes:
        publishing.correct("1", theme="Camilan sore", text="", reason=WHY, by=cast.curator, now=now, **HERE)
        return b"late"

    old = edition().kit_key or ""
    with monkeypatch.context() as slow:
        slow.setattr("lapak.editions.adapters.kit.edition_card", draw_and_correct)
        assert draw(now).kit_at is None
    assert kits.read(old, "kit.zip") is None
    assert draw(now).kit_at


def test_everybody_finds_the_pictures_once_they_are_drawn(slugs: list[str], now: datetime, visit: Visit, client: FlaskClient) -> None:
    assert "sedang dibuat" in visit("/edisi/1/bahan-unggah").get_text()
    draw(now)
    page = visit("/edisi/1/bahan-unggah", queries=8)
    assert len(page.select(".unggah")) == 2
    for link in [*page.select(".unggah a"), *page.select("a[download]")]:
        answer = client.get(str(link["href"]))
        assert (answer.status_code, str(answer.mimetype).partition("/")[0]) in {(200, "image"), (200, "application")}
    assert "kartu.jpg" in str(visit("/edisi/1").select_one("meta[property='og:image']"))
    archive = client.get(f"/kit/{edition().kit_key}/kit.zip")
    assert archive.headers["Content-Disposition"] == "attachment; filename=edisi-1.zip"


@pytest.mark.parametrize("name", ["lapak-11-story.jpg", "..", "kit.zip%00", "master.jpg"])
def test_a_kit_has_no_other_files(slugs: list[str], now: datetime, client: FlaskClient, name: str) -> None:
    key = draw(now).kit_key
    assert client.get(f"/kit/{key}/{name}").status_code == 404
    assert client.get(f"/kit/{token()}/kartu.jpg").status_code == 404


def test_a_withdrawn_edition_s_pictures_are_gone_until_it_is_shown_again(
    slugs: list[str], cast: Cast, now: datetime, client: FlaskClient
) -> None:
    key = draw(now).kit_key
    publishing.unpublish("1", reason=WHY, by=cast.curator, now=now, **HERE)
    assert client.get(f"/kit/{key}/kartu.jpg").status_code == 404
    publishing.restore("1", reason=WHY, by=cast.curator, now=now, **HERE)
    assert client.get(f"/kit/{key}/kartu.jpg").status_code == 200
    assert client.get(f"/d/pariaman/kit/{key}/kartu.jpg").status_code == 404


def test_a_seller_finds_their_own_picture(slugs: list[str], cast: Cast, now: datetime, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    at = f"/dasbor/edisi/{edition().id}"
    assert "sedang dibuat" in visit(at, client=client).get_text()
    draw(now)
    page = visit(at, client=client, queries=14)
    assert [("Keripik tempe" in words.get_text()) for words in page.select(".unggah textarea")] == [True]


def _full(key: str, data: bytes) -> None:
    raise OSError(28, "No space left on device", key, len(data))
