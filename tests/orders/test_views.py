"""The pages of an order, for its buyer and its seller."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.orders.queries import reading as queries
from lapak.orders.rules.states import State
from tests.factories import Cast, make_product, shop_id_of, stock_of
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
GOOD = {"quantity": "2", "buyer_name": "Rina", "buyer_place": "Makassar", "note": "", "once": "once-upon-a-time"}


@pytest.fixture(autouse=True)
def _without_csrf(app: object) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # type: ignore[attr-defined]


@pytest.fixture
def slug(cast: Cast) -> str:
    return make_product(cast.seller, now=datetime.now(UTC), photo=True)


def _order(client: FlaskClient, slug: str, **changes: str) -> str:
    answer = client.post(f"/produk/{slug}/pesan", data={**GOOD, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def test_the_order_page_opens_whatsapp_with_the_link_first(client: FlaskClient, slug: str) -> None:
    page = check_page(client.get(_order(client, slug)).get_data(as_text=True), "order")
    button = page.select_one("a.wa")
    assert button
    assert str(button["href"]).startswith("https://wa.me/6281227450913?text=http%3A%2F%2Flocalhost%2Fpesanan%2F")
    assert button.has_attr("data-open-once")


def test_the_link_alone_shows_the_order_to_anyone_who_holds_it(client: FlaskClient, slug: str, visit: Visit) -> None:
    page = visit(_order(client, slug).partition("?")[0], queries=4)
    assert "Belum dikonfirmasi penjual" in page.get_text()


def test_the_browser_that_ordered_confirms_from_the_link_of_the_chat(
    app: Flask, client: FlaskClient, slug: str, cast: Cast, sign_in: SignIn
) -> None:
    path = _order(client, slug).partition("?")[0]
    _confirm(slug, cast, sign_in)
    assert check_page(client.get(path).text, path).select(f"form[action='{path}/terima']")
    assert app.test_client().post(f"{path}/terima").status_code == 403
    assert client.post(f"{path}/terima").status_code == 303
    assert "Anda menyatakan sudah menerima" in client.get(path).text
    assert client.get(f"{path}/testimoni").status_code == 200


def test_the_buyers_own_link_confirms_on_any_phone_and_stands_in_no_message(
    app: Flask, client: FlaskClient, slug: str, cast: Cast, sign_in: SignIn
) -> None:
    path = _order(client, slug)
    page = check_page(client.get(path).text, path)
    own = page.select("#tautan-pembeli")[0].get_text().removeprefix("http://localhost")
    assert own != path.partition("?")[0]
    assert own not in str(page.select("a.wa")[0]["href"]) + page.select("#pesan-wa")[0].get_text()
    _confirm(slug, cast, sign_in)
    elsewhere = app.test_client()
    page = check_page(elsewhere.get(own).text, own)
    assert path.partition("?")[0] in unquote(str(page.select("a.wa")[0]["href"]))
    assert own not in unquote(str(page.select("a.wa")[0]["href"]))
    assert elsewhere.post(f"{own}/terima").location == own
    assert elsewhere.get(f"{own}/testimoni").status_code == 200


def _confirm(slug: str, cast: Cast, sign_in: SignIn) -> None:
    (order,) = queries.of_shop(shop_id_of(cast.seller)).rows
    assert sign_in(cast.seller).post(f"/dasbor/pesanan/{order.code}/jawab", data={"to": State.CONFIRMED, "postage": "0"}).status_code == 303


def test_a_wrong_link_shows_nothing(client: FlaskClient, slug: str) -> None:
    path = _order(client, slug).partition("?")[0]
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404


@pytest.mark.parametrize("quantity", ["0", "-1", "1e3", "1000", "٣", "", "dua", "99999999999999999999"])
def test_an_odd_quantity_is_refused_beside_the_field(client: FlaskClient, slug: str, quantity: str) -> None:
    answer = client.post(f"/produk/{slug}/pesan", data={**GOOD, "quantity": quantity})
    page = check_page(answer.get_data(as_text=True), "order form")
    assert answer.status_code == 422
    assert page.select_one("#quantity-galat")
    assert page.select_one("#buyer_name")["value"] == "Rina"  # type: ignore[index]
    assert stock_of(slug) == (24, 0, 0)


def test_more_than_is_left_keeps_what_was_typed(client: FlaskClient, slug: str) -> None:
    answer = client.post(f"/produk/{slug}/pesan", data={**GOOD, "quantity": "25"})
    assert answer.status_code == 409
    assert "tinggal 24" in answer.get_data(as_text=True)


def test_the_form_remembers_an_order_just_made(client: FlaskClient, slug: str) -> None:
    path = _order(client, slug).partition("?")[0]
    page = check_page(client.get(f"/produk/{slug}/pesan").get_data(as_text=True), "order form")
    assert page.select_one(f"a[href='{path}']")


def test_the_buyer_takes_an_order_back(client: FlaskClient, slug: str) -> None:
    path = _order(client, slug).partition("?")[0]
    assert client.post(f"{path}/batal").status_code == 303
    assert stock_of(slug) == (24, 0, 0)
    assert client.post(f"{path}/batal").status_code == 409


@pytest.mark.parametrize(("to", "status"), [(State.CONFIRMED, 303), (State.COMPLETED, 409), ("shipped", 422), ("", 422)])
def test_a_seller_answers_only_along_the_table(client: FlaskClient, slug: str, cast: Cast, sign_in: SignIn, to: str, status: int) -> None:
    _order(client, slug)
    seller = sign_in(cast.seller)
    page = check_page(seller.get("/dasbor/pesanan").get_data(as_text=True), "orders")
    link = page.select_one("a[href^='/dasbor/pesanan/']")
    assert link
    assert seller.post(f"{link['href']}/jawab", data={"to": to, "postage": "0"}).status_code == status
    assert sign_in(cast.other_seller).post(f"{link['href']}/jawab", data={"to": to, "postage": "0"}).status_code == 404


def test_the_dashboard_counts_what_waits(client: FlaskClient, slug: str, cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    _order(client, slug)
    page = visit("/dasbor", client=sign_in(cast.seller), queries=14)
    assert "1 pesanan belum Anda jawab" in page.get_text()


def test_a_buyer_who_leaves_a_number_can_be_written_to(client: FlaskClient, slug: str, cast: Cast, sign_in: SignIn) -> None:
    _order(client, slug, buyer_phone="0812 9988 7766")
    seller = sign_in(cast.seller)
    link = check_page(seller.get("/dasbor/pesanan").get_data(as_text=True), "orders").select_one("a[href^='/dasbor/pesanan/']")
    assert link
    page = check_page(seller.get(str(link["href"])).get_data(as_text=True), "order")
    button = page.select_one("a.wa")
    assert button
    assert str(button["href"]).startswith("https://wa.me/6281299887766?")


def test_a_closed_tab_loses_no_order(client: FlaskClient, slug: str, app: object) -> None:
    path = _order(client, slug).partition("?")[0]
    assert check_page(client.get("/pesanan").get_data(as_text=True), "my orders").select_one(f"a[href='{path}']")
    stranger = app.test_client()  # type: ignore[attr-defined]
    assert not check_page(stranger.get("/pesanan").get_data(as_text=True), "my orders").select("a[href^='/pesanan/']")


def test_the_same_form_sent_twice_is_one_order_and_a_changed_one_another(client: FlaskClient, slug: str) -> None:
    first, again = _order(client, slug), _order(client, slug)
    changed = _order(client, slug, buyer_phone="0812 9988 7766")
    assert first == again != changed
    assert stock_of(slug) == (24, 4, 0)


def test_the_form_asks_the_database_no_more_for_many_remembered_orders(client: FlaskClient, slug: str, visit: Visit) -> None:
    for number in range(5):
        _order(client, slug, once=str(number))
    visit(f"/produk/{slug}/pesan", client=client, queries=6)
    assert len(visit("/pesanan", client=client, queries=3).select("a[href^='/pesanan/']")) == 5
