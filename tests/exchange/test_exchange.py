"""Lists that come in and go out: whatever their form, a bad row stops nothing, and the same list again changes nothing."""

import csv
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lapak.accounts.models import Account
from lapak.catalog import queries as catalog
from lapak.catalog.models import Product
from lapak.catalog.queries import Filter
from lapak.checking import service as checking
from lapak.checking.rules import Rules
from lapak.config import Config
from lapak.db.session import Query
from lapak.editions.service import entering
from lapak.exchange import queries, service
from lapak.exchange.adapters.tables import rows_of, write_table
from lapak.exchange.adapters.waiting import photos_in
from lapak.exchange.rules import Outcome, Report, guarded, guess_mapping, place_key, unguarded
from lapak.kernel.errors import Conflict
from lapak.orders.service import placing
from lapak.orders.service.placing import OrderDraft
from lapak.shops.models import Shop
from tests.factories import JATENG, PARIAMAN, Cast, make_edition, make_product, picture
from tests.visiting import Visit

HEADER = "Kode,Nama Produk,Harga,Kategori,Kota,Foto,Rating\n"
ROWS = (
    "A1,Keripik tempe,18000,Camilan,Kab. Grobogan,keripik.jpg,4.9\n"
    "A2,Kopi Sindoro,48000,Minuman,Temanggung,,5\n"
    "A3,Lumpia,60.000,,Kota Semarang,hilang.jpg,\n"
)


