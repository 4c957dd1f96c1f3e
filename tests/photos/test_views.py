import errno
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from lapak.accounts.rules import Actor
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.photos import queries, rules, service
from tests.factories import Cast
from tests.market import Market
from tests.photos.files import SCRIPT, jpeg_with_scans, opened, photo, png_of_zeros, polyglot
from tests.visiting import count_queries

BIG = photo() + bytes(rules.MOST_BYTES)


@pytest.fixture
def stranger(market: Market) -> FlaskClient:
    return market.enter(None)


@pytest.fixture
def seller(market: Market) -> FlaskClient:
    return market.enter(market.cast.seller)


@pytest.fixture
def key(market: Market) -> str:
    return market.mine.photo


def url(key: str, name: str = "640.webp") -> str:
    return paths.fill(paths.PHOTO, key=key, name=name)


def finish_all(client: FlaskClient) -> None:
    with client.application.app_context():
        while service.finish_next(now=utc_now()):
            pass


def send(client: FlaskClient, data: bytes | None, name: str = "foto.jpg", **fields: str) -> TestResponse:
    body: dict[str, Any] = {**fields} if data is None else {"photo": (BytesIO(data), name), **fields}
    return client.post(paths.PHOTO_UPLOAD, data=body, content_type="multipart/form-data")


@pytest.mark.parametrize("name", sorted({*rules.FIRST_FILES[1:], *rules.later_files(640)}))
def test_anyone_sees_a_photo_with_its_true_type_and_nothing_in_it_runs(stranger: FlaskClient, key: str, name: str) -> None:
    finish_all(stranger)
    answer = stranger.get(url(key, name))

    assert answer.status_code == 200
    assert opened(answer.data).width == (1200 if name == rules.CARD else min(int(name.partition(".")[0]), 640))
    assert answer.content_type == f"image/{str(opened(answer.data).format).lower()}"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Set-Cookie" not in answer.headers


def test_a_photo_costs_no_query(market: Market, stranger: FlaskClient, key: str) -> None:
    with count_queries(market.app) as sql:
        stranger.get(url(key))

    assert sql.statements == []


def test_who_has_a_photo_already_is_not_sent_it_again(stranger: FlaskClient, key: str) -> None:
    etag = stranger.get(url(key)).headers["ETag"]

    again = stranger.get(url(key), headers={"If-None-Match": etag})
    other_size = stranger.get(url(key, "320.webp"), headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert other_size.status_code == 200


def test_the_head_of_a_photo_has_no_body(stranger: FlaskClient, key: str) -> None:
    answer = stranger.head(url(key))

    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "name",
    [
        "master.jpg",
        "640.png",
        "640",
        "960.webp",
        "640.webp.html",
        "%2e",
        "%2e%2e",
        "640.webp%00",
        "640.WEBP",
        "..%2fmaster.jpg",
        "640.webp%0a",
    ],
)
def test_there_is_no_other_file_of_a_photo(stranger: FlaskClient, key: str, name: str) -> None:
    answer = stranger.get(f"/foto/{key}/{name}")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", ["k" * 27, "a", "%2e%2e", "x" * 5000, "..%2f..%2fetc", "%00" * 27, "é" * 27, "%ff" * 27, ".unfinished"])
def test_a_key_that_nobody_has_is_404(stranger: FlaskClient, key: str) -> None:
    assert stranger.get(f"/foto/{key}/640.webp").status_code == 404


def test_a_discarded_photo_is_404(market: Market, stranger: FlaskClient) -> None:
    with market.app.app_context():
        row = service.take_in(photo(), by=market.cast.seller.id, alt="", now=utc_now())
        service.discard(row.key)

    assert stranger.get(url(row.key)).status_code == 404


