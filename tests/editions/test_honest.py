"""What an edition says of itself: how blind its judging was, who was put forward by whom, who left, and when its sellers have to answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.db.outbox import Delivery
from lapak.db.session import Query, transaction
from lapak.editions import tasks
from lapak.editions.models import Entry, Score
from lapak.editions.queries import calls, public
from lapak.editions.rules.calendar import Plan, State
from lapak.editions.rules.choosing import Rules
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import answer_by
from lapak.editions.service import choosing, entering, leaving, planning, publishing
from lapak.kernel.errors import Conflict, Invalid
from lapak.regions.queries import site_of
from tests.factories import JATENG, WHY, Cast, edition_rows, make_call, make_edition, make_product, make_shops, shop_id_of
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
    edition = public.by_number(JATENG, 1)
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


def messages() -> list[tuple[str, str]]:
    """What was posted to whom."""
    with transaction():
        for entry_id in Query(select(Entry.id).order_by(Entry.id), int).all():
            tasks.tell_put_forward(entry_id)
    return Query(select(Delivery.phone, Delivery.text).order_by(Delivery.id), lambda *row: row).all()


def nominate(cast: Cast, slug: str, *, now: datetime, number: int = 1) -> None:
    entering.nominate(str(number), slug, region_code=JATENG, by=cast.curator, now=now, base="https://lapak.example")


def test_a_seller_is_told_of_a_nomination_until_when_to_answer_and_how_to_say_no(cast: Cast, now: datetime) -> None:
    make_call(cast.curator, now=now, days=5)
    nominate(cast, make_product(cast.seller, now=now), now=now)
    (edition,) = calls.open_for("33.15", JATENG, now=now)
    until = (edition.closes_at or now) + timedelta(hours=7)
    ((phone, text),) = messages()

    assert phone == cast.seller.phone
    assert "kurator mengajukan Keripik tempe, 150 g untuk Edisi 1" in text
    assert f"Jawab Ikut atau Tidak ikut paling lambat {until:%d-%m-%Y %H.%M} WIB di https://lapak.example/dasbor/edisi" in text


def test_what_a_seller_declined_does_not_get_in_and_is_not_nominated_again(cast: Cast, now: datetime) -> None:
    edition_id, slug = make_call(cast.curator, now=now, opens_at=None, closes_at=None), make_product(cast.seller, now=now)
    nominate(cast, slug, now=now)
    code = edition_rows()[0].code
    choosing.put_in("1", code, reason=WHY, region_code=JATENG, by=cast.curator, now=now)
    entering.step_back(edition_id, by=cast.seller, now=now)

    assert edition_rows() == []
    assert public.decisions(edition_id, is_public=False)[-1].deed is Deed.DECLINED
    with pytest.raises(Conflict, match="memilih tidak ikut"):
        nominate(cast, slug, now=now)
    with pytest.raises(Conflict, match="memilih tidak ikut"):
        entering.agree(edition_id, by=cast.seller, now=now)


def test_a_nominated_seller_answers_with_one_tap(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.seller)
    edition_id = make_call(cast.curator, now=now, opens_at=None, closes_at=None)
    nominate(cast, make_product(cast.seller, now=now), now=now)
    assert "Kurator mengajukan Keripik tempe" in visit("/dasbor", client=client).get_text()
    page = visit("/dasbor/edisi", client=client, queries=10)
    assert "Jawab paling lambat" in page.get_text()
    action = str(page.select("form:has(button[value=ikut])")[0]["action"])
    assert {one["value"] for one in page.select(f"form[action='{action}'] button")} == {"ikut", "tidak"}
    assert visit(f"/dasbor/edisi/{edition_id}", client=client).select("button[value=tidak]")
    for _ in range(2):
        assert client.post(action, data={"answer": "ikut"}).location == "/dasbor/edisi"
    assert edition_rows()[0].agreed_at
    page = visit("/dasbor/edisi", client=client)
    assert not page.select("button[value=ikut]")
    client.post(action, data={"answer": "tidak"})
    assert edition_rows() == []


def test_a_curator_reads_that_a_nominated_seller_has_not_answered(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.curator)
    edition_id = make_call(cast.curator, now=now, opens_at=None, closes_at=None)
    nominate(cast, make_product(cast.seller, now=now), now=now)
    assert "Penjual belum menjawab ikut" in visit("/kurasi/1/daftar", client=client).get_text()
    entering.agree(edition_id, by=cast.seller, now=now)
    assert "Penjual belum menjawab ikut" not in visit("/kurasi/1/daftar", client=client).get_text()


def test_who_allowed_the_next_theme_has_agreed_and_is_told_all_the_same(cast: Cast, now: datetime) -> None:
    first, slug = make_call(cast.curator, now=now), make_product(cast.seller, now=now)
    entering.enter(first, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=cast.seller, now=now)
    planning.cancel("1", reason=WHY, region_code=JATENG, by=cast.curator, now=now)
    make_call(cast.curator, now=now, number=2, opens_at=None, closes_at=None)
    nominate(cast, slug, now=now, number=2)
    mine = calls.entries_of(shop_id_of(cast.seller))[0]

    assert (mine.edition.number, mine.is_asked, mine.has_own_work, mine.shares_figures, mine.stays_in_pool) == (2, False, True, True, True)
    assert "karena Anda mengizinkannya untuk tema yang cocok" in messages()[-1][1]


def test_who_is_entered_from_the_pool_is_told(cast: Cast, now: datetime) -> None:
    first, slug = make_call(cast.curator, now=now), make_product(cast.seller, now=now)
    entering.enter(first, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=cast.seller, now=now)
    planning.cancel("1", reason=WHY, region_code=JATENG, by=cast.curator, now=now)
    second = make_call(cast.curator, now=now, number=2)
    entering.open_calls(now=now)
    ((_phone, text),) = messages()
    assert "Bila kali ini tidak mau, tekan Tidak ikut paling lambat" in text
    entering.step_back(second, by=cast.seller, now=now)
    assert public.decisions(second, is_public=False)[-1].deed is Deed.STEPPED_BACK


def test_who_enters_by_hand_what_a_curator_nominated_counts_as_entered_by_its_seller(cast: Cast, now: datetime) -> None:
    edition_id, slug = make_call(cast.curator, now=now), make_product(cast.seller, now=now)
    nominate(cast, slug, now=now)
    entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=False, shares_figures=False, by=cast.seller, now=now)
    (row,) = edition_rows()

    assert (row.source, row.is_unanswered) == ("seller", False)
    assert messages() == []


@pytest.mark.parametrize(
    ("closes", "publishes", "until"),
    [(96, 200, 96), (12, 200, 152), (None, 200, 152), (None, 60, 60), (12, 30, 30), (None, 0, None), (None, -5, None)],
)
def test_the_answer_is_due_before_judging_or_before_publication(
    now: datetime, closes: int | None, publishes: int, until: int | None
) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else now + timedelta(hours=hours)

    assert answer_by(at(closes), at(publishes) or now, Rules(), asked_at=now) == at(until)


def plan_for(cast: Cast, in_hours: float, *, now: datetime) -> dict[str, Any]:
    """An edition with one stall on its list, to be published in so many hours; returns who and where, for its services."""
    planning.plan(Plan(1, "Teman ngopi", "", now + timedelta(hours=in_hours)), region_code=JATENG, by=cast.curator, now=now)
    nominate(cast, make_product(cast.seller, now=now, photo=True), now=now)
    choosing.put_in("1", edition_rows()[0].code, reason=WHY, region_code=JATENG, by=cast.curator, now=now)
    return {"region_code": JATENG, "by": cast.curator, "now": now}


def test_a_publication_too_near_to_answer_is_scheduled_only_by_who_says_that_they_know(cast: Cast, now: datetime) -> None:
    here = plan_for(cast, 0.5, now=now)
    with pytest.raises(Invalid, match="hanya punya waktu 30 menit"):
        publishing.schedule("1", base="", **here)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert edition.state is State.DRAFT
    publishing.schedule("1", base="", accepts_short=True, **here)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert edition.state is State.SCHEDULED


def test_a_publication_with_time_to_answer_is_scheduled_without_more(cast: Cast, now: datetime) -> None:
    here = plan_for(cast, 48, now=now)
    publishing.schedule("1", base="", **here)


def test_a_scheduled_edition_is_not_moved_to_a_moment_too_near_and_may_move_away(cast: Cast, now: datetime) -> None:
    here = plan_for(cast, 72, now=now)
    publishing.schedule("1", base="", **here)
    with pytest.raises(Invalid, match="menyisakan 2 jam 30 menit"):
        planning.change("1", Plan(1, "Teman ngopi", "", now + timedelta(hours=2.5)), **here)
    planning.change("1", Plan(1, "Teman ngopi", "", now + timedelta(hours=60)), **here)
    soon = {**here, "now": now + timedelta(hours=50)}
    planning.change("1", Plan(1, "Teman ngopi", "", now + timedelta(hours=70)), **soon)


def test_the_page_asks_to_confirm_a_short_time_and_works_without_a_script(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    plan_for(cast, 5.01, now=datetime.now(UTC))
    client = sign_in(cast.curator)
    page = visit("/kurasi/1/siap", client=client, queries=10)
    assert "Saya tahu penjual hanya punya waktu 5 jam untuk menjawab siap" in page.get_text()
    client.post("/kurasi/1/jadwal", data={"wish": "schedule"})
    page = visit("/kurasi/1/siap", client=client)
    assert "Belum dijadwalkan: centang dulu" in page.get_text()
    client.post("/kurasi/1/jadwal", data={"wish": "schedule", "accepts_short": "y"})
    assert "Batalkan jadwal" in visit("/kurasi/1/siap", client=client).get_text()


def test_how_it_was_chosen_counts_who_entered_who_was_nominated_and_who_left(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.curator)
    two_enter(cast, now=now)
    ahead, decliner = make_shops(2, now=now)
    for seller in (ahead, decliner):
        nominate(cast, make_product(seller, now=now), now=now)
    edition = public.by_number(JATENG, 1)
    assert edition
    for seller in (decliner, cast.other_seller):
        entering.step_back(edition.id, by=seller, now=now)
    put_out(client, [row.code for row in edition_rows()])
    table = visit("/edisi/1/cara-kami-memilih", queries=10).select("table.hitung")[0]
    counts = [(row.th.get_text(strip=True), row.td.get_text(strip=True)) for row in table.select("tr") if row.th and row.td]

    assert counts == [
        ("Didaftarkan penjualnya", "2"), ("Diajukan kurator", "2"), ("Semua pendaftar", "4"), ("Mundur atau memilih tidak ikut", "−2"),
        ("Tetap ikut", "2"),
    ]  # fmt: skip


def test_the_dashboard_says_first_until_when_a_seller_has_to_be_ready(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.seller)
    here = plan_for(cast, 60, now=now)
    publishing.schedule("1", base="", **here)
    assert "Nyatakan Anda siap" not in visit("/dasbor", client=client).get_text()
    later = now + timedelta(hours=13)
    assert publishing.ask_sellers(lambda _told: None, now=later) == 1
    edition = public.by_number(JATENG, 1)
    site = site_of(JATENG)
    assert edition
    assert site
    first = visit("/dasbor", client=client).select(".pesan")[0]
    assert f"paling lambat {site.local(edition.publish_at).day} " in first.get_text()
    assert f"{site.local(edition.publish_at):%H.%M} WIB" in first.get_text()
    assert first.select(f"a[href='/dasbor/edisi/{edition.id}']")
    entering.say_ready(edition.id, is_own_work=True, by=cast.seller, now=later)
    assert "Nyatakan Anda siap" not in visit("/dasbor", client=client).get_text()


def test_a_ready_said_before_anybody_asked_is_asked_for_again(cast: Cast, now: datetime) -> None:
    here = plan_for(cast, 100, now=now)
    publishing.schedule("1", base="", **here)
    edition = public.by_number(JATENG, 1)
    assert edition
    entering.say_ready(edition.id, is_own_work=True, by=cast.seller, now=now)
    publishing.ask_sellers(lambda _told: None, now=now + timedelta(hours=53))

    assert calls.entries_of(shop_id_of(cast.seller))[0].is_awaited


def test_a_removed_stall_leaves_a_gap_and_its_seller_reads_why_again(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, reason = datetime.now(UTC), "Izin edarnya sudah tidak berlaku."
    make_edition(cast.curator, [make_product(seller, now=now) for seller in (cast.seller, cast.other_seller)], now=now)
    mine = next(row for row in edition_rows() if row.owner_id == cast.seller.id)
    publishing.remove("1", mine.code, reason=reason, region_code=JATENG, by=cast.curator, now=now)
    page = visit("/edisi/1", queries=6)

    assert [one.get_text(" ", strip=True) for one in page.select(".celah")] == [f"Nomor {mine.stall} ditarik: {reason}"]
    stalls = page.select("ul.rak > li")
    assert "celah" in stalls[(mine.stall or 0) - 1]["class"]
    assert f"Lapak {mine.stall}: {reason}" in page.get_text()
    client, edition = sign_in(cast.seller), public.by_number(JATENG, 1)
    assert edition
    for path in ("/dasbor/edisi", f"/dasbor/edisi/{edition.id}"):
        assert f"Alasan: {reason}" in visit(path, client=client).get_text()
    assert client.get("/edisi/1.json").json["changes"][-1]["reason"] == f"Lapak {mine.stall}: {reason}"  # type: ignore[index]


def test_a_stall_whose_seller_withdrew_leaves_a_gap_that_names_nobody(cast: Cast, visit: Visit, now: datetime) -> None:
    make_edition(cast.curator, [make_product(seller, now=now) for seller in (cast.seller, cast.other_seller)], now=now)
    leaving.leave([shop_id_of(cast.seller)], now=now)

    assert "penjualnya tidak lagi setuju ditampilkan" in visit("/edisi/1").select(".celah")[0].get_text()
