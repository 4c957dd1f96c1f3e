"""Orders hold, free and sell stock, whoever acts and however often."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lapak.catalog.models import Product
from lapak.catalog.rules import Draft, Kind, Supply
from lapak.catalog.rules import State as ProductState
from lapak.catalog.service import listings as catalog
from lapak.catalog.service.stock import Line
from lapak.db.base import db
from lapak.db.outbox import OutboxRow
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Conflict, NotFound, TooMany
from lapak.kernel.money import Rupiah
from lapak.orders.models import Order
from lapak.orders.queries import reading as queries
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.states import Decline, State
from lapak.orders.service import answering, placing, timing
from lapak.orders.service.placing import OrderDraft
from tests.factories import JATENG, Cast, make_product, product_id_of, shop_id_of, stock_of

KEY = b"k" * 40
Place = Callable[..., OrderView]


@pytest.fixture
def place(cast: Cast, now: datetime) -> Place:
    """Place an order with Bu Darmi; every call is another buyer unless told otherwise."""
    count = iter(range(1000))

    def order(slug: str, quantity: int = 1, *, once: str | None = None, at: datetime = now, origin: str | None = None) -> OrderView:
        number = next(count)
        draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), quantity),))
        token = placing.place(
            draft,
            shop_id=shop_id_of(cast.seller),
            idempotency_key=once or f"once-{number}",
            origin=origin or f"origin-{number}",
            site_code=JATENG,
            key=KEY,
            now=at,
        )
        found = queries.by_token(token)
        assert found
        return found

    return order


@pytest.fixture
def slug(cast: Cast, now: datetime) -> str:
    return make_product(cast.seller, now=now, stock=24)


def test_an_order_holds_its_units_and_is_announced(place: Place, slug: str) -> None:
    order = place(slug, 5)
    assert stock_of(slug) == (24, 5, 0)
    assert order.state is State.PLACED
    assert order.total == 90000
    assert Query(select(OutboxRow.name).where(OutboxRow.name.startswith("Order")), str).all() == ["OrderPlaced"]


def test_sent_twice_it_is_the_same_order(place: Place, slug: str) -> None:
    assert place(slug, 5, once="same").id == place(slug, 5, once="same").id
    assert stock_of(slug) == (24, 5, 0)


def test_more_than_is_left_is_refused_with_what_is_left(place: Place, slug: str) -> None:
    place(slug, 20)
    with pytest.raises(Conflict, match="tinggal 4"):
        place(slug, 5)
    assert stock_of(slug) == (24, 20, 0)
    assert Query(select(func.count()).select_from(Order), int).first() == 1


def test_completing_sells_what_was_held(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 5)
    answering.confirm(order.code, by=cast.seller, now=now)
    answering.complete(order.code, by=cast.seller, now=now)
    assert stock_of(slug) == (19, 0, 5)


def test_declining_frees_the_stock_and_says_why(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 5)
    answering.decline(order.code, Decline.TOO_BUSY, "", by=cast.seller, now=now)
    found = queries.by_code(order.code, shop_id=shop_id_of(cast.seller))
    assert found
    assert found.decline_text == "Sedang tidak sanggup membuat sebanyak itu"
    assert stock_of(slug) == (24, 0, 0)


def test_the_same_answer_twice_changes_nothing(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 5)
    for _ in range(2):
        answering.decline(order.code, Decline.OTHER, "Maaf", by=cast.seller, now=now)
    assert stock_of(slug) == (24, 0, 0)


def test_a_completed_order_cannot_be_declined(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 5)
    answering.confirm(order.code, by=cast.seller, now=now)
    answering.complete(order.code, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        answering.decline(order.code, Decline.OTHER, "", by=cast.seller, now=now)
    assert stock_of(slug) == (19, 0, 5)


def test_another_seller_may_not_answer(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug)
    with pytest.raises(NotFound):
        answering.confirm(order.code, by=cast.other_seller, now=now)


def test_an_unanswered_order_expires_after_a_day_and_frees_the_stock(place: Place, slug: str, now: datetime) -> None:
    until = place(slug, 5).hold_until
    assert timing.expire(now=until - timedelta(seconds=1)) == 0
    assert timing.expire(now=until) == 1
    assert timing.expire(now=until) == 0
    assert stock_of(slug) == (24, 0, 0)


def test_a_confirmed_order_does_not_expire(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 5)
    answering.confirm(order.code, by=cast.seller, now=now)
    assert timing.expire(now=now + timedelta(days=3)) == 0
    assert stock_of(slug) == (24, 5, 0)


def test_made_to_order_and_services_need_no_stock(place: Place, cast: Cast, now: datetime) -> None:
    made = make_product(cast.seller, now=now, name="Gethuk", supply=Supply.MADE_TO_ORDER, stock=None)
    wash = make_product(cast.seller, now=now, name="Cuci kering", kind=Kind.SERVICE, supply=Supply.SERVICE, stock=None)
    assert [place(made, 50).state, place(wash, 1).state] == [State.PLACED, State.PLACED]
    assert stock_of(made) == (0, 0, 0)


def test_a_paused_product_cannot_be_ordered(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    catalog.set_state(slug, ProductState.PAUSED, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="tidak dijual"):
        place(slug)


def test_the_name_and_price_of_an_order_stay_as_they_were(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    order = place(slug, 2)
    catalog.edit(slug, Draft("Keripik baru", Rupiah(99000), stock=22, stock_seen=22), photos={}, by=cast.seller, now=now)
    found = queries.by_code(order.code, shop_id=shop_id_of(cast.seller))
    assert found
    assert [(item.name, item.price) for item in found.items] == [("Keripik tempe, 150 g", 18000)]


def test_one_origin_cannot_order_faster_than_people_do(cast: Cast, place: Place, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=100)
    for _ in range(30):
        place(slug, 1, origin="one")
    with pytest.raises(TooMany, match="10 menit"):
        place(slug, 1, origin="one")
    assert place(slug, 1, origin="another").state is State.PLACED
    assert place(slug, 1, origin="one", at=now + timedelta(minutes=11)).state is State.PLACED


def test_a_price_that_changed_unseen_is_told_before_the_order_is_made(cast: Cast, slug: str, now: datetime) -> None:
    draft = OrderDraft("Rina", "", "", (Line(product_id_of(slug), 1, price_seen=17000),))
    with pytest.raises(Conflict, match=r"berubah menjadi Rp18\.000"):
        placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="x", origin="x", site_code=JATENG, key=KEY, now=now)
    assert stock_of(slug) == (24, 0, 0)


def test_of_64_buyers_at_once_for_one_unit_one_gets_it(app: Flask, cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=1)
    product_id, shop_id = product_id_of(slug), shop_id_of(cast.seller)
    outcomes: list[str] = []
    gate = threading.Barrier(64)

    def buy(number: int) -> None:
        with app.app_context():
            draft = OrderDraft("Rina", "", "", (Line(product_id, 1),))
            gate.wait()
            try:
                placing.place(draft, shop_id=shop_id, idempotency_key=str(number), origin=str(number), site_code=JATENG, key=KEY, now=now)
                outcomes.append("order")
            except Conflict:
                outcomes.append("refused")

    buyers = [threading.Thread(target=buy, args=(number,)) for number in range(64)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert sorted(outcomes) == ["order"] + ["refused"] * 63
    assert stock_of(slug) == (1, 1, 0)


def test_a_fault_in_the_middle_leaves_no_order(place: Place, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(placing, "announce", burst)
    with pytest.raises(RuntimeError):
        place(slug, 5)
    assert stock_of(slug) == (24, 0, 0)
    assert Query(select(func.count()).select_from(Order), int).first() == 0


def test_accepting_an_order_says_that_the_seller_still_has_it(place: Place, slug: str, cast: Cast, now: datetime) -> None:
    with transaction():
        db.session.execute(update(Product).values(freshness="stepped_back"))
    answering.confirm(place(slug).code, by=cast.seller, now=now)

    assert Query(select(Product.freshness).where(Product.slug == slug), str).all() == ["fresh"]
