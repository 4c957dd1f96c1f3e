"""Every public page: accessible, without sideways scroll, at every width, light and dark, in both regions."""

import os
import re

import httpx
import pytest

from tests.journeys.stage import MakePerson, Server

pytestmark = pytest.mark.browser
PLAIN = [
    "/",
    "/jelajah",
    "/jelajah/camilan",
    "/cari?q=kopi",
    "/cari?q=tidak-ada-sama-sekali",
    "/edisi",
    "/masuk",
    "/mulai-jualan",
    "/kotak-demo",
    "/tidak-ada",
]


def _pages(server: Server, prefix: str, edition: int) -> list[str]:
    home = httpx.get(f"{server.url}{prefix}/").text
    product = re.search(rf'href="({prefix}/produk/[^"]+)"', home)
    assert product
    shop = re.search(rf'href="({prefix}/lapak/[^"]+)"', httpx.get(server.url + product[1]).text)
    assert shop
    return [*(prefix + path for path in PLAIN), product[1], f"{product[1]}/pesan", shop[1], f"{prefix}/edisi/{edition}"]


@pytest.mark.parametrize(
    ("prefix", "edition", "width", "scheme"),
    [("", 47, 360, "light"), ("", 47, 1280, "dark"), ("/d/pariaman", 1, 360, "dark"), ("/d/pariaman", 1, 1280, "light")],
)
def test_public_pages_are_in_order(person: MakePerson, server: Server, prefix: str, edition: int, width: int, scheme: str) -> None:
    reader = person(width, color_scheme=scheme)
    for path in _pages(server, prefix, edition):
        reader.open(path)
        name = re.sub(r"[^a-z0-9]+", "-", path.split("?")[0].removeprefix("/d")).strip("-") or "home"
        reader.look(f"public-{name}-{scheme}" if os.environ.get("LAPAK_SCREENS") == "all" else "")


@pytest.mark.parametrize(("prefix", "edition"), [("", 47), ("/d/pariaman", 1)])
def test_public_pages_fit_the_narrowest_phone(person: MakePerson, server: Server, prefix: str, edition: int) -> None:
    reader = person(320)
    for path in _pages(server, prefix, edition):
        reader.open(path)
        reader.look(axe=False)


def test_the_keyboard_alone_orders(person: MakePerson) -> None:
    reader = person(1280)
    reader.open("/cari?q=gula+semut")
    for wanted, address in (("Gula semut aren, 250 g", "**/produk/gula*"), ("Pesan lewat WhatsApp", "**/pesan*")):
        for _ in range(60):
            reader.page.keyboard.press("Tab")
            if reader.page.evaluate("document.activeElement.textContent").strip() == wanted:
                break
        reader.page.keyboard.press("Enter")
        reader.page.wait_for_url(address)
