import time
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.web.limits import PHOTOS, WORDS
from tests.factories import Cast
from tests.visiting import check_page

SignIn = Callable[[Actor | None], FlaskClient]
PHOTO_ADDRESSES = ("/foto", "/mulai-jualan/produk", "/dasbor/produk/baru", "/dasbor/produk/keripik-abc123")


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def claim(size: int) -> dict[str, str]:
    return {"CONTENT_LENGTH": str(size)}


def test_words_may_be_three_megabytes(client: FlaskClient) -> None:
    assert client.post("/masuk", data={"phone": "9" * (WORDS - 100)}).status_code == 422
    answer = client.post("/masuk", data={"phone": "9" * WORDS})
    assert answer.status_code == 413
    assert "terlalu besar" in check_page(answer.text, "/masuk").get_text()


def test_a_size_that_is_only_claimed_is_refused_before_anything_is_read(client: FlaskClient) -> None:
    class Untouched(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("the body was read")

    answer = client.post(
        "/masuk", input_stream=Untouched(), content_type="application/x-www-form-urlencoded", environ_overrides=claim(WORDS + 1)
    )
    assert answer.status_code == 413


def test_a_page_that_takes_photos_takes_more(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    large = {"photos": (BytesIO(b"\xff\xd8\xff" + bytes(WORDS)), "foto.jpg"), "name": "Keripik", "price": "18000"}

    assert client.post("/dasbor/produk/baru", data=large).status_code == 422
    assert (
        client.post("/dasbor/produk/baru", content_type="multipart/form-data; boundary=x", environ_overrides=claim(PHOTOS + 1)).status_code
        == 413
    )


@pytest.mark.parametrize("path", PHOTO_ADDRESSES)
def test_a_stranger_may_not_send_what_only_sellers_send(client: FlaskClient, path: str) -> None:
    small = client.post(path, data={"photos": (BytesIO(b"\xff\xd8\xff"), "foto.jpg")})
    assert (small.status_code, small.location) == (303, "/masuk")

    client.application.config["WTF_CSRF_ENABLED"] = True  # the page's token is looked for before anybody asks who it is
    assert client.post(path, content_type="multipart/form-data; boundary=x", environ_overrides=claim(WORDS + 1)).status_code == 413


@pytest.mark.parametrize("path", PHOTO_ADDRESSES)
def test_a_forged_cookie_does_not_make_room(client: FlaskClient, path: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    client.set_cookie("lapak", "eyJfdXNlcl9pZCI6ICJ4In0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert client.post(path, content_type="multipart/form-data; boundary=x", environ_overrides=claim(WORDS + 1)).status_code == 413


def test_a_form_of_endless_parts_is_refused(client: FlaskClient) -> None:
    parts = {f"x{number}": "1" for number in range(301)}

    assert client.post("/masuk", data=parts, content_type="multipart/form-data").status_code == 413


def test_three_megabytes_of_tiny_fields_are_answered_in_time(client: FlaskClient) -> None:
    start = time.process_time()
    answer = client.post("/masuk", data="&".join(["a=1"] * 600_000), content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {413, 422}
    assert time.process_time() - start < 5
