"""The main job on real input: forty real products with forty real photos go in through the sellers' own pages.

    .venv/bin/python -m tests.trials.real_input path/to/data

The folder holds `products.csv` and `photos/`; neither is part of this repository. Ten of the products become an edition, three
are ordered and answered. Prints what was refused and why, seconds and bytes, as JSON.
"""

import csv
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.chromium import find
from tests.journeys.stage import FLAGS, Person, make_person, running_server

ROWS, CHOSEN = 40, 10
HOME_LIKE = {"Food and Drink", "Party Supplies and Craft", "Muslim Fashion", "Women's Fashion"}
PLACES = {
    "Kota Semarang": "Kota Semarang", "Kab. Tegal": "Tegal", "Kota Surakarta": "Kota Surakarta", "Kabupaten Sukoharjo": "Sukoharjo",
    "Kab. Sukoharjo": "Sukoharjo", "Kab. Batang": "Batang", "Kab. Semarang": "Semarang", "Kab. Pemalang": "Pemalang",
    "Pekalongan": "Kota Pekalongan", "Kab. Pekalongan": "Pekalongan", "Kab. Klaten": "Klaten",
}  # fmt: skip


@dataclass
class Report:
    """What happened."""

    refused: list[dict[str, str]] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)
    edition: dict[str, Any] = field(default_factory=dict)
    orders: list[dict[str, Any]] = field(default_factory=list)


def main(data: Path) -> None:
    """Run the trial and print its report."""
    rows = _choose(data / "products.csv")
    photos = sorted((data / "photos").glob("*.jpg"), key=lambda path: (not path.name.startswith("uji"), path.name))[:ROWS]
    report = Report()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        sell(browser, server, rows, photos, report)
        promote(browser, server, report)
        order(browser, server, report)
        browser.close()
    seconds = [row["seconds"] for row in report.products]
    summary = {
        "rows in": len(report.products), "seconds in all": round(time.monotonic() - started, 1),
        "seconds per first product (median)": _median([row["seconds"] for row in report.products if row["first"]]),
        "seconds per product (median)": _median(seconds),
        "bytes sent per product (median)": _median([row["sent"] for row in report.products]),
        "bytes received per product (median)": _median([row["received"] for row in report.products]),
        "refused": report.refused, "edition": report.edition, "orders": report.orders,
    }  # fmt: skip
    json.dump(summary, sys.stdout, indent=2, ensure_ascii=False)


