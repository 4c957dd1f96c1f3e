"""A curator makes an edition and publishes it; an admin looks after the office."""

import pytest

from tests.journeys.stage import MakePerson

pytestmark = pytest.mark.browser


REASON = "Belum ada penilai lain di pasar peragaan."


def test_a_curator_publishes_an_edition(person: MakePerson) -> None:
    curator = person(1280)
    curator.sign_in("0811 2700 101")
    curator.page.wait_for_url("**/kurasi")
    curator.look("curation")
    curator.follow("Edisi baru")
    curator.look("edition-new")
    number = curator.page.get_by_label("Nomor edisi", exact=True).input_value()
    curator.fill("Tema", "Hangat untuk hujan")
    for field in ("Pendaftaran dibuka", "Pendaftaran ditutup"):
        curator.fill(field, "")
    curator.fill("Catatan kurator", "Yang hangat, dari gelas sampai piring.")
    curator.press("Simpan rencana")
    curator.page.wait_for_url(f"**/kurasi/{number}")
    curator.look("edition-empty")
    for name in ("Teh hijau Kemuning, 100 g", "Kopi robusta Sindoro, 200 g", "Gethuk talas tiga warna, isi 10"):
        curator.fill("Cari nama produk", name.split(",")[0])
        curator.page.locator("#rak").get_by_role("button", name="Cari", exact=True).click()
        curator.page.get_by_role("button", name=f"Ajukan {name}").click()
        curator.page.get_by_text("Produk diajukan").wait_for()
    curator.look("edition-entries")
    curator.page.goto(f"{curator.server.url}/kurasi/{number}/nilai")
    curator.look("edition-judge")
    for key in "4545":
        curator.page.keyboard.press(key)
    curator.press("Simpan dan lanjut")
    curator.page.goto(f"{curator.server.url}/kurasi/{number}/daftar")
    curator.look("edition-list")
    for link in curator.page.get_by_role("link", name="Putuskan").evaluate_all("all => all.map((one) => one.href)"):
        curator.page.goto(link)
        curator.page.get_by_label("Masukkan daftar").check()
        curator.fill("Alasan", REASON)
        curator.press("Simpan keputusan")
    curator.follow("Lanjut ke kesiapan")
    for link in curator.page.get_by_role("link", name="Tetap tampilkan").evaluate_all("all => all.map((one) => one.href)"):
        curator.page.goto(link)
        curator.fill("Alasan", REASON)
        curator.press("Tetap tampilkan")
    curator.look("edition-ready")
    curator.press("Terbitkan sekarang")
    curator.page.wait_for_url(f"**/kurasi/{number}/terbit")
    curator.look("edition-corrections")
    curator.follow("Lihat halaman edisi")
    curator.look("edition-published")
    assert curator.page.locator("li.lapak").count() == 3
    assert sorted(curator.page.locator("li.lapak .no").all_inner_texts()) == ["Lapak 1", "Lapak 2", "Lapak 3"]
    curator.follow("Cara kami memilih")
    curator.look("edition-how")
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
