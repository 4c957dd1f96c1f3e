"""A seller's figures: of their own listings, by the region's days, with what the numbers are not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.orders.queries import figures
from lapak.orders.rules.states import Decline, State
from lapak.visits import queries as visit_queries
from lapak.visits import service as visits
from lapak.visits.rules import Key, Seen, Source
from tests.factories import Cast, make_product, product_id_of, shop_id_of
from tests.orders.desk import make_order
from tests.visiting import Visit

SignIn = Callable[[Actor | None], FlaskClient]
PAGE = "/dasbor/angka"
WIB = timedelta(hours=7)


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def slug(cast: Cast, moment: datetime) -> str:
    return make_product(cast.seller, now=moment)


def table(page: BeautifulSoup, heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by their first cell."""
    (section,) = [one for one in page.select("section") if one.h2 and one.h2.get_text(strip=True) == heading]
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in section.select("tbody tr")]
    return {first: rest for first, *rest in rows}


def test_a_seller_reads_what_came_of_their_listings(cast: Cast, slug: str, moment: datetime, visit: Visit, sign_in: SignIn) -> None:
    today = (moment + WIB).date()
    visits.record(
        {Key(product_id_of(slug), today, Source.SEARCH): Seen(40, 8), Key(product_id_of(slug), today, Source.EDITION): Seen(2, 1)}
    )
    make_order(cast.seller, [slug], now=moment, quantity=2, state=State.COMPLETED, source=Source.SEARCH)
    make_order(cast.seller, [slug], now=moment, state=State.CONFIRMED)
    make_order(cast.seller, [slug], now=moment, state=State.DECLINED)
    page = visit(PAGE, client=sign_in(cast.seller), queries=10)
    assert table(page, "Dari mana pembeli datang") == {
        "Halaman edisi": ["2", "1", "0", "Rp0", "Rp0"],
        "Pencarian": ["40", "8", "1", "Rp48.000", "Rp0"],
        "Rak dan halaman lapak": ["0", "0", "0", "Rp0", "Rp0"],
        "Tautan atau langsung": ["0", "0", "2", "Rp0", "Rp30.000"],
    }
    assert table(page, "Setiap produk") == {"Keripik tempe, 150 g": ["42", "9", "3", "Rp36.000", "Rp18.000"]}
    assert table(page, "Pesanan yang tidak jadi") == {"Ditolak: Barang ternyata habis": ["1 dari 3"]}
    assert next(iter(table(page, "Kunjungan").values())) == ["42"]
    assert next(iter(table(page, "Uang").values())) == ["Rp48.000", "Rp30.000"]
    assert "Uang menurut pernyataan penjual" in page.get_text()


@pytest.mark.parametrize(("asked", "days"), [("7", 7), ("30", 30), ("90", 90), ("", 30), ("91", 30), ("-1", 30), ("1e9", 30)])
def test_quiet_days_are_shown_too(cast: Cast, visit: Visit, sign_in: SignIn, asked: str, days: int) -> None:
    page = visit(f"{PAGE}?hari={asked}", client=sign_in(cast.seller), queries=10)
    assert list(table(page, "Kunjungan").values()) == [["0"]] * days
    assert page.select("nav a[aria-current]")[-1].get_text(strip=True) == f"{days} hari"
    assert "Belum ada yang membuka" in page.get_text()


def test_a_drawing_says_what_it_shows_and_where_its_numbers_stand(
    cast: Cast, slug: str, moment: datetime, visit: Visit, sign_in: SignIn
) -> None:
    make_order(cast.seller, [slug], now=moment)
    page = visit(PAGE, client=sign_in(cast.seller))
    drawings = page.select("svg.gbr")
    assert len(drawings) == 8
    for one in drawings:
        assert one["role"] == "img"
        assert all(page.find(id=name) for name in str(one["aria-labelledby"]).split())
    assert not page.select("main script")


def test_days_are_those_of_the_regions_clock(cast: Cast, slug: str) -> None:
    midnight = datetime(2026, 10, 3, 17, 0, tzinfo=UTC)
    for second in (-1, 0):
        make_order(cast.seller, [slug], now=midnight + timedelta(seconds=second))
    window = {"since": midnight - timedelta(days=1), "until": midnight + timedelta(days=1)}
    found = figures.by_day(shop_id_of(cast.seller), ahead=WIB, **window)
    assert [(one.day.isoformat(), one.orders) for one in found] == [("2026-10-03", 1), ("2026-10-04", 1)]
    east = figures.by_day(shop_id_of(cast.seller), ahead=timedelta(hours=9), **window)
    assert [(one.day.isoformat(), one.orders) for one in east] == [("2026-10-04", 2)]


def test_orders_that_fell_through_are_counted_by_their_reason(cast: Cast, slug: str, moment: datetime) -> None:
    for number in range(2):
        make_order(cast.seller, [slug], now=moment - timedelta(seconds=number), state=State.DECLINED)
    make_order(cast.seller, [slug], now=moment)
    (ending,) = figures.endings(shop_id_of(cast.seller), since=moment - timedelta(days=1), until=moment + timedelta(days=1))
    assert (ending.state, ending.decline, ending.orders) == (State.DECLINED, Decline.SOLD_OUT, 2)


def test_nothing_of_another_shop_is_counted(cast: Cast, slug: str, moment: datetime, visit: Visit, sign_in: SignIn) -> None:
    today = (moment + WIB).date()
    visits.record({Key(product_id_of(slug), today, Source.DIRECT): Seen(5, 5)})
    make_order(cast.seller, [slug], now=moment, state=State.COMPLETED)
    page = visit(PAGE, client=sign_in(cast.other_seller))
    assert "Keripik" not in page.get_text()
    assert not visit_queries.by_day(shop_id_of(cast.other_seller), first=today, end=today + timedelta(days=1))
    window = {"since": moment - timedelta(days=1), "until": moment + timedelta(days=1)}
    assert not figures.by_product(shop_id_of(cast.other_seller), limit=9, **window)


def test_who_has_no_shop_is_led_to_open_one(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.companion).get(PAGE).status_code == 403
    assert sign_in(None).get(PAGE).location.startswith("/masuk")
