"""The seller's pages of payment, what a companion sees of them, and opening a shop from a QRIS."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import zxingcpp
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from lapak.accounts.rules import Actor
from lapak.payments import queries, rules, service, tasks
from lapak.payments.service import CashDraft, TransferDraft
from lapak.shops import queries as shops
from lapak.shops import service as shops_service
from tests.factories import Cast, actor_of, make_account, make_kept_shop, shop_id_of
from tests.payments.codes import NMID, OTHER_NMID, drawn, jpeg, qris, snapshot
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
DARMI = qris("DARMI SNACK")
BUDI = qris("BUDI SANTOSO", nmid=OTHER_NMID)
PAGE = "/dasbor/pembayaran"


@pytest.fixture
def seller(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(cast.seller)


@pytest.fixture
def shop(cast: Cast) -> int:
    return shop_id_of(cast.seller)


def words(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def read(svg: Tag) -> str:
    """What a reader takes from a code as a page draws it."""
    side = int(str(svg["viewbox"]).split()[-1])
    picture = Image.new("L", (side * 5, side * 5), 255)
    pen = ImageDraw.Draw(picture)
    for left, top, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1", str(svg.select("path")[0]["d"])):
        x, y = int(left) * 5, int(top) * 5
        pen.rectangle((x, y, x + int(wide) * 5 - 1, y + 4), fill=0)
    return zxingcpp.read_barcodes(picture)[0].text


def send(client: FlaskClient, picture: bytes, path: str = f"{PAGE}/qris", **more: str) -> BeautifulSoup:
    answer = client.post(path, data={"photo": (io.BytesIO(picture), "qris.jpg"), **more}, follow_redirects=True)
    assert answer.status_code in {200, 422}
    return check_page(answer.text, path)


def test_a_new_seller_finds_three_ways_none_of_them_set(seller: FlaskClient, visit: Visit) -> None:
    page = visit(PAGE, client=seller, queries=8)

    assert "Hanya Anda yang dapat mengubah halaman ini" in words(page)
    assert "Lapak tidak menerima uang" in words(page)
    assert len(page.select("main section.panel")) == 3
    assert "belum menulis cara pembayaran" in words(visit(f"{PAGE}/contoh", client=seller, queries=8))


def test_a_photo_of_the_code_is_all_it_takes(seller: FlaskClient, visit: Visit, shop: int) -> None:
    page = send(seller, snapshot(DARMI), version="0")

    assert "QRIS sudah terpasang" in words(page)
    assert "DARMI SNACK" in words(page)
    assert NMID in words(page)
    assert "Usaha mikro" in words(page)
    code = queries.ways(shop).qris
    assert code
    assert code.text == DARMI


def test_the_text_of_the_code_does_as_well(seller: FlaskClient) -> None:
    answer = seller.post(f"{PAGE}/qris", data={"text": f" {DARMI}\n", "version": "0"}, follow_redirects=True)

    assert "QRIS sudah terpasang" in answer.text


def test_buyers_see_the_amount_filled_in_beside_the_original(seller: FlaskClient, visit: Visit) -> None:
    send(seller, jpeg(drawn(DARMI)), version="0")
    page = visit(f"{PAGE}/contoh", client=seller, queries=8)
    filled, original = page.select("svg.kode-qr")

    assert read(filled) == rules.with_amount(DARMI, 45_000)
    assert read(original) == DARMI
    assert "belum dikonfirmasi penjual" in words(page)
    assert "Periksa nama penerima di aplikasi bank Anda" in words(page)
    assert "Lapak tidak menerima uang" in words(page)
    assert "ketik Rp45.000" in words(page)
    for svg in (filled, original):
        assert svg.select("rect")[0]["fill"] == "#fff"
        assert svg.select("path")[0]["fill"] == "#000"


def test_buyers_see_account_total_and_cash(seller: FlaskClient, visit: Visit, shop: int, cast: Cast, now: datetime) -> None:
    service.set_transfer(shop, TransferDraft("BRI", "1234567890", "Darmi"), seen=0, by=cast.seller, now=now)
    service.set_cash(shop, CashDraft(takes_cash=True, note="Di rumah saya."), seen=1, by=cast.seller, now=now)
    page = visit(f"{PAGE}/contoh", client=seller)

    assert page.select("#bayar-rekening")[0].get_text() == "1234567890"
    assert page.select("#bayar-jumlah")[0].get_text() == "Rp45.000"
    assert page.select("#bayar-jumlah-salin")[0].get_text() == "45000"
    assert [button.has_attr("hidden") for button in page.select("button[data-copy]")] == [True, True]
    assert "Di rumah saya." in words(page)
    assert not page.select("svg.kode-qr")


def test_a_paid_order_asks_for_no_more_money(app: Flask, shop: int, cast: Cast, now: datetime) -> None:
    service.set_transfer(shop, TransferDraft("BRI", "1234567890", "Darmi"), seen=0, by=cast.seller, now=now)
    with app.test_request_context():
        macro: Any = app.jinja_env.get_template("payments/parts.html").make_module()
        html = str(macro.pay(queries.ways(shop), 45_000, "ABC234", True))

    assert "Dibayar menurut penjual" in html
    assert "1234567890" not in html


def test_a_total_that_no_code_holds_leaves_the_original_to_type_it(app: Flask, shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    with app.test_request_context():
        macro: Any = app.jinja_env.get_template("payments/parts.html").make_module()
        page = BeautifulSoup(str(macro.pay(queries.ways(shop), 0, "ABC234", False)), "html.parser")

    assert [read(svg) for svg in page.select("svg.kode-qr")] == [DARMI]
    assert "lalu ketik Rp0" in words(page)


def test_a_swap_is_shown_side_by_side_until_the_seller_says_yes(seller: FlaskClient, visit: Visit, shop: int) -> None:
    send(seller, jpeg(drawn(DARMI)), version="0")
    page = send(seller, jpeg(drawn(BUDI)), version="1")
    asked = page.select("#menunggu")[0]
    assert "Ganti QRIS?" in words(asked)
    assert [one.get_text() for one in asked.select(".penerima .besar")] == ["DARMI SNACK", "BUDI SANTOSO"]
    assert "tidak mirip nama lapak Anda" in words(asked)
    assert read(visit(f"{PAGE}/contoh", client=seller).select("svg.kode-qr")[1]) == DARMI

    fields = {str(tag["name"]): str(tag["value"]) for tag in asked.select("form")[0].select("input")}
    page = check_page(seller.post(f"{PAGE}/qris/pasang", data=fields, follow_redirects=True).text, PAGE)
    assert not page.select("#menunggu")
    assert "Dari DARMI SNACK" in words(page)
    assert "Menjadi BUDI SANTOSO" in words(page)
    assert read(visit(f"{PAGE}/contoh", client=seller).select("svg.kode-qr")[1]) == BUDI


def test_of_two_tabs_the_later_is_told_what_happened(seller: FlaskClient, shop: int) -> None:
    first = {"bank": "BRI", "other": "", "number": "1234567890", "holder": "Darmi", "version": "0"}
    assert seller.post(f"{PAGE}/transfer", data=first).status_code == 303
    answer = seller.post(f"{PAGE}/transfer", data={**first, "number": "99887766"})

    assert answer.status_code == 409
    assert "tidak disimpan" in answer.text
    transfer = queries.ways(shop).transfer
    assert transfer
    assert transfer.number == "1234567890"


def test_a_bank_that_is_not_listed_is_written_and_shown_again(seller: FlaskClient, visit: Visit, shop: int) -> None:
    said = {"bank": "lain", "other": "BPR Purwodadi", "number": "1234 5678", "holder": "Darmi", "version": "0"}
    assert seller.post(f"{PAGE}/transfer", data={**said, "other": ""}).status_code == 422
    assert seller.post(f"{PAGE}/transfer", data=said).status_code == 303
    page = visit(f"{PAGE}/transfer", client=seller)

    assert queries.ways(shop).transfer == queries.Transfer("BPR Purwodadi", "12345678", "Darmi")
    assert page.select("#other")[0]["value"] == "BPR Purwodadi"
    assert page.select("option[selected]")[0]["value"] == "lain"


def test_two_codes_in_one_photo_are_asked_about(seller: FlaskClient, shop: int) -> None:
    page = send(seller, snapshot(DARMI, BUDI), version="0")
    assert "Mana milik lapak Anda?" in words(page)
    assert queries.ways(shop).is_empty

    choice = next(form for form in page.select("form") if form.select(f"input[value='{DARMI}']"))
    fields = {str(tag["name"]): str(tag["value"]) for tag in choice.select("input")}
    assert "QRIS sudah terpasang" in seller.post(f"{PAGE}/qris", data=fields, follow_redirects=True).text


@pytest.mark.parametrize(
    ("picture", "sentence"), [(b"GIF89a", "GIF"), (jpeg(drawn("https://evil.example")), "bukan QRIS"), (b"\x89PNG\r\n\x1a\n", "rusak")]
)
def test_a_refused_picture_is_told_beside_its_field(seller: FlaskClient, shop: int, picture: bytes, sentence: str) -> None:
    page = send(seller, picture, version="0")

    assert sentence in words(page.select("#photo-galat")[0])
    assert page.select("[role=alert] a[href='#photo']")
    assert queries.ways(shop).is_empty


def test_no_page_says_a_whole_code_but_where_it_is_pasted_or_drawn(seller: FlaskClient, visit: Visit) -> None:
    send(seller, jpeg(drawn(DARMI)), version="0")
    send(seller, jpeg(drawn(BUDI)), version="1")

    assert "000201" not in str(visit(PAGE, client=seller))
    assert "000201" not in str(visit(f"{PAGE}/contoh", client=seller))


def test_a_companion_reads_what_its_owner_wrote(visit: Visit, sign_in: SignIn, cast: Cast, now: datetime) -> None:
    phone = "+6285240002299"
    slug, token = make_kept_shop(cast.companion, phone, now=now)
    companion = sign_in(cast.companion)
    path = f"/pendampingan/{slug}/pembayaran"
    assert "hanya boleh ditulis pemiliknya" in words(visit(path, client=companion))

    owner = make_account(phone, "Bu Sum", now=now)
    shops_service.claim(token, by=owner, help_days=30, agrees=True, now=datetime.now(now.tzinfo))
    row = shops.by_slug(slug)
    assert row
    service.set_transfer(row.id, TransferDraft("BRI", "1234567890", "Sumiyati"), seen=0, by=owner, now=now)
    page = visit(path, client=companion, queries=8)
    assert "1234567890" in words(page)
    assert not page.select("main form")
    visit(path, client=sign_in(cast.admin), status=404)


# Opening a shop -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(cast.newcomer)


def test_a_newcomers_code_fills_in_name_and_place_and_comes_with_the_shop(newcomer: FlaskClient, visit: Visit, cast: Cast) -> None:
    assert visit("/mulai-jualan/lapak", client=newcomer).select("a[href='/mulai-jualan/qris']")
    page = send(newcomer, snapshot(qris("RENGGINANG SUM", "KAB. GROBOGAN")), "/mulai-jualan/qris")
    assert page.select("#name")[0]["value"] == "RENGGINANG SUM"
    assert page.select("option[selected]")[0]["value"] == "33.15"
    assert "QRIS atas nama RENGGINANG SUM terbaca" in words(page)

    answer = newcomer.post("/mulai-jualan/lapak", data={"name": "Rengginang Sum", "region_code": "33.15"})
    assert answer.location.endswith("/mulai-jualan/produk")
    shop = shop_id_of(actor_of(cast.newcomer.phone))
    tasks.use_draft(shop)
    code = queries.ways(shop).qris
    assert code
    assert code.name == "RENGGINANG SUM"


@pytest.mark.parametrize(
    ("city", "postcode", "code"),
    [("SEMARANG", "50132", "33.74"), ("SEMARANG", "", None), ("PADANG", "25111", None), ("SALATIGA", "", "33.73")],
)
def test_a_place_that_could_be_two_is_left_to_the_person(newcomer: FlaskClient, city: str, postcode: str, code: str | None) -> None:
    text = qris("RENGGINANG SUM", city, t61=postcode) if postcode else qris("RENGGINANG SUM", city, without=["61"])
    answer = newcomer.post("/mulai-jualan/qris", data={"text": text}, follow_redirects=True)
    page = check_page(answer.text, city)
    chosen = [option["value"] for option in page.select("option[selected]") if option["value"]]

    assert chosen == ([code] if code else [])
    assert page.select("#name")[0]["value"] == "RENGGINANG SUM"


def test_a_code_that_cannot_be_read_holds_nobody_up(newcomer: FlaskClient) -> None:
    page = send(newcomer, jpeg(drawn("https://evil.example")), "/mulai-jualan/qris")

    assert "bukan QRIS" in words(page.select("#photo-galat")[0])
    assert page.select("main a[href='/mulai-jualan/lapak']")
    assert newcomer.post("/mulai-jualan/lapak", data={"name": "Rengginang Sum", "region_code": "33.15"}).status_code == 303


def test_two_codes_of_a_newcomer_are_asked_about(newcomer: FlaskClient) -> None:
    page = send(newcomer, snapshot(DARMI, BUDI), "/mulai-jualan/qris")

    assert len(page.select("input[name=text]")) == 2


def test_whoever_has_a_shop_sets_the_code_there(seller: FlaskClient) -> None:
    assert seller.get("/mulai-jualan/qris").location == PAGE
    assert seller.post("/mulai-jualan/qris", data={"text": DARMI}).location == PAGE


@pytest.mark.parametrize("name", ["\x00", "<script>", "x" * 5000, "\u202e"])
def test_an_address_with_a_strange_name_fills_in_no_more_than_text(newcomer: FlaskClient, visit: Visit, name: str) -> None:
    page = check_page(newcomer.get("/mulai-jualan/lapak", query_string={"nama": name, "tempat": name}).text, name[:10])

    assert not [one for one in page.select("option[selected]") if one["value"]]
