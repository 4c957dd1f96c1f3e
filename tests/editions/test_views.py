"""The curators' desk and the public pages of editions."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from tests.factories import Cast, make_edition, make_product
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
GOOD = {"number": "7", "theme": "Teman ngopi sore", "date": "2026-11-29", "note": "Catatan."}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_curator_makes_picks_and_publishes(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    slug, client = make_product(cast.seller, now=datetime.now(UTC), photo=True), sign_in(cast.curator)
    assert client.post("/kurasi/baru", data=GOOD).location == "/kurasi/7"
    assert client.post("/kurasi/7/pilihan", data={"slug": slug, "q": "tempe"}).location == "/kurasi/7?q=tempe"
    visit("/edisi/7", status=404)
    assert client.post("/kurasi/7/terbitkan").location == "/edisi/7"
    assert len(visit("/edisi/7", queries=3).select("li.lapak")) == 1
    assert len(visit("/edisi", queries=3).select("a[href='/edisi/7']")) >= 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "0"),
        ("number", "x"),
        ("number", "10000"),
        ("theme", ""),
        ("theme", "x" * 61),
        ("date", "kemarin"),
        ("date", "0001-01-01"),
        ("note", "x" * 1201),
    ],
)
def test_an_odd_field_is_refused_beside_it(cast: Cast, sign_in: SignIn, field: str, value: str) -> None:
    answer = sign_in(cast.curator).post("/kurasi/baru", data={**GOOD, field: value})
    page = check_page(answer.get_data(as_text=True), "new edition")
    assert answer.status_code == 422
    assert page.select_one(f"#{field}-galat")


def test_a_refused_pick_is_said_on_the_desk(cast: Cast, sign_in: SignIn) -> None:
    make_edition(cast.curator, [], now=datetime.now(UTC), publish=False)
    client = sign_in(cast.curator)
    client.post("/kurasi/1/pilihan", data={"slug": "tidak-ada"})
    assert "tidak dijual di daerah ini" in client.get("/kurasi/1").get_data(as_text=True)


def test_the_desk_stays_within_its_budget(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    slugs = [make_product(cast.seller, now=datetime.now(UTC), name=f"Produk nomor {number}") for number in range(12)]
    make_edition(cast.curator, slugs[:10], now=datetime.now(UTC), publish=False)
    visit("/kurasi", client=sign_in(cast.curator), queries=4)
    page = visit("/kurasi/1", client=sign_in(cast.curator), queries=6)
    assert len(page.select("ol.slot li")) == 10
    assert "Daftar penuh" in page.get_text()


def test_a_region_shows_its_own_editions_only(cast: Cast, visit: Visit) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=datetime.now(UTC))], now=datetime.now(UTC), number=5)
    visit("/edisi/5")
    visit("/d/pariaman/edisi/5", status=404)
