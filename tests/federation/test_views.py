"""Feeds as readers fetch them: what is in them, from which site, how often."""

import json
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lapak.catalog.models import Category
from lapak.catalog.rules import Kind, State
from lapak.catalog.service import listings as catalog
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.clock import utc_now
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from tests.factories import PARIAMAN, Cast, make_edition, make_product, make_shops
from tests.instances import real_instance
from tests.visiting import Visit, count_queries, parse_xml

FEEDS = ["/feed", "/jelajah/camilan/feed", "/lapak/{shop}/feed"]


@pytest.fixture
def slug(cast: Cast) -> str:
    return make_product(cast.seller, now=utc_now() - timedelta(hours=2), photo=True, category="camilan", description="Renyah.\n\nGurih.")


@pytest.fixture
def shop(slug: str, visit: Visit) -> str:
    link = visit(f"/produk/{slug}").select_one("section a[href^='/lapak/']")
    assert link
    return str(link["href"]).removeprefix("/lapak/")


def read(client: FlaskClient, path: str) -> Element:
    return parse_xml(client.get(path).data)


def items(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(path).data)["items"]
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_takes_four_queries_at_most(app: Flask, client: FlaskClient, cast: Cast, slug: str, shop: str, path: str) -> None:
    sellers = make_shops(9, now=utc_now())
    others = [make_product(one, now=utc_now(), name="Kopi", category="camilan") for one in sellers]
    make_edition(cast.curator, [slug, *others], now=utc_now())
    for kind in ("atom", "json"):
        with count_queries(app) as sql:
            assert client.get(f"{path.format(shop=shop)}.{kind}").status_code == 200
        assert len(sql.statements) <= 4, "\n".join(sql.statements)


@pytest.mark.parametrize("path", FEEDS)
def test_both_formats_tell_the_same_and_lead_to_each_other(client: FlaskClient, cast: Cast, slug: str, shop: str, path: str) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    path = path.format(shop=shop)
    root, document = read(client, f"{path}.atom"), json.loads(client.get(f"{path}.json").data)

    assert [node.text for node in root.findall("{*}entry/{*}id")] == [item["id"] for item in document["items"]] != []
    links = {(node.get("rel"), node.get("type")): node.get("href") for node in root.findall("{*}link")}
    assert links["self", "application/atom+xml"] == f"http://localhost{path}.atom"
    assert links["alternate", "application/feed+json"] == document["feed_url"] == f"http://localhost{path}.json"
    page = links["alternate", "text/html"]
    assert page == document["home_page_url"]
    assert client.get(str(page)).status_code == 200


def test_an_edition_tells_of_its_listings_and_shows_a_photo(client: FlaskClient, cast: Cast, slug: str) -> None:
    make_edition(cast.curator, [slug], now=utc_now())

    (item,) = items(client, "/feed.json")
    assert item["title"] == "Edisi 1: Teman ngopi sore"
    assert f'<a href="http://localhost/produk/{slug}">Lapak 1: Keripik tempe, 150 g, Rp18.000.' in item["content_html"]
    picture = client.get(item["image"])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    (entry,) = read(client, "/feed.atom").findall("{*}entry")
    media = entry.find("{http://search.yahoo.com/mrss/}content")
    enclosure = entry.find("{*}link[@rel='enclosure']")
    assert media is not None
    assert enclosure is not None
    assert media.get("url") == enclosure.get("href") == item["image"]
    assert (media.get("width"), media.get("height")) == ("640", "480")


def test_a_draft_is_in_no_feed(client: FlaskClient, cast: Cast, slug: str) -> None:
    make_edition(cast.curator, [slug], now=utc_now(), publish=False)

    assert items(client, "/feed.json") == []
    assert parse_xml(client.get("/feed.atom").data).find("{*}updated") is not None


def test_a_listing_keeps_its_id_and_says_when_it_changed(client: FlaskClient, cast: Cast, slug: str, shop: str) -> None:
    (before,) = items(client, f"/lapak/{shop}/feed.json")
    catalog.set_state(slug, State.PAUSED, by=cast.seller, now=utc_now())
    assert items(client, f"/lapak/{shop}/feed.json") == []
    catalog.set_state(slug, State.ACTIVE, by=cast.seller, now=utc_now())
    (after,) = items(client, f"/lapak/{shop}/feed.json")

    assert (before["id"], before["date_published"]) == (after["id"], after["date_published"])
    assert before["date_modified"] < after["date_modified"]


def test_a_service_costs_from(client: FlaskClient, cast: Cast) -> None:
    make_product(cast.seller, now=utc_now(), name="Pijat urut", kind=Kind.SERVICE, category="camilan")

    assert "<p>mulai Rp18.000. Bu Darmi, Grobogan.</p>" in items(client, "/jelajah/camilan/feed.json")[0]["content_html"]


