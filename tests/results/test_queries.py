"""What became of listings, read from visits and orders, and how an edition's page tells it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask, g, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lapak.accounts.models import Account
from lapak.accounts.rules import Actor
from lapak.catalog.models import Product
from lapak.catalog.service.stock import Line
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.editions.models import Entry
from lapak.editions.rules.choosing import Standing
from lapak.editions.service import publishing
from lapak.orders.service import answering, buying, placing
from lapak.orders.service.placing import OrderDraft
from lapak.regions.queries import site_of
from lapak.results import queries
from lapak.results.rules import Figures, Group, Outcome
from lapak.shops.models import Shop
from lapak.visits import service as visits
from lapak.visits.rules import Key, Seen, Source
from tests.factories import (
    JATENG,
    KEY,
    WHY,
    Cast,
    actor_of,
    code_of,
    edition_rows,
    make_edition,
    make_product,
    make_seller,
    product_id_of,
    shop_id_of,
)
from tests.visiting import Visit, count_queries

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
"""When the day of publication began, on the clocks of Jawa Tengah."""
LATER = AT + timedelta(days=30)
Three = list[tuple[Actor, int]]
Show = Callable[[Outcome], BeautifulSoup]


@pytest.fixture
def three(cast: Cast) -> Three:
    """Three sellers with a listing each."""
    third = make_seller("+6281225001199", "Wingko Pak Tri", "33.74", now=AT - timedelta(days=40))
    sellers = (cast.seller, cast.other_seller, third)
    return [(seller, product_id_of(make_product(seller, now=AT - timedelta(days=40)))) for seller in sellers]


def order(seller: Actor, product_id: int, *, at: datetime, confirmed: datetime | None = None, declared: datetime | None = None, received: datetime | None = None) -> None:  # fmt: skip
    key = f"{product_id}-{at.isoformat()}"
    draft = OrderDraft("Rina", "", "", (Line(product_id, 1),))
    token = placing.place(draft, shop_id=shop_id_of(seller), idempotency_key=key, origin=key, site_code=JATENG, key=KEY, now=at)
    if confirmed:
        answering.confirm(code_of(token), by=seller, now=confirmed)
    if received:
        buying.receive_goods(token, now=received)
    if declared:
        answering.complete(code_of(token), by=seller, now=declared)


def ids(three: Three) -> list[int]:
    return [product_id for _, product_id in three]


def outcome(cast: Cast, three: Three, *, now: datetime = LATER) -> Outcome:
    """What became of the three in an edition published then, which all of them agreed to."""
    publish(cast.curator, ids(three), agreed=ids(three))
    return queries.of_edition(1, at=AT, now=now, timezone="Asia/Jakarta")


def publish(curator: Actor, listings: list[int], *, agreed: list[int]) -> None:
    """Edition 1 with these listings, those shops' figures to be counted."""
    make_edition(curator, [slug_of(listing) for listing in listings], now=AT)
    with transaction():
        db.session.execute(update(Entry).where(Entry.product_id.in_(agreed)).values(shares_figures=True))


def keep_back(listing: int, *, was_ready: bool) -> None:
    """A listing of edition 1 waited in reserve instead."""
    with transaction():
        waited = update(Entry).where(Entry.product_id == listing)
        db.session.execute(waited.values(standing=Standing.RESERVE, stall=None, was_ready=was_ready))


def slug_of(product_id: int) -> str:
    return Query(select(Product.slug).where(Product.id == product_id), str).all()[0]


def test_visits_are_summed_over_sources_by_the_days_of_each_window(cast: Cast, three: Three) -> None:
    product_id = ids(three)[0]
    counts = {
        Key(product_id, date(2026, 11, 14), Source.DIRECT): Seen(1000, 1000),
        Key(product_id, date(2026, 11, 15), Source.DIRECT): Seen(1, 0),
        Key(product_id, date(2026, 11, 21), Source.SEARCH): Seen(2, 1),
        Key(product_id, date(2026, 11, 22), Source.EDITION): Seen(30, 3),
        Key(product_id, date(2026, 11, 28), Source.EDITION): Seen(10, 2),
        Key(product_id, date(2026, 11, 29), Source.EDITION): Seen(1000, 1000),
    }
    visits.record(counts)
    found = outcome(cast, three).published
    assert (found.before, found.after) == (Figures(3, 1), Figures(40, 5))