def test_a_store_that_is_away_is_503_not_404(market: Market, stranger: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def read(self, _key: str) -> bytes:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setitem(market.app.extensions, "photos", Away())
    answer = stranger.get(url(key))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_disk_that_is_full_is_503_and_no_photo(market: Market, seller: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def put(self, _key: str, _data: bytes) -> None:
            raise OSError(28, "No space left on device")

        def delete(self, _key: str) -> None: ...

    before = market.rows()["photo"]
    monkeypatch.setitem(market.app.extensions, "photos", Full())
    answer = send(seller, photo())

    assert answer.status_code == 503
    assert market.rows()["photo"] == before


def test_a_seller_sends_a_photo_and_gets_its_key(market: Market, seller: FlaskClient) -> None:
    answer = send(seller, photo("HEIF", 800, 600), "IMG_0001.HEIC", alt="Keripik")

    assert answer.status_code == 201
    assert answer.json is not None
    with market.app.app_context():
        (row,) = queries.by_keys([answer.json["key"]], market.cast.seller.id)
    assert answer.json == {"key": row.key, "width": 800, "height": 600, "bytes": row.size}
    assert row.alt == "Keripik"
    assert seller.get(url(row.key)).status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("data", "name", "status", "says"),
    [
        pytest.param(None, "", 422, "Pilih satu foto", id="no field"),
        pytest.param(b"x", "", 422, "Pilih satu foto", id="no name"),
        pytest.param(b"", "foto.jpg", 422, "kosong", id="zero bytes"),
        pytest.param(BIG, "besar.jpg", 413, "Paling besar 15 MB", id="15 MB and more"),
        pytest.param(b"<svg onload=alert(1)>", "foto.jpg", 422, "SVG", id="svg"),
        pytest.param(b"<!doctype html>", "foto.jpg", 422, "halaman web", id="html"),
        pytest.param(b"%PDF-1.7", "foto.jpg", 422, "PDF", id="pdf"),
        pytest.param(b"\0\0\0\x18ftypmp42", "foto.jpg", 422, "video", id="video"),
        pytest.param(photo()[:2000], "foto.jpg", 422, "terpotong", id="truncated"),
        pytest.param(png_of_zeros(60_000, 60_000, depth=1), "foto.png", 422, "40 megapiksel", id="bomb"),
        pytest.param(jpeg_with_scans(400), "foto.jpg", 422, "terlalu berat", id="400 scans"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    market: Market, seller: FlaskClient, data: bytes | None, name: str, status: int, says: str
) -> None:
    before = market.rows()["photo"]
    answer = send(seller, data, name)

    assert answer.status_code == status
    assert answer.json is not None
    assert says in answer.json["error"]
    assert market.rows()["photo"] == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.jpg", "x" * 3000, "foto.svg", "<script>.jpg", "foto.php", "é.jpg"])
def test_the_name_of_a_file_has_no_say(seller: FlaskClient, name: str) -> None:
    answer = send(seller, photo(), name)

    assert answer.status_code == 201
    assert answer.json is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", answer.json["key"])


def test_of_a_polyglot_only_the_picture_is_served(seller: FlaskClient) -> None:
    answer = send(seller, polyglot("JPEG"), "foto.html")
    assert answer.json is not None

    assert all(SCRIPT not in seller.get(url(answer.json["key"], name)).data for name in rules.PUBLIC_TYPES)


def test_a_stranger_is_sent_to_sign_in_and_leaves_nothing(market: Market, stranger: FlaskClient) -> None:
    before = market.rows()["photo"]
    answer = send(stranger, photo())

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(paths.SIGN_IN)
    assert market.rows()["photo"] == before


def test_a_photo_without_the_pages_token_is_refused(cast: Cast, sign_in: Callable[[Actor | None], FlaskClient]) -> None:
    client = sign_in(cast.seller)
    assert send(client, photo()).status_code == 403

    with client.session_transaction() as session:
        session["csrf_token"] = "c" * 40
    token = URLSafeTimedSerializer(client.application.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("c" * 40)
    assert send(client, photo(), csrf_token=token).status_code == 201


def test_a_body_beyond_what_a_form_may_hold_is_answered_in_the_same_shape(seller: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapak.web.limits.PHOTOS", 1000)

    answer = send(seller, photo())

    assert answer.status_code == 413
    assert answer.json == {"error": rules.TOO_LARGE}


def test_too_many_photos_in_an_hour_are_429(seller: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "UPLOADS", (rules.UPLOADS[0], 0))

    answer = send(seller, photo())

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert answer.json == {"error": rules.TOO_MANY_UPLOADS}


def test_refused_files_count_against_the_hour(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    client = market.enter(market.cast.far_seller)
    broken = photo()[:2000]
    assert send(client, broken).status_code == 422
    with market.app.app_context():
        sent = queries.attempts_since(market.cast.far_seller.id, since=utc_now() - rules.UPLOADS[0])
    monkeypatch.setattr(rules, "UPLOADS", (rules.UPLOADS[0], sent))

    assert send(client, broken).status_code == 429


def test_a_stranger_with_a_large_photo_is_told_to_sign_in(stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stranger.application.config, "MAX_CONTENT_LENGTH", 1000)
    monkeypatch.setitem(stranger.application.config, "WTF_CSRF_ENABLED", True)

    answer = send(stranger, photo())

    assert answer.status_code == 413
    assert answer.json == {"error": rules.SIGN_IN_FIRST}
