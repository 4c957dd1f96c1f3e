"""An edition from its open call to the pictures that get reposted, with everybody who takes part."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import update

from lapak.accounts.adapters import mobile_number
from lapak.accounts.rules import Actor, Role
from lapak.app import create_app
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.demo import service as demo
from lapak.editions.models import Edition
from lapak.editions.queries import calls, public
from lapak.editions.queries.desk import EntryRow
from lapak.editions.service import entering, judging
from lapak.kernel.clock import utc_now
from lapak.shops import queries as shops
from tests.conftest import dispose, make_config
from tests.factories import JATENG, actor_of, edition_rows, make_official
from tests.journeys.stage import SCREENS, MakePerson, Person, Server

pytestmark = pytest.mark.browser

NUMBER = 60
OTHERS = 12
GOOD = {"attractive": 4, "quality": 4, "packaging": 4, "safe": 5}
ODD = {"attractive": 1, "quality": 2, "packaging": 1, "safe": 2}


def test_an_edition_from_its_call_to_its_kit(person: MakePerson, server: Server) -> None:
    curator, seller = person(1280), person(360)
    _loosen(person(1280))
    curator.sign_in("0811 2700 101")
    _plan(curator)
    seller.sign_in("0812 2745 0913")
    _enter(seller)
    with _behind(server):
        others = _others()
        _let_time_pass(closes_at=utc_now())
    _judge(curator, split=False)
    with _behind(server):
        second, third = (make_official(f"+62811270013{last}", f"Penilai {last}", Role.CURATOR, JATENG, now=utc_now()) for last in (1, 2))
        odd = _score_all(second)
    judge = person(360)
    judge.sign_in(third.phone.replace("+62", "0"))
    _judge(judge, split=True)
    _settle(curator, odd)
    seller.open(f"/dasbor/edisi/{_id(server)}")
    seller.press("Saya siap")
    seller.look("call-ready")
    with _behind(server):
        for other in others:
            entering.say_ready(_edition().id, is_own_work=True, by=other, now=utc_now())
        # One of the ten says nothing: a reserve goes out in their place.
        _let_time_pass(publish_at=utc_now() + timedelta(seconds=1))
    _until(curator, f"/edisi/{NUMBER}", "Lapak di edisi ini")
    assert curator.page.locator("li.lapak").count() == 10
    _until(seller, f"/edisi/{NUMBER}/bahan-unggah", "Unduh semua (ZIP)")
    seller.look("edition-kit")
    _check_kit(seller)


def _loosen(admin: Person) -> None:
    """The demo's shops were in its last editions: an admin lets them enter again, and more than two of a kind."""
    admin.sign_in("0811 2700 102")
    admin.open("/kelola/program")
    for field, value in (("cooldown", "0"), ("most_per_category", "10"), ("most_per_place", "10"), ("ready_stock", "5")):
        admin.page.locator(f"[name={field}]").fill(value)
    admin.press("Simpan aturan")
    assert "Aturan program tersimpan" in admin.page.inner_text("main")


def _plan(curator: Person) -> None:
    curator.open("/kurasi/baru")
    curator.fill("Nomor edisi", str(NUMBER))
    curator.fill("Tema", "Bekal hujan sore")
    curator.fill("Catatan kurator", "Yang hangat dan gurih, dari dapur sendiri.")
    start, end = utc_now() + timedelta(hours=6), utc_now() + timedelta(days=3)  # on Java's clock, an hour ago
    curator.fill("Pendaftaran dibuka", f"{start:%Y-%m-%d}")
    curator.page.locator("[name=opens_hour]").fill(f"{start:%H.%M}")
    curator.fill("Pendaftaran ditutup", f"{end:%Y-%m-%d}")
    curator.press("Simpan rencana")
    curator.page.wait_for_url(f"**/kurasi/{NUMBER}")
    curator.look("edition-call")


def _enter(seller: Person) -> None:
    seller.open("/dasbor")
    seller.look("dashboard-call", axe=False)
    seller.open("/dasbor/edisi")
    seller.page.get_by_role("link", name="Daftarkan produk").first.click()
    seller.page.locator(".pilih label").first.click()
    seller.page.get_by_label("Ini karya saya sendiri").check()
    seller.look("call-entering")
    seller.press("Daftarkan")
    assert "Produk Anda terdaftar" in seller.page.inner_text("main")


def _judge(curator: Person, *, split: bool) -> None:
    """Judge with the number keys what waits for somebody: all entries, or only those that two others disagreed on."""
    curator.open(f"/kurasi/{NUMBER}/nilai")
    curator.look("edition-judge-phone" if split else "edition-judge")
    count = 0
    while "/nilai/" in curator.page.url:
        for key in "4445":
            curator.page.keyboard.press(key)
        with curator.page.expect_navigation():
            curator.page.keyboard.press("Enter")
        count += 1
    assert count == (1 if split else OTHERS + 1)


def _settle(curator: Person, odd: str) -> None:
    curator.open(f"/kurasi/{NUMBER}/daftar")
    curator.press("Susun dari nilai")
    curator.look("edition-shortlist")
    assert "10 dari 10" in curator.page.inner_text("main")
    curator.follow("Lanjut ke kesiapan")
    curator.look("edition-readiness")
    curator.press("Jadwalkan terbit")
    assert "Edisi dijadwalkan" in curator.page.inner_text("main")
    assert odd


def _check_kit(seller: Person) -> None:
    links = seller.page.locator("a[download]").evaluate_all("all => all.map((one) => one.href)")
    data = httpx.get(links[0]).content
    if os.environ.get("LAPAK_SCREENS"):
        (SCREENS / "kit" / "edisi.zip").write_bytes(data)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert sorted({name.rpartition("/")[2] for name in archive.namelist()}) == ["kartu.jpg", "keterangan.txt", "qr.png", "story.jpg"]
    assert len(archive.namelist()) == 41


@contextmanager
def _behind(server: Server) -> Iterator[None]:
    """Do as the server's own database knows it: what other people did meanwhile, and the time that passed."""
    app = create_app(make_config(server.data_dir))
    with app.app_context():
        yield
    dispose(app)


def _edition() -> public.EditionView:
    edition = public.by_number(JATENG, NUMBER)
    assert edition
    return edition


def _id(server: Server) -> int:
    with _behind(server):
        return _edition().id


def _let_time_pass(**moments: datetime) -> None:
    with transaction():
        db.session.execute(update(Edition).where(Edition.id == _edition().id).values(moments))


def _others() -> list[Actor]:
    """So many other sellers enter one of their listings; return all of them but one."""
    people = []
    for shop in [shop for shop in demo.market()["shops"] if shop["region_code"].startswith(JATENG)][1 : OTHERS + 1]:
        person = actor_of(mobile_number(shop["phone"]))
        owned = shops.owned_by(person.id)
        assert owned
        slug = next(one.slug for one in calls.choices(owned.id, "") if one.photo)
        entering.enter(_edition().id, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=person, now=utc_now())
        people.append(person)
    return people[1:]


def _score_all(judge: Actor) -> str:
    """A second judge agrees on all but one entry; return that one's code."""
    rows: list[EntryRow] = edition_rows(NUMBER)
    for row in rows:
        given = ODD if row == rows[-1] else GOOD
        judging.give(str(NUMBER), row.code, given, remark="", region_code=JATENG, by=judge, now=utc_now())
    return rows[-1].code


def _until(somebody: Person, path: str, words: str) -> None:
    for _ in range(100):
        somebody.open(path)
        if words in somebody.page.inner_text("body"):
            return
        somebody.page.wait_for_timeout(250)
    raise AssertionError(words)
