"""A seller puts photos in order, cuts them square and replaces them on the form itself; without scripts every button shows the form again."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lapak.catalog import queries
from lapak.photos import queries as photos
from lapak.photos import service
from tests.factories import Cast, make_product
from tests.photos.files import photo

FORM = {
    "name": "Keripik yang diketik",
    "price": "12.000",
    "supply": "stock",
    "stock": "4",
    "stock_seen": "4",
    "received_seen": "4",
    "reach": "local",
}


@pytest.fixture
def seller(app: Flask, cast: Cast, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(cast.seller)


@pytest.fixture
def keys(cast: Cast, now: datetime) -> list[str]:
    return [service.take_in(photo("JPEG", 400 + number, 300), by=cast.seller.id, alt=f"Foto {number}", now=now).key for number in range(3)]


@pytest.fixture
def slug(seller: FlaskClient, cast: Cast, now: datetime, keys: list[str]) -> str:
    slug = make_product(cast.seller, now=now, name="Keripik")
    product = queries.by_slug(slug)
    assert product
    seller.post(f"/dasbor/produk/{slug}", data={**FORM, "stock": "4", "photo_keys": keys})
    assert shown(slug) == keys
    return slug


def shown(slug: str) -> list[str]:
    product = queries.by_slug(slug)
    assert product
    return [one.key for one in queries.photos_of(product.id)]


def keys_in(answer: TestResponse) -> list[str]:
    return [str(field["value"]) for field in BeautifulSoup(answer.text, "html.parser").select("[name=photo_keys]")]


def press(seller: FlaskClient, slug: str, wish: str, keys: list[str], **more: Any) -> TestResponse:
    return seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys, "photo_do": wish, **more})


@pytest.mark.parametrize(
    ("wish", "order"),
    [
        ("up:1", [1, 0, 2]),
        ("first:2", [2, 0, 1]),
        ("down:1", [0, 2, 1]),
        ("up:0", [0, 1, 2]),
        ("down:2", [0, 1, 2]),
        ("up:9", [0, 1, 2]),
        ("burn:1", [0, 1, 2]),
    ],
)
def test_a_button_moves_a_photo_and_the_form_comes_back_with_everything_typed_and_nothing_saved(
    wish: str, order: list[int], seller: FlaskClient, slug: str, keys: list[str]
) -> None:
    verb, _, number = wish.partition(":")
    key = keys[int(number)] if int(number) < 3 else "tidak-ada-tidak-ada-tidak"
    answer = press(seller, slug, f"{verb}:{key}", keys, price="bukan angka")

    assert answer.status_code == 200
    assert keys_in(answer) == [keys[at] for at in order]
    assert "Keripik yang diketik" in answer.text
    assert "bukan angka" in answer.text
    assert "ringkasan" not in answer.text
    assert "Simpan agar pembeli melihatnya" in answer.text
    assert shown(slug) == keys

    seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys_in(answer)})
    assert shown(slug) == keys_in(answer)


def test_a_cut_photo_stands_in_the_place_of_the_whole_one(seller: FlaskClient, cast: Cast, slug: str, keys: list[str]) -> None:
    answer = press(seller, slug, f"crop:{keys[1]}", keys, **{f"crop_{keys[1]}": "100", f"alt_{keys[1]}": "Sepiring keripik"})
    first, cut, last = keys_in(answer)

    assert (first, last) == (keys[0], keys[2])
    (row,) = photos.by_keys([cut], cast.seller.id)
    assert (row.width, row.height, row.alt) == (300, 300, "Sepiring keripik")
    assert 'name="photo_do" value="crop:' + cut not in " ".join(answer.text.split())

    seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys_in(answer)})
    assert shown(slug) == [first, cut, last]


@pytest.mark.parametrize("place", ["-1", "101", "banyak", ""])
def test_a_cut_outside_of_the_photo_is_told_and_changes_nothing(place: str, seller: FlaskClient, slug: str, keys: list[str]) -> None:
    answer = press(seller, slug, f"crop:{keys[0]}", keys, **{f"crop_{keys[0]}": place})

    assert answer.status_code == 422
    assert "Geser kotaknya di dalam foto" in answer.text
    assert keys_in(answer) == keys


def test_nobody_cuts_or_replaces_the_photo_of_another(seller: FlaskClient, cast: Cast, slug: str, keys: list[str], now: datetime) -> None:
    foreign = service.take_in(photo(), by=cast.far_seller.id, alt="", now=now).key
    answer = press(seller, slug, f"crop:{foreign}", [*keys, foreign], **{f"crop_{foreign}": "50"})

    assert answer.status_code == 200
    assert keys_in(answer) == keys
    assert photos.count_of(cast.seller.id) == 3


def test_a_new_file_for_a_photo_takes_its_place_and_what_it_shows(seller: FlaskClient, cast: Cast, slug: str, keys: list[str]) -> None:
    new = {f"photo_new_{keys[1]}": (BytesIO(photo("PNG", 500, 500)), "baru.png")}
    assert seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys, **new}).status_code == 303
    first, second, third = shown(slug)

    assert (first, third) == (keys[0], keys[2])
    (row,) = photos.by_keys([second], cast.seller.id)
    assert (row.key != keys[1], row.width, row.alt) == (True, 500, "Foto 1")


def test_a_file_that_is_no_photo_leaves_the_old_one(seller: FlaskClient, slug: str, keys: list[str]) -> None:
    new = {f"photo_new_{keys[1]}": (BytesIO(b"%PDF-1.7"), "baru.pdf")}
    answer = seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys, **new})

    assert answer.status_code == 422
    assert "Ini berkas PDF, bukan foto" in answer.text
    assert keys_in(answer) == keys


def test_files_chosen_beside_an_arrangement_are_taken_in(seller: FlaskClient, slug: str, keys: list[str]) -> None:
    answer = press(seller, slug, f"up:{keys[2]}", keys, photos=(BytesIO(photo("PNG", 300, 300)), "baru.png"))

    assert answer.status_code == 200
    assert keys_in(answer)[:3] == [keys[0], keys[2], keys[1]]
    assert len(keys_in(answer)) == 4


def test_the_first_product_is_arranged_in_the_same_way(
    app: Flask, cast: Cast, sign_in: Callable[..., FlaskClient], keys: list[str]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answer = sign_in(cast.seller).post(
        "/mulai-jualan/produk", data={"name": "Kopi", "photo_keys": keys, "photo_do": f"up:{keys[1]}", "kind": "goods"}
    )

    assert answer.status_code == 200
    assert keys_in(answer) == [keys[1], keys[0], keys[2]]


def test_enter_in_a_line_of_text_saves_and_moves_no_photo(seller: FlaskClient, slug: str) -> None:
    form = BeautifulSoup(seller.get(f"/dasbor/produk/{slug}").text, "html.parser").select_one("form[enctype]")
    assert form
    (first, *_) = form.select("button:not([type=button])")

    assert "name" not in first.attrs
