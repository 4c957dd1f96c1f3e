"""A market's day on PostgreSQL: a shop opens, sells, is chosen and found; nothing of stock goes astray."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lapak.accounts.models import Account
from lapak.app import HEARS
from lapak.config import Config
from lapak.db import outbox
from lapak.db.session import Query, transaction
from lapak.editions.queries import public
from lapak.editions.rules.calendar import State
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import Invalid
from lapak.orders.queries import reading as orders_queries
from lapak.orders.service import answering, timing
from lapak.search.adapters import Writer
from lapak.search.service import catch_up
from tests.crash import market
from tests.factories import JATENG, make_edition, make_product, make_seller, make_testimonial, stock_of
from tests.postgresql.conftest import Stage
from tests.visiting import Visit, signed_in


def tell(event: str, keys: dict[str, object]) -> None:
    for listener in HEARS.get(event, []):
        listener(**keys)


def test_from_a_new_shop_to_a_published_edition(pg: Stage, pg_config: Config) -> None:
    app, cast = pg
    now = utc_now() - timedelta(days=2)
    visit = Visit(app)
    seller = make_seller("+6281227450999", "Bu Tini", "33.74", now=now)
    slug = make_product(seller, now=now, name="Wingko babat", stock=5, photo=True)
    token = market.place(slug, "Rina", once="form", now=now)
    assert (stock_of(slug), market.complaints()) == ((5, 1, 0), [])
    order = orders_queries.by_token(token)
    assert order
    answering.confirm(order.code, by=seller, now=now)
    answering.complete(order.code, by=seller, now=now)
    assert (stock_of(slug), market.complaints()) == ((4, 0, 1), [])

    make_testimonial(seller, slug, now=now, buyer="Sari", by=cast.curator)
    make_edition(cast.curator, [slug], now=now)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert edition.state is State.PUBLISHED
    while outbox.relay(tell, now=utc_now()):
        pass
    writer = Writer(pg_config.index)
    while catch_up(writer):
        pass

    client = signed_in(app, seller)
    for path in (
        "/",
        f"/produk/{slug}",
        f"/produk/{slug}/pesan",
        "/edisi",
        "/edisi/1",
        "/jelajah",
        f"/pesanan/{token}",
        "/edisi/1/cara-kami-memilih",
    ):
        visit(path)
    assert "Wingko babat" in visit("/cari?q=wingko").get_text()
    for path in ("/dasbor", "/dasbor/pesanan", f"/dasbor/pesanan/{order.code}", f"/dasbor/produk/{slug}"):
        visit(path, client=client)
    assert market.complaints() == []


def test_orders_that_nobody_answers_give_back_what_they_took(pg: Stage) -> None:
    _, cast = pg
    now = utc_now()
    slug = make_product(cast.seller, now=now, stock=5)
    for number in range(3):
        market.place(slug, f"Pembeli {number}", once=f"form-{number}", now=now)
    assert stock_of(slug) == (5, 3, 0)
    assert timing.expire(now=now + timedelta(days=2)) == 3
    assert (stock_of(slug), market.complaints()) == ((5, 0, 0), [])


def test_a_transaction_that_fails_leaves_nothing(pg: Stage) -> None:
    with pytest.raises(Invalid), transaction():
        make_seller("+6281227450998", "Tidak jadi", "99.99", now=utc_now())
    assert Query(select(Account.id).where(Account.phone == "+6281227450998"), int).first() is None
