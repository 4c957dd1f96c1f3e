"""Listings, their stock and photos."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lapak.catalog import queries
from lapak.catalog.queries import Filter
from lapak.catalog.rules import Draft, Kind, State, Supply
from lapak.catalog.service import listings as service
from lapak.catalog.service import stock
from lapak.catalog.service.stock import Line
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.money import Rupiah
from tests.factories import JATENG, PARIAMAN, Cast, make_photo, make_product, product_id_of, shop_id_of, stock_of

DRAFT = Draft("Keripik tempe, 150 g", Rupiah(18000), stock=24, stock_seen=24)


def test_a_listing_is_on_sale_at_once_and_not_curated(cast: Cast, now: datetime) -> None:
    product = queries.by_slug(make_product(cast.seller, now=now))
    assert product
    assert (product.state, product.is_curated, product.left) == (State.ACTIVE, False, 24)


def test_a_seller_changes_stock_by_the_difference(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=24)
    stock.hold([Line(product_id_of(slug), 4)], shop_id=shop_id_of(cast.seller))
    service.edit(slug, Draft("Keripik", Rupiah(18000), stock=30, stock_seen=24), photos={}, by=cast.seller, now=now)
    assert stock_of(slug) == (30, 4, 0)


def test_saving_an_old_page_does_not_bring_sold_units_back(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=24)
    stock.hold([Line(product_id_of(slug), 20)], shop_id=shop_id_of(cast.seller))
    service.edit(slug, DRAFT, photos={}, by=cast.seller, now=now)
    assert stock_of(slug) == (24, 20, 0)


def test_an_edit_sent_twice_adds_once(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=10)
    for _ in range(2):
        again = Draft("Keripik", Rupiah(18000), stock=20, stock_seen=10, received_seen=10)
        service.edit(slug, again, photos={}, by=cast.seller, now=now)
    assert stock_of(slug) == (20, 0, 0)


def test_made_to_order_and_back_invents_no_stock(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=10)
    service.edit(slug, Draft("Keripik", Rupiah(18000), supply=Supply.MADE_TO_ORDER), photos={}, by=cast.seller, now=now)
    service.edit(slug, Draft("Keripik", Rupiah(18000), stock=5), photos={}, by=cast.seller, now=now)
    assert stock_of(slug) == (5, 0, 0)


def test_taking_away_more_than_is_free_is_refused_and_changes_nothing(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=24)
    stock.hold([Line(product_id_of(slug), 20)], shop_id=shop_id_of(cast.seller))
    with pytest.raises(Conflict):
        service.edit(slug, Draft("Nama lain", Rupiah(1), stock=0, stock_seen=24), photos={}, by=cast.seller, now=now)
    product = queries.by_slug(slug)
    assert product
    assert (product.name, stock_of(slug)) == ("Keripik tempe, 150 g", (24, 20, 0))


@pytest.mark.parametrize("values", ["held = on_hand + 1", "held = -1", "on_hand = on_hand - 1", "price = 0", "state = 'sold'"])
def test_the_database_itself_refuses_impossible_rows(cast: Cast, now: datetime, values: str) -> None:
    make_product(cast.seller, now=now)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text(f"UPDATE product SET {values}"))  # noqa: S608


def test_another_persons_listing_does_not_exist(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    with pytest.raises(NotFound):
        service.edit(slug, DRAFT, photos={}, by=cast.other_seller, now=now)
    with pytest.raises(NotFound):
        service.set_state(slug, State.ARCHIVED, by=cast.other_seller, now=now)


def test_photos_keep_their_order_and_take_the_name_as_alt(cast: Cast, now: datetime) -> None:
    keys = [make_photo(cast.seller, now=now, alt="") for _ in range(3)]
    slug = service.publish(DRAFT, photos=dict.fromkeys([keys[2], keys[0], keys[1]], ""), by=cast.seller, now=now)
    photos = queries.photos_of(product_id_of(slug))
    assert [photo.key for photo in photos] == [keys[2], keys[0], keys[1]]
    assert {photo.alt for photo in photos} == {"Keripik tempe, 150 g"}


def test_a_foreign_photo_is_refused_as_unknown(cast: Cast, now: datetime) -> None:
    foreign = make_photo(cast.other_seller, now=now)
    for key in (foreign, "no-such-photo"):
        with pytest.raises(Invalid, match="tidak ditemukan"):
            service.publish(DRAFT, photos={key: ""}, by=cast.seller, now=now)


def test_sent_twice_it_is_one_listing(cast: Cast, now: datetime) -> None:
    photo = {make_photo(cast.seller, now=now): ""}
    slugs = {service.publish(DRAFT, photos=photo, by=cast.seller, now=now, once="same") for _ in range(2)}
    assert len(slugs) == 1
    assert queries.count(Filter(JATENG)) == 1


def test_a_photo_belongs_to_one_listing(cast: Cast, now: datetime) -> None:
    photo = {make_photo(cast.seller, now=now): ""}
    service.publish(DRAFT, photos=photo, by=cast.seller, now=now)
    with pytest.raises(Invalid, match="sudah dipakai"):
        service.publish(DRAFT, photos=photo, by=cast.seller, now=now)


def test_more_than_ten_photos_are_refused(cast: Cast, now: datetime) -> None:
    keys = [make_photo(cast.seller, now=now) for _ in range(11)]
    with pytest.raises(Invalid, match="10 foto"):
        service.publish(DRAFT, photos=dict.fromkeys(keys, ""), by=cast.seller, now=now)


@pytest.mark.parametrize("category", ["tidak-ada", "'; DROP TABLE product; --"])
def test_an_unknown_category_is_refused(cast: Cast, now: datetime, category: str) -> None:
    with pytest.raises(Invalid):
        service.publish(Draft("Keripik", Rupiah(1), category=category), photos={}, by=cast.seller, now=now)


def test_a_shelf_holds_its_own_region_only(cast: Cast, now: datetime) -> None:
    near, far = make_product(cast.seller, now=now), make_product(cast.far_seller, now=now)
    assert [card.slug for card in queries.shelf(Filter(JATENG)).rows] == [near]
    assert [card.slug for card in queries.shelf(Filter(PARIAMAN)).rows] == [far]


def test_paused_and_archived_listings_leave_the_shelf(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    for state in (State.PAUSED, State.ACTIVE, State.ARCHIVED):
        service.set_state(slug, state, by=cast.seller, now=now)
        assert queries.count(Filter(JATENG)) == (1 if state is State.ACTIVE else 0)


def test_pages_follow_by_key_without_gaps_or_repeats(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now, name=f"Produk nomor {number}") for number in range(7)]
    first = queries.shelf(Filter(JATENG), limit=3)
    second = queries.shelf(Filter(JATENG), limit=3, after=first.next_key)
    third = queries.shelf(Filter(JATENG), limit=3, after=second.next_key)
    assert [card.slug for page in (first, second, third) for card in page.rows] == slugs[::-1]
    assert third.next_key is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("keripik", 1),
        ("KERIPIK tempe", 1),
        ("darmi", 1),
        ("tempe kopi", 0),
        ("%", 1),
        ("_", 0),
        ("\\", 0),
        ("' OR 1=1 --", 0),
        ('"', 0),
        ("100%", 1),
    ],
)
def test_search_takes_every_word_as_it_is_written(cast: Cast, now: datetime, words: str, found: int) -> None:
    make_product(cast.seller, now=now)
    make_product(cast.other_seller, now=now, name="Kopi arabika 100% asli")
    assert queries.count(Filter(JATENG, words=words)) == found


def test_services_and_goods_are_told_apart(cast: Cast, now: datetime) -> None:
    make_product(cast.seller, now=now)
    wash = make_product(
        cast.seller, now=now, name="Cuci kering", kind=Kind.SERVICE, stock=None, supply=Supply.STOCK, area_served="Grobogan"
    )
    assert [card.slug for card in queries.shelf(Filter(JATENG, kind="service")).rows] == [wash]
    product = queries.by_slug(wash)
    assert product
    assert (product.supply, product.left, product.reach_text) == (Supply.SERVICE, None, "Grobogan")
