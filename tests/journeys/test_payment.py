"""From a photo of a shop's QRIS to the code with its amount on a buyer's screen, read back by a decoder that is not ours."""

from pathlib import Path
from typing import Any

import cv2
import pytest
import qriskit

from tests.journeys.stage import MakePerson, Person
from tests.payments.codes import NMID, OTHER_NMID, qris, snapshot

pytestmark = pytest.mark.browser
DARMI = qris("DARMI SNACK", "KAB. GROBOGAN")


def _photo(folder: Path, *texts: str) -> Path:
    """A picture as a phone takes it: turned, from the side, grainy, JPEG of quality 60."""
    path = folder / "qris.jpg"
    path.write_bytes(snapshot(*texts))
    return path


def _upload(person: Person, picture: Path) -> None:
    person.page.locator("input[name=photo]").set_input_files(picture)
    person.press("Baca kode")


def _seen(person: Person, at: int, folder: Path) -> str:
    """What OpenCV reads from the code on the screen, framed as a phone would."""
    code = person.page.locator("svg.kode-qr").nth(at)
    code.scroll_into_view_if_needed()
    box = code.bounding_box()
    assert box
    assert box["width"] >= 240
    picture = folder / f"layar-{at}.png"
    around: Any = {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": box["height"] + 16}
    person.page.screenshot(path=picture, clip=around)
    pixels = cv2.imread(str(picture))
    assert pixels is not None
    text, *_where = cv2.QRCodeDetectorAruco().detectAndDecode(pixels)
    return str(text)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_amount_on_the_screen_is_read_by_another_decoder(person: MakePerson, tmp_path: Path, width: int, scheme: str) -> None:
    seller = person(width, color_scheme=scheme, device_scale_factor=2)
    seller.sign_in("0812 2745 0913")
    seller.open("/dasbor/pembayaran/qris")
    seller.look("payment-qris")
    _upload(seller, _photo(tmp_path, DARMI))
    seller.page.wait_for_url("**/dasbor/pembayaran")
    seller.look("payment-ways")
    seller.open("/dasbor/pembayaran/contoh")
    seller.look("payment-example")
    filled, original = (_seen(seller, at, tmp_path) for at in (0, 1))

    found = qriskit.parse(filled, strict=True)
    assert original == DARMI
    assert found.amount == 45_000
    assert (found.merchant_name, found.nmid) == ("DARMI SNACK", NMID)
    assert found.to_static().dumps() == DARMI
    assert "Lapak tidak menerima uang" in seller.page.inner_text("main")


def test_an_orders_code_carries_its_total_to_the_same_merchant(person: MakePerson, tmp_path: Path) -> None:
    seller, buyer = person(), person(device_scale_factor=2)
    seller.sign_in("0856 4100 8808")
    seller.open("/dasbor/pembayaran/qris")
    _upload(seller, _photo(tmp_path, qris("BATIK SEKAR JAGAD")))
    seller.page.wait_for_url("**/dasbor/pembayaran")
    buyer.open("/cari?q=taplak")
    buyer.follow("Taplak batik cap kawung")
    buyer.follow("Pesan lewat WhatsApp")
    buyer.fill("Dikirim ke kota atau kabupaten mana?", "Kota Semarang")
    buyer.fill("Nama Anda", "Dimas")
    buyer.press("Pesan lewat WhatsApp")
    buyer.page.wait_for_url("https://wa.me/**")
    buyer.page.go_back()
    buyer.page.wait_for_url("**/pesanan/**")
    seller.open("/dasbor/pesanan?status=baru")
    seller.page.get_by_role("link", name="Buka pesanan").first.click()
    seller.fill("Ongkos kirim", "15.000")
    seller.press("Sanggupi pesanan")
    buyer.page.reload()
    buyer.press("Setuju Rp160.000")
    buyer.look("order-pay")
    found = qriskit.parse(_seen(buyer, 0, tmp_path), strict=True)

    assert found.amount == 160_000
    assert (found.merchant_name, found.nmid) == ("BATIK SEKAR JAGAD", NMID)
    assert "Rp160.000" in buyer.page.inner_text("main")


def test_without_script_a_swap_waits_and_both_names_are_shown(person: MakePerson, tmp_path: Path) -> None:
    seller = person(java_script_enabled=False)
    seller.sign_in("0813 2500 1101")
    for text in (qris("KOPI SINDORO"), qris("BUDI SANTOSO", nmid=OTHER_NMID)):
        seller.open("/dasbor/pembayaran/qris")
        _upload(seller, _photo(tmp_path, text))
    asked = seller.page.locator("#menunggu")
    assert asked.locator(".penerima .besar").all_inner_texts() == ["KOPI SINDORO", "BUDI SANTOSO"]
    seller.press("Ya, ini kode saya. Pasang")
    assert "Menjadi BUDI SANTOSO" in seller.page.inner_text("main")
    seller.open("/dasbor/pembayaran/contoh")
    assert "BUDI SANTOSO" in seller.page.inner_text("main")
    assert seller.page.locator("button[data-copy]:visible").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_a_newcomer_fills_in_the_shop_from_a_photo(person: MakePerson, tmp_path: Path, script: bool) -> None:
    phone = "0812 3456 7011" if script else "0812 3456 7012"
    seller = person(java_script_enabled=script)
    seller.open("/mulai-jualan")
    seller.fill("Nomor WhatsApp Anda", phone)
    seller.press("Kirim kode")
    seller.fill("Kode enam angka", seller.code_for(phone))
    seller.press("Lanjut")
    seller.follow("Punya QRIS? Unggah fotonya, nama dan kota kami isikan")
    if script:
        seller.look("payment-start")
    _upload(seller, _photo(tmp_path, qris("RENGGINANG SUM", "KAB. GROBOGAN")))
    assert seller.page.get_by_label("Apa nama lapak Anda?").input_value() == "RENGGINANG SUM"
    assert seller.page.locator("option:checked").inner_text() == "Grobogan"
    seller.press("Lanjut ke produk")
    seller.page.wait_for_url("**/mulai-jualan/produk")
