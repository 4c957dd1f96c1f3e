"""The orders of a period as a spreadsheet: read back, bounded, safe, and the owner's alone."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.orders.queries import listing
from lapak.orders.rules.states import State
from lapak.shops.models import Shop
from tests.factories import Cast, make_product, shop_id_of
from tests.orders.desk import make_order
from tests.visiting import Visit

SignIn = Callable[[Actor | None], FlaskClient]
PATHS = ("/dasbor/pesanan/ekspor.xlsx", "/dasbor/pesanan/ekspor.csv")


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def slug(cast: Cast, moment: datetime) -> str:
    return make_product(cast.seller, now=moment)


def rows_of(data: bytes) -> list[list[object]]:
    return [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()]


def table_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_each_line_of_an_order_is_a_row_with_real_dates_and_numbers(cast: Cast, slug: str, moment: datetime, sign_in: SignIn) -> None:
    other = make_product(cast.seller, now=moment, name="Lumpia")
    order = make_order(cast.seller, [slug, other], now=moment, quantity=2, state=State.PAID)
    header, *rows = rows_of(sign_in(cast.seller).get(PATHS[0]).data)
    first, second = (dict(zip(header, row, strict=True)) for row in rows)
    assert isinstance(first["Tanggal pesan"], datetime)
    assert abs(first["Tanggal pesan"].replace(tzinfo=UTC) - timedelta(hours=7) - moment) < timedelta(seconds=1)  # WIB
    assert (first["Jumlah"], first["Harga satuan"], first["Nilai baris"]) == (2, 18000, 36000)
    assert (first["Ongkos kirim"], second["Ongkos kirim"]) == (12000, "")
    assert first["Kode pesanan"] == second["Kode pesanan"] == order.code
    assert [first["Produk"], second["Produk"]] == ["Keripik tempe, 150 g", "Lumpia"]
    assert first["Nomor pembeli"] == "0812-9876-5432"
    assert first["Keadaan"] == "Dibayar"
    assert first["Asal pembeli"] == "Tautan atau langsung"


def test_the_csv_says_the_same(cast: Cast, slug: str, moment: datetime, sign_in: SignIn) -> None:
    make_order(cast.seller, [slug], now=moment, quantity=2)
    (row,) = table_of(sign_in(cast.seller).get(PATHS[1]).data)
    assert (row["Jumlah"], row["Nilai baris"], row["Ongkos kirim"]) == ("2", "36000", "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["Tanggal pesan"])


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(A1)", "＝1+1"])
def test_no_cell_can_be_taken_for_a_formula(cast: Cast, slug: str, moment: datetime, sign_in: SignIn, text: str) -> None:
    make_order(cast.seller, [slug], now=moment, buyer_name=text, note=f"{text}\tdua", address=text)
    client = sign_in(cast.seller)
    header, row = rows_of(client.get(PATHS[0]).data)
    told = dict(zip(header, row, strict=True))
    (said,) = table_of(client.get(PATHS[1]).data)
    for cells in (told, said):
        assert cells["Nama pembeli"] == f"'{text}"
        assert cells["Alamat"] == f"'{text}"
    assert b"<f>" not in client.get(PATHS[0]).data


def test_a_period_is_of_the_regions_days_and_both_ends_count(cast: Cast, slug: str, sign_in: SignIn) -> None:
    for hour, minute in ((16, 59), (17, 0)):  # just before and at midnight, WIB
        make_order(cast.seller, [slug], now=datetime(2026, 10, 3, hour, minute, tzinfo=UTC))
    client = sign_in(cast.seller)

    def count(first: str, last: str) -> int:
        return len(table_of(client.get(f"{PATHS[1]}?dari={first}&sampai={last}").data))

    assert count("2026-10-03", "2026-10-03") == 1
    assert count("2026-10-04", "2026-10-04") == 1
    assert count("2026-10-01", "2026-10-04") == 2
    assert count("2026-10-05", "2026-10-31") == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("asked", ["dari=kemarin", "sampai=31-02-2026", "dari=2026-10-04&sampai=2026-10-03", "dari=٢٠٢٦-١٠-٠٤"])
def test_a_period_that_is_none_is_told_on_the_page(cast: Cast, visit: Visit, sign_in: SignIn, path: str, asked: str) -> None:
    page = visit(f"{path}?{asked}", client=sign_in(cast.seller), status=422)
    assert page.select_one("[role=alert]")


def test_slices_leave_no_line_out_and_take_none_twice(cast: Cast, slug: str, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_product(cast.seller, now=moment, name="Lumpia")
    orders = [make_order(cast.seller, [slug, other], now=moment + timedelta(seconds=number)) for number in range(3)]
    monkeypatch.setattr(listing._LINES, "statement", listing._LINES.statement.limit(3))
    found = listing.lines(shop_id_of(cast.seller), since=moment - timedelta(days=1), until=moment + timedelta(days=1))
    assert [(line.code, line.position) for line in found] == [(order.code, position) for order in orders for position in (1, 2)]


def test_more_rows_than_a_file_has_are_refused_with_their_number(
    cast: Cast, slug: str, moment: datetime, monkeypatch: pytest.MonkeyPatch, visit: Visit, sign_in: SignIn
) -> None:
    monkeypatch.setattr(listing, "MOST_LINES", 1)
    for second in range(2):
        make_order(cast.seller, [slug], now=moment - timedelta(seconds=second))
    page = visit(PATHS[0], client=sign_in(cast.seller), status=422)
    assert "berisi 2 baris" in page.get_text()


@pytest.mark.parametrize("path", PATHS)
def test_buyers_numbers_leave_with_the_owner_alone(cast: Cast, slug: str, moment: datetime, sign_in: SignIn, path: str) -> None:
    order = make_order(cast.seller, [slug], now=moment)
    with transaction():
        help_until = {"keeper_id": cast.companion.id, "keeper_until": moment + timedelta(days=1)}
        db.session.execute(update(Shop).where(Shop.id == shop_id_of(cast.seller)).values(help_until))
    assert sign_in(cast.companion).get(path).status_code == 403
    assert sign_in(cast.admin).get(path).status_code == 403
    other = sign_in(cast.other_seller).get("/dasbor/pesanan/ekspor.csv")
    assert order.code not in other.text


def test_a_file_of_buyers_is_kept_by_nobody(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).get(PATHS[0])
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert ".xlsx" in answer.headers["Content-Disposition"]
