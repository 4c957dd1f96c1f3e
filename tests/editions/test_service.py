"""Making and publishing editions."""

import threading
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from lapak.catalog import queries as catalog
from lapak.catalog import service as listings
from lapak.catalog.rules import State
from lapak.db.outbox import OutboxRow
from lapak.db.session import Query
from lapak.editions import queries, service
from lapak.editions.rules import draw
from lapak.editions.service import EditionDraft
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import JATENG, PARIAMAN, Cast, make_edition, make_product


def _products(cast: Cast, now: datetime, count: int) -> list[str]:
    return [make_product(cast.seller, now=now, name=f"Produk nomor {number}") for number in range(count)]


def test_a_published_edition_has_numbered_stalls_that_anyone_can_draw_again(cast: Cast, now: datetime) -> None:
    slugs = _products(cast, now, 10)
    make_edition(cast.curator, slugs, now=now)
    edition = queries.by_number(JATENG, 1)
    assert edition
    assert edition.lot_seed
    cards = queries.cards(edition.id)
    assert [card.stall for card in cards] == list(range(1, 11))
    assert [card.slug for card in cards] == draw(slugs, seed=edition.lot_seed)


def test_publishing_marks_the_listings_curated_and_is_announced_once(cast: Cast, now: datetime) -> None:
    slugs = _products(cast, now, 2)
    make_edition(cast.curator, slugs, now=now)
    with pytest.raises(Conflict):
        service.publish(1, region_code=JATENG, by=cast.curator, now=now)
    products = [catalog.by_slug(slug) for slug in slugs]
    assert all(product and product.is_curated for product in products)
    assert Query(select(OutboxRow.name).where(OutboxRow.name == "EditionPublished"), str).all() == ["EditionPublished"]


def test_an_eleventh_listing_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="sepuluh"):
        make_edition(cast.curator, _products(cast, now, 11), now=now, publish=False)


def test_picking_and_dropping_twice_changes_nothing(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug, slug], now=now, publish=False)
    edition = queries.by_number(JATENG, 1)
    assert edition
    assert edition.entry_count == 1
    for _ in range(2):
        service.drop(1, slug, region_code=JATENG, by=cast.curator)
    assert queries.cards(edition.id) == []


def test_an_empty_edition_is_not_published(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="kosong"):
        make_edition(cast.curator, [], now=now)


def test_a_listing_that_left_the_shelf_holds_publication_up(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug], now=now, publish=False)
    listings.set_state(slug, State.ARCHIVED, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="tidak dijual"):
        service.publish(1, region_code=JATENG, by=cast.curator, now=now)


def test_a_listing_of_another_region_is_unknown_here(cast: Cast, now: datetime) -> None:
    far = make_product(cast.far_seller, now=now)
    with pytest.raises(NotFound):
        make_edition(cast.curator, [far], now=now)


def test_only_a_curator_of_the_region_makes_editions(cast: Cast, now: datetime) -> None:
    for person in (cast.seller, cast.admin, cast.far_curator):
        with pytest.raises(NotAllowed):
            make_edition(person, [], now=now, publish=False)


def test_two_regions_count_their_editions_apart(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, _products(cast, now, 1), now=now, number=1)
    make_edition(cast.far_curator, [make_product(cast.far_seller, now=now)], now=now, number=1, region=PARIAMAN)
    assert [queries.next_number(JATENG), queries.next_number(PARIAMAN)] == [2, 2]


def test_a_number_is_given_once(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, [], now=now, publish=False)
    with pytest.raises(Invalid, match="sudah ada"):
        make_edition(cast.curator, [], now=now, publish=False)


def test_a_published_edition_cannot_be_described_anew(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, _products(cast, now, 1), now=now)
    with pytest.raises(Conflict):
        service.describe(1, EditionDraft(1, "Tema lain", "", date(2026, 11, 29)), region_code=JATENG, by=cast.curator)


def test_two_curators_publishing_at_once_draw_once(app: Flask, cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, _products(cast, now, 5), now=now, publish=False)
    outcomes: list[str] = []

    def publish() -> None:
        with app.app_context():
            try:
                service.publish(1, region_code=JATENG, by=cast.curator, now=now)
                outcomes.append("published")
            except Conflict:
                outcomes.append("refused")

    both = [threading.Thread(target=publish) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["published", "refused"]
