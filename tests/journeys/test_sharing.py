"""Sharing a listing: with the browser's own sheet, by copying, and without any script."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.stage import MakePerson, Person, Server

pytestmark = pytest.mark.browser
REFUSES = "Object.defineProperty(navigator, 'clipboard', {value: {writeText: () => Promise.reject(new Error('no'))}})"
SHARES = "navigator.share = (what) => { window.shared = what; return Promise.resolve() }"


@pytest.fixture
def path(server: Server) -> str:
    found = re.search(r'href="(/produk/[^"]+)"', httpx.get(f"{server.url}/").text)
    assert found
    return found[1]


def short(server: Server, path: str) -> str:
    return f"{server.url}/p/{path.rpartition('-')[2]}"


def open_page(person: MakePerson, path: str, script: str = "", **options: object) -> Person:
    reader = person(320, **options)
    if script:
        reader.page.add_init_script(script)
    reader.open(path)
    return reader


def test_a_tap_copies_the_short_address_and_says_so(person: MakePerson, server: Server, path: str) -> None:
    reader = open_page(person, path, permissions=["clipboard-read", "clipboard-write"])
    complaints: list[str] = []
    reader.page.on("console", lambda message: complaints.append(message.text))
    reader.page.reload()
    reader.press("Salin tautan")

    expect(reader.page.locator("[data-sharing] [role=status]")).to_have_text("Tautan tersalin")
    assert reader.page.evaluate("navigator.clipboard.readText()") == short(server, path)
    expect(reader.page.get_by_role("button", name="Salin tautan")).to_be_focused()
    assert complaints == []
    reader.look()


def test_where_copying_fails_the_address_is_there_to_copy_by_hand(person: MakePerson, server: Server, path: str) -> None:
    reader = open_page(person, path, REFUSES)
    reader.press("Salin tautan")
    field = reader.page.get_by_label("Tautan halaman ini")

    expect(field).to_be_focused()
    expect(field).to_have_value(short(server, path))
    expect(reader.page.locator("[data-sharing] [role=status]")).to_contain_text("belum tersalin")
    reader.look()


def test_the_browsers_own_sheet_gets_title_and_address_and_nothing_else(person: MakePerson, server: Server, path: str) -> None:
    reader = open_page(person, f"{path}?utm_source=x", SHARES)
    reader.press("Cara lain")

    shared = reader.page.evaluate("window.shared")
    assert shared["url"] == short(server, path)
    assert set(shared) == {"title", "url"}


def test_without_a_script_the_address_and_whatsapp_are_there(person: MakePerson, server: Server, path: str) -> None:
    reader = open_page(person, path, java_script_enabled=False)
    sharing = reader.page.locator("[data-sharing]")

    expect(sharing.locator("input")).to_be_visible()
    expect(sharing.locator("input")).to_have_value(short(server, path))
    expect(sharing.get_by_role("link", name="WhatsApp")).to_be_visible()
    assert sharing.get_by_role("button").count() == 0
