"""Many at once: one unit goes to one buyer, the same form is one order, and who meets another in the middle is told so."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lapak.catalog.models import Product
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import AT_ONCE, Query, alone, transaction
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import Conflict
from lapak.orders.models import Order
from lapak.search.adapters import Writer
from lapak.search.models import SearchChange
from lapak.search.service import catch_up
from tests.crash import market
from tests.factories import make_product, product_id_of, stock_of
from tests.postgresql.conftest import Stage

BUYERS = 64


def at_once(app: Flask, work: Callable[[int], object], count: int) -> list[object]:
    """Do the same from so many threads that start together; a refusal is an answer."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        with app.app_context():
            start.wait()
            try:
                return work(number)
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_sixty_four_buyers_of_one_unit_make_one_order(either: Stage) -> None:
    app, cast = either
    slug, now = make_product(cast.seller, now=utc_now(), stock=1), utc_now()
    told = at_once(app, lambda number: market.place(slug, f"Pembeli {number}", once=f"form-{number}", now=now), BUYERS)
    assert sum(isinstance(one, str) for one in told) == 1
    assert {str(one) for one in told if isinstance(one, Conflict)} == {"Keripik tempe, 150 g baru saja habis."}
    assert (stock_of(slug), market.complaints()) == ((1, 1, 0), [])
    assert Query(select(func.count()).select_from(Order), int).all() == [1]


def test_one_form_sent_many_times_at_once_is_one_order(either: Stage) -> None:
    app, cast = either
    slug, now = make_product(cast.seller, now=utc_now()), utc_now()
    told = at_once(app, lambda _: market.place(slug, "Rina", once="form", now=now), 16)
    assert len(set(told)) == 1
    assert (stock_of(slug)[1], market.complaints()) == (1, [])


def test_who_waits_for_each_other_is_told_and_one_goes_through(pg: Stage) -> None:
    app, cast = pg
    ids = [product_id_of(make_product(cast.seller, now=utc_now())) for _ in range(2)]
    both_began = threading.Barrier(2)

    def cross(number: int) -> None:
        with transaction():
            for step, product_id in enumerate(ids if number else reversed(ids)):
                db.session.execute(update(Product).where(Product.id == product_id).values(price=Product.price + 1))
                if step == 0:
                    both_began.wait()

    told = at_once(app, cross, 2)
    assert sorted(map(str, told)) == sorted(["None", str(AT_ONCE)])
    assert Query(select(Product.price).where(Product.id.in_(ids)), int).all() == [18001, 18001]


def test_those_who_are_alone_pass_one_after_the_other(either: Stage) -> None:
    app, inside, most = either[0], list[int](), list[int]()

    def pass_through(number: int) -> None:
        with transaction():
            alone("gate")
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    at_once(app, pass_through, 8)
    assert set(most) == {1}


def test_alone_is_said_inside_a_transaction(pg: Stage) -> None:
    with pytest.raises(RuntimeError):
        alone("gate")


def test_a_change_that_commits_behind_a_later_one_is_indexed_too(pg: Stage, pg_config: Config) -> None:
    app, cast = pg
    ids = [product_id_of(make_product(cast.seller, now=utc_now(), name=f"Kopi {number}")) for number in range(2)]
    writer = Writer(pg_config.index)
    catch_up(writer)
    began, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with app.app_context(), transaction():
            db.session.add(SearchChange(product_id=ids[0]))
            db.session.flush()
            began.set()
            may_end.wait(10)

    thread = threading.Thread(target=late)
    thread.start()
    assert began.wait(10)
    with transaction():
        db.session.add(SearchChange(product_id=ids[1]))
    assert catch_up(writer) == 1
    may_end.set()
    thread.join()
    assert (catch_up(writer), catch_up(writer)) == (1, 0)
