"""The index: what it finds, counts and forgets; how it follows changes, and what it survives."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from lapak.app import HEARS
from lapak.catalog.rules import State
from lapak.catalog.service import categories
from lapak.catalog.service import listings as catalog
from lapak.catalog.service.categories import CategoryDraft
from lapak.config import Config
from lapak.db.base import db
from lapak.db.outbox import relay
from lapak.db.session import Query, transaction
from lapak.kernel.clock import utc_now
from lapak.search import queries, service
from lapak.search.adapters import Found, Writer, index
from lapak.search.models import SearchChange
from lapak.search.rules import Wanted, query_words
from lapak.shops.models import Shop
from tests.factories import JATENG, PARIAMAN, Cast, make_product
from tests.visiting import Visit

Reindex = Callable[[], None]


def find(text: str = "", **more: object) -> Found:
    index()._looked = 0.0
    found = queries.find(Wanted(JATENG, query_words(text), **more), after=None, limit=24)  # type: ignore[arg-type]
    assert found is not None
    return found


def names(text: str, **more: object) -> list[str]:
    from lapak.catalog.queries import cards  # noqa: PLC0415 - only this helper reads them

    return [card.name for card in cards(find(text, **more).ids)]


def put(cast: Cast, now: datetime, *wanted: str, **changes: Any) -> list[str]:
    return [make_product(cast.seller, now=now, name=name, **changes) for name in wanted]


def tell_all() -> None:
    """What the worker's relay does: every announced event reaches its listeners."""

    def tell(name: str, keys: dict[str, object]) -> None:
        for job in HEARS.get(name, []):
            job(**keys)

    relay(tell, now=utc_now())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("keripik", "Keripik tempe"), ("kripik", "Keripik tempe"), ("KERIPIK TEMPE", "Keripik tempe"), ("tempe keripik", "Keripik tempe"),
        ("kerip", "Keripik tempe"), ("keripk", "Keripik tempe"), ("krupuk", "Kerupuk udang"), ("grobogan", "Keripik tempe"),
        ("goreng", "Kerupuk udang"), ("penggorengan", "Kerupuk udang"), ("jajan", "Keripik tempe"), ("kopi", "Koffie Sindoro"),
    ],
)  # fmt: skip
def test_search_forgives(cast: Cast, now: datetime, reindex: Reindex, text: str, found: str) -> None:
    categories.edit_category("camilan", CategoryDraft("Camilan", "cookie", synonyms="jajan"), region_code=JATENG, by=cast.admin, now=now)
    put(cast, now, "Keripik tempe", description="Gurih.", category="camilan")
    put(cast, now, "Kerupuk udang", description="Digoreng dua kali.")
    put(cast, now, "Koffie Sindoro")
    reindex()

    assert found in names(text)


def test_what_the_name_says_comes_first_then_the_newest(cast: Cast, now: datetime, reindex: Reindex) -> None:
    put(cast, now, "Sambal", description="Teman keripik.")
    put(cast, now, "Keripik lama", "Keripik baru")
    reindex()

    assert names("keripik") == ["Keripik baru", "Keripik lama", "Sambal"]


def test_a_listing_that_stepped_back_comes_last(cast: Cast, now: datetime, reindex: Reindex) -> None:
    from sqlalchemy import update  # noqa: PLC0415

    from lapak.catalog.models import Product  # noqa: PLC0415

    put(cast, now, "Keripik satu", "Keripik dua")
    with transaction():
        db.session.execute(update(Product).where(Product.name == "Keripik dua").values(freshness="stepped_back"))
    reindex()

    assert names("keripik") == ["Keripik satu", "Keripik dua"]
    assert names("") == ["Keripik satu", "Keripik dua"]


def test_every_count_is_what_a_click_shows(cast: Cast, now: datetime, reindex: Reindex) -> None:
    categories.add_category(CategoryDraft("Keripik", "cookie", "camilan"), region_code=JATENG, by=cast.admin, now=now)
    put(cast, now, "Keripik tempe", "Keripik pisang", category="keripik", price=18_000)
    put(cast, now, "Getuk", category="camilan", price=30_000)
    make_product(cast.other_seller, now=now, name="Keripik apel", category="keripik", price=120_000)
    make_product(cast.far_seller, now=now, name="Keripik balado")
    reindex()
    for text in ("", "keripik"):
        found = find(text)
        assert found.total == len(found.ids)
        for category_id, number in found.facets.categories.items():
            assert find(text, category_id=category_id).total == number
        for place, number in found.facets.places.items():
            assert find(text, place=place).total == number
        for kind, number in found.facets.kinds.items():
            assert find(text, kind=kind).total == number
        for band, number in found.facets.bands.items():
            assert find(text, band=band).total == number
        narrowed = find(text, band=0)
        assert narrowed.facets.bands == found.facets.bands, "a filter leaves its own counts alone"


def test_a_region_finds_its_own_only(cast: Cast, now: datetime, reindex: Reindex) -> None:
    make_product(cast.far_seller, now=now, name="Keripik balado")
    reindex()

    assert find("balado").total == 0
    far = queries.find(Wanted(PARIAMAN, ("balado",)), after=None, limit=24)
    assert far
    assert far.total == 1


