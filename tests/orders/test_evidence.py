"""What was ordered stays as it was: its picture is put away, whatever becomes of the photo."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.app import HEARS
from lapak.catalog.rules import Draft
from lapak.catalog.service import listings as catalog
from lapak.catalog.service.stock import Line
from lapak.db.outbox import relay
from lapak.kernel.money import Rupiah
from lapak.orders.queries import reading
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.tokens import shared_token
from lapak.orders.service import keeping, placing
from lapak.orders.service.placing import OrderDraft
from lapak.photos.adapters.store import store
from tests.factories import JATENG, KEY, Cast, make_photo, make_product, product_id_of, shop_id_of
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def slug(cast: Cast, moment: datetime) -> str:
    return make_product(cast.seller, now=moment, photo=True, description="Digoreng pagi ini.", shelf_life_days=30)


@pytest.fixture
def token(cast: Cast, slug: str, moment: datetime) -> str:
    """The link of an order of it."""
    draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), 1),), is_warned=True)
    own = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="one", origin="one", site_code=JATENG, key=KEY, now=moment)
    return shared_token(own)


def order_of(token: str) -> OrderView:
    order = reading.by_token(token)
    assert order is not None
    return order


def photo_of(token: str) -> str:
    return order_of(token).items[0].seen.photo


def work(moment: datetime) -> None:
    """The worker tells what waits, as it does twice a second."""

    def tell(name: str, keys: dict[str, Any]) -> None:
        for job in HEARS.get(name, []):
            job(**keys)

    relay(tell, now=moment)


def remove_photo(cast: Cast, slug: str, token: str, moment: datetime, *, by_another: bool) -> None:
    """The seller replaces or takes away what the listing showed, and the hourly job discards it."""
    old = photo_of(token)
    left = {make_photo(cast.seller, now=moment): ""} if by_another else {}
    catalog.edit(slug, Draft("Nama baru", Rupiah(99000), stock=24, description="Lain sekali."), photos=left, by=cast.seller, now=moment)
    catalog.discard_loose_photos(now=moment + timedelta(days=3))
    assert not store().exists(f"{old}/640.jpg")


@pytest.mark.parametrize("by_another", [True, False])
def test_the_picture_outlives_its_photo_for_both_sides(
    cast: Cast, slug: str, token: str, moment: datetime, client: FlaskClient, visit: Visit, sign_in: SignIn, by_another: bool
) -> None:
    was = store().read(f"{photo_of(token)}/640.jpg")
    work(moment)
    remove_photo(cast, slug, token, moment, by_another=by_another)
    order = order_of(token)
    for who, path in ((client, f"/pesanan/{token}"), (sign_in(cast.seller), f"/dasbor/pesanan/{order.code}")):
        page = visit(path, client=who)
        (details,) = [one for one in page.select("details") if "Seperti yang dipesan" in one.get_text()]
        for part in ("Keripik tempe, 150 g", "Rp18.000", "Digoreng pagi ini.", "Tahan 30 hari"):
            assert part in details.get_text()
        assert "Lain sekali" not in details.get_text()
        address = str(details.select("img")[0]["src"])
        picture = who.get(address)
        assert (picture.status_code, picture.mimetype, picture.data) == (200, "image/jpeg", was)
        assert picture.headers["Cache-Control"] == "no-store"


def test_until_it_is_put_away_the_photo_itself_is_shown(token: str, client: FlaskClient) -> None:
    assert not store().exists(f"evidence-{order_of(token).code}/1.jpg")
    assert client.get(f"/pesanan/{token}/bukti/1.jpg").data == store().read(f"{photo_of(token)}/640.jpg")


def test_a_photo_that_was_gone_first_is_told_and_the_order_reads_on(
    cast: Cast, slug: str, token: str, moment: datetime, client: FlaskClient
) -> None:
    remove_photo(cast, slug, token, moment, by_another=False)
    work(moment)
    keeping.keep_missing(now=moment)
    assert client.get(f"/pesanan/{token}/bukti/1.jpg").status_code == 404
    page = check_page(client.get(f"/pesanan/{token}").text, "order")
    assert "Fotonya sudah dihapus" in page.get_text()
    assert not page.select("img.bukti")


def test_put_away_twice_it_is_the_first(token: str, moment: datetime) -> None:
    work(moment)
    code = order_of(token).code
    was = store().read(f"evidence-{code}/1.jpg")
    store().put(f"{photo_of(token)}/640.jpg", b"something else")
    keeping.keep_pictures(order_of(token).id)
    keeping.keep_missing(now=moment)
    assert store().read(f"evidence-{code}/1.jpg") == was


def test_a_store_that_fails_holds_up_no_message_and_is_tried_again(token: str, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(store()), "put", full)
        work(moment)
    key = f"evidence-{order_of(token).code}/1.jpg"
    assert not store().exists(key)
    keeping.keep_missing(now=moment)
    assert store().exists(key)


def test_a_stranger_a_wrong_link_and_a_wrong_line_get_nothing(
    app: Flask, cast: Cast, token: str, moment: datetime, sign_in: SignIn
) -> None:
    work(moment)
    code, stranger = order_of(token).code, app.test_client()
    assert stranger.get(f"/pesanan/{code}/bukti/1.jpg").status_code == 404
    assert stranger.get(f"/pesanan/{token[:-1]}A/bukti/1.jpg").status_code == 404
    assert stranger.get(f"/pesanan/{token}/bukti/2.jpg").status_code == 404
    assert stranger.get(f"/pesanan/{token}/bukti/100.jpg").status_code == 404
    assert stranger.get(f"/foto/evidence-{code}/1.jpg").status_code == 404
    assert sign_in(cast.other_seller).get(f"/dasbor/pesanan/{code}/bukti/1.jpg").status_code == 404
    assert sign_in(cast.companion).get(f"/dasbor/pesanan/{code}/bukti/1.jpg").status_code == 404


def test_a_listing_without_a_photo_says_what_it_said(cast: Cast, moment: datetime, client: FlaskClient) -> None:
    slug = make_product(cast.seller, now=moment, produced_on=moment.date(), shelf_life_days=3)
    draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), 1),), is_warned=True)
    own = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="n", origin="n", site_code=JATENG, key=KEY, now=moment)
    work(moment)
    page = check_page(client.get(f"/pesanan/{shared_token(own)}").text, "order")
    assert "baik sebelum" in page.get_text()
    assert "Fotonya" not in page.get_text()
    assert client.get(f"/pesanan/{shared_token(own)}/bukti/1.jpg").status_code == 404
