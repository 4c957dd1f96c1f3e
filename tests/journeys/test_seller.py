"""A seller, from a number to the first product on sale."""

import pytest

from tests.journeys.stage import PHOTOS, MakePerson, Person

pytestmark = pytest.mark.browser


def _register(seller: Person, phone: str, shop: str, product: str) -> None:
    seller.open("/mulai-jualan")
    seller.look("seller-1-number")
    seller.fill("Nomor WhatsApp Anda", phone)
    seller.press("Kirim kode")
    seller.look("seller-2-code")
    seller.fill("Kode enam angka", seller.code_for(phone))
    seller.press("Lanjut")
    seller.look("seller-3-shop")
    seller.fill("Apa nama lapak Anda?", shop)
    seller.page.get_by_label("Kabupaten atau kota").select_option(label="Grobogan")
    seller.inputs += 1
    seller.press("Lanjut ke produk")
    seller.look("seller-4-product")
    seller.page.locator("input[type=file]").last.set_input_files(PHOTOS / "keripik.jpg")
    seller.inputs += 1
    seller.fill("Nama produk", product)
    seller.fill("Harga", "18 rb")
    seller.press("Pasang produk")
    seller.page.wait_for_url("**/produk/**")


def test_a_seller_is_on_sale_with_seven_inputs(person: MakePerson) -> None:
    seller = person()
    _register(seller, "0812 3456 7001", "Keripik Bu Tini", "Keripik pisang, 200 g")
    seller.look("seller-5-on-sale")
    assert seller.page.get_by_role("heading", level=1).inner_text() == "Keripik pisang, 200 g"
    assert "Belum dikurasi" in seller.page.inner_text("main")
    assert "Rp18.000" in seller.page.inner_text("main")
    assert seller.inputs <= 7
    assert seller.loads <= 6
    print(f"seller: {seller.inputs} inputs, {seller.loads} page loads, {seller.received} bytes received")  # noqa: T201


def test_a_seller_needs_no_script(person: MakePerson) -> None:
    seller = person(java_script_enabled=False)
    seller.open("/mulai-jualan")
    seller.fill("Nomor WhatsApp Anda", "0812 3456 7002")
    seller.press("Kirim kode")
    seller.fill("Kode enam angka", seller.code_for("0812 3456 7002"))
    seller.press("Lanjut")
    seller.fill("Apa nama lapak Anda?", "Warung Tanpa Skrip")
    seller.page.get_by_label("Kabupaten atau kota").select_option(label="Kota Salatiga")
    seller.press("Lanjut ke produk")
    seller.page.locator("input[type=file]").last.set_input_files([PHOTOS / "kopi.jpg", PHOTOS / "teh.jpg"])
    seller.fill("Nama produk", "Kopi dan teh")
    seller.fill("Harga", "dua puluh")
    seller.press("Pasang produk")
    assert "Tulis angka saja" in seller.page.inner_text("main")
    assert seller.page.get_by_label("Nama produk").input_value() == "Kopi dan teh"
    assert seller.page.locator("input[name=photo_keys]").count() == 2
    seller.fill("Harga", "20000")
    seller.press("Pasang produk")
    assert seller.page.get_by_role("heading", level=1).inner_text() == "Kopi dan teh"


def test_a_seller_edits_pauses_and_sells_again(person: MakePerson) -> None:
    seller = person()
    seller.sign_in("0812 2745 0913")
    seller.look("dashboard")
    seller.open("/dasbor/produk")
    seller.look("my-products")
    seller.follow("Keripik tempe pedas daun jeruk, 500 g")
    seller.look("edit-product")
    seller.fill("Harga", "55.000")
    seller.press("Simpan perubahan")
    assert seller.page.get_by_label("Harga").input_value() == "55000"
    seller.open("/dasbor/produk")
    seller.press("Jeda Keripik tempe pedas daun jeruk, 500 g")
    assert "Produk dijeda" in seller.page.inner_text("main")
    seller.press("Jual lagi Keripik tempe pedas daun jeruk, 500 g")
    assert "Produk dijual lagi" in seller.page.inner_text("main")
    seller.open("/dasbor/sesi")
    seller.look("sessions")


def test_a_seller_puts_photos_in_order_and_changes_one(person: MakePerson) -> None:
    seller = person()
    page = seller.page
    _register(seller, "0812 3456 7003", "Teh Bu Atik", "Teh, 100 g")
    seller.open("/dasbor/produk")
    seller.follow("Teh, 100 g")
    first = page.locator("[name=photo_keys]").input_value()
    page.locator("#photos").set_input_files([PHOTOS / "teh.jpg", PHOTOS / "kopi.jpg"])
    page.get_by_text("Foto tersimpan", exact=True).wait_for()

    page.locator(".foto-daftar > li").nth(2).get_by_label("Pindahkan foto ini ke depan").click()
    assert page.get_by_role("status").filter(has_text="urutan 2").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.move") == "1", "at the front only the way back is left"
    kopi, keripik, teh = (field.input_value() for field in page.locator("[name=photo_keys]").all())
    assert keripik == first
    seller.press("Simpan perubahan")

    page.get_by_text("Ubah foto").nth(1).click()
    page.locator(".foto-daftar > li").nth(1).get_by_label("Ganti dengan foto lain").set_input_files(PHOTOS / "batik.jpg")
    page.get_by_text("Foto tersimpan", exact=True).wait_for()
    keys = [field.input_value() for field in page.locator("[name=photo_keys]").all()]
    assert (keys[0], keys[2], len(keys)) == (kopi, teh, 3)
    assert keys[1] != keripik
    seller.look("edit-photos")
    seller.press("Simpan perubahan")
    assert [field.input_value() for field in page.locator("[name=photo_keys]").all()] == keys