def test_pages_follow_each_other_without_gaps_while_listings_come(cast: Cast, now: datetime, reindex: Reindex) -> None:
    put(cast, now, *(f"Keripik nomor {number}" for number in range(14)))
    put(cast, now, *(f"Sambal {number}" for number in range(6)), description="Untuk keripik.")
    reindex()
    seen: list[int] = []
    after = None
    for turn in range(10):
        page = queries.find(Wanted(JATENG, ("keripik",)), after=after, limit=3)
        assert page
        seen += page.ids
        after = page.next_cursor
        if turn == 1:
            put(cast, now, "Keripik yang baru datang")
            reindex()
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 20


HOSTILE = (
    '"',
    "a AND (b",
    "name:*",
    "+-!(){}[]^~*?:\\/",
    "\x00\x01",
    "🍪",
    "x" * 10_000,
    " ".join("abcdefgh" * 50),
    "%' OR 1=1 --",
    "\u202e",
    "a" * 29 + "~2",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_get_a_page_in_little_time(cast: Cast, now: datetime, reindex: Reindex, client: FlaskClient, text: str) -> None:
    put(cast, now, "Keripik tempe")
    reindex()
    for path in ("/cari", "/cari/saran"):
        began = time.process_time()
        answer = client.get(path, query_string={"q": text, "sesudah": text[:100], "harga": text[:9], "wilayah": text[:9], "kategori": ""})
        assert answer.status_code == 200
        assert time.process_time() - began < 2, "bounded, whatever is typed"


def test_changes_reach_the_index_through_the_outbox(cast: Cast, now: datetime, reindex: Reindex, config: Config) -> None:
    reindex()
    writer = Writer(config.index)
    (slug,) = put(cast, now, "Keripik tempe")
    tell_all()
    assert service.catch_up(writer) >= 1
    assert names("keripik") == ["Keripik tempe"]

    catalog.set_state(slug, State.PAUSED, by=cast.seller, now=now)
    tell_all()
    service.catch_up(writer)
    assert names("keripik") == []
    assert service.catch_up(writer) == 0
    assert Query(select(func.count()).select_from(SearchChange), int).first() == 0


def test_a_category_takes_its_listings_along(cast: Cast, now: datetime, reindex: Reindex, config: Config) -> None:
    put(cast, now, "Getuk", category="camilan")
    reindex()
    writer = Writer(config.index)
    tell_all()
    service.catch_up(writer)
    categories.edit_category(
        "camilan", CategoryDraft("Jajanan desa", "cookie", synonyms="tetel"), region_code=JATENG, by=cast.admin, now=now
    )
    tell_all()
    service.catch_up(writer)

    assert names("tetel") == ["Getuk"]


def test_without_an_index_the_worker_builds_one(cast: Cast, now: datetime, config: Config) -> None:
    put(cast, now, "Keripik tempe")
    service.catch_up(Writer(config.index))

    assert names("keripik") == ["Keripik tempe"]


def test_without_an_index_pages_are_answered_by_the_database(cast: Cast, now: datetime, visit: Visit) -> None:
    put(cast, now, "Keripik tempe")
    assert queries.find(Wanted(JATENG), after=None, limit=1) is None

    assert "Keripik tempe" in visit("/cari?q=keripik").get_text()
    assert "Keripik tempe" in visit("/jelajah").get_text()


@pytest.mark.parametrize("harm", ["garbage", "gone", "empty"])
def test_a_broken_index_is_no_fault_and_is_built_anew(
    cast: Cast, now: datetime, reindex: Reindex, config: Config, visit: Visit, harm: str
) -> None:
    put(cast, now, "Keripik tempe")
    reindex()
    folder = config.index / (config.index / "current").read_text()
    if harm == "garbage":
        (folder / "meta.json").write_text("{")
    elif harm == "gone":
        shutil.rmtree(folder)
    else:
        (config.index / "current").write_text("")
    os.utime(config.index / "current")
    index()._looked = 0.0
    index()._opened = None
    assert "Keripik tempe" in visit("/cari?q=keripik").get_text()

    service.catch_up(Writer(config.index))
    assert names("keripik") == ["Keripik tempe"]


def test_what_changes_during_a_rebuild_is_not_lost(app: Flask, cast: Cast, now: datetime, reindex: Reindex, config: Config) -> None:
    put(cast, now, "Keripik tempe")
    reindex()
    writer = Writer(config.index)
    service.catch_up(writer)
    with Writer(config.index).building() as fresh:
        for batch in queries.all_listings():
            fresh.add(batch)
        put(cast, now, "Kopi Sindoro")
        tell_all()
        service.catch_up(writer)
        assert names("sindoro") == ["Kopi Sindoro"], "the old index, still in use, has it"
        with pytest.raises(BlockingIOError):
            service.rebuild(Writer(config.index))
    assert names("sindoro") == [], "the new one was filled before"
    service.catch_up(writer)
    assert names("sindoro") == ["Kopi Sindoro"]
    assert Query(select(func.count()).select_from(SearchChange), int).first() == 0


def test_readers_go_on_while_a_writer_writes(app: Flask, cast: Cast, now: datetime, reindex: Reindex, config: Config) -> None:
    put(cast, now, *(f"Keripik {number}" for number in range(20)))
    reindex()
    faults: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            with app.app_context():
                while not stop.is_set():
                    assert find("keripik").total >= 20
        except BaseException as error:  # noqa: BLE001 - reported below
            faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    writer = Writer(config.index)
    for number in range(5):
        put(cast, now, f"Keripik baru {number}")
        tell_all()
        service.catch_up(writer)
    service.rebuild(Writer(config.index))
    stop.set()
    for reader in readers:
        reader.join()

    assert faults == []
    assert find("keripik").total == 25


KILLED = """
import sys
from pathlib import Path
from lapak.app import create_app
from lapak.config import Config
from lapak.search.adapters import Writer
from lapak.search import service
config = Config(_env_file=None, data_dir=Path(sys.argv[1]), demo=True, secret_key="k" * 40, log_level="ERROR")
app = create_app(config)
writer = Writer(config.index)
with app.app_context():
    service.catch_up(writer)
    print("ready", flush=True)
    while True:
        service.catch_up(writer)
"""


@pytest.mark.parametrize("round_", range(3))
def test_a_killed_writer_loses_nothing(cast: Cast, now: datetime, config: Config, round_: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(config.data_dir)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    for number in range(8):
        put(cast, now, f"Keripik nomor {number}")
        tell_all()
        if number == 3 + round_:
            process.send_signal(signal.SIGKILL)
            process.wait()
    writer = Writer(config.index)
    while service.catch_up(writer):
        pass

    assert find("keripik").total == 8
    assert Query(select(func.count()).select_from(SearchChange), int).first() == 0


def test_a_shelf_offers_what_is_there(cast: Cast, now: datetime, reindex: Reindex, visit: Visit) -> None:
    put(cast, now, "Keripik tempe", price=18_000, category="camilan")
    put(cast, now, "Kopi Sindoro", price=60_000)
    reindex()
    page = visit("/cari?q=keripk", queries=4)

    assert "Keripik tempe" in page.get_text()
    assert page.select_one("a[href='/cari?q=keripik']")
    narrowed = visit("/cari?q=keripik&harga=0&jenis=barang&kategori=camilan&wilayah=33.15", queries=4)
    assert len(narrowed.select("a.chip")) == 4
    empty = visit("/cari?q=zzzzzz", queries=5)
    assert "Kopi Sindoro" in empty.get_text(), "the newest stand where nothing was found"


def test_suggestions_name_kinds_and_listings(cast: Cast, now: datetime, reindex: Reindex, client: FlaskClient) -> None:
    put(cast, now, "Camilan pedas", "Keripik tempe", "Keripik tempe")
    reindex()

    assert client.get("/cari/saran?q=cami").json == [
        {"text": "Camilan", "path": "/jelajah/camilan", "what": "Jenis"},
        {"text": "Camilan pedas", "path": "/cari?q=Camilan+pedas", "what": "Produk"},
    ]
    assert [one["text"] for one in client.get("/cari/saran?q=kripik+te").json or []] == ["Keripik tempe"]
    assert client.get("/cari/saran?q=k").json == []


def test_what_a_kind_is_called_finds_only_when_nothing_says_it_itself(cast: Cast, now: datetime, reindex: Reindex) -> None:
    for name, words in (("Jasa", "jasa, jahit"), ("Minuman", "kopi, wedang")):
        categories.add_category(CategoryDraft(name, "package", synonyms=words), region_code=JATENG, by=cast.admin, now=now)
    make_product(cast.seller, now=now, name="Teh melati", category="minuman")
    make_product(cast.seller, now=now, name="Kopi robusta", category="minuman")
    make_product(cast.seller, now=now, name="Pijat bayi", category="jasa")
    make_product(cast.seller, now=now, name="Permak jahit celana", category="jasa")
    reindex()

    assert names("kopi") == ["Kopi robusta"]
    assert names("wedang") == ["Kopi robusta", "Teh melati"]
    assert names("jasa jahit") == ["Permak jahit celana"]


def test_what_nobody_can_order_comes_after_what_one_can(cast: Cast, now: datetime, reindex: Reindex) -> None:
    make_product(cast.seller, now=now, name="Keripik tempe")
    make_product(cast.other_seller, now=now, name="Keripik singkong")
    with transaction():
        db.session.execute(update(Shop).where(Shop.owner_id == cast.other_seller.id).values(whatsapp=""))
    reindex()

    assert names("keripik") == ["Keripik tempe", "Keripik singkong"]


def test_a_provinces_name_finds_its_places(cast: Cast, now: datetime, reindex: Reindex) -> None:
    make_product(cast.seller, now=now, name="Keripik tempe")
    reindex()

    assert names("jawa tengah keripik") == ["Keripik tempe"]
