"""How pages are found and shared: what they tell search engines and chats, short addresses, sharing without a script."""

import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from lapak import demo
from lapak.catalog.models import Product
from lapak.catalog.rules import Draft, Kind, State, Supply
from lapak.catalog.service import listings as catalog
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.clock import utc_now
from lapak.kernel.money import Rupiah
from lapak.photos import service as photos
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from lapak.shops.models import Shop
from tests.factories import PARIAMAN, Cast, make_edition, make_product
from tests.instances import real_instance
from tests.storefront import schemas
from tests.visiting import Visit

DEMO_PHOTOS = Path(demo.__file__).parent / "photos"
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script> keripik",
    "Kopi \"enak\" & 'murah' <b>",
    "Kopi 🎉👩🏽‍🍳",
    "نص من اليمين",
    "baris\u2028lain\u2029lagi",
    "{{ 7*7 }} %(name)s",
    "a" * 80,
]


@pytest.fixture
def slug(cast: Cast) -> str:
    long = "Renyah dan gurih. " * 100
    return make_product(cast.seller, now=utc_now(), photo=True, category="camilan", weight_grams=150, description=long)


def code_of(slug: str) -> str:
    return slug.rpartition("-")[2]


def nodes(page: BeautifulSoup) -> dict[str, Any]:
    """What a page says in JSON-LD, by type, every bit of it checked."""
    (script,) = page.select("head script[type='application/ld+json']")
    document = json.loads(script.get_text())
    assert document["@context"] == "https://schema.org"
    schemas.check(document["@graph"])
    return {node["@type"]: node for node in document["@graph"]}


def tags(page: BeautifulSoup) -> dict[str, str]:
    """The page's meta tags, each said once."""
    found = [(str(tag.get("property") or tag["name"]), str(tag["content"])) for tag in page.select("head meta[content]")]
    assert len(found) == len(dict(found))
    return dict(found)


def link(page: BeautifulSoup, relation: str, language: str = "") -> str | None:
    found = page.select_one(f"head link[rel={relation}]" + (f"[hreflang={language}]" if language else ""))
    return None if found is None else str(found["href"])


def test_goods_say_price_stock_and_seller(slug: str, visit: Visit) -> None:
    found = nodes(visit(f"/produk/{slug}", queries=7))
    offer = found["Product"]["offers"]

    assert (offer["price"], offer["availability"]) == (18000, "https://schema.org/InStock")
    assert offer["seller"]["name"] == "Bu Darmi"
    assert found["Product"]["weight"]["value"] == 150
    assert len(found["Product"]["image"]) == 1
    assert [one["name"] for one in found["BreadcrumbList"]["itemListElement"]] == ["Beranda", "Jelajah", "Camilan", "Keripik tempe, 150 g"]


@pytest.mark.parametrize(
    ("changes", "state", "availability"),
    [
        ({}, None, "InStock"),
        ({"stock": 0}, None, "OutOfStock"),
        ({"supply": Supply.MADE_TO_ORDER, "stock": None}, None, "MadeToOrder"),
        ({}, State.PAUSED, "OutOfStock"),
        ({}, State.ARCHIVED, "Discontinued"),
    ],
)
def test_availability_follows_stock_and_state(
    cast: Cast, visit: Visit, changes: dict[str, Any], state: State | None, availability: str
) -> None:
    slug = make_product(cast.seller, now=utc_now(), **changes)
    if state:
        catalog.set_state(slug, state, by=cast.seller, now=utc_now())
    offer = nodes(visit(f"/produk/{slug}"))["Product"]["offers"]

    assert offer["availability"] == f"https://schema.org/{availability}"


def test_a_service_says_the_least_it_costs(cast: Cast, visit: Visit) -> None:
    slug = make_product(cast.seller, now=utc_now(), kind=Kind.SERVICE, name="Pijat urut", area_served="Grobogan")
    page = visit(f"/produk/{slug}")

    assert nodes(page)["Service"]["offers"]["priceSpecification"]["minPrice"] == 18000
    assert tags(page)["og:title"] == "Pijat urut, mulai Rp18.000"


