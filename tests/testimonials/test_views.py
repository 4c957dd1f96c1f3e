"""The pages where buyers write, moderators decide, sellers answer and everybody reads."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.orders.rules.tokens import shared_token
from lapak.shops import queries as shops
from lapak.testimonials import queries, service
from lapak.testimonials.rules import Refusal, State
from lapak.testimonials.service import Decision
from tests.factories import JATENG, Cast, make_product, make_received, make_testimonial, shop_id_of
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
GOOD = {"feeling": "happy", "text": "Renyah, sampai utuh.", "name": "Rina"}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def slug(cast: Cast, now: datetime) -> str:
    return make_product(cast.seller, now=now, photo=True)


@pytest.fixture
def token(cast: Cast, slug: str, now: datetime) -> str:
    return make_received(cast.seller, slug, now=now, buyer="Ibu Rina Wijaya")


def test_from_the_orders_page_to_the_product_page(
    client: FlaskClient, token: str, slug: str, cast: Cast, sign_in: SignIn, visit: Visit
) -> None:
    form = visit(f"/pesanan/{token}/testimoni", queries=4)
    assert str(form.select("#name")[0]["value"]) == "Rina"
    assert client.post(f"/pesanan/{token}/testimoni", data=GOOD).location == f"/pesanan/{token}"
    assert "Menunggu diperiksa" in visit(f"/pesanan/{token}", queries=5).get_text()
    assert "Kata pembeli" not in visit(f"/produk/{slug}").get_text()

    curator = sign_in(cast.curator)
    page = visit("/moderasi/testimoni", client=curator, queries=7)
    button = page.select_one("form[action^='/moderasi/testimoni/']")
    assert button
    seen = str(button.select("[name=seen]")[0]["value"])
    assert curator.post(str(button["action"]), data={"to": "shown", "seen": seen}).location == "/moderasi/testimoni"

    shown = visit(f"/produk/{slug}").get_text()
    assert "Renyah, sampai utuh." in shown
    assert "Rina, pembeli yang pesanannya selesai" in shown
    assert "Wijaya" not in shown
    assert "1 puas, 0 cukup, 0 kecewa." in visit(f"/lapak/{_shop(cast)}").get_text()


def test_the_link_of_the_chat_shows_no_words_of_the_buyer_and_takes_none(
    client: FlaskClient, token: str, visit: Visit, now: datetime
) -> None:
    path = f"/pesanan/{shared_token(token)}"
    assert client.get(f"{path}/testimoni").location == path
    assert client.post(f"{path}/testimoni", data=GOOD).status_code == 403
    client.post(f"/pesanan/{token}/testimoni", data=GOOD)
    assert GOOD["text"] not in visit(path, queries=4).get_text()
    assert client.post(f"{path}/testimoni/tarik").status_code == 403
    assert [entry.own.text for entry in queries.waiting(JATENG)] == [GOOD["text"]]


def _shop(cast: Cast) -> str:
    shop = shops.by_id(shop_id_of(cast.seller))
    assert shop
    return shop.slug


def test_a_number_in_the_text_is_refused_beside_it_and_everything_stays(client: FlaskClient, token: str) -> None:
    answer = client.post(f"/pesanan/{token}/testimoni", data={**GOOD, "text": "Enak, WA saya 0812 2745 0913"})
    page = check_page(answer.text, "form")
    assert answer.status_code == 422
    assert "Hapus nomor telepon" in page.select("#text-galat")[0].get_text()
    assert page.select("#feeling-0[checked]")


def test_a_refused_one_says_why_on_the_orders_page_and_comes_back_filled_in(
    client: FlaskClient, token: str, cast: Cast, visit: Visit, now: datetime
) -> None:
    client.post(f"/pesanan/{token}/testimoni", data=GOOD)
    (entry,) = queries.waiting(JATENG)
    service.decide(entry.id, Decision(State.REFUSED, 1, Refusal.OFF_TOPIC), by=cast.curator, now=now)
    assert "Bukan tentang pesanan ini" in visit(f"/pesanan/{token}", queries=5).get_text()
    page = visit(f"/pesanan/{token}/testimoni")
    assert page.select("textarea")[0].get_text().strip() == GOOD["text"]
    assert client.post(f"/pesanan/{token}/testimoni", data=GOOD).status_code == 303


def test_a_buyer_deletes_what_they_wrote(client: FlaskClient, slug: str, cast: Cast, visit: Visit, now: datetime) -> None:
    token, _ = make_testimonial(cast.seller, slug, now=now, by=cast.curator)
    assert "Renyah" in visit(f"/produk/{slug}").get_text()
    assert client.post(f"/pesanan/{token}/testimoni/tarik").status_code == 303
    assert "Renyah" not in visit(f"/produk/{slug}").get_text()
    assert visit(f"/pesanan/{token}", queries=5).select_one(f"a[href='/pesanan/{token}/testimoni']")


def test_the_seller_answers_from_their_desk(slug: str, cast: Cast, sign_in: SignIn, visit: Visit, now: datetime) -> None:
    _, key = make_testimonial(cast.seller, slug, now=now, by=cast.curator, feeling="disappointed", text="Remuk di jalan.")
    seller, path = sign_in(cast.seller), f"/dasbor/testimoni/{key}/balas"
    assert visit("/dasbor/testimoni", client=seller, queries=8).select_one(f"a[href='{path}']")
    assert visit(path, client=seller, queries=6).select("textarea")
    assert seller.post(path, data={"text": "Maaf, kami ganti."}).location == "/dasbor/testimoni"
    assert "Menunggu diperiksa" in visit("/dasbor/testimoni", client=seller).get_text()
    admin = sign_in(cast.admin)
    assert visit("/moderasi/testimoni", client=admin).select_one(f"form[action='/moderasi/testimoni/{key}?untuk=balasan']")
    assert admin.post(f"/moderasi/testimoni/{key}?untuk=balasan", data={"to": "shown", "seen": "1"}).status_code == 303
    assert "Maaf, kami ganti." in visit(f"/produk/{slug}").get_text()
    assert seller.post(path, data={"text": "Satu lagi."}).status_code == 409


def test_a_moderator_refuses_with_a_reason(slug: str, cast: Cast, sign_in: SignIn, visit: Visit, now: datetime) -> None:
    _, key = make_testimonial(cast.seller, slug, now=now)
    curator, path = sign_in(cast.curator), f"/moderasi/testimoni/{key}"
    assert visit(path, client=curator, queries=6).select("[type=radio]")
    assert curator.post(path, data={"to": "refused", "seen": "1"}).status_code == 422
    assert curator.post(path, data={"to": "refused", "seen": "1", "why": "insult"}).status_code == 303
    assert "Memuat hinaan" in visit("/moderasi/testimoni?rak=ditolak", client=curator, queries=6).get_text()


def test_the_slower_moderator_is_told_and_nothing_changes(slug: str, cast: Cast, sign_in: SignIn, now: datetime) -> None:
    _, key = make_testimonial(cast.seller, slug, now=now, by=cast.curator)
    admin, path = sign_in(cast.admin), f"/moderasi/testimoni/{key}"
    answer = admin.post(path, data={"to": "refused", "seen": "1", "why": "insult"}, follow_redirects=True)
    assert "rekan Anda" in check_page(answer.text, path).get_text()
    assert [one.id for one in queries.newest(shop_id_of(cast.seller))] == [key]


def test_a_shops_testimonials_have_a_page_of_their_own(slug: str, cast: Cast, visit: Visit, now: datetime) -> None:
    empty = visit(f"/lapak/{_shop(cast)}/testimoni", queries=4)
    assert "Belum ada testimoni" in empty.get_text()
    for name in ("Ana", "Budi", "Citra", "Dewi"):
        make_testimonial(cast.seller, slug, now=now, buyer=name, by=cast.curator)
    assert len(visit(f"/lapak/{_shop(cast)}/testimoni", queries=4).select("main li.butir")) == 4
    shop = visit(f"/lapak/{_shop(cast)}", queries=5)
    assert len(shop.select("main li.butir")) == 3
    assert shop.select_one(f"a[href='/lapak/{_shop(cast)}/testimoni']")


def test_many_testimonials_cost_a_page_no_more(slug: str, cast: Cast, visit: Visit, sign_in: SignIn, now: datetime) -> None:
    for number in range(8):
        make_testimonial(cast.seller, slug, now=now, buyer=f"Pembeli {'x' * number}", by=cast.curator)
    assert len(visit(f"/produk/{slug}", queries=6).select("main li.butir")) == 3
    visit("/moderasi/testimoni?rak=tayang", client=sign_in(cast.curator), queries=6)


def test_hostile_words_are_shown_as_words(client: FlaskClient, token: str, slug: str, cast: Cast, visit: Visit, now: datetime) -> None:
    client.post(f"/pesanan/{token}/testimoni", data={**GOOD, "text": "<script>alert(1)</script> & \"'", "name": "<b>R"})
    (entry,) = queries.waiting(JATENG)
    service.decide(entry.id, Decision(State.SHOWN, 1), by=cast.curator, now=now)
    page = visit(f"/produk/{slug}")
    assert "<script>alert(1)</script>" in page.get_text()
    assert not page.select("main li.butir script, main li.butir b")