def take(path: Path, *, photos: Path | None = None, is_dry: bool = False, region: str = JATENG, now: datetime) -> list[Report]:
    with rows_of(path) as rows:
        _line, header = next(rows)
        keeper = queries.keeper(region, now=now)
        assert keeper
        work = service.Import(
            guess_mapping(header), region_code=region, keeper=keeper, photos=photos_in(photos) if photos else {}, is_dry=is_dry
        )
        return list(work.take(rows, now=now))


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "daftar.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "foto"
    folder.mkdir()
    (folder / "keripik.jpg").write_bytes(picture())
    (folder / "rusak.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    (folder / "tautan.jpg").symlink_to("/etc/passwd")
    return folder


def test_what_an_office_takes_in_counts_as_checked(cast: Cast, now: datetime, tmp_path: Path) -> None:
    take(write(tmp_path, HEADER + ROWS), now=now)
    take(write(tmp_path, HEADER + ROWS.replace("18000", "99000")), now=now)
    found = catalog.by_slug(next(card.slug for card in catalog.shelf(Filter(JATENG)).rows if card.name == "Keripik tempe"))

    assert found
    assert (found.price, found.is_checked) == (99000, True)


def test_where_lists_are_checked_like_anything_a_change_waits_and_the_same_list_again_changes_nothing(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    take(write(tmp_path, HEADER + ROWS), now=now)
    checking.set_rules(Rules(imports_pass=False), region_code=JATENG, by=cast.admin, now=now)
    changed = write(tmp_path, HEADER + ROWS.replace("18000", "99000"))
    outcomes = [[report.outcome for report in take(changed, now=now)] for _ in range(2)]
    found = catalog.by_slug(next(card.slug for card in catalog.shelf(Filter(JATENG)).rows if card.name == "Keripik tempe"))

    assert outcomes == [[Outcome.CHANGED, Outcome.SAME, Outcome.SAME], [Outcome.SAME] * 3]
    assert found
    assert (found.price, catalog.offered(found, catalog.review_of(found.id)).price) == (18000, 99000)


def test_a_list_becomes_a_market_and_again_changes_nothing(cast: Cast, now: datetime, tmp_path: Path, photos: Path) -> None:
    path = write(tmp_path, HEADER + ROWS)
    first = take(path, photos=photos, now=now)
    again = take(path, photos=photos, now=now)

    assert [report.outcome for report in first] == [Outcome.CREATED] * 3
    assert [report.outcome for report in again] == [Outcome.SAME] * 3
    assert "foto hilang.jpg tidak ada" in first[2].notes
    assert Query(select(func.count()).select_from(Product), int).first() == 3
    shops = Query(select(Shop.name, Shop.origin, Shop.owner_id).order_by(Shop.name), lambda *row: row).all()
    assert [row for row in shops if row[1] == "import"] == [
        ("UMKM Grobogan", "import", None), ("UMKM Kota Semarang", "import", None), ("UMKM Temanggung", "import", None),
    ]  # fmt: skip
    card = next(card for card in catalog.shelf(Filter(JATENG)).rows if card.name == "Keripik tempe")
    assert card.photo


def test_a_changed_row_changes_its_listing_and_leaves_its_stock(cast: Cast, now: datetime, tmp_path: Path) -> None:
    take(write(tmp_path, "nama,harga,kota,stok\nKeripik,18000,Kota Semarang,10\n"), now=now)
    reports = take(write(tmp_path, "nama,harga,kota,stok\nKeripik,20000,Kota Semarang,99\n"), now=now)

    assert [report.outcome for report in reports] == [Outcome.CHANGED]
    assert Query(select(Product.price, Product.on_hand), lambda *row: row).all() == [(20000, 10)]


def test_a_dry_run_tells_and_keeps_nothing(cast: Cast, now: datetime, tmp_path: Path) -> None:
    before = Query(select(func.count()).select_from(Shop), int).first()
    reports = take(write(tmp_path, HEADER + ROWS), is_dry=True, now=now)

    assert [report.outcome for report in reports] == [Outcome.CREATED] * 3
    assert Query(select(func.count()).select_from(Product), int).first() == 0
    assert Query(select(func.count()).select_from(Shop), int).first() == before


BAD = {
    "no price": ("Keripik,,Kota Semarang", "angka"),
    "a price in words": ("Keripik,murah,Kota Semarang", "angka"),
    "no name": (",18000,Kota Semarang", "nama"),
    "no place": ("Keripik,18000,", "kosong"),
    "an unknown place": ("Keripik,18000,Kota Semarnag", "Kota Semarang"),
    "a doubtful place": ("Keripik,18000,Bandung", "Kota Bandung"),
    "minus": ("Keripik,-5,Kota Semarang", "angka"),
    "too dear": ("Keripik,99999999999999,Kota Semarang", "Harga"),
    "a null and marks": ("\x00\u202e,18000,Kota Semarang", "nama"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_told_with_its_line_and_stops_nothing(cast: Cast, now: datetime, tmp_path: Path, kind: str) -> None:
    row, word = BAD[kind]
    reports = take(write(tmp_path, f"nama,harga,kota\n{row}\nKopi,5000,Kota Semarang\n"), now=now)

    assert [(report.line, report.outcome) for report in reports] == [(2, Outcome.REFUSED), (3, Outcome.CREATED)]
    assert word in " ".join(reports[0].notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_guessed(cast: Cast, now: datetime, tmp_path: Path, encoding: str, separator: str) -> None:
    text = separator.join(("nama", "harga", "kota")) + "\n" + separator.join(("Kué lapis", "5000", "Kota Semarang")) + "\n"
    (report,) = take(write(tmp_path, text, encoding), now=now)

    assert (report.name, report.outcome) == ("Kué lapis", Outcome.CREATED)


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_an_export_comes_back_as_the_same_market(cast: Cast, now: datetime, tmp_path: Path, kind: str) -> None:
    make_product(cast.seller, now=now, name="=HYPERLINK keripik", price=18_000, description="+62 -x @y", photo=True)
    path, folder = tmp_path / f"keluar{kind}", tmp_path / "foto-keluar"
    folder.mkdir()
    assert write_table(path, service.HEADER, service.export(JATENG, photos=folder, with_phones=False)) == 1
    with rows_of(path) as rows:
        _header, (_line, cells) = next(rows), next(rows)
    assert cells[1] == "'=HYPERLINK keripik"
    assert cells[7] == "", "numbers stay at home"
    (here,), (there,) = take(path, photos=folder, now=now), take(path, photos=folder, region=PARIAMAN, now=now)

    assert (here.outcome, here.notes) == (Outcome.SAME, ())
    assert (there.outcome, there.notes) == (Outcome.CREATED, ())
    for region in (JATENG, PARIAMAN):
        found = [(row.name, row.price, row.description) for row in queries.exported(region)]
        assert found == [("=HYPERLINK keripik", 18_000, "+62 -x @y")]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("plain", ["", "Keripik", "'", "''", "5", " =1"])
def test_plain_cells_stay_as_they_are(plain: str) -> None:
    assert unguarded(guarded(plain)) == plain


def test_columns_are_guessed_and_what_is_given_goes_first() -> None:
    columns = guess_mapping(["product_id", "name", "category", "price_idr", "region", "rating", "sold", "review_count", "description"])
    assert columns.columns == {"key": 0, "name": 1, "price": 3, "category": 2, "description": 8, "place": 4}
    assert columns.unused == ("rating", "sold", "review_count")
    assert guess_mapping(["Judul besar", "name"], {"name": "judul besar"}).columns["name"] == 0
    assert guess_mapping([]).missing == ("name", "price", "place")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kab. Tangerang", "Kabupaten Tangerang"), ("Jakarta Utara", "Kota Administrasi Jakarta Utara"), ("KOTA SEMARANG", "Kota  Semarang")],
)
def test_places_are_one_however_written(one: str, other: str) -> None:
    assert place_key(one) == place_key(other)


def test_broken_photos_and_links_are_told_and_the_row_stays(cast: Cast, now: datetime, tmp_path: Path, photos: Path) -> None:
    text = "nama,harga,kota,foto\nKeripik,1000,Kota Semarang,rusak.jpg\nKopi,1000,Kota Semarang,tautan.jpg\nTeh,1000,Kota Semarang,../../etc/passwd\n"
    reports = take(write(tmp_path, text), photos=photos, now=now)

    assert [report.outcome for report in reports] == [Outcome.CREATED] * 3
    assert all(report.notes for report in reports)
    assert not any(card.photo for card in catalog.shelf(Filter(JATENG)).rows)


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"PK\x03\x04broken", b"\xff\xfe", b'"' * 200_000, b"a,b\n" + b"x" * 2_000_000])
@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_a_file_that_is_no_table_gets_a_clear_answer(cast: Cast, now: datetime, tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / f"aneh{kind}"
    path.write_bytes(content)
    try:
        with rows_of(path) as rows:
            _line, header = next(rows, (0, []))
            assert guess_mapping(header).missing
            assert len(list(rows)) < 100
    except Conflict as error:
        refusal = str(error)
    else:
        refusal = "Berkas"
    assert "Berkas" in refusal


def test_a_million_rows_take_the_memory_of_one(tmp_path: Path) -> None:
    import tracemalloc  # noqa: PLC0415

    path = tmp_path / "besar.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("nama,harga,kota\n")
        for _ in range(100):
            file.write("Keripik tempe goreng,18000,Kota Semarang\n" * 2000)
    tracemalloc.start()
    with rows_of(path) as rows:
        assert sum(1 for _ in rows) == 200_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_an_imported_listing_says_that_nobody_takes_orders_yet(
    cast: Cast, now: datetime, tmp_path: Path, visit: Visit, client: FlaskClient
) -> None:
    take(write(tmp_path, "nama,harga,kota\nKeripik,18000,Kota Semarang\n"), now=now)
    (card,) = catalog.shelf(Filter(JATENG)).rows
    page = visit(f"/produk/{card.slug}")

    assert "belum menerima pesanan" in page.get_text()
    assert not page.select("a[href$='/pesan']")
    assert [button.get_text(strip=True) for button in page.select(".lekat button")] == ["Belum menerima pesanan"]
    assert client.get(f"/produk/{card.slug}/pesan").status_code == 303
    product = catalog.by_slug(card.slug)
    assert product
    with pytest.raises(Conflict):
        placing.place(
            OrderDraft("Rina", "", "", ()),
            shop_id=product.shop_id,
            idempotency_key="x",
            origin="x",
            site_code=JATENG,
            key=b"k" * 40,
            now=now,
        )
    make_edition(cast.curator, [], now=now, publish=False)
    with pytest.raises(Conflict):
        entering.nominate("1", card.slug, region_code=JATENG, by=cast.curator, now=now)


def test_a_list_brings_no_account(cast: Cast, now: datetime, tmp_path: Path) -> None:
    before = Query(select(func.count()).select_from(Account), int).first()
    take(write(tmp_path, "nama,harga,kota,hp\nKeripik,18000,Kota Semarang,0812 9999 0000\nKopi,1,Kota Semarang,123\n"), now=now)

    assert Query(select(func.count()).select_from(Account), int).first() == before


COMMANDS = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from lapak.app import main
told = []
for words in json.loads(sys.argv[1]):
    out, err, sys.argv = io.StringIO(), io.StringIO(), ["lapak", *words]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            told.append((end.code, out.getvalue(), err.getvalue()))
json.dump(told, sys.stdout)
"""
"""Runs one command after the other and tells how each ended; starting Python for each takes longer than all of them."""


def test_the_commands_take_a_list_in_and_out(app: Flask, cast: Cast, config: Config, tmp_path: Path) -> None:
    path, out = write(tmp_path, HEADER + ROWS + "A4,Tanpa harga,,,Kota Semarang,,\n"), tmp_path / "keluar.csv"
    take_in = ("import", str(path), "--region")
    commands = [
        (*take_in, JATENG, "--dry-run"), (*take_in, JATENG), (*take_in, JATENG), (*take_in, "11"), (*take_in, JATENG, "--map", "nonsense=Kode"),
        ("export", str(out), "--region", JATENG),
    ]  # fmt: skip
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_LOG_LEVEL": "ERROR"}
    run = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    done = subprocess.run(run, env=environment, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    codes, said, complained = zip(*json.loads(done.stdout), strict=True)

    assert codes == (0, 0, 0, 1, 2, 0), "a region without an admin is refused, and a column that is none is a wrong call"
    assert "3 dibuat" in said[1]
    assert "3 tidak berubah, 1 ditolak" in said[2]
    assert "baris 5: Tanpa harga" in complained[1]
    with out.open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 3