def test_an_order_belongs_to_the_window_it_was_made_in_to_the_second(cast: Cast, three: Three) -> None:
    seller, product_id = three[0]
    second = timedelta(seconds=1)
    for at in (
        MIDNIGHT - timedelta(days=7) - second, MIDNIGHT - timedelta(days=7), MIDNIGHT - second,
        MIDNIGHT, MIDNIGHT + second, MIDNIGHT + timedelta(days=7) - second, MIDNIGHT + timedelta(days=7),
    ):  # fmt: skip
        order(seller, product_id, at=at)
    found = outcome(cast, three).published
    assert found.before is not None
    assert found.after is not None
    assert (found.before.placed, found.after.placed) == (2, 3)


def test_what_sellers_say_and_what_buyers_say_are_counted_apart(cast: Cast, three: Three) -> None:
    (first, one), (second, two), (third, other) = three
    at, soon = AT + timedelta(days=1), AT + timedelta(days=2)
    order(first, one, at=at, confirmed=soon, declared=soon)
    order(second, two, at=at, confirmed=soon, received=soon)
    order(third, other, at=at, confirmed=soon, declared=soon, received=soon)
    order(third, other, at=at + timedelta(minutes=1))
    assert outcome(cast, three).published.after == Figures(0, 0, placed=4, confirmed=3, declared=2, received=2)


def test_what_is_said_long_after_the_window_does_not_count_for_either(cast: Cast, three: Three) -> None:
    seller, product_id = three[0]
    in_time, too_late = MIDNIGHT + timedelta(days=14) - timedelta(seconds=1), MIDNIGHT + timedelta(days=14)
    for minute, said in enumerate((in_time, too_late)):
        order(seller, product_id, at=AT + timedelta(minutes=minute), confirmed=AT + timedelta(hours=1), received=said)
    found = outcome(cast, three).published.after
    assert found is not None
    assert (found.confirmed, found.received) == (2, 1)


@pytest.fixture
def six(cast: Cast, three: Three) -> list[int]:
    """Edition 1 of four listings, three of whose shops agreed; a fifth was ready in reserve and agreed, a sixth was not ready."""
    sellers = [make_seller(f"+62812250022{number:02}", f"Lapak {number}", "33.74", now=AT) for number in range(3)]
    listings = [*ids(three), *(product_id_of(make_product(seller, now=AT - timedelta(days=40))) for seller in sellers)]
    publish(cast.curator, listings, agreed=[*listings[:3], *listings[4:]])
    keep_back(listings[4], was_ready=True)
    keep_back(listings[5], was_ready=False)
    return listings


def test_only_those_count_who_agreed_and_reserves_only_who_were_ready(six: list[int]) -> None:
    visits.record({Key(listing, date(2026, 11, 23), Source.EDITION): Seen(10) for listing in six})
    found = queries.of_edition(1, at=AT, now=LATER, timezone="Asia/Jakarta")
    assert found.published == Group(3, 3, 4, Figures(), Figures(views=30))
    assert found.reserves == Group(1, 1, 1, None, None)


@pytest.fixture
def reserves(cast: Cast, three: Three) -> list[int]:
    """Edition 1 of three listings; the listings of four more shops were ready in reserve. All agreed."""
    sellers = [make_seller(f"+62812250032{number:02}", f"Lapak {number}", "33.74", now=AT) for number in range(4)]
    waiting = [product_id_of(make_product(seller, now=AT - timedelta(days=40))) for seller in sellers]
    publish(cast.curator, [*ids(three), *waiting], agreed=[*ids(three), *waiting])
    for listing in waiting:
        keep_back(listing, was_ready=True)
    visits.record({Key(listing, date(2026, 11, 23), Source.SHELF): Seen(10) for listing in waiting})
    return waiting


def outcome_of_1(now: datetime = LATER) -> Outcome:
    return queries.of_edition(1, at=AT, now=now, timezone="Asia/Jakarta")


