"""The sitemap and robots.txt: every page that buyers may find, in parts that stay the same, and nothing else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from lapak.catalog.models import Product
from lapak.catalog.rules import State
from lapak.catalog.service import listings as catalog
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from lapak.storefront.queries import CHUNK
from lapak.storefront.rules import Part, PartOf, index, pages, parse_part
from tests.factories import PARIAMAN, Cast, make_edition, make_product
from tests.instances import real_instance
from tests.visiting import count_queries, parse_xml

LOC, CHANGED = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc", "{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod"


def listed(client: FlaskClient, path: str) -> dict[str, str | None]:
    """What a part of the sitemap lists, each with its lastmod."""
    root = parse_xml(client.get(path).data)
    return {str(one.findtext(LOC)): one.findtext(CHANGED) for one in root}


def everything(client: FlaskClient, path: str = "/sitemap.xml") -> list[str]:
    return [address for part in listed(client, path) for address in listed(client, part)]


@pytest.fixture
def slug(cast: Cast) -> str:
    return make_product(cast.seller, now=utc_now() - timedelta(hours=1))


def make_many(like: str, count: int) -> None:
    """So many further listings beside `like`, straight into the table."""
    columns = [column for column in Product.__table__.columns if column.name != "id"]
    with transaction():
        row = dict(db.session.execute(select(*columns).where(Product.slug == like)).mappings().one())
        db.session.execute(
            insert(Product), [{**row, "slug": f"produk-{number}", "code": f"c{number}", "once": None} for number in range(count)]
        )


def test_every_address_in_it_is_a_page(client: FlaskClient, cast: Cast, slug: str) -> None:
    make_edition(cast.curator, [slug], now=utc_now())
    found = everything(client)

    assert {f"http://localhost/{path}" for path in ("", "edisi/1", "jelajah/camilan", f"produk/{slug}")} <= set(found)
    assert len(found) == len(set(found))
    assert [address for address in found if client.get(address).status_code != 200] == []


def test_what_is_not_on_sale_or_elsewhere_or_a_draft_is_not_in_it(client: FlaskClient, cast: Cast, slug: str) -> None:
    paused, archived = (make_product(cast.other_seller, now=utc_now(), name=name) for name in ("Jeda", "Arsip"))
    far = make_product(cast.far_seller, now=utc_now())
    catalog.set_state(paused, State.PAUSED, by=cast.other_seller, now=utc_now())
    catalog.set_state(archived, State.ARCHIVED, by=cast.other_seller, now=utc_now())
    make_edition(cast.curator, [slug], now=utc_now(), publish=False)
    here, there = everything(client), everything(client, "/d/pariaman/sitemap.xml")

    assert [address for address in here if "/produk/" in address] == [f"http://localhost/produk/{slug}"]
    assert [address for address in there if "/produk/" in address] == [f"http://localhost/d/pariaman/produk/{far}"]
    assert not [address for address in here if "/edisi/" in address or "kopi-sindoro" in address]


def test_a_page_says_when_it_changed(client: FlaskClient, slug: str) -> None:
    with transaction():
        db.session.execute(update(Product).values(updated_at=datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)))

    assert listed(client, "/sitemap.xml?bagian=produk-0") == {f"http://localhost/produk/{slug}": "2026-11-22T03:04:05Z"}
    assert listed(client, "/sitemap.xml")["http://localhost/sitemap.xml?bagian=produk-0"] == "2026-11-22T03:04:05Z"


def test_a_chunk_keeps_its_listings_and_holds_ten_thousand_at_most(app: Flask, client: FlaskClient, cast: Cast, slug: str) -> None:
    make_many(slug, 2 * CHUNK)
    products = [part for part in listed(client, "/sitemap.xml") if "produk" in part]
    sizes = [len(listed(client, part)) for part in products]
    assert sizes == [CHUNK, CHUNK, 1]

    before = client.get(products[1])
    with transaction():
        db.session.execute(update(Product).where(Product.id < 5000).values(state=State.ARCHIVED))
    with count_queries(app) as sql:
        after = client.get(products[1], headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, len(sql.statements)) == (304, 2)
    assert len(before.data) < 5_000_000


def test_the_list_of_parts_takes_three_queries(app: Flask, client: FlaskClient, slug: str) -> None:
    with count_queries(app) as sql:
        client.get("/sitemap.xml")
    assert len(sql.statements) == 3


@pytest.mark.parametrize(
    "part",
    ["", "produk-1", "produk-01", "produk--1", "produk-9999999999", "produk-999999999", "produk", "lapak-7", "halaman-0", "x", "produk-٣"],
)
def test_a_part_that_is_not_there_is_404(client: FlaskClient, slug: str, part: str) -> None:
    assert client.get(f"/sitemap.xml?bagian={part}").status_code == 404


@pytest.mark.parametrize("part", [Part(PartOf.PAGES), Part(PartOf.SHOPS, 0), Part(PartOf.PRODUCTS, 123)])
def test_a_part_is_read_as_it_is_written(part: Part) -> None:
    assert parse_part(str(part)) == part


def test_an_address_may_hold_what_xml_escapes() -> None:
    for write in (index, pages):
        (one,) = parse_xml(write([("https://lapak.example/?a=1&b=<2>", None)]))
        assert (one.findtext(LOC), one.findtext(CHANGED)) == ("https://lapak.example/?a=1&b=<2>", None)


def test_robots_names_the_sitemaps_of_all_sites_of_this_host_and_closes_the_desks(client: FlaskClient, cast: Cast) -> None:
    text = client.get("/robots.txt").text
    maps = re.findall(r"^Sitemap: (.+)$", text, re.MULTILINE)

    assert sorted(maps) == ["http://localhost/d/pariaman/sitemap.xml", "http://localhost/sitemap.xml"]
    assert [client.get(address).mimetype for address in maps] == ["application/xml", "application/xml"]
    for desk in ("/dasbor", "/kurasi", "/kelola", "/pendampingan", "/klaim", "/masuk", "/pesanan", "/produk/*/pesan", "/kotak-demo"):
        assert f"Disallow: {desk}\n" in text
        assert f"Disallow: /d/*{desk}\n" in text


def test_a_site_with_a_host_of_its_own_has_its_own_robots(config: Config, cast: Cast) -> None:
    with real_instance(config, trusted_hosts="lapak.example,lapak.pariaman.example") as app:
        with app.app_context():
            texts = SiteTexts("Lapak Pariaman", "Dinas", "", "", "Lapak")
            regions.open_site(
                region_code=PARIAMAN, slug="pariaman", theme="pariaman", timezone="Asia/Jakarta", texts=texts, host="lapak.pariaman.example"
            )  # fmt: skip
        client = app.test_client()
        maps = {
            host: re.findall(r"^Sitemap: (.+)$", client.get(paths.ROBOTS, base_url=f"https://{host}").text, re.MULTILINE)
            for host in ("lapak.example", "lapak.pariaman.example")
        }
    assert maps == {
        "lapak.example": ["https://lapak.example/sitemap.xml"],
        "lapak.pariaman.example": ["https://lapak.pariaman.example/sitemap.xml"],
    }
