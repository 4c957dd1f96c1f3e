"""What an edition says of itself: how blind its judging was, who was put forward by whom, who left, and when its sellers have to answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.db.session import Query
from lapak.editions.models import Score
from lapak.editions.queries import public
from lapak.editions.service import entering
from tests.factories import Cast, edition_rows, make_call, make_product
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
SCORES = {"attractive": "5", "quality": "4", "packaging": "3", "safe": "4", "note": ""}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def two_enter(cast: Cast, *, now: datetime, number: int = 1) -> list[str]:
    """Two sellers enter a call that closed a day ago; return the codes of their entries."""
    start = now - timedelta(days=6)
    edition_id = make_call(cast.curator, now=start, days=5, number=number)
    for seller in (cast.seller, cast.other_seller):
        slug = make_product(seller, now=start, photo=True)
        entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=False, shares_figures=False, by=seller, now=start)
    return [row.code for row in edition_rows(number)]


def put_out(client: FlaskClient, codes: list[str], *, number: int = 1) -> None:
    """Have a curator take these entries in and publish."""
    for code in codes:
        client.post(f"/kurasi/{number}/daftar/{code}/putuskan", data={"wish": "in", "reason": "Alasan yang cukup panjang."})
        client.post(f"/kurasi/{number}/siap/{code}/tetap", data={"reason": "Alasan yang cukup panjang."})
    assert client.post(f"/kurasi/{number}/jadwal", data={"wish": "now"}).location == f"/kurasi/{number}/terbit"


def test_a_photo_that_names_the_shop_is_counted_where_the_edition_says_how_it_was_chosen(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    codes, client = two_enter(cast, now=datetime.now(UTC)), sign_in(cast.curator)
    assert client.post(f"/kurasi/1/nilai/{codes[0]}", data={**SCORES, "names_shop": "y"}).status_code == 303
    assert visit(f"/kurasi/1/nilai/{codes[0]}", client=client).select("input[name=names_shop][checked]")
    client.post(f"/kurasi/1/nilai/{codes[1]}", data=SCORES)
    put_out(client, codes)
    page = visit("/edisi/1/cara-kami-memilih", queries=10).get_text()
    assert "Pada 1 ajuan, foto memperlihatkan nama lapak, jadi penilaian itu tidak sepenuhnya buta" in page
    assert "tanpa tahu nama lapak" not in page


def test_without_such_a_photo_the_edition_promises_no_more_than_it_knows(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    codes, client = two_enter(cast, now=datetime.now(UTC)), sign_in(cast.curator)
    for code in codes:
        client.post(f"/kurasi/1/nilai/{code}", data=SCORES)
    put_out(client, codes)
    assert "tidak ada penilai yang mencatatnya" in visit("/edisi/1/cara-kami-memilih").get_text()


def test_a_judge_may_take_the_mark_back_and_what_they_said_first_stays_on_record(cast: Cast, sign_in: SignIn) -> None:
    codes, client = two_enter(cast, now=datetime.now(UTC)), sign_in(cast.curator)
    client.post(f"/kurasi/1/nilai/{codes[0]}", data={**SCORES, "names_shop": "y"})
    client.post(f"/kurasi/1/nilai/{codes[0]}", data=SCORES)
    kept = Query(select(Score.names_shop, Score.replaced_at).order_by(Score.id), lambda said, at: (said, at is not None)).all()
    assert kept == [(True, True), (False, False)]
    edition = public.by_number("33", 1)
    assert edition
    assert public.totals(edition.id).named == 0


def test_each_criterion_without_a_score_is_named_and_led_to(cast: Cast, sign_in: SignIn) -> None:
    codes, client = two_enter(cast, now=datetime.now(UTC)), sign_in(cast.curator)
    answer = client.post(f"/kurasi/1/nilai/{codes[0]}", data={"attractive": "4", "note": ""})
    page = check_page(answer.text, "judging")
    links = {str(link["href"]): link.get_text(strip=True) for link in page.select("[role=alert] a")}
    assert answer.status_code == 422
    assert links == {
        "#quality-0": "Beri nilai 1 sampai 5 untuk Mutu",
        "#packaging-0": "Beri nilai 1 sampai 5 untuk Kemasan",
        "#safe-0": "Beri nilai 1 sampai 5 untuk Aman dipromosikan",
    }
    assert all(page.select_one(href) for href in links)