@pytest.mark.parametrize(
    ("at", "is_left_out"),
    [
        (MIDNIGHT - timedelta(days=7, seconds=1), False),
        (MIDNIGHT - timedelta(days=7), True),
        (AT + timedelta(days=3), True),
        (MIDNIGHT + timedelta(days=7), False),
    ],
)
@pytest.mark.parametrize("is_removed", [False, True])
def test_a_reserve_that_went_out_elsewhere_in_those_days_is_no_comparison(
    cast: Cast, reserves: list[int], at: datetime, is_left_out: bool, is_removed: bool
) -> None:
    make_edition(cast.curator, [slug_of(reserves[0])], now=at, number=2)
    if is_removed:
        publishing.remove("2", edition_rows(2)[0].code, reason=WHY, region_code=JATENG, by=cast.curator, now=LATER)
    figures = (3, Figures(views=30)) if is_left_out else (4, Figures(views=40))
    found = outcome_of_1().reserves
    assert (found.listings, found.after) == figures
    assert found.of == found.listings


def test_another_listing_of_a_reserves_shop_that_went_out_counts_as_well(cast: Cast, reserves: list[int]) -> None:
    owner = Query(select(Shop.owner_id).join(Product, Product.shop_id == Shop.id).where(Product.id == reserves[0]), int).all()[0]
    phone = Query(select(Account.phone).where(Account.id == owner), str).all()[0]
    other = make_product(actor_of(phone), now=AT, name="Kopi")
    make_edition(cast.curator, [other], now=AT + timedelta(days=1), number=2)
    assert outcome_of_1().reserves.listings == 3


def test_reserves_show_no_sums_while_one_of_them_may_still_go_out(reserves: list[int], show: Show) -> None:
    end = MIDNIGHT + timedelta(days=7)
    early = outcome_of_1(end - timedelta(seconds=1))
    assert (early.reserves.before, early.reserves.after, early.reserves.is_early) == (None, None, True)
    assert "masih dapat tampil di edisi lain" in show(early).get_text()
    assert outcome_of_1(end).reserves.after == Figures(views=40)


def test_what_is_removed_after_publication_stays_in_the_sums(cast: Cast, reserves: list[int], three: Three) -> None:
    visits.record({Key(listing, date(2026, 11, 23), Source.EDITION): Seen(30) for listing in ids(three)})
    before = outcome_of_1().published
    gone = next(row for row in edition_rows() if row.stall)
    publishing.remove("1", gone.code, reason=WHY, region_code=JATENG, by=cast.curator, now=LATER)
    assert outcome_of_1().published == before == Group(3, 3, 3, Figures(), Figures(views=90))


def test_it_costs_two_queries_and_one_where_nobody_agreed(app: Flask, six: list[int]) -> None:
    with count_queries(app) as sql:
        queries.of_edition(1, at=AT, now=LATER, timezone="Asia/Jakarta")
    assert len(sql.statements) == 2
    with transaction():
        db.session.execute(update(Entry).values(shares_figures=False))
    with count_queries(app) as sql:
        assert queries.of_edition(1, at=AT, now=LATER, timezone="Asia/Jakarta").is_empty
    assert len(sql.statements) == 1


def test_an_editions_page_tells_it(six: list[int], visit: Visit) -> None:
    page = visit("/edisi/1", queries=7)
    assert "3 produk dari 3 lapak yang mengizinkan angkanya dihitung, dari 4 produk." in words(page)


def test_an_edition_of_which_nobody_agreed_says_nothing(cast: Cast, three: Three, visit: Visit, client: FlaskClient) -> None:
    publish(cast.curator, ids(three), agreed=[])
    assert not visit("/edisi/1", queries=6).select("#hasil")
    assert json.loads(client.get("/edisi/1.json").data)["outcome"] is None


