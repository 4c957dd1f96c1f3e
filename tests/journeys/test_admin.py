"""An admin fills the market from a list, at the desk."""

import zipfile
from pathlib import Path

import pytest

from tests.journeys.stage import PHOTOS, MakePerson

pytestmark = pytest.mark.browser
LIST = "Judul;Ongkos;Kota;Gambar\nRengginang udang;15.000;Kab. Grobogan;keripik.jpg\nPeuyeum;25 ribu;Kota Bandung;\nGula semut;mahal;Banyumas;\n"


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_an_admin_takes_a_list_in(person: MakePerson, tmp_path: Path, has_script: bool) -> None:
    name = "Rengginang udang" if has_script else "Rengginang terasi"
    table, photos = tmp_path / "daftar.csv", tmp_path / "foto.zip"
    table.write_text(LIST.replace("Rengginang udang", name).replace("Peuyeum", "Peuyeum" if has_script else "Colenak"), encoding="utf-8")
    with zipfile.ZipFile(photos, "w") as packed:
        packed.write(PHOTOS / "keripik.jpg", "foto/keripik.jpg")

    admin = person(1280 if has_script else 360, java_script_enabled=has_script)
    page = admin.page
    admin.sign_in("0811 2700 102")
    admin.open("/kelola/impor")
    page.get_by_label("Daftar produk").set_input_files(table)
    page.get_by_label("Foto (boleh menyusul").set_input_files(photos)
    admin.press("Kirim daftar")
    admin.press("Coba dulu")
    assert "Pilih kolomnya" in page.inner_text("main")
    page.get_by_label("Harga", exact=True).select_option(label="Ongkos")
    admin.look("import-columns", axe=has_script)
    admin.press("Coba dulu")
    _wait(admin, "Ini baru percobaan")
    assert "baru, dapat masuk" in page.inner_text("main")
    admin.press("Masukkan daftar")
    _wait(admin, "Daftar ini sudah masuk")
    admin.look("import-done", axe=has_script)
    assert "Tulis angka saja" in page.inner_text("main")

    admin.open(f"/cari?q={name.replace(' ', '+')}")
    for _ in range(40):
        if page.get_by_role("link", name=name, exact=True).count():
            break
        page.wait_for_timeout(250)
        page.reload()
    admin.follow(name)
    assert "Rp15.000" in page.inner_text("main")


def _wait(admin: object, words: str) -> None:
    page = admin.page  # type: ignore[attr-defined]
    for _ in range(60):
        if words in page.inner_text("main"):
            return
        page.wait_for_timeout(500)
        if page.get_by_role("link", name="Lihat kemajuannya").count():
            page.get_by_role("link", name="Lihat kemajuannya").click()
    raise AssertionError(words)