def _choose(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    inside = [row for row in rows if row["region"] in PLACES]
    outside = [row for row in rows if row["region"] not in PLACES and row["category"] in HOME_LIKE]
    return (inside + outside)[:ROWS]


def sell(browser: Browser, server: Any, rows: list[dict[str, str]], photos: list[Path], report: Report) -> None:
    """Every seller of a place registers with their first product and adds the others; sellers from elsewhere ask a place in vain."""
    by_place: dict[str, list[tuple[dict[str, str], Path]]] = defaultdict(list)
    for row, photo in zip(rows, photos, strict=True):
        place = PLACES.get(row["region"])
        if place is None:
            report.refused.append({"row": row["product_id"], "why": f"{row['region']} is not offered: the site covers Jawa Tengah only"})
            place = "Kota Semarang"
        by_place[place].append((row, photo))
    for number, (place, mine) in enumerate(by_place.items(), start=1):
        seller = make_person(browser, server, 360)
        for at, (row, photo) in enumerate(mine):
            started, sent, received = time.monotonic(), seller.sent, seller.received
            if at == 0:
                _register(seller, f"0812 7100 {number:04}", place)
            else:
                seller.open("/dasbor/produk/baru")
            name = _offer(seller, row, photo, report, is_first=at == 0)
            report.products.append(
                {
                    "row": row["product_id"], "name": name, "place": place, "phone": f"0812 7100 {number:04}", "first": at == 0,
                    "seconds": round(time.monotonic() - started, 2), "sent": seller.sent - sent, "received": seller.received - received,
                }
            )  # fmt: skip
        seller.page.context.close()


def _register(seller: Person, phone: str, place: str) -> None:
    seller.open("/mulai-jualan")
    seller.fill("Nomor WhatsApp Anda", phone)
    seller.press("Kirim kode")
    seller.fill("Kode enam angka", seller.code_for(phone))
    seller.press("Lanjut")
    seller.fill("Apa nama lapak Anda?", f"Usaha {place}")
    seller.page.get_by_label("Kabupaten atau kota").select_option(label=place)
    seller.press("Lanjut ke produk")


def _offer(seller: Person, row: dict[str, str], photo: Path, report: Report, *, is_first: bool) -> str:
    name, button = row["name"], "Pasang produk" if is_first else "Pasang sekarang"
    seller.page.locator("input[type=file]").last.set_input_files(photo)
    seller.page.get_by_label("Nama produk" if is_first else "Nama", exact=True).fill(name)
    seller.fill("Harga", row["price_idr"])
    if not is_first:
        seller.fill("Berapa yang siap dijual?", "10")
    _send(seller, button)
    while "/produk/baru" in seller.page.url or "/mulai-jualan" in seller.page.url:
        why = seller.page.locator(".pesan-galat").first.inner_text()
        report.refused.append({"row": row["product_id"], "why": why})
        name = name[:78].rsplit(" ", 1)[0].rstrip(" ,+-(")
        if len(report.refused) > 3 * ROWS:
            raise AssertionError(f"{row['product_id']} is refused again and again: {why}")
        seller.page.get_by_label("Nama produk" if is_first else "Nama", exact=True).fill(name)
        _send(seller, button)
    return name


def _send(seller: Person, button: str) -> None:
    with seller.page.expect_navigation():
        seller.press(button)


def promote(browser: Browser, server: Any, report: Report) -> None:
    """A curator makes an edition of ten of them."""
    curator = make_person(browser, server, 1280)
    started = time.monotonic()
    curator.sign_in("0811 2700 101")
    curator.follow("Edisi baru")
    curator.fill("Tema", "Dari layar ke layar")
    curator.press("Lanjut memilih lapak")
    countable = [row for row in report.products if not row["first"]][:CHOSEN]
    for row in countable:
        curator.page.get_by_label("Cari nama produk atau lapak").fill(row["name"])
        curator.page.locator("#rak").get_by_role("button", name="Cari").click()
        curator.page.get_by_role("button", name=f"Masukkan daftar {row['name']}").first.click()
        curator.page.wait_for_load_state("load")
    curator.follow("Periksa dan terbitkan")
    curator.press("Terbitkan sekarang")
    curator.page.wait_for_url("**/edisi/48")
    if os.environ.get("TRIAL_SHOTS"):
        curator.page.screenshot(path=Path(os.environ["TRIAL_SHOTS"]) / "edition.png", full_page=True)
    report.edition = {"number": 48, "stalls": curator.page.locator("li.lapak").count(), "seconds": round(time.monotonic() - started, 1)}
    curator.page.context.close()


def order(browser: Browser, server: Any, report: Report) -> None:
    """Three of the ten are ordered; one is completed, one confirmed, one declined."""
    for row, answer in zip([row for row in report.products if not row["first"]], ("completed", "confirmed", "declined"), strict=False):
        buyer, seller = make_person(browser, server, 360), make_person(browser, server, 360)
        started = time.monotonic()
        buyer.open("/edisi/48")
        buyer.follow(row["name"])
        buyer.follow("Pesan lewat WhatsApp")
        buyer.fill("Nama Anda", "Pembeli Coba")
        buyer.press("Pesan lewat WhatsApp")
        buyer.page.wait_for_url("https://wa.me/**")
        seconds = round(time.monotonic() - started, 2)
        seller.sign_in(row["phone"])
        seller.open("/dasbor/pesanan")
        seller.page.get_by_role("link", name="Buka pesanan").first.click()
        if answer == "declined":
            seller.page.get_by_text("Tidak bisa memenuhi?").click()
            seller.page.get_by_label("Barang ternyata habis").check()
            seller.press("Tolak pesanan")
        else:
            seller.press("Terima pesanan")
        if answer == "completed":
            seller.press("Barang sudah sampai dan dibayar")
        buyer.page.go_back()
        buyer.page.reload()
        state = buyer.page.locator(".lencana").first.inner_text()
        report.orders.append(
            {"row": row["row"], "answer": answer, "buyer sees": state, "seconds to WhatsApp": seconds, "received": buyer.received}
        )
        buyer.page.context.close()
        seller.page.context.close()


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