def test_the_data_say_what_the_page_says(six: list[int], client: FlaskClient) -> None:
    visits.record({Key(six[0], date(2026, 11, 23), Source.EDITION): Seen(10, 2)})
    told = json.loads(client.get("/edisi/1.json").data)["outcome"]
    assert (told["before"], told["after"]["last"]) == ({"first": "2026-11-15", "last": "2026-11-21"}, "2026-11-28")
    assert told["published"]["after"] == {"views": 10, "taps": 2, "placed": 0, "confirmed": 0, "declared": 0, "received": 0}
    assert told["reserves"] == {"listings": 1, "shops": 1, "of": 1, "before": None, "after": None}


def words(page: BeautifulSoup) -> str:
    return " ".join(page.select("#hasil")[0].get_text().split())


@pytest.fixture
def show(app: Flask) -> Callable[[Outcome], BeautifulSoup]:
    def render(found: Outcome) -> BeautifulSoup:
        with app.test_request_context("/edisi/47"):
            g.site = site_of(JATENG)
            text = "{% from 'results/outcome.html' import outcome %}{{ outcome(found) }}"
            return BeautifulSoup(render_template_string(text, found=found), "html.parser")

    return render


def test_a_group_of_too_few_shows_no_figures_and_says_so(cast: Cast, three: Three, show: Show) -> None:
    visits.record({Key(product_id, date(2026, 11, 23), Source.EDITION): Seen(30, 3) for product_id in ids(three)})
    page = show(outcome(cast, three))
    assert page.select("tbody tr th")[0].get_text(strip=True) == "Halaman produk dibuka"
    assert [rect["width"] for rect in page.select("tbody tr:first-child rect")] == ["0", "100"]
    assert "Kurang dari tiga lapak" in page.get_text()
    assert len(page.select("thead th")) == 3
    assert "tidak dapat diperkirakan" in page.get_text()
    assert not page.select("[style]")


def test_with_both_groups_the_page_says_what_rose_beyond_the_reserves(cast: Cast, three: Three, show: Show) -> None:
    sellers = [make_seller(f"+62812250012{number:02}", f"Lapak {number}", "33.74", now=AT) for number in range(3)]
    reserves = [product_id_of(make_product(seller, now=AT)) for seller in sellers]
    publish(cast.curator, [*ids(three), *reserves], agreed=[*ids(three), *reserves])
    for listing in reserves:
        keep_back(listing, was_ready=True)
    visits.record({Key(product_id, date(2026, 11, 23), Source.EDITION): Seen(30, 3) for product_id in ids(three)})
    visits.record({Key(product_id, date(2026, 11, 23), Source.SHELF): Seen(10, 0) for product_id in reserves})
    early, late = (queries.of_edition(1, at=AT, now=now, timezone="Asia/Jakarta") for now in (AT + timedelta(days=9), LATER))
    page = show(late)
    assert len(page.select("thead th")) == 6
    assert page.select("tbody tr")[0].select("td")[-1].get_text(strip=True) == "+20,0"
    assert "Belum tetap" in show(early).get_text()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (AT + timedelta(days=2), "Baru 2 dari 7 hari"),
        (AT + timedelta(days=9), "belum tetap"),
        (AT + timedelta(days=30), ""),
    ],
)
def test_the_page_says_what_is_not_over_yet(cast: Cast, three: Three, show: Show, now: datetime, said: str) -> None:
    words = show(outcome(cast, three, now=now)).get_text()
    assert ("Data sampai" in words) == bool(said)
    assert said in words


def test_an_outcome_that_is_not_over_says_when_it_comes_and_sums_nothing_up(cast: Cast, three: Three, show: Show) -> None:
    page = show(outcome(cast, three, now=AT + timedelta(days=2)))

    assert "Hasil lengkap ada mulai 29 November 2026" in page.get_text()
    assert not page.select("dl.ringkas")


def test_the_sum_of_an_outcome_stands_before_its_details(cast: Cast, three: Three, show: Show) -> None:
    page = show(outcome(cast, three, now=LATER))
    shown = page.select("dl.ringkas")[0]

    assert [one.get_text(strip=True) for one in shown.select("dt")] == ["Halaman produk dibuka", "Pesanan dibuat pembeli"]
    assert not shown.find_parent("details")
    table = page.select("table.hasil-edisi")[0].find_parent("details")
    assert table
    assert not table.has_attr("open")
