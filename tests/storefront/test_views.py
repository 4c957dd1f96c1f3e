"""What buyers see, and what each page costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from lapak.catalog.rules import Kind, State
from lapak.catalog.service import listings as catalog
from tests.factories import Cast, make_edition, make_product
from tests.visiting import Visit


@pytest.fixture
def slug(cast: Cast) -> str:
    return make_product(cast.seller, now=datetime.now(UTC), photo=True, category="camilan", shelf_life_days=45)


def test_listings_take_five_queries_at_most_and_a_product_six_or_one_more_once_it_was_checked(slug: str, cast: Cast, visit: Visit) -> None:
    for number in range(30):
        make_product(cast.seller, now=datetime.now(UTC), name=f"Produk nomor {number}")
    for path in ("/jelajah", "/jelajah/camilan", "/cari?q=produk", "/jelajah?wilayah=33.15&jenis=barang"):
        visit(path, queries=5)
    visit(f"/produk/{slug}", queries=6)


def test_home_takes_eleven_queries_at_most(slug: str, cast: Cast, visit: Visit, reindex: Callable[[], None]) -> None:
    make_edition(cast.curator, [slug], now=datetime.now(UTC))
    reindex()
    page = visit("/?wilayah=33.15", queries=11)
    assert page.h1
    assert page.h1.get_text(strip=True) == "Teman ngopi sore"


def test_home_without_an_edition_still_greets(visit: Visit, cast: Cast) -> None:
    assert "Langsung dari pembuatnya." in visit("/").get_text()


def test_a_shelf_goes_on_by_key(cast: Cast, visit: Visit) -> None:
    for number in range(30):
        make_product(cast.seller, now=datetime.now(UTC), name=f"Produk nomor {number}")
    first = visit("/jelajah?jenis=barang")
    following = first.select_one("a[href*='sesudah=']")
    assert following
    assert "jenis=barang" in str(following["href"])
    second = visit(str(following["href"]))
    names = [tag.get_text(strip=True) for page in (first, second) for tag in page.select("li.lapak .nama")]
    assert len(names) == len(set(names)) == 30


def test_a_product_says_what_the_seller_said(slug: str, visit: Visit) -> None:
    text = visit(f"/produk/{slug}").get_text(" ", strip=True)
    for words in ("Rp18.000", "24 bungkus", "45 hari", "Bu Darmi", "Grobogan", "Belum dikurasi"):
        assert words in text


@pytest.mark.parametrize(("state", "words"), [(State.PAUSED, "jeda"), (State.ARCHIVED, "tidak dijual lagi")])
def test_what_cannot_be_ordered_says_why(slug: str, cast: Cast, visit: Visit, state: State, words: str) -> None:
    catalog.set_state(slug, state, by=cast.seller, now=datetime.now(UTC))
    page = visit(f"/produk/{slug}")
    assert words in page.get_text()
    assert not page.select(f"a[href='/produk/{slug}/pesan']")


def test_a_product_of_another_region_is_unknown_here(cast: Cast, visit: Visit) -> None:
    far = make_product(cast.far_seller, now=datetime.now(UTC))
    visit(f"/produk/{far}", status=404)
    visit(f"/d/pariaman/produk/{far}")


def test_hostile_names_come_back_escaped(cast: Cast, visit: Visit) -> None:
    evil = '<script>alert("1")</script> keripik'
    slug = make_product(cast.seller, now=datetime.now(UTC), name=evil, description=evil, kind=Kind.GOODS)
    page = visit(f"/produk/{slug}")
    assert page.h1
    assert page.h1.get_text(strip=True) == evil


def test_a_shop_shows_what_it_sells(slug: str, visit: Visit) -> None:
    link = visit(f"/produk/{slug}").select_one("a[href^='/lapak/']")
    assert link
    assert len(visit(str(link["href"]), queries=4).select("li.lapak")) == 1


def test_an_empty_search_leads_on(visit: Visit, cast: Cast) -> None:
    page = visit("/cari?q=lumpia+kepiting")
    assert page.select_one(".kosong a")


def test_an_edition_of_a_single_place_says_how_many_stalls_and_places_too(cast: Cast, visit: Visit, now: datetime) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)

    assert "1 lapak dari 1 kabupaten atau kota." in visit("/edisi/1").get_text()
    assert "1 lapak dari 1 kabupaten atau kota, dipilih kurator." in visit("/").get_text()


def test_the_archive_offers_the_years_that_have_editions(cast: Cast, visit: Visit, now: datetime) -> None:
    assert not visit("/edisi").select("#tahun")
    for number, day in enumerate((now - timedelta(days=800), now), start=1):
        make_edition(cast.curator, [make_product(cast.seller, now=day)], now=day, number=number)
    years = [one.get_text(strip=True) for one in visit("/edisi", queries=7).select("#tahun option")]

    assert years == ["Semua tahun", str(now.year), str((now - timedelta(days=800)).year)]
