"""A rush and a day: sixty-four buyers for ten units, and a seller who keeps up with them on a phone."""

import re
import threading
from collections import Counter
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from tests.journeys.stage import MakePerson, Person

pytestmark = pytest.mark.browser
BUYERS = 64
UNITS = 10
FIELD = r'name="{}"[^>]*value="([^"]*)"'


def _page_of(buyer: Person, product: str) -> str:
    buyer.open("/cari?q=" + product.split(",", maxsplit=1)[0].replace(" ", "+"))
    buyer.follow(product)
    return urlsplit(buyer.page.url).path.partition("?")[0]


def _buy(url: str, path: str, name: str, outcomes: list[str], gate: threading.Barrier) -> None:
    """Order one without a browser, as a script of a hurried buyer would, and once more with the same form."""
    with httpx.Client(base_url=url, timeout=60) as client:
        form = client.get(f"{path}/pesan").text
        said = {field: unescape(re.search(FIELD.format(field), form)[1]) for field in ("csrf_token", "once", "price_seen")}  # type: ignore[index]
        said |= {"quantity": "1", "buyer_name": name, "delivery": "pickup"}
        gate.wait()
        first, again = (client.post(f"{path}/pesan", data=said) for _ in range(2))
    if first.status_code == 303:
        assert again.headers["location"] == first.headers["location"]
        outcomes.append("order")
    else:
        assert first.status_code == 409
        assert "baru saja habis" in first.text
        outcomes.append("sold out")


def test_of_sixty_four_buyers_ten_get_the_ten_units(person: MakePerson) -> None:
    seller, buyer = person(), person()
    path = _page_of(buyer, "Telur asin bakar, isi 10")
    seller.sign_in("0877 3300 9909")
    seller.open(f"/dasbor{path}")
    seller.fill("Berapa yang siap dijual?", str(UNITS))
    seller.press("Simpan perubahan")
    buyer.follow("Pesan lewat WhatsApp")
    buyer.page.get_by_label("Saya ambil di tempat penjual").check()
    buyer.fill("Nama Anda", "Ibu Sari")
    outcomes: list[str] = []
    gate = threading.Barrier(BUYERS + 1)
    rush = [threading.Thread(target=_buy, args=(buyer.server.url, path, f"Pembeli {number}", outcomes, gate)) for number in range(BUYERS)]
    for one in rush:
        one.start()
    gate.wait()
    buyer.press("Pesan lewat WhatsApp")
    for one in rush:
        one.join()
    buyer.page.wait_for_load_state()
    got_one = "wa.me" in buyer.page.url or "/pesanan/" in buyer.page.url
    if not got_one:
        assert "baru saja habis" in buyer.page.inner_text("main")
        assert buyer.page.get_by_label("Nama Anda").input_value() == "Ibu Sari"
        buyer.look("order-sold-out")

    assert Counter(outcomes) == {"order": UNITS - got_one, "sold out": BUYERS - UNITS + got_one}
    seller.open("/dasbor/pesanan?status=baru")
    assert seller.page.get_by_role("link", name="Buka pesanan").count() == UNITS
    seller.look("orders-of-a-rush")
    buyer.open(path)
    assert buyer.page.get_by_role("button", name="Habis").is_disabled()
    seller.open(f"/dasbor{path}")
    seller.fill("Berapa yang siap dijual?", "35")
    seller.press("Simpan perubahan")
    buyer.page.reload()
    assert buyer.page.get_by_role("link", name="Pesan lewat WhatsApp").is_visible()


def test_a_sellers_day_on_a_phone(person: MakePerson) -> None:
    seller, buyer = person(), person()
    path = _page_of(buyer, "Gethuk talas tiga warna, isi 10")
    seller.sign_in("0815 4200 3302")
    seller.open("/dasbor/pesanan")
    seller.follow("Buka, tutup, dan kesanggupan")
    seller.fill("Sanggup membuat berapa sehari?", "20")
    seller.press("Simpan")
    seller.look("opening")
    seller.open("/dasbor/ongkir")
    seller.fill("Dalam kabupaten atau kota", "0")
    seller.press("Simpan")
    seller.look("postage")

    first = _order(buyer, path, "18")
    assert "kirim gratis" in buyer.page.inner_text("main")
    second = _order(buyer, path, "5", is_full=True)
    days = [buyer.page.inner_text("main").split("Siap ")[1].splitlines()[0]]
    buyer.open(first)
    days.append(buyer.page.inner_text("main").split("Siap ")[1].splitlines()[0])
    assert days[0] != days[1], "the second order does not fit on the first one's day"
    buyer.open(f"{path}/pesan")
    buyer.fill("Berapa banyak?", "21")
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kab. Magelang")
    buyer.fill("Nama Anda", "Pak Hendra")
    buyer.press("Pesan lewat WhatsApp")
    assert "sanggup membuat 20" in buyer.page.inner_text("main")
    buyer.look("order-too-much-for-a-day")

    seller.open("/dasbor/pesanan?status=baru")
    seller.page.get_by_role("link", name="Buka pesanan").last.click()
    seller.press("Sanggupi pesanan")
    buyer.open(first)
    assert "Bayar Rp450.000 langsung ke penjual" in buyer.page.inner_text("main")
    buyer.page.get_by_text("Sudah membayar?").click()
    buyer.press("Saya sudah membayar Rp450.000")
    buyer.look("order-paid")
    seller.page.reload()
    seller.look("answer-paid")
    seller.press("Uangnya sudah masuk")
    seller.fill("Kurir", "Diantar sendiri")
    seller.press("Barang sudah dikirim")
    seller.look("answer-sent")
    buyer.page.reload()
    buyer.look("order-sent")
    buyer.press("Sudah saya terima")

    seller.open("/dasbor/pesanan?status=baru")
    seller.page.get_by_role("link", name="Buka pesanan").first.click()
    seller.page.get_by_text("Tidak bisa memenuhi?").click()
    seller.page.get_by_label("Sedang tidak sanggup membuat sebanyak itu").check()
    seller.press("Tolak pesanan")
    buyer.open(second)
    assert "Sedang tidak sanggup" in buyer.page.inner_text("main")

    seller.open("/dasbor/buka-tutup")
    seller.page.get_by_label("Sedang penuh, jangan terima pesanan dulu").check()
    seller.press("Simpan")
    buyer.open(path)
    assert "sedang penuh pesanan" in buyer.page.inner_text("main")
    buyer.look("product-busy")
    seller.page.get_by_label("Sedang penuh, jangan terima pesanan dulu").uncheck()
    seller.press("Simpan")
    buyer.page.reload()
    assert buyer.page.get_by_role("link", name="Pesan lewat WhatsApp").is_visible()


def _order(buyer: Person, path: str, quantity: str, *, is_full: bool = False) -> str:
    buyer.open(f"{path}/pesan")
    buyer.fill("Berapa banyak?", quantity)
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kab. Magelang")
    buyer.fill("Nama Anda", "Ibu Rina")
    buyer.look("order-form-day")
    buyer.press("Pesan lewat WhatsApp")
    if is_full:
        assert "Hari itu tidak cukup lagi" in buyer.page.inner_text("main")
        buyer.look("order-next-day")
        buyer.press("Pesan lewat WhatsApp")
    buyer.page.wait_for_url("https://wa.me/**")
    buyer.page.go_back()
    buyer.page.wait_for_url("**/pesanan/**")
    return urlsplit(buyer.page.url).path
