"""A companion at a counter registers a seller in minutes; the seller takes the shop over on a phone of their own."""

import re

import pytest

from tests.journeys.stage import PHOTOS, MakePerson, Person

pytestmark = pytest.mark.browser
A5 = [420, 595]
"""Points."""
COMPANION, SELLER = "0811 2700 103", "0812 3456 7101"


def _register(companion: Person, phone: str, name: str, product: str) -> None:
    companion.follow("Daftarkan penjual")
    companion.look("companion-2-seller")
    companion.fill("Nama penjual", name)
    companion.fill("Nomor WhatsApp penjual", phone)
    companion.page.get_by_label("Kabupaten atau kota").select_option(label="Grobogan")
    companion.page.get_by_label("Sudah saya bacakan, dan penjual setuju").check()
    companion.inputs += 2
    companion.press("Simpan, lanjut ke produk")
    companion.page.wait_for_url("**/mulai-jualan/produk?lapak=*")
    companion.look("companion-3-product")
    companion.page.locator("input[type=file]").last.set_input_files(PHOTOS / "keripik.jpg")
    companion.inputs += 1
    companion.fill("Nama produk", product)
    companion.fill("Harga", "15 rb")
    companion.press("Pasang produk")
    companion.page.wait_for_url("**/pendampingan/*")


def test_a_companion_registers_and_a_seller_takes_over(person: MakePerson) -> None:
    companion = person()
    companion.sign_in(COMPANION)
    companion.look("companion-1-mine")
    companion.inputs = companion.loads = 0
    _register(companion, SELLER, "Sumiyati", "Rengginang, 200 g")
    companion.look("companion-4-shop")
    companion.follow("Buka lembar untuk dicetak")
    companion.look("companion-5-sheet")
    assert companion.page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    assert companion.page.get_by_role("button", name="Cetak lembar ini").is_visible()
    assert companion.inputs <= 7
    assert companion.loads <= 5
    print(f"companion: {companion.inputs} inputs, {companion.loads} page loads, {companion.received} bytes received")  # noqa: T201
    companion.page.emulate_media(media="print")
    assert not companion.page.get_by_role("button", name="Cetak lembar ini").is_visible()
    companion.look("companion-6-print", axe=False)
    printed = companion.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    assert [round(float(side)) for side in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)[0]] == A5
    companion.page.emulate_media(media="screen")
    address = companion.page.locator(".kode").inner_text().removeprefix(companion.server.url)

    seller = person()
    seller.open(address)
    seller.look("claim-1-link")
    seller.fill("Nomor WhatsApp Anda", SELLER)
    seller.press("Kirim kode")
    seller.fill("Kode enam angka", seller.code_for(SELLER))
    seller.press("Lanjut")
    seller.page.wait_for_url("**/klaim/*")
    seller.look("claim-2-take")
    seller.press("Ambil lapak ini")
    seller.page.wait_for_url("**/dasbor")
    seller.look("claim-3-dashboard")
    assert "Sri Wahyuni mendaftarkan lapak ini dan kini tidak dapat membukanya" in seller.page.inner_text("main")
    assert seller.inputs <= 2
    assert seller.loads <= 4
    print(f"seller: {seller.inputs} inputs, {seller.loads} page loads, {seller.received} bytes received")  # noqa: T201
    seller.press("Boleh 30 hari")
    assert "Sri Wahyuni boleh membantu sampai" in seller.page.inner_text("main")
    seller.press("Akhiri sekarang")
    seller.follow("Persetujuan saya")
    seller.look("consents")
    assert "Dicatat oleh Sri Wahyuni" in seller.page.inner_text("main")
    seller.open("/dasbor/produk")
    seller.follow("Rengginang, 200 g")
    seller.page.locator("input[name=photo_keys]").wait_for(state="attached")

    companion.open("/pendampingan")
    companion.look("companion-7-taken")
    assert "Akses berakhir" in companion.page.inner_text("main")

    stranger = person()
    stranger.open(address)
    stranger.look("claim-dead")
    assert stranger.page.get_by_role("heading", level=1).inner_text() == "Tautan ini tidak berlaku"


def test_the_counter_needs_no_script(person: MakePerson) -> None:
    companion = person(320, java_script_enabled=False)
    companion.sign_in(COMPANION)
    _register_without_script(companion)
    assert companion.page.get_by_role("heading", level=1).inner_text() == "Tahu Bulat"
    assert "Serahkan lapak ini" in companion.page.inner_text("main")


def _register_without_script(companion: Person) -> None:
    companion.open("/pendampingan/baru")
    companion.fill("Nama penjual", "Karto")
    companion.fill("Nama lapak", "Tahu Bulat")
    companion.fill("Nomor WhatsApp penjual", "0812 3456 7102")
    companion.page.get_by_label("Kabupaten atau kota").select_option(label="Grobogan")
    companion.press("Simpan, lanjut ke produk")
    assert "setelah penjual setuju" in companion.page.inner_text("main")
    companion.page.get_by_label("Sudah saya bacakan, dan penjual setuju").check()
    companion.press("Simpan, lanjut ke produk")
    companion.page.locator("input[type=file]").last.set_input_files(PHOTOS / "keripik.jpg")
    companion.fill("Nama produk", "Tahu bulat")
    companion.fill("Harga", "10000")
    companion.press("Pasang produk")


def test_desks_of_companions_fit_every_width(person: MakePerson) -> None:
    for width, scheme, who, paths in (
        (320, "dark", COMPANION, ["/pendampingan", "/pendampingan/baru"]),
        (1280, "light", "0811 2700 102", ["/kelola/lapak", "/kelola", "/kelola/impor"]),
        (1280, "dark", COMPANION, ["/pendampingan", "/pendampingan/baru"]),
        (320, "light", "0811 2700 102", ["/kelola/impor"]),
    ):
        reader = person(width, color_scheme=scheme)
        reader.sign_in(who)
        for path in paths:
            reader.open(path)
            reader.look()
