"""A region's market takes sellers in from beyond its border; they belong to it alone, and every page says where they are."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lapak.catalog import queries as catalog
from lapak.catalog.queries import Filter
from lapak.db.session import Query
from lapak.exchange import service
from lapak.shops.models import Shop
from lapak.shops.rules import market_of
from lapak.storefront import queries as storefront
from tests.exchange.test_exchange import take, write
from tests.factories import JATENG, PARIAMAN, Cast, make_edition
from tests.visiting import Visit

LIST = (
    "nama,harga,kategori,kota,telepon\nKeripik tempe,18000,Camilan,Kab. Grobogan,\nPeuyeum ketan,25000,Camilan,Kota Bandung,081222333444\n"
)


@pytest.fixture(autouse=True)
def _market(cast: Cast, now: datetime, tmp_path: Path) -> None:
    take(write(tmp_path, LIST), now=now)


def listing(name: str) -> catalog.ProductView:
    card = next(card for card in catalog.shelf(Filter(JATENG)).rows if card.name == name)
    found = catalog.by_slug(card.slug)
    assert found
    return found


def test_a_market_is_ones_own_places_unless_somebody_took_one_in_from_outside() -> None:
    assert market_of("33.74", "33") == "33.74"
    assert market_of("33.74", "33.74") == "33.74"
    assert market_of("32.73", "33") == "33"
    assert market_of("34.71", "33.74") == "33.74"


def test_a_row_from_outside_stands_in_the_market_with_its_kind_and_its_place() -> None:
    assert Query(select(Shop.region_code, Shop.market_code).where(Shop.origin == "import").order_by(Shop.id), lambda *row: row).all() == [
        ("33.15", "33.15"), ("32.73", "33"),
    ]  # fmt: skip
    found = listing("Peuyeum ketan")
    assert (found.category, found.place_name, found.is_outside) == ("camilan", "Kota Bandung", True)
    assert not listing("Keripik tempe").is_outside


def test_its_page_says_so_and_no_other_region_shows_it(visit: Visit, client: FlaskClient) -> None:
    found = listing("Peuyeum ketan")
    page = visit(f"/produk/{found.slug}").get_text(" ", strip=True)

    assert "Kota Bandung, di luar Jawa Tengah" in page
    assert "di luar" not in visit(f"/produk/{listing('Keripik tempe').slug}").get_text()
    assert "Kota Bandung, di luar Jawa Tengah" in visit(f"/lapak/{found.shop_slug}").get_text(" ", strip=True)
    assert client.get(f"/d/pariaman/produk/{found.slug}").status_code == 404
    assert client.get(f"/d/pariaman/lapak/{found.shop_slug}").status_code == 404
    assert client.get(f"/p/{found.code}").headers["Location"].endswith(f"/produk/{found.slug}")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_the_places_to_choose_from_name_those_outside_apart_and_a_choice_finds_just_that(
    is_indexed: bool, app: Flask, visit: Visit, reindex: Callable[[], None]
) -> None:
    if is_indexed:
        reindex()
    options = {option["value"]: option for option in visit("/jelajah").select("select[name=wilayah] option")}

    assert options["32.73"].get_text() == "Kota Bandung (1)"
    assert options["32.73"].find_parent("optgroup")["label"] == "Di luar daerah ini"  # type: ignore[index]
    assert options["33.15"].find_parent("optgroup") is None
    names = [one.get_text(strip=True) for one in visit("/jelajah?wilayah=32.73").select("main .nama")]
    assert names == ["Peuyeum ketan"]
    chosen = storefront.shelf(JATENG, storefront.Look(place="32.73", words="keripik"))
    assert chosen
    assert (chosen.total, [(place.code, place.count) for place in chosen.places if place.is_outside]) == (
        0,
        [("32.73", 0)] if is_indexed else [("32.73", 1)],
    )
    other = storefront.shelf(PARIAMAN, storefront.Look())
    assert other
    assert [place.code for place in other.places if place.is_outside] == []


def test_it_can_be_chosen_for_an_edition_and_comes_back_with_an_export(cast: Cast, now: datetime, visit: Visit) -> None:
    make_edition(cast.curator, [listing("Peuyeum ketan").slug], now=now)
    rows = [row for row in service.export(JATENG, photos=None, with_phones=False) if "Peuyeum ketan" in row]

    assert "Peuyeum ketan" in visit("/edisi/1").get_text()
    assert "Kota Bandung" in rows[0]
    assert not [row for row in service.export(PARIAMAN, photos=None, with_phones=False) if "Peuyeum ketan" in row]


def test_an_admin_of_the_market_hands_it_over_and_one_of_its_place_does_not(
    cast: Cast, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    found = listing("Peuyeum ketan")

    assert sign_in(cast.admin).get(f"/pendampingan/{found.shop_slug}").status_code == 200
    assert sign_in(cast.far_curator).get(f"/pendampingan/{found.shop_slug}").status_code in {403, 404}
