"""A curator makes an edition and publishes it; an admin looks after the office."""

import pytest

from tests.journeys.stage import MakePerson

pytestmark = pytest.mark.browser


def test_a_curator_publishes_an_edition(person: MakePerson) -> None:
    curator = person(1280)
    curator.sign_in("0811 2700 101")
    curator.page.wait_for_url("**/kurasi")
    curator.look("curation")
    curator.follow("Edisi baru")
    curator.look("edition-new")
    curator.fill("Tema", "Hangat untuk hujan")
    curator.fill("Catatan kurator", "Yang hangat, dari gelas sampai piring.")
    curator.press("Lanjut memilih lapak")
    curator.look("edition-empty")
    for name in ("Teh hijau Kemuning, 100 g", "Kopi robusta Sindoro, 200 g", "Gethuk talas tiga warna, isi 10"):
        curator.page.get_by_role("button", name=f"Masukkan daftar {name}").click()
    curator.look("edition-compose")
    curator.follow("Periksa dan terbitkan")
    curator.look("edition-review")
    curator.press("Terbitkan sekarang")
    curator.page.wait_for_url("**/edisi/48")
    curator.look("edition-published")
    assert curator.page.locator("li.lapak").count() == 3
    assert sorted(curator.page.locator("li.lapak .no").all_inner_texts()) == ["Lapak 1", "Lapak 2", "Lapak 3"]
    curator.open("/")
    assert curator.page.get_by_role("heading", level=1).inner_text() == "Hangat untuk hujan"


def test_an_admin_invites_hands_over_and_edits(person: MakePerson) -> None:
    admin = person(1280)
    admin.sign_in("0811 6600 102")
    admin.open("/d/pariaman/kelola")
    admin.look("admin")
    admin.open("/d/pariaman/kelola/petugas")
    admin.fill("Nama", "Dewi")
    admin.fill("Nomor ponsel", "0811 6600 177")
    admin.page.get_by_label("Peran").select_option(label="Pendamping")
    admin.press("Undang")
    admin.look("admin-people")
    assert "Dewi" in admin.page.inner_text("main")
    admin.page.get_by_role("link", name="Serahkan peran Dewi").click()
    admin.look("admin-hand-over")
    admin.fill("Nama", "Rahma")
    admin.fill("Nomor ponsel", "0811 6600 178")
    admin.press("Serahkan sekarang")
    assert "Rahma" in admin.page.inner_text("main")
    admin.open("/d/pariaman/kelola/kategori")
    admin.look("admin-categories")
    admin.open("/d/pariaman/kelola/teks")
    admin.fill("Kalimat pembuka", "Dari tepi pantai Gandoriah.")
    admin.press("Simpan")
    admin.look("admin-texts")
    assert admin.page.get_by_label("Kalimat pembuka").input_value() == "Dari tepi pantai Gandoriah."
