"""The buyer's word that an order arrived, beside the seller's word that it is done."""

import threading
from datetime import datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.catalog.service.stock import Line
from lapak.kernel.errors import Conflict, NotAllowed, NotFound
from lapak.orders.queries import reading as queries
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.states import RECEIVABLE, Decline, State, receive
from lapak.orders.rules.tokens import shared_token
from lapak.orders.service import answering, buying, placing
from lapak.orders.service.placing import OrderDraft
from tests.factories import JATENG, KEY, Cast, make_product, product_id_of, shop_id_of, stock_of
from tests.visiting import Visit, check_page


@pytest.fixture
def slug(cast: Cast, now: datetime) -> str:
    return make_product(cast.seller, now=now)


@pytest.fixture
def token(cast: Cast, slug: str, now: datetime) -> str:
    """An order for two that the seller said yes to."""
    draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), 2),))
    token = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="x", origin="x", site_code=JATENG, key=KEY, now=now)
    answering.confirm(_order(token).code, by=cast.seller, now=now)
    return token


def _order(token: str) -> OrderView:
    order = queries.by_token(token)
    assert order
    return order


@pytest.mark.parametrize("state", State)
def test_only_what_the_seller_took_on_can_be_received(state: State) -> None:
    if state in RECEIVABLE:
        assert receive(state) is State.COMPLETED
    else:
        with pytest.raises(Conflict):
            receive(state)


def test_the_buyers_word_completes_the_order_and_sells_what_was_held(token: str, slug: str, now: datetime) -> None:
    buying.receive_goods(token, now=now)
    order = _order(token)
    assert (order.state, order.received_at, order.declared_at) == (State.COMPLETED, now, None)
    assert stock_of(slug) == (22, 0, 2)


def test_said_twice_it_was_received_once(token: str, slug: str, now: datetime) -> None:
    buying.receive_goods(token, now=now)
    buying.receive_goods(token, now=now + timedelta(days=1))
    assert _order(token).received_at == now
    assert stock_of(slug) == (22, 0, 2)


def test_each_side_says_it_for_itself(token: str, slug: str, cast: Cast, now: datetime) -> None:
    later = now + timedelta(hours=2)
    answering.complete(_order(token).code, by=cast.seller, now=now)
    assert (_order(token).declared_at, _order(token).received_at) == (now, None)
    buying.receive_goods(token, now=later)
    order = _order(token)
    assert (order.declared_at, order.received_at, order.ended_at) == (now, later, now)
    assert stock_of(slug) == (22, 0, 2)


def test_a_seller_may_say_so_after_the_buyer_and_sells_nothing_twice(token: str, slug: str, cast: Cast, now: datetime) -> None:
    later = now + timedelta(hours=2)
    buying.receive_goods(token, now=now)
    for at in (later, later + timedelta(hours=1)):
        answering.complete(_order(token).code, by=cast.seller, now=at)
    order = _order(token)
    assert (order.declared_at, order.received_at, order.ended_at) == (later, now, now)
    assert stock_of(slug) == (22, 0, 2)


@pytest.mark.parametrize("is_placed", [True, False])
def test_an_order_without_the_sellers_yes_cannot_be_received(cast: Cast, slug: str, now: datetime, is_placed: bool) -> None:
    draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), 2),))
    token = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="y", origin="y", site_code=JATENG, key=KEY, now=now)
    if not is_placed:
        answering.decline(_order(token).code, Decline.OTHER, "", by=cast.seller, now=now)
    with pytest.raises(Conflict):
        buying.receive_goods(token, now=now)
    assert _order(token).received_at is None


def test_a_wrong_link_receives_nothing(now: datetime, cast: Cast) -> None:
    with pytest.raises(NotFound):
        buying.receive_goods("tidak-ada", now=now)


def test_the_link_of_the_chat_receives_nothing(token: str, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="saat memesan"):
        buying.receive_goods(shared_token(token), now=now)
    assert _order(token).received_at is None


def test_the_link_of_the_chat_shows_the_order_and_says_where_the_buyer_confirms(
    app: Flask, client: FlaskClient, token: str, cast: Cast, now: datetime, visit: Visit
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    path = f"/pesanan/{shared_token(token)}"
    page = visit(path, queries=5)
    assert "Disanggupi penjual" in page.get_text()
    assert "Konfirmasi hanya dari ponsel atau tautan yang dipakai saat memesan" in page.get_text()
    assert not page.select("form[action$='/terima']")
    assert token not in str(page)
    assert client.post(f"{path}/terima").status_code == 403
    buying.receive_goods(token, now=now)
    page = visit(path, queries=5)
    assert "Pembeli menyatakan" in page.get_text()
    assert not page.select("a[href$='/testimoni']")


def test_buyer_and_seller_at_once_sell_the_units_once(app: Flask, token: str, slug: str, cast: Cast, now: datetime) -> None:
    code, start, faults = _order(token).code, threading.Barrier(4), list[Exception]()

    def act(who: str) -> None:
        with app.app_context():
            start.wait()
            try:
                if who == "buyer":
                    buying.receive_goods(token, now=now)
                else:
                    answering.complete(code, by=cast.seller, now=now)
            except Exception as fault:  # noqa: BLE001 - a thread's fault is the test's
                faults.append(fault)

    threads = [threading.Thread(target=act, args=(who,)) for who, _ in product(("buyer", "seller"), range(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order = _order(token)
    assert (faults, order.declared_at, order.received_at) == ([], now, now)
    assert stock_of(slug) == (22, 0, 2)


def test_the_buyer_says_so_on_the_orders_page_and_both_sides_read_it(
    app: Flask, client: FlaskClient, token: str, cast: Cast, sign_in: object, visit: Visit
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    path = f"/pesanan/{token}"
    assert visit(path, queries=5).select_one(f"form[action='{path}/terima']")
    assert client.post(f"{path}/terima").location == path
    page = visit(path, client=client, queries=5)
    assert "Anda menyatakan sudah menerima" in page.get_text()
    assert page.select_one(f"a[href='{path}/testimoni']")
    seller = sign_in(cast.seller)  # type: ignore[operator]
    shown = check_page(seller.get(f"/dasbor/pesanan/{_order(token).code}").text, "order").get_text()
    assert "Pembeli menyatakan pesanan ini sudah diterima" in shown


def test_a_sellers_word_alone_is_shown_as_the_sellers(token: str, cast: Cast, now: datetime, visit: Visit) -> None:
    answering.complete(_order(token).code, by=cast.seller, now=now)
    page = visit(f"/pesanan/{token}", queries=5)
    assert "Selesai menurut penjual" in page.get_text()
    assert page.select_one("form[action$='/terima']")
    assert not page.select_one("a[href$='/testimoni']")


def test_whoever_runs_the_shop_does_not_receive_its_orders(token: str, cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        buying.receive_goods(token, by=cast.seller, now=now)
    buying.receive_goods(token, by=cast.other_seller, now=now)
    assert _order(token).received_at == now
