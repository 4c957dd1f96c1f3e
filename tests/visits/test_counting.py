"""From an opened page to a row of its day: what counts, what does not, and what a busy database costs."""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lapak.accounts.rules import Actor
from lapak.db.session import Query
from lapak.visits import queries, service
from lapak.visits.adapters import Counter
from lapak.visits.models import VisitDay
from lapak.visits.rules import Key, Seen, Source
from tests.factories import Cast, make_edition, make_product, product_id_of
from tests.visiting import count_queries

SignIn = Callable[[Actor | None], FlaskClient]
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"}


@pytest.fixture
def slug(cast: Cast) -> str:
    return make_product(cast.seller, now=datetime.now(UTC))


def written(app: Flask) -> list[tuple[Any, ...]]:
    """(source, views, taps) of all that is written once the counter was told to."""
    app.extensions["visits"].flush()
    return Query(select(VisitDay.source, VisitDay.views, VisitDay.taps).order_by(VisitDay.source), lambda *row: row).all()


def test_an_opened_page_and_a_tap_are_counted_by_where_people_came_from(app: Flask, client: FlaskClient, slug: str) -> None:
    page = f"/produk/{slug}"
    client.get(page, headers=PHONE)
    client.get(page, headers={**PHONE, "Referer": "http://localhost/cari?q=keripik"})
    answer = client.get(page, headers={**PHONE, "Referer": "http://localhost/edisi/1"})
    assert f"{page}/pesan?dari=edisi" in answer.text
    client.get(f"{page}/pesan?dari=edisi", headers=PHONE)
    client.get(f"{page}/pesan", headers=PHONE)
    assert written(app) == [("direct", 1, 1), ("edition", 1, 1), ("search", 1, 0)]


def test_a_link_from_outside_keeps_the_order_forms_address_plain(client: FlaskClient, slug: str) -> None:
    assert f'href="/produk/{slug}/pesan"' in client.get(f"/produk/{slug}", headers=PHONE).text


def test_an_edition_page_leads_to_its_listings_and_the_browser_tells(app: Flask, client: FlaskClient, cast: Cast, slug: str) -> None:
    make_edition(cast.curator, [slug], now=datetime.now(UTC))
    answer = client.get("/edisi/1")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert f'href="/produk/{slug}"' in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": ""}, {"User-Agent": "WhatsApp/2.23.20"}, {**PHONE, "Sec-Purpose": "prefetch"}, {**PHONE, "Purpose": "prefetch"}, {**PHONE, "X-Moz": "prefetch"},
     {**PHONE, "Cache-Control": "max-age=0"}],
)  # fmt: skip
def test_machines_and_pages_loaded_ahead_or_anew_do_not_count(app: Flask, client: FlaskClient, slug: str, headers: dict[str, str]) -> None:
    assert client.get(f"/produk/{slug}", headers=headers).status_code == 200
    assert client.head(f"/produk/{slug}", headers=PHONE).status_code == 200
    assert written(app) == []


def test_sellers_and_officials_do_not_count_themselves(app: Flask, cast: Cast, slug: str, sign_in: SignIn) -> None:
    for person in (cast.seller, cast.curator):
        sign_in(person).get(f"/produk/{slug}", headers=PHONE)
        sign_in(person).get(f"/produk/{slug}/pesan", headers=PHONE)
    assert written(app) == []


def test_a_page_that_is_not_there_and_a_form_that_is_refused_do_not_count(app: Flask, client: FlaskClient, slug: str) -> None:
    client.get("/produk/tidak-ada", headers=PHONE)
    client.get(f"/d/pariaman/produk/{slug}", headers=PHONE)
    client.post(f"/produk/{slug}/pesan", headers=PHONE)
    assert written(app) == []


def test_counting_sets_no_cookie_and_asks_the_database_nothing(app: Flask, client: FlaskClient, slug: str) -> None:
    path = f"/produk/{slug}"
    with count_queries(app) as without:
        client.get(path)
    with count_queries(app) as counted:
        assert "Set-Cookie" not in client.get(path, headers=PHONE).headers
    assert len(counted.statements) == len(without.statements)


def test_the_day_is_the_regions(app: Flask, client: FlaskClient, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    monkeypatch.setattr("lapak.app.utc_now", lambda: late)
    client.get(f"/produk/{slug}", headers=PHONE)
    app.extensions["visits"].flush()
    assert Query(select(VisitDay.day), lambda day: day).all() == [date(2026, 11, 25)]


def test_counts_join_those_of_the_day(app: Flask, slug: str) -> None:
    product_id, day = product_id_of(slug), date(2026, 11, 24)
    for _ in range(2):
        service.record({Key(product_id, day, Source.DIRECT): Seen(2, 1), Key(product_id, day, Source.SEARCH): Seen(1)})
    service.record({Key(product_id, day + timedelta(days=1), Source.DIRECT): Seen(7, 7)})
    service.record({})
    assert queries.sums([product_id, 999], first=day, end=day + timedelta(days=1)) == {product_id: Seen(6, 2)}
    assert queries.sums([], first=day, end=day) == {}


class Stubborn:
    """A database that is locked for a while."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.rows = refusals, list[Mapping[Key, Seen]]()

    def __call__(self, counts: Mapping[Key, Seen]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OperationalError("", None, sqlite3.OperationalError("database is locked"))
        self.rows.append(dict(counts))


KEY = Key(1, date(2026, 11, 24), Source.DIRECT)


def test_a_locked_database_keeps_counts_waiting(app: Flask) -> None:
    database = Stubborn(refusals=1)
    counter = Counter(app, database)
    counter.add(KEY, Seen(views=1))
    counter.flush()
    counter.add(KEY, Seen(views=1))
    assert database.rows == []
    counter.flush()
    assert database.rows == [{KEY: Seen(2)}]


@pytest.mark.sqlite
def test_a_page_does_not_wait_for_a_database_that_is_locked(app: Flask, client: FlaskClient, slug: str) -> None:
    path = str(app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///")
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        assert client.get(f"/produk/{slug}", headers=PHONE).status_code == 200
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert written(app) == [("direct", 1, 0)]


def test_a_count_of_what_is_gone_takes_nothing_else_with_it_forever(app: Flask, slug: str) -> None:
    counter = app.extensions["visits"]
    counter.add(Key(999_999, KEY.day, Source.DIRECT), Seen(views=1))
    counter.flush()
    counter.add(Key(product_id_of(slug), KEY.day, Source.DIRECT), Seen(views=1))
    assert written(app) == [("direct", 1, 0)]


def test_a_server_writes_by_itself_and_goes_on_after_a_refusal(app: Flask) -> None:
    database, done = Stubborn(refusals=1), threading.Event()

    def write(counts: Mapping[Key, Seen]) -> None:
        database(counts)
        done.set()

    counter = Counter(app, write)
    counter.every = 0.02
    for _ in range(3):
        counter.add(KEY, Seen(views=1))
    assert done.wait(5)
    assert database.rows == [{KEY: Seen(3)}]
