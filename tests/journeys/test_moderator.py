"""A buyer complains, a curator decides on a phone, and the seller reads why."""

import pytest

from tests.journeys.stage import MakePerson

pytestmark = pytest.mark.browser
HONEY, LUMPIA = "Madu randu murni, 350 g", "Lumpia basah siap goreng, isi 10"


def test_a_change_that_promises_too_much_is_refused_with_the_reason(person: MakePerson) -> None:
    curator = person()
    curator.sign_in("0811 2700 101")
    curator.open("/moderasi")
    curator.look("moderation-queue")
    curator.follow(HONEY)
    curator.look("moderation-changed")
    assert curator.page.locator("table.beda ins").first.inner_text() == "murni penyembuh batuk,"
    curator.page.get_by_label("Keterangan menyesatkan").check()
    curator.fill("Pesan untuk penjual", "Hapus janji sembuh.")
    curator.press("Tolak ubahan")
    assert "ubahan ditolak" in curator.page.inner_text("[role=status]")
    curator.open("/cari?q=madu+randu")
    curator.follow(HONEY)
    assert "Rp85.000" in curator.page.inner_text("main")

    seller = person(color_scheme="dark")
    seller.sign_in("0812 2900 5505")
    seller.open("/dasbor/produk")
    seller.look("moderation-seller-list")
    assert "Keterangan menyesatkan" in seller.page.inner_text("main")
    seller.follow(f"Ubah {HONEY}")
    seller.look("moderation-seller-told")
    assert "Pesan pemeriksa: Hapus janji sembuh." in seller.page.inner_text("main")


def test_a_buyer_reports_without_account_or_script_and_a_curator_takes_it_down(person: MakePerson) -> None:
    buyer = person(java_script_enabled=False, color_scheme="dark")
    buyer.open("/cari?q=lumpia+basah")
    buyer.follow(LUMPIA)
    address = buyer.page.url
    buyer.follow("Laporkan produk ini")
    buyer.look("report", axe=False)
    buyer.press("Kirim laporan")
    assert "Pilih satu" in buyer.page.inner_text("[role=alert]")
    buyer.page.get_by_label("Sudah dibayar, barang tidak datang").check()
    buyer.fill("Ceritakan singkat", "Seminggu belum datang.")
    buyer.press("Kirim laporan")
    assert "Laporan Anda masuk" in buyer.page.inner_text("[role=status]")

    curator = person(1280)
    curator.sign_in("0811 2700 101")
    curator.open("/moderasi?antrean=dilaporkan")
    curator.follow(LUMPIA)
    curator.look("moderation-reported")
    assert "Seminggu belum datang." in curator.page.inner_text("main")
    curator.page.get_by_label("Alasan lain").check()
    curator.fill("Pesan untuk penjual", "Jawab dulu pembeli yang menunggu.")
    curator.press("Tarik produk dari rak")
    assert "ditarik dari rak" in curator.page.inner_text("[role=status]")

    buyer.page.goto(address)
    buyer.look("withheld", axe=False)
    assert "tidak ditampilkan" in buyer.page.inner_text("h1")


def test_an_admin_sets_the_rules(person: MakePerson) -> None:
    admin = person()
    admin.sign_in("0811 6600 102")
    admin.open("/d/pariaman/moderasi/aturan")
    admin.look("moderation-rules")
    admin.fill("Ubahan harga sampai berapa persen boleh langsung tayang?", "20")
    admin.press("Simpan aturan")
    assert "Aturan tersimpan" in admin.page.inner_text("[role=status]")
    assert "Harga sampai 20 persen" in admin.page.inner_text("main")
