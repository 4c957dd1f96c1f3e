"""What browsers and caches may keep, and how answers are compressed (security.md, 5)."""

import gzip
import re

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.architecture.test_access import ROLES, cells, fill, person
from tests.market import Market

KEPT = {
    "robots", "favicon", "push_worker", "photos.show", "storefront.suggest", "storefront.sitemap", "results.as_json", "federation.editions_atom", "federation.editions_json",
    "federation.category_atom", "federation.category_json", "federation.shop_atom", "federation.shop_json",
}  # fmt: skip
GETS = sorted({(endpoint, path) for method, endpoint, path, _ in cells() if method == "GET"})


@pytest.fixture(scope="module")
def walk(market: Market) -> dict[str, dict[str, TestResponse]]:
    """What each role sees on every page there is."""
    return {
        role: {path: client.get(fill(path, market)) for _, path in GETS}
        for role in ROLES
        for client in [market.enter(person(market, role))]
    }


@pytest.mark.parametrize("role", ROLES)
def test_nobody_keeps_a_page_that_does_not_say_so(walk: dict[str, dict[str, TestResponse]], role: str) -> None:
    for endpoint, path in GETS:
        answer = walk[role][path]
        if endpoint not in KEPT or answer.status_code != 200:
            assert answer.headers["Cache-Control"] == "no-store", path
        else:
            assert "Set-Cookie" not in answer.headers, path


def test_a_suffix_or_a_hidden_slash_makes_no_other_page(market: Market) -> None:
    client = market.enter(market.cast.seller)
    for path in (
        "/dasbor/x.css",
        "/dasbor.css",
        "/dasbor;x.css",
        "/dasbor%2Fx.css",
        "/dasbor%3Bx",
        "/dasbor/",
        "/dasbor%00.css",
        "/./dasbor/..%2f",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), path


@pytest.mark.parametrize(("owner", "seller"), [("mine", "seller"), ("far", "far_seller")])
def test_what_a_buyer_wrote_is_seen_by_the_seller_and_by_who_holds_the_link(
    market: Market, walk: dict[str, dict[str, TestResponse]], owner: str, seller: str
) -> None:  # fmt: skip
    buyer = getattr(market, owner).buyer.encode()
    link, desk = (
        f"/pesanan/{{{owner}.order_token}}",
        {"/dasbor", "/dasbor/pesanan", "/dasbor/pesanan/ekspor.csv", f"/dasbor/pesanan/{{{owner}.order_code}}"},
    )
    for role in ROLES:
        seen = {path for _, path in GETS if buyer in walk[role][path].data}
        assert seen - {link} <= (desk if role == seller else set()), role
    assert buyer in walk[seller]["/dasbor/pesanan"].data


def test_a_page_is_another_one_for_who_is_signed_in_and_says_so(market: Market) -> None:
    assert "Cookie" in market.enter(market.cast.seller).get("/").headers["Vary"]


@pytest.fixture(scope="module")
def client(market: Market) -> FlaskClient:
    return market.enter(None)


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("identity", None),
        ("", None),
        ("br;q=0, gzip;q=0", None),
        ("deflate", None),
        ("*;q=0", None),
    ],
)
def test_a_page_comes_compressed_to_who_can_read_it(client: FlaskClient, accepts: str, encoding: str | None) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepts})
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]

    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert re.search(r"</html>\s*$", read(answer.data).decode())


def test_a_head_has_the_headers_of_the_page_and_no_body(client: FlaskClient) -> None:
    answer = client.head("/", headers={"Accept-Encoding": "br"})

    assert (answer.headers["Content-Encoding"], answer.data) == ("br", b"")


def test_a_short_answer_and_a_picture_stay_as_they_are(client: FlaskClient, market: Market) -> None:
    for path in ("/healthz", fill("/foto/{mine.photo}/320.webp", market)):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers
