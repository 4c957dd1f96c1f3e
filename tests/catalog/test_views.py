"""Pages where sellers list what they sell."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.catalog import queries
from lapak.catalog.rules import Supply
from tests.factories import Cast, make_photo, make_product, picture, product_id_of, stock_of
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def _file(data: bytes | None = None, name: str = "foto.jpg") -> tuple[BytesIO, str]:
    return BytesIO(picture() if data is None else data), name


def test_the_first_product_needs_photo_name_and_price(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    answer = client.post("/mulai-jualan/produk", data={"photos": [_file()], "name": "Keripik pisang", "price": "18 rb"})
    assert answer.status_code == 303
    product = queries.by_slug(str(answer.location).rpartition("/")[2])
    assert product
    assert (product.price, product.left, product.is_curated) == (18000, None, False)


def test_a_refused_form_keeps_the_photo_and_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post("/mulai-jualan/produk", data={"photos": [_file()], "name": "Keripik pisang", "price": "mahal"})
    page = check_page(answer.get_data(as_text=True), "first product")
    assert answer.status_code == 422
    assert page.select_one("#price-galat")
    assert page.select_one("#name")["value"] == "Keripik pisang"  # type: ignore[index]
    assert page.select_one("#price")["value"] == "mahal"  # type: ignore[index]
    assert len(page.select("input[name=photo_keys]")) == 1


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a.jpg"), (b"%PDF-1.7 x", "a.pdf"), (b"<svg onload=alert(1)>", "a.svg"), (b"\xff\xd8\xff", "../../x.jpg")]
)
def test_a_file_that_is_no_photo_is_told_beside_the_field(cast: Cast, sign_in: SignIn, data: bytes, name: str) -> None:
    answer = sign_in(cast.seller).post("/mulai-jualan/produk", data={"photos": [_file(data, name)], "name": "Keripik", "price": "18000"})
    assert answer.status_code == 422
    assert check_page(answer.get_data(as_text=True), "first product").select_one("#photos-galat")


def test_a_service_starts_with_a_price_from(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    answer = client.post("/mulai-jualan/produk", data={"photos": [_file()], "name": "Cuci kering", "price": "8000", "kind": "service"})
    assert "mulai" in visit(str(answer.location)).get_text()


@pytest.mark.parametrize("path", ["/dasbor/produk/{}", "/dasbor/produk/{}/status"])
def test_another_sellers_product_answers_like_an_unknown_one(cast: Cast, sign_in: SignIn, path: str) -> None:
    slug = make_product(cast.seller, now=datetime.now(UTC))
    stranger = sign_in(cast.other_seller)
    bodies = [stranger.post(path.format(name), data={"to": "paused", "name": "X", "price": "1"}) for name in (slug, "tidak-ada-abc123")]
    assert [answer.status_code for answer in bodies] == [404, 404]
    assert bodies[0].get_data() == bodies[1].get_data()


def test_an_edit_changes_words_photos_and_stock(cast: Cast, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    slug = make_product(cast.seller, now=now, photo=True)
    old = queries.photos_of(product_id_of(slug))[0].key
    data = {
        "photos": [_file()], "photo_keys": [old], f"alt_{old}": "Sepiring keripik", "name": "Keripik baru", "price": "20.000", "supply": "stock",
        "stock": "30", "stock_seen": "24", "reach": "country", "category": "camilan", "shelf_life_days": "45",
    }  # fmt: skip
    answer = sign_in(cast.seller).post(f"/dasbor/produk/{slug}", data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    product, photos = queries.by_slug(slug), queries.photos_of(product_id_of(slug))
    assert product
    assert (product.name, product.price, product.category, product.shelf_life_days) == ("Keripik baru", 20000, "camilan", 45)
    assert [photo.alt for photo in photos] == ["Sepiring keripik", "Keripik baru"]
    assert stock_of(slug) == (30, 0, 0)


def test_a_photo_is_taken_away_and_the_rest_move_up(cast: Cast, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    slug = make_product(cast.seller, now=now)
    keys = [make_photo(cast.seller, now=now) for _ in range(2)]
    base = {"name": "Keripik", "price": "1", "supply": "stock", "stock": "24", "stock_seen": "24", "reach": "local", "category": ""}
    client = sign_in(cast.seller)
    assert client.post(f"/dasbor/produk/{slug}", data={**base, "photo_keys": keys}).status_code == 303
    assert client.post(f"/dasbor/produk/{slug}", data={**base, "photo_keys": keys, "photo_remove": [keys[0]]}).status_code == 303
    assert [photo.key for photo in queries.photos_of(product_id_of(slug))] == [keys[1]]


@pytest.mark.parametrize("field", ["role", "region_id", "owner_id", "curated_at", "on_hand", "sold", "shop_id"])
def test_fields_that_are_not_the_sellers_change_nothing(cast: Cast, sign_in: SignIn, field: str) -> None:
    slug = make_product(cast.seller, now=datetime.now(UTC))
    before = queries.by_slug(slug)
    base = {
        "name": "Keripik tempe, 150 g",
        "price": "18000",
        "supply": "stock",
        "stock": "24",
        "stock_seen": "24",
        "unit": "bungkus",
        "reach": "local",
    }
    sign_in(cast.seller).post(f"/dasbor/produk/{slug}", data={**base, "category": "", field: "1"})
    after = queries.by_slug(slug)
    assert before
    assert after
    assert (after.owner_id, after.is_curated, after.on_hand, after.sold) == (before.owner_id, before.is_curated, 24, 0)


def test_the_pages_of_a_seller_stay_within_their_budgets(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    slug, client = make_product(cast.seller, now=datetime.now(UTC), photo=True), sign_in(cast.seller)
    visit("/dasbor/produk", client=client, queries=8)
    visit(f"/dasbor/produk/{slug}", client=client, queries=10)
    visit("/dasbor/produk/baru", client=client, queries=6)


@pytest.mark.parametrize(
    ("supply", "stock", "left"),
    [("made_to_order", "20", 20), ("made_to_order", "", None), ("stock", "20", 20), ("stock", "0", 0)],
)
def test_a_new_count_means_counted_stock(cast: Cast, sign_in: SignIn, supply: str, stock: str, left: int | None) -> None:
    slug = make_product(cast.seller, now=datetime.now(UTC), supply=Supply.MADE_TO_ORDER, stock=None)
    base = {"name": "Keripik", "price": "1", "reach": "local", "category": "", "stock_seen": ""}
    answer = sign_in(cast.seller).post(f"/dasbor/produk/{slug}", data={**base, "supply": supply, "stock": stock})
    product = queries.by_slug(slug)
    assert answer.status_code == 303
    assert product
    assert product.left == left


def test_counted_goods_need_a_count(cast: Cast, sign_in: SignIn) -> None:
    slug = make_product(cast.seller, now=datetime.now(UTC), supply=Supply.MADE_TO_ORDER, stock=None)
    base = {"name": "Keripik", "price": "1", "reach": "local", "category": "", "supply": "stock", "stock": "", "stock_seen": ""}
    answer = sign_in(cast.seller).post(f"/dasbor/produk/{slug}", data=base)
    assert answer.status_code == 422
    assert check_page(answer.get_data(as_text=True), "edit").select_one("#stock-galat")


def test_the_last_photo_stays(cast: Cast, sign_in: SignIn) -> None:
    slug = make_product(cast.seller, now=datetime.now(UTC), photo=True)
    key = queries.photos_of(product_id_of(slug))[0].key
    base = {"name": "Keripik", "price": "1", "reach": "local", "category": "", "supply": "stock", "stock": "24", "stock_seen": "24"}
    answer = sign_in(cast.seller).post(f"/dasbor/produk/{slug}", data={**base, "photo_keys": [key], "photo_remove": [key]})
    assert answer.status_code == 422
    assert [photo.key for photo in queries.photos_of(product_id_of(slug))] == [key]


def test_a_desk_opened_under_another_regions_address_keeps_the_category(cast: Cast, sign_in: SignIn) -> None:
    slug = make_product(cast.far_seller, now=datetime.now(UTC), category="camilan")
    client = sign_in(cast.far_seller)
    page = check_page(client.get(f"/dasbor/produk/{slug}").get_data(as_text=True), "edit")
    chosen = page.select_one("#category option[selected]")
    assert chosen
    assert chosen["value"] == "camilan"