def test_shop_edition_shelf_and_home_say_what_they_are(cast: Cast, slug: str, visit: Visit) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    shop = visit(f"/produk/{slug}").select_one("a[href^='/lapak/']")
    assert shop

    business = nodes(visit(str(shop["href"])))["LocalBusiness"]
    assert (business["name"], business["address"]["addressLocality"]) == ("Bu Darmi", "Grobogan")
    (row,) = nodes(visit("/edisi/1"))["ItemList"]["itemListElement"]
    assert row["url"] == f"http://localhost/produk/{slug}"
    assert nodes(visit("/"))["WebSite"]["name"] == "Lapak Jateng"
    assert len(nodes(visit("/jelajah/camilan"))["BreadcrumbList"]["itemListElement"]) == 3


def test_no_page_tells_machines_a_sellers_number(cast: Cast, slug: str, client: FlaskClient) -> None:
    for path in (f"/produk/{slug}", "/feed.atom", "/jelajah/camilan/feed.json", "/sitemap.xml?bagian=lapak-0"):
        assert cast.seller.phone.removeprefix("+") not in client.get(path).text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(cast: Cast, visit: Visit, client: FlaskClient, name: str) -> None:
    slug = make_product(cast.seller, now=utc_now(), photo=True, name=name, description=name * 25, category="camilan")
    make_edition(cast.curator, [slug], now=utc_now())
    with transaction():
        db.session.execute(update(Shop).where(Shop.owner_id == cast.seller.id).values(name=name, about=name * 10))
    page = visit(f"/produk/{slug}", queries=7)

    assert nodes(page)["Product"]["name"] == nodes(page)["Product"]["offers"]["seller"]["name"] == name
    assert tags(page)["og:title"] == f"{name}, Rp18.000"
    assert len(tags(page)["description"]) <= 200
    assert page.title
    assert page.title.get_text().strip() == f"{name} · Lapak Jateng"
    shop = page.select_one("section a[href^='/lapak/']")
    assert shop
    assert nodes(visit(str(shop["href"])))["LocalBusiness"]["name"] == name
    assert nodes(visit("/edisi/1"))["ItemList"]["itemListElement"][0]["name"] == name
    for text in (client.get(f"/produk/{slug}").text, client.get("/edisi/1").text):
        data = text.partition("ld+json")[2].partition("</script>")[0]
        assert not set("\u2028\u2029<&") & set(data)


def test_a_chats_preview_has_title_address_and_a_picture_of_known_size(slug: str, visit: Visit, client: FlaskClient) -> None:
    said = tags(visit(f"/produk/{slug}"))

    assert said | {"og:image": "", "og:description": "", "description": ""} == {
        "viewport": "width=device-width, initial-scale=1",
        "color-scheme": "light dark",
        "description": "",
        "og:type": "product",
        "og:site_name": "Lapak Jateng",
        "og:locale": "id_ID",
        "og:title": "Keripik tempe, 150 g, Rp18.000",
        "og:description": "",
        "og:url": f"http://localhost/produk/{slug}",
        "og:image": "",
        "og:image:type": "image/jpeg",
        "og:image:width": "640",
        "og:image:height": "480",
        "og:image:alt": "Keripik",
        "twitter:card": "summary_large_image",
    }
    picture = client.get(said["og:image"])
    assert picture.mimetype == "image/jpeg"
    assert Image.open(BytesIO(picture.data)).size == (640, 480)
    assert len(picture.data) <= 300_000


@pytest.mark.parametrize("size", [None, (640, 640), (640, 730), (640, 740), (320, 1460)])
def test_a_previews_picture_has_300_kilobytes_at_most(
    cast: Cast, visit: Visit, client: FlaskClient, size: tuple[int, int] | None
) -> None:  # fmt: skip
    data = noise(*size) if size else largest_demo_photo()
    key = photos.take_in(data, by=cast.seller.id, alt="", now=utc_now()).key
    slug = catalog.publish(Draft("Keripik tempe", Rupiah(18000)), photos={key: ""}, by=cast.seller, now=utc_now())
    said = tags(visit(f"/produk/{slug}"))
    picture = client.get(said["og:image"]).data

    assert len(picture) <= 300_000
    assert Image.open(BytesIO(picture)).size == (int(said["og:image:width"]), int(said["og:image:height"]))
    assert said["og:image:alt"] == "Keripik tempe"


