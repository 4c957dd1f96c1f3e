"""Photos that no listing shows go away: at once when a seller takes them off, by the clock when nobody ever used them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.app import PERIODIC
from lapak.catalog import queries, tasks
from lapak.catalog.service import listings as service
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.jobs.registry import PERIODIC as CLOCK
from lapak.photos import queries as photo_queries
from lapak.photos import rules as photo_rules
from lapak.photos.models import Photo
from tests.factories import Cast, make_photo, make_product, picture, product_id_of

SignIn = Callable[[Actor | None], FlaskClient]
FORM = {"name": "Keripik", "price": "1", "supply": "stock", "stock": "24", "stock_seen": "24", "reach": "local", "category": ""}
LATER = timedelta(days=2, minutes=1)


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def left(keys: list[str], owner: Actor) -> list[str]:
    return [photo.key for photo in photo_queries.by_keys(keys, owner.id)]


def shown(slug: str) -> list[str]:
    return [photo.key for photo in queries.photos_of(product_id_of(slug))]


def test_what_no_listing_shows_is_discarded_after_two_days(cast: Cast, client: FlaskClient, now: datetime) -> None:
    used = shown(make_product(cast.seller, now=now, photo=True))[0]
    loose, young = make_photo(cast.seller, now=now), make_photo(cast.seller, now=now + timedelta(days=1))

    assert service.discard_loose_photos(now=now + timedelta(days=2)) == 0
    assert service.discard_loose_photos(now=now + LATER) == 1
    assert service.discard_loose_photos(now=now + LATER) == 0

    assert left([used, loose, young], cast.seller) == [used, young]
    assert [client.get(f"/foto/{key}/320.webp").status_code for key in (used, loose, young)] == [200, 404, 200]


def test_a_photo_taken_up_since_it_was_looked_up_stays(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    used = shown(make_product(cast.seller, now=now, photo=True))[0]
    monkeypatch.setattr(queries, "loose_photos", lambda **_: [used, "k" * 27])

    assert service.discard_loose_photos(now=now + LATER) == 0
    assert left([used], cast.seller) == [used]


def test_one_run_discards_at_most_500_oldest_first(cast: Cast, now: datetime) -> None:
    with transaction():
        db.session.add_all(
            Photo(key=f"{number:027}", account_id=cast.seller.id, alt="", width=1, height=1, size=1, color="", tries=0, created_at=now)
            for number in range(501)
        )

    assert service.discard_loose_photos(now=now + LATER) == 500
    assert left([f"{number:027}" for number in (0, 499, 500)], cast.seller) == [f"{500:027}"]


def test_the_clock_starts_it(cast: Cast, now: datetime) -> None:
    assert tasks.discard_loose_photos in PERIODIC
    assert CLOCK["catalog.tasks.discard_loose_photos"] == ("23", tasks.discard_loose_photos)

    key = make_photo(cast.seller, now=now - timedelta(days=3650))
    tasks.discard_loose_photos()
    assert left([key], cast.seller) == []


def test_only_ones_own_unused_photos_are_discarded(cast: Cast, now: datetime) -> None:
    used = shown(make_product(cast.seller, now=now, photo=True))[0]
    loose, foreign = make_photo(cast.seller, now=now), make_photo(cast.other_seller, now=now)

    service.discard_unused([used, loose, foreign, loose, "k" * 27, "../x", ""], by=cast.seller)

    assert left([used, loose], cast.seller) == [used]
    assert left([foreign], cast.other_seller) == [foreign]


def test_a_photo_that_is_taken_off_is_gone_at_once(cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    now = datetime.now(UTC)
    slug, elsewhere = make_product(cast.seller, now=now), shown(make_product(cast.seller, now=now, photo=True))[0]
    keys, foreign = [make_photo(cast.seller, now=now) for _ in range(2)], make_photo(cast.other_seller, now=now)
    seller = sign_in(cast.seller)
    assert seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys}).status_code == 303

    removed = {"photo_keys": keys, "photo_remove": [keys[0], elsewhere, foreign]}
    assert seller.post(f"/dasbor/produk/{slug}", data={**FORM, **removed}).status_code == 303

    assert shown(slug) == [keys[1]]
    statuses = [client.get(f"/foto/{key}/640.webp").status_code for key in (*keys, elsewhere, foreign)]
    assert statuses == [404, 200, 200, 200]


def test_an_edit_that_is_refused_discards_nothing(cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    now = datetime.now(UTC)
    slug, keys = make_product(cast.seller, now=now), [make_photo(cast.seller, now=now) for _ in range(2)]
    seller = sign_in(cast.seller)
    seller.post(f"/dasbor/produk/{slug}", data={**FORM, "photo_keys": keys})

    answer = seller.post(f"/dasbor/produk/{slug}", data={**FORM, "price": "mahal", "photo_keys": keys, "photo_remove": [keys[0]]})

    assert answer.status_code == 422
    assert shown(slug) == keys
    assert client.get(f"/foto/{keys[0]}/640.webp").status_code == 200


@pytest.mark.parametrize("good", [0, 2])
def test_of_one_form_only_ten_files_are_tried(cast: Cast, sign_in: SignIn, good: int) -> None:
    files = [picture()] * good + [picture()[:400]] * 60
    data = {"photos": [(BytesIO(file), "foto.jpg") for file in files], "name": "Keripik", "price": "18000"}

    answer = sign_in(cast.seller).post("/mulai-jualan/produk", data=data)

    assert answer.status_code == 422
    assert "Paling banyak 10 foto" in answer.text
    assert photo_queries.attempts_since(cast.seller.id, since=datetime.now(UTC) - photo_rules.UPLOADS[0]) == 10
    assert photo_queries.count_of(cast.seller.id) == good
