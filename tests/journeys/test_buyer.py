"""A buyer looks around, orders without an account, and watches; the seller answers."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.journeys.stage import MakePerson, Person

pytestmark = pytest.mark.browser


def _order(buyer: Person, product: str, quantity: str, name: str) -> str:
    """Order from the shelf; return the address of the order's page."""
    buyer.open("/cari?q=" + product.split(",", maxsplit=1)[0].replace(" ", "+"))
    buyer.follow(product)
    buyer.follow("Pesan lewat WhatsApp")
    buyer.fill("Berapa banyak?", quantity)
    buyer.fill("Nama Anda", name)
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kota Pontianak")
    buyer.look("order-form")
    buyer.press("Pesan lewat WhatsApp")
    buyer.page.wait_for_url("https://wa.me/**")
    buyer.page.go_back()
    buyer.page.wait_for_url("**/pesanan/**")
    return urlsplit(buyer.page.url).path


def test_a_buyer_orders_and_watches(person: MakePerson) -> None:
    for width in (360, 1280):
        reader = person(width)
        reader.open("/")
        reader.look("home")
        reader.open("/d/pariaman/")
        reader.look("home-pariaman")
    buyer, seller = person(), person()
    path = _order(buyer, "Madu randu murni, 350 g", "2", "Ibu Sari")
    buyer.look("order-placed")
    chat = urlsplit(buyer.chats[0])
    lines = parse_qs(chat.query)["text"][0].splitlines()
    assert chat.path == "/6281229005505"
    assert lines[0] == buyer.server.url + path
    assert "2 x Madu randu murni, 350 g = Rp170.000" in lines
    assert len(buyer.chats) == 1

    seller.sign_in("0812 2900 5505")
    seller.look("dashboard-order")
    seller.open("/dasbor/pesanan")
    seller.look("my-orders")
    seller.page.get_by_role("link", name="Buka pesanan").first.click()
    seller.look("answer-order")
    seller.fill("Ongkos kirim", "35.000")
    seller.press("Sanggupi pesanan")
    seller.look("answer-waits")
    buyer.page.reload()
    assert "Setuju Rp205.000" in buyer.page.inner_text("main")
    buyer.look("order-total")
    buyer.press("Setuju Rp205.000")
    assert "Disanggupi penjual" in buyer.page.inner_text("main")
    buyer.look("order-confirmed")
    seller.page.reload()
    seller.press("Barang sudah sampai dan dibayar")
    buyer.page.reload()
    assert "Selesai menurut penjual" in buyer.page.inner_text("main")
    buyer.look("order-declared")
    buyer.press("Sudah saya terima")
    assert "Pesanan selesai" in buyer.page.inner_text("main")
    buyer.look("order-received")
    buyer.follow("Tulis testimoni")
    buyer.page.get_by_label("Puas", exact=True).check()
    buyer.fill("Ceritakan", "Madunya kental, dan botolnya dibungkus rapat.")
    buyer.look("testimonial")
    buyer.press("Kirim testimoni")
    assert "Menunggu diperiksa" in buyer.page.inner_text("main")
    buyer.open("/cari?q=madu")
    buyer.follow("Madu randu murni, 350 g")
    assert "38" in buyer.page.inner_text("dl.fakta")


def test_a_declined_order_says_why_and_frees_the_stock(person: MakePerson) -> None:
    buyer, seller = person(), person()
    _order(buyer, "Teh hijau Kemuning, 100 g", "45", "Pak Budi")
    seller.sign_in("0895 3300 1111")
    seller.open("/dasbor/pesanan")
    seller.page.get_by_role("link", name="Buka pesanan").first.click()
    seller.page.get_by_text("Tidak bisa memenuhi?").click()
    seller.press("Tolak pesanan")
    seller.look("answer-without-reason")
    assert "Pilih satu alasan" in seller.page.inner_text("main")
    seller.page.get_by_label("Sedang tidak sanggup membuat sebanyak itu").check()
    seller.press("Tolak pesanan")
    buyer.page.reload()
    assert "Sedang tidak sanggup membuat sebanyak itu" in buyer.page.inner_text("main")
    buyer.look("order-declined")
    buyer.open("/cari?q=kemuning")
    buyer.follow("Teh hijau Kemuning, 100 g")
    assert "45" in buyer.page.inner_text("dl.fakta")


def test_a_buyer_needs_no_script(person: MakePerson) -> None:
    buyer = person(java_script_enabled=False)
    buyer.open("/")
    buyer.open("/cari?q=wingko")
    buyer.follow("Wingko kelapa panggang, isi 6")
    buyer.follow("Pesan lewat WhatsApp")
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kota Semarang")
    buyer.fill("Nama Anda", "Tanpa Skrip")
    buyer.press("Pesan lewat WhatsApp")
    assert "/pesanan/" in buyer.page.url
    link = buyer.page.get_by_role("link", name="Buka WhatsApp").get_attribute("href") or ""
    assert link.startswith("https://wa.me/6281390006606?text=http")


def test_too_many_are_refused_with_what_is_left(person: MakePerson) -> None:
    buyer = person()
    buyer.open("/cari?q=songket")
    buyer.open("/d/pariaman/cari?q=songket")
    buyer.follow("Selendang songket Naras")
    buyer.follow("Pesan lewat WhatsApp")
    buyer.fill("Berapa banyak?", "5")
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kota Padang")
    buyer.fill("Nama Anda", "Ibu Rina")
    buyer.press("Pesan lewat WhatsApp")
    buyer.look("order-too-many")
    assert "tinggal 4" in buyer.page.inner_text("main")
    assert buyer.page.get_by_label("Nama Anda").input_value() == "Ibu Rina"
