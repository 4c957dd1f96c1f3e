"""A listing nobody speaks for is asked about, steps back, and pauses; its seller is told each time and brings it back in one tap."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lapak.catalog import queries
from lapak.catalog.models import Product
from lapak.catalog.rules import ASK_AFTER, PAUSE_AFTER, STEP_BACK_AFTER, Draft, Freshness, State, Supply
from lapak.catalog.service import listings as service
from lapak.catalog.service.listings import Aged
from lapak.catalog.tasks import age_listings
from lapak.db.base import db
from lapak.db.outbox import Delivery
from lapak.db.session import Query, transaction
from lapak.kernel.money import Rupiah
from lapak.shops import queries as shops
from tests.factories import Cast, make_kept_shop, make_product, shop_id_of
from tests.visiting import Visit


def states(*slugs: str) -> list[tuple[str, str]]:
    statement = select(Product.freshness, Product.state).where(Product.slug.in_(slugs)).order_by(Product.id)
    return Query(statement, lambda freshness, state: (freshness, state)).all()


def run(now: datetime) -> list[Aged]:
    told: list[Aged] = []
    service.age_listings(told.append, now=now)
    return told


def test_silence_costs_a_listing_one_step_after_the_other(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    asked = now + ASK_AFTER
    back = asked + STEP_BACK_AFTER
    paused = back + PAUSE_AFTER

    assert run(asked - timedelta(seconds=1)) == []
    assert [aged.step for aged in run(asked)] == [Freshness.ASKED]
    assert run(back - timedelta(seconds=1)) == []
    assert [aged.step for aged in run(back)] == [Freshness.STEPPED_BACK]
    assert states(slug) == [("stepped_back", "active")]
    assert [aged.step for aged in run(paused)] == [Freshness.PAUSED]
    assert states(slug) == [("paused", "paused")]
    assert run(paused + ASK_AFTER) == []


def test_a_shop_is_told_once_of_all_its_listings(cast: Cast, now: datetime) -> None:
    for name in ("Keripik tempe", "Kue kering"):
        make_product(cast.seller, now=now, name=name)
    make_product(cast.other_seller, now=now)
    told = run(now + ASK_AFTER)

    assert sorted((aged.phone, len(aged.names)) for aged in told) == sorted([(cast.seller.phone, 2), (cast.other_seller.phone, 1)])
    assert run(now + ASK_AFTER) == []


def test_a_clock_that_jumps_a_year_costs_one_step_only(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    run(now + timedelta(days=365))
    run(now + timedelta(days=365, minutes=5))

    assert states(slug) == [("asked", "active")]


def test_one_word_brings_everything_back(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    for after in (ASK_AFTER, ASK_AFTER + STEP_BACK_AFTER, ASK_AFTER + STEP_BACK_AFTER + PAUSE_AFTER):
        run(now + after)
    assert [one.slug for one in queries.unconfirmed(shop_id_of(cast.seller))] == [slug]

    later = now + timedelta(days=100)
    assert service.confirm([slug], by=cast.seller, now=later) == 1
    assert states(slug) == [("fresh", "active")]
    assert queries.unconfirmed(shop_id_of(cast.seller)) == []
    assert run(later + ASK_AFTER - timedelta(seconds=1)) == []


def test_a_listing_its_seller_paused_stays_paused_when_confirmed(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    run(now + ASK_AFTER)
    service.set_state(slug, State.PAUSED, by=cast.seller, now=now + ASK_AFTER)
    service.confirm([slug], by=cast.seller, now=now + ASK_AFTER)

    assert states(slug) == [("fresh", "paused")]


def test_nobody_confirms_for_another_seller(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    run(now + ASK_AFTER)

    assert service.confirm([slug, "tidak-ada"], by=cast.other_seller, now=now + ASK_AFTER) == 0
    assert states(slug) == [("asked", "active")]


def test_an_accepted_order_speaks_for_the_listing(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    run(now + ASK_AFTER)
    product = queries.by_slug(slug)
    assert product
    service.mark_alive([product.id], now=now + ASK_AFTER)

    assert states(slug) == [("fresh", "active")]


def test_the_message_names_what_it_is_about(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now, name=f"Keripik rasa {letter * 3}") for letter in "abcde"]
    with transaction():
        db.session.execute(update(Product).values(freshness_at=now - timedelta(days=400)))
    age_listings()
    texts = Query(select(Delivery.text).where(Delivery.phone == cast.seller.phone), str).all()

    assert len(slugs) == 5
    said = (
        "Lapak Jateng: masih adakah Keripik rasa aaa, Keripik rasa bbb, Keripik rasa ccc dan 2 lagi? "
        "Buka dasbor Anda, menu Produk, lalu tekan Masih ada."
    )
    assert texts == [said]


def test_a_seller_is_asked_on_the_dashboard_and_answers_for_all_or_for_one(
    app: Flask, cast: Cast, now: datetime, visit: Visit, sign_in: Callable[..., FlaskClient]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    slugs = [make_product(cast.seller, now=now, name=f"Keripik rasa {letter * 3}") for letter in "abcd"]
    client = sign_in(cast.seller)
    run(now + ASK_AFTER)
    for path in ("/dasbor", "/dasbor/produk"):
        page = visit(path, client=client).get_text(" ", strip=True)
        assert "Masih ada? 4 produk lama tanpa kabar" in page
        assert "Keripik rasa aaa, Keripik rasa bbb, Keripik rasa ccc" in page
        assert "pindah ke urutan belakang, lalu dijeda" in page

    client.post("/dasbor/masih-ada", data={"slug": slugs[0]})
    assert "Masih ada? 3 produk lama tanpa kabar" in visit("/dasbor/produk", client=client).get_text(" ", strip=True)
    client.post("/dasbor/masih-ada")
    assert "tanpa kabar" not in visit("/dasbor/produk", client=client).get_text()


def test_a_companion_is_asked_for_the_seller_they_keep(
    cast: Cast, now: datetime, visit: Visit, sign_in: Callable[..., FlaskClient]
) -> None:
    shop, _token = make_kept_shop(cast.companion, "+6285240002204", now=now)
    kept = shops.by_slug(shop)
    assert kept
    draft = Draft("Rengginang", Rupiah(9000), supply=Supply.MADE_TO_ORDER)
    service.publish(draft, photos={}, by=cast.companion, now=now, shop_id=kept.id)
    run(now + ASK_AFTER)
    page = visit(f"/pendampingan/{shop}", client=sign_in(cast.companion)).get_text(" ", strip=True)

    assert "Masih ada? 1 produk lama tanpa kabar" in page
    assert "Tanyakan kepada penjual" in page