def test_a_feed_holds_the_newest_thirty(client: FlaskClient, cast: Cast) -> None:
    for number in range(32):
        make_product(cast.seller, now=utc_now(), name=f"Keripik {number}", category="camilan")

    titles = [item["title"] for item in items(client, "/jelajah/camilan/feed.json")]
    assert (len(titles), titles[0], titles[-1]) == (30, "Keripik 31", "Keripik 2")


@pytest.mark.sqlite  # PostgreSQL holds no nulls
def test_a_name_that_is_no_xml_breaks_no_feed(client: FlaskClient, cast: Cast) -> None:
    for name in ("<script>\0alert(1)\x0b</script>", "]]>&nbsp; 🎉", "\u202eKeripik"):
        make_product(cast.seller, now=utc_now(), name=name, description=name * 60, category="camilan")

    titles = [node.text for node in read(client, "/jelajah/camilan/feed.atom").findall("{*}entry/{*}title")]
    assert titles == ["\u202eKeripik", "]]>&nbsp; 🎉", "<script>alert(1)</script>"]


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/jelajah/camilan/feed.atom"])
def test_who_has_the_newest_gets_304_and_no_body(client: FlaskClient, cast: Cast, slug: str, path: str) -> None:
    first = client.get(path, headers={"Accept-Encoding": "br"})
    assert first.headers["Cache-Control"] == "public, max-age=300"
    for known in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = client.get(path, headers=known)
        assert (again.status_code, again.data) == (304, b"")

    make_product(cast.seller, now=utc_now(), name="Baru", category="camilan")
    make_edition(cast.curator, [slug], now=utc_now())
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_feed_comes_compressed_and_sets_no_cookie(client: FlaskClient, cast: Cast, slug: str) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    answer = client.get("/feed.atom", headers={"Accept-Encoding": "br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert "Set-Cookie" not in answer.headers


def test_each_site_has_feeds_of_its_own(client: FlaskClient, cast: Cast, slug: str) -> None:
    far = make_product(cast.far_seller, now=utc_now(), category="camilan", name="Sala")
    make_edition(cast.curator, [slug], now=utc_now())
    make_edition(cast.far_curator, [far], now=utc_now(), region=PARIAMAN)

    (near_item,), (far_item,) = items(client, "/feed.json"), items(client, "/d/pariaman/feed.json")
    assert near_item["id"] != far_item["id"]
    assert far_item["url"] == "http://localhost/d/pariaman/edisi/1"
    assert [item["title"] for item in items(client, "/d/pariaman/jelajah/camilan/feed.json")] == ["Sala"]
    document = json.loads(client.get("/d/pariaman/feed.json").data)
    assert document["feed_url"] == "http://localhost/d/pariaman/feed.json"
    assert items(client, "/d/jateng/feed.json") == [near_item]


def test_a_hidden_category_and_a_shop_of_elsewhere_have_no_feed_here(client: FlaskClient, cast: Cast, shop: str) -> None:
    assert client.get(f"/d/pariaman/lapak/{shop}/feed.atom").status_code == 404
    assert client.get("/jelajah/camilan/feed.json").status_code == 200
    with transaction():
        db.session.execute(update(Category).values(is_active=False))
    assert client.get("/jelajah/camilan/feed.json").status_code == 404


def test_a_region_with_a_host_of_its_own_is_told_of_under_it_whoever_asks(config: Config, cast: Cast) -> None:
    with real_instance(config, trusted_hosts="lapak.example,lapak.pariaman.example") as app:
        with app.app_context():
            texts = SiteTexts("Lapak Pariaman", "Dinas", "", "", "Lapak")
            regions.open_site(
                region_code=PARIAMAN, slug="pariaman", theme="pariaman", timezone="Asia/Jakarta", texts=texts, host="lapak.pariaman.example"
            )  # fmt: skip
        client = app.test_client()
        asked = [
            client.get("/d/pariaman/feed.json").data,
            client.get("/feed.json", base_url="https://lapak.pariaman.example").data,
        ]
        assert asked[0] == asked[1]
        assert json.loads(asked[0])["home_page_url"] == "https://lapak.pariaman.example/edisi"


@pytest.mark.parametrize(
    ("address", "feed"), [("/", "/feed"), ("/edisi", "/feed"), ("/jelajah/camilan", "/jelajah/camilan/feed"), ("/lapak/{shop}", "/lapak/{shop}/feed")]
)  # fmt: skip
def test_pages_name_their_feeds(visit: Visit, client: FlaskClient, shop: str, address: str, feed: str) -> None:
    links = visit(address.format(shop=shop)).select("head link[rel=alternate][type]")

    assert [str(link["href"]) for link in links] == [f"http://localhost{feed.format(shop=shop)}.{kind}" for kind in ("atom", "json")]
    for link in links:
        assert link["title"]
        assert client.get(str(link["href"])).mimetype == link["type"]