def largest_demo_photo() -> bytes:
    return max((path.read_bytes() for path in DEMO_PHOTOS.iterdir()), key=len)


def noise(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


def test_home_shelf_shop_edition_and_editions_have_a_preview_each(cast: Cast, slug: str, visit: Visit) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    shop = visit(f"/produk/{slug}").select_one("a[href^='/lapak/']")
    assert shop
    for path in ("/", "/jelajah", "/jelajah/camilan", str(shop["href"]), "/edisi", "/edisi/1"):
        page = visit(path)
        said = tags(page)
        assert said["og:url"] == link(page, "canonical") == f"http://localhost{path}"
        assert {"og:title", "og:description", "og:image", "og:image:alt"} <= {name for name, value in said.items() if value}, path
        assert said["og:image:alt"] == "Keripik"


@pytest.mark.parametrize("path", ["/", "/jelajah", "/jelajah/camilan", "/edisi"])
def test_a_page_without_any_photo_has_a_preview_without_picture(visit: Visit, cast: Cast, path: str) -> None:
    said = tags(visit(path))

    assert said["twitter:card"] == "summary"
    assert not [name for name in said if name.startswith("og:image")]


@pytest.mark.parametrize("query", ["utm_source=wa&utm_campaign=x", "fbclid=1", "wilayah="])
def test_an_address_with_what_changes_nothing_names_the_plain_one(slug: str, visit: Visit, query: str) -> None:
    for path in (f"/produk/{slug}", "/jelajah/camilan", "/"):
        page = visit(f"{path}?{query}")
        assert link(page, "canonical") == f"http://localhost{path}"
        assert link(page, "alternate", "id") == link(page, "alternate", "x-default") == f"http://localhost{path}"
        assert "robots" not in tags(page)


@pytest.mark.parametrize(
    "path",
    ["/cari", "/cari?q=keripik", "/jelajah?wilayah=33.15", "/jelajah/camilan?jenis=barang", "/jelajah?sesudah=7", "/edisi?sebelum=7"],
)
def test_a_filtered_or_further_page_is_followed_and_not_listed(slug: str, visit: Visit, path: str) -> None:
    page = visit(path)

    assert tags(page)["robots"] == "noindex,follow"
    assert link(page, "canonical") is None


def test_what_is_not_sold_any_more_is_not_listed(cast: Cast, slug: str, visit: Visit) -> None:
    catalog.set_state(slug, State.ARCHIVED, by=cast.seller, now=utc_now())

    assert tags(visit(f"/produk/{slug}"))["robots"] == "noindex,follow"


def test_both_addresses_of_the_instances_own_region_name_one(slug: str, visit: Visit) -> None:
    assert link(visit(f"/d/jateng/produk/{slug}"), "canonical") == link(visit(f"/produk/{slug}"), "canonical")


# Short addresses


def test_a_short_address_leads_to_the_listing_from_any_region(cast: Cast, slug: str, client: FlaskClient) -> None:
    far = make_product(cast.far_seller, now=utc_now())
    for prefix in ("", "/d/pariaman", "/d/jateng"):
        answer = client.get(f"{prefix}/p/{code_of(slug)}")
        assert (answer.status_code, answer.location) == (301, f"http://localhost/produk/{slug}")
        assert client.get(f"{prefix}/p/{code_of(far)}").location == f"http://localhost/d/pariaman/produk/{far}"
    assert client.get(f"/p/{code_of(far)}", follow_redirects=True).status_code == 200


def test_a_short_address_leads_to_the_host_of_the_region(config: Config, cast: Cast, slug: str) -> None:
    far = make_product(cast.far_seller, now=utc_now())
    with real_instance(config, trusted_hosts="lapak.example,lapak.pariaman.example") as app:
        with app.app_context():
            texts = SiteTexts("Lapak Pariaman", "Dinas", "", "", "Lapak")
            regions.open_site(
                region_code=PARIAMAN, slug="pariaman", theme="pariaman", timezone="Asia/Jakarta", texts=texts, host="lapak.pariaman.example"
            )  # fmt: skip
        client = app.test_client()
        for host in ("lapak.example", "lapak.pariaman.example"):
            assert client.get(f"/p/{code_of(far)}", base_url=f"https://{host}").location == f"https://lapak.pariaman.example/produk/{far}"
            assert client.get(f"/p/{code_of(slug)}", base_url=f"https://{host}").location == f"https://lapak.example/produk/{slug}"


def test_a_short_address_takes_along_nothing_that_was_added_to_it(slug: str, client: FlaskClient) -> None:
    answer = client.get(f"/p/{code_of(slug)}?utm_source=x&next=//jahat.example")

    assert answer.location == f"http://localhost/produk/{slug}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_case_and_look_alikes_do_not_matter(cast: Cast, client: FlaskClient) -> None:
    slug = make_product(cast.seller, now=utc_now())
    with transaction():
        db.session.execute(update(Product).values(code="qj7vd2"))
    for typed in ("qj7vd2", "QJ7VD2", "0j7vd2", "OI7UO2", "q-j7 vd2"):
        assert client.get(f"/p/{typed}").location == f"http://localhost/produk/{slug}", typed


def test_what_could_be_two_listings_is_neither_unless_typed_exactly(cast: Cast, client: FlaskClient) -> None:
    slugs = [make_product(cast.seller, now=utc_now(), name=name) for name in ("Satu", "Dua dua")]
    with transaction():
        for slug, code in zip(slugs, ("qabcde", "dabcde"), strict=True):
            db.session.execute(update(Product).where(Product.slug == slug).values(code=code))

    assert client.get("/p/0abcde").status_code == 404
    assert client.get("/p/dabcde").location == f"http://localhost/produk/{slugs[1]}"


@pytest.mark.parametrize(
    "typed", ["zzzzzz", "a", "a" * 5000, "%00", "..", "%F0%9F%8D%AA", "111111111111", "'%20OR%201--", "%D9%A1%D9%A2%D9%A3%D9%A4"]
)
def test_a_short_address_of_nothing_is_404(cast: Cast, client: FlaskClient, typed: str) -> None:
    assert client.get(f"/p/{typed}").status_code == 404


def test_an_archived_listing_is_still_found_by_its_short_address(cast: Cast, slug: str, client: FlaskClient) -> None:
    catalog.set_state(slug, State.ARCHIVED, by=cast.seller, now=utc_now())

    assert client.get(f"/p/{code_of(slug)}", follow_redirects=True).status_code == 200


# Sharing


def test_a_product_is_shared_by_its_short_address_also_without_a_script(slug: str, visit: Visit) -> None:
    for prefix in ("", "/d/jateng"):
        page = visit(f"{prefix}/produk/{slug}")
        short = f"http://localhost/p/{code_of(slug)}"
        chat = page.select_one("a[href^='https://wa.me/']")
        field = page.select_one("[data-sharing] input[readonly]")
        assert chat
        assert field
        assert field["value"] == short
        assert parse_qs(urlsplit(str(chat["href"])).query)["text"] == [f"{short}\nKeripik tempe, 150 g, Rp18.000"]
        assert page.select_one("[data-sharing] [role=status]")
        assert [button.has_attr("hidden") for button in page.select("[data-sharing] button")] == [True, True]


def test_a_shop_and_an_edition_are_shared_by_their_own_address(cast: Cast, slug: str, visit: Visit) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    shop = visit(f"/produk/{slug}").select_one("section a[href^='/lapak/']")
    assert shop
    for path in (str(shop["href"]), "/edisi/1"):
        field = visit(path).select_one("[data-sharing] input[readonly]")
        assert field
        assert field["value"] == f"http://localhost{path}"


def test_what_is_shared_says_nothing_of_who_shares(cast: Cast, slug: str, visit: Visit, sign_in: Any) -> None:
    def shared(page: BeautifulSoup) -> list[str]:
        return [str(tag.get("value") or tag["href"]) for tag in page.select("[data-sharing] :is(input, a)")]

    assert shared(visit(f"/produk/{slug}?utm_source=x&ref=123", client=sign_in(cast.newcomer))) == shared(visit(f"/produk/{slug}"))
