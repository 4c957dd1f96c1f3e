"""Decisions on listings, reports of the public, and the log of both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts.rules import Actor, Role
from lapak.app import HEARS
from lapak.catalog import queries as catalog
from lapak.catalog.rules import Draft, State
from lapak.catalog.service import listings
from lapak.checking.queries import rules_of
from lapak.checking.rules import Deed, Field, Reason, Rules, Standing, Verdict
from lapak.db.base import db
from lapak.db.outbox import Delivery, relay
from lapak.db.session import Query, transaction
from lapak.editions.queries import public as editions
from lapak.editions.queries.public import EditionView
from lapak.editions.service import kits
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.money import Rupiah
from lapak.moderation import queries, service
from lapak.moderation.models import Report
from lapak.moderation.queries import Queue
from lapak.moderation.rules import Show, Trouble
from lapak.moderation.service import Decision, ReportDraft
from lapak.regions.queries import site_of
from lapak.shops import queries as shops
from tests.factories import JATENG, PARIAMAN, Cast, make_edition, make_kept_shop, make_official, make_photo, make_product, product_id_of
from tests.visiting import Visit

SPAM = ReportDraft(Trouble.MISLEADING, "Isinya kurang.", "+6281234567890")


def decide(slug: str, verdict: Verdict, by: Actor, now: datetime, **changes: Any) -> Deed:
    product_id = product_id_of(slug)
    reports = queries.reports_of(product_id)
    seen: dict[str, Any] = {"revision": catalog.review_of(product_id).revision, "reports_seen": reports[0].id if reports else 0}
    if verdict is not Verdict.APPROVE:
        seen["reason"] = Reason.UNCLEAR_PHOTO
    return service.decide(slug, Decision(verdict, **{**seen, **changes}), region_code=JATENG, by=by, now=now)


def report(slug: str, reporter: str, now: datetime, *, trouble: Trouble = Trouble.MISLEADING, origin: str = "") -> bool:
    return service.report(slug, ReportDraft(trouble, ""), reporter=reporter, origin=origin or reporter, now=now)


def edit(slug: str, cast: Cast, now: datetime, name: str = "Keripik pedas", **changes: Any) -> None:
    listings.edit(slug, Draft(name, Rupiah(18000), unit="bungkus", **changes), photos={}, by=cast.seller, now=now)


def tell(name: str, values: dict[str, Any]) -> None:
    for job in HEARS[name]:
        job(**values)


def messages() -> list[tuple[str, str]]:
    return Query(select(Delivery.phone, Delivery.text).order_by(Delivery.id), lambda *row: row).all()


def edition() -> EditionView:
    found = editions.by_number(JATENG, 1)
    assert found
    return found


def standing(slug: str) -> Standing:
    return catalog.review_of(product_id_of(slug)).standing


def state(slug: str) -> State:
    product = catalog.by_slug(slug)
    assert product
    return product.state


def slugs(queue: Queue) -> list[str]:
    return [item.slug for item in queue.items]


@pytest.fixture
def other_curator(cast: Cast, now: datetime) -> Actor:
    return make_official("+628112700155", "Nurul", Role.CURATOR, JATENG, now=now)


@pytest.mark.parametrize("who", ["curator", "admin"])
def test_curators_and_admins_of_the_region_decide_and_the_seller_is_told(cast: Cast, now: datetime, who: str) -> None:
    slug = make_product(cast.seller, now=now)

    assert decide(slug, Verdict.APPROVE, getattr(cast, who), now) is Deed.APPROVED
    assert standing(slug) is Standing.CHECKED
    assert messages() == [
        (cast.seller.phone, "Lapak Jateng: Keripik tempe, 150 g sudah diperiksa dan disetujui. Pembeli melihat versi itu.")
    ]


@pytest.mark.parametrize("who", ["seller", "other_seller", "companion", "newcomer", "far_curator", "far_admin"])
def test_nobody_else_decides(cast: Cast, now: datetime, who: str) -> None:
    slug = make_product(cast.seller, now=now)
    with pytest.raises(NotAllowed):
        decide(slug, Verdict.APPROVE, getattr(cast, who), now)

    assert (standing(slug), messages(), queries.log_of(product_id_of(slug))) == (Standing.WAITING, [], [])


def test_a_listing_of_another_region_does_not_exist(cast: Cast, now: datetime) -> None:
    far = make_product(cast.far_seller, now=now)
    with pytest.raises(NotFound):
        decide(far, Verdict.APPROVE, cast.curator, now)


def test_nobody_decides_about_their_own_shop(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    both = Actor(cast.seller.id, "Bu Darmi", cast.seller.phone, 0, (*cast.seller.roles, *cast.curator.roles))
    with pytest.raises(NotAllowed, match="lapak Anda sendiri"):
        decide(slug, Verdict.APPROVE, both, now)


def test_whoever_asks_says_why_and_the_seller_reads_it_with_the_fix(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    with pytest.raises(Invalid):
        decide(slug, Verdict.ASK, cast.curator, now, reason=None)
    decide(slug, Verdict.ASK, cast.curator, now, note="Yang kedua gelap.")

    ((phone, text),) = messages()
    assert phone == cast.seller.phone
    assert "Foto tidak jelas. Ganti dengan foto yang terang dan tajam" in text
    assert "Pesan pemeriksa: Yang kedua gelap." in text
    assert (state(slug), standing(slug)) == (State.ACTIVE, Standing.ASKED)


def test_a_kept_shop_without_owner_is_told_through_its_keeper(cast: Cast, now: datetime) -> None:
    shop, _ = make_kept_shop(cast.companion, "+6285240007799", now=now)
    row = shops.by_slug(shop)
    assert row
    slug = listings.publish(Draft("Rengginang", Rupiah(9000)), photos={}, by=cast.companion, now=now, shop_id=row.id)
    decide(slug, Verdict.TAKE_DOWN, cast.curator, now)

    assert [phone for phone, _ in messages()] == [cast.companion.phone]


def test_the_same_click_again_changes_nothing(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    revision = catalog.review_of(product_id_of(slug)).revision
    for _ in range(2):
        assert decide(slug, Verdict.ASK, cast.curator, now, revision=revision) is Deed.ASKED

    assert (len(messages()), len(queries.log_of(product_id_of(slug)))) == (1, 1)


def test_of_two_moderators_the_second_hears_what_the_first_decided(cast: Cast, now: datetime, other_curator: Actor) -> None:
    slug = make_product(cast.seller, now=now)
    revision = catalog.review_of(product_id_of(slug)).revision
    decide(slug, Verdict.APPROVE, cast.curator, now, revision=revision)
    for verdict in (Verdict.TAKE_DOWN, Verdict.APPROVE):
        with pytest.raises(Conflict, match="Ema lebih dulu memutuskan: Disetujui"):
            decide(slug, verdict, other_curator, now, revision=revision)

    assert (state(slug), len(messages())) == (State.ACTIVE, 1)


def test_a_moderator_who_changes_their_mind_decides_anew(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.TAKE_DOWN, cast.curator, now)
    decide(slug, Verdict.APPROVE, cast.curator, now)

    assert (state(slug), standing(slug)) == (State.ACTIVE, Standing.CHECKED)
    assert [row.deed for row in queries.log_of(product_id_of(slug))] == [Deed.APPROVED, Deed.TAKEN_DOWN]


def test_a_seller_who_was_quicker_is_looked_at_again(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    revision = catalog.review_of(product_id_of(slug)).revision
    edit(slug, cast, now, name="Keripik ganja")
    with pytest.raises(Conflict, match="Penjual baru saja mengubah"):
        decide(slug, Verdict.APPROVE, cast.curator, now, revision=revision)

    assert (standing(slug), messages()) == (Standing.WAITING, [])


def test_the_log_keeps_who_what_why_on_which_version_and_what_it_said(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.APPROVE, cast.curator, now)
    edit(slug, cast, now, description="Pedas.")
    later = now + timedelta(hours=1)
    decide(slug, Verdict.REFUSE, cast.admin, later, reason=Reason.MISLEADING, note="Bukan pedas.")

    refused, approved = queries.log_of(product_id_of(slug))
    assert (refused.deed, refused.by_name, refused.reason, refused.note, refused.at) == (
        Deed.REFUSED,
        "Bagus",
        "misleading",
        "Bukan pedas.",
        later,
    )
    assert (refused.content[Field.NAME], refused.content[Field.PRICE]) == ("Keripik pedas", "Rp18.000 / bungkus")
    assert (approved.deed, approved.revision, approved.content[Field.NAME]) == (Deed.APPROVED, 1, "Keripik tempe, 150 g")


def test_what_sellers_and_rules_do_is_written_down_by_the_worker(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.APPROVE, cast.curator, now)
    edit(slug, cast, now)
    listings.withdraw(slug, by=cast.seller, now=now)
    edit(slug, cast, now, name="Keripik tempe, 150 g", shelf_life_days=3, area_served="", description="")
    listings.edit(slug, Draft("Keripik tempe, 150 g", Rupiah(18500), unit="bungkus"), photos={}, by=cast.seller, now=now)
    relay(tell, now=now)

    told = [(row.deed, row.rule, row.by_name) for row in queries.log_of(product_id_of(slug))]
    assert told[::-1] == [
        (Deed.APPROVED, "", "Ema"), (Deed.SENT, "", "Bu Darmi"), (Deed.SENT, "", "Bu Darmi"), (Deed.WITHDRAWN, "", "Bu Darmi"), (Deed.PASSED, "small", "Bu Darmi"),
    ]  # fmt: skip


def test_the_queue_holds_what_is_reported_first_then_the_oldest(cast: Cast, now: datetime) -> None:
    old, new, fine, grave = (
        make_product(cast.seller, now=now + timedelta(minutes=number), name=f"Keripik nomor {number}") for number in range(4)
    )
    decide(fine, Verdict.APPROVE, cast.curator, now)
    decide(grave, Verdict.APPROVE, cast.curator, now)
    report(fine, "a", now)
    report(grave, "a", now + timedelta(hours=1), trouble=Trouble.FORBIDDEN)
    report(grave, "b", now + timedelta(hours=1))

    queue = queries.queue(JATENG, Show.ALL)
    assert slugs(queue) == [grave, fine, old, new]
    assert [item.reports for item in queue.items] == [2, 1, 0, 0]
    assert queries.counts(JATENG) == {Show.ALL: 4, Show.REPORTED: 2, Show.NEW: 2, Show.EDITED: 0}
    assert slugs(queries.queue(PARIAMAN, Show.ALL)) == []


def test_the_queue_is_sifted(cast: Cast, now: datetime) -> None:
    new, changed, asked = (make_product(cast.seller, now=now, name=f"Keripik nomor {number}") for number in range(3))
    decide(changed, Verdict.APPROVE, cast.curator, now)
    edit(changed, cast, now)
    decide(asked, Verdict.ASK, cast.curator, now)
    report(new, "a", now)

    assert [slugs(queries.queue(JATENG, show)) for show in (Show.NEW, Show.EDITED, Show.ASKED, Show.REPORTED)] == [
        [new],
        [changed],
        [asked],
        [new],
    ]
    (item,) = queries.queue(JATENG, Show.EDITED).items
    assert (item.name, item.new_name) == ("Keripik nomor 1", "Keripik pedas")


def test_archived_listings_leave_the_queue_and_paused_ones_stay(cast: Cast, now: datetime) -> None:
    gone, paused = (make_product(cast.seller, now=now, name=f"Keripik nomor {number}") for number in range(2))
    report(gone, "a", now)
    listings.set_state(gone, State.ARCHIVED, by=cast.seller, now=now)
    listings.set_state(paused, State.PAUSED, by=cast.seller, now=now)

    assert slugs(queries.queue(JATENG, Show.ALL)) == [paused]
    assert queries.counts(JATENG)[Show.ALL] == 1


def test_the_queue_goes_on_page_by_page_without_gaps_or_repeats(cast: Cast, now: datetime) -> None:
    made = [make_product(cast.seller, now=now, name=f"Keripik nomor {number}") for number in range(7)]
    found, cursor = [], None
    for _ in range(4):
        page = queries.queue(JATENG, Show.ALL, after=cursor, limit=2)
        found += slugs(page)
        cursor = page.next_cursor

    assert (found, cursor) == (made, None)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", ".1", "9" * 30 + ".1", "-1.-1", "1.1.1", "99999999999999999.1"])
def test_a_cursor_that_is_none_begins_at_the_top(cast: Cast, now: datetime, cursor: str) -> None:
    slug = make_product(cast.seller, now=now)

    assert slugs(queries.queue(JATENG, Show.ALL, after=cursor)) == [slug]


def test_behind_each_comes_the_next_and_behind_the_last_the_first(cast: Cast, now: datetime) -> None:
    made = [make_product(cast.seller, now=now + timedelta(minutes=number), name=f"Keripik nomor {number}") for number in range(4)]
    report(made[2], "a", now)
    order = [made[2], made[0], made[1], made[3]]

    def behind(slug: str) -> str | None:
        product_id = product_id_of(slug)
        return queries.following(JATENG, Show.ALL, slug, product_id=product_id, since=catalog.review_of(product_id).waiting_since)

    assert [behind(slug) for slug in order] == [*order[1:], order[0]]


def test_behind_the_only_one_comes_nothing(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)

    assert queries.following(JATENG, Show.ALL, slug, product_id=product_id_of(slug), since=now) is None
    assert queries.following(JATENG, Show.REPORTED, slug, product_id=product_id_of(slug), since=now) is None


def test_a_report_is_for_moderators_alone(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    assert service.report(slug, SPAM, reporter="a", origin="a", now=now)
    decide(slug, Verdict.ASK, cast.curator, now)

    assert all("6281234567890" not in text and "lapor" not in text for _, text in messages())


def test_somebody_says_it_once_until_it_was_looked_at(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    assert [report(slug, "a", now), report(slug, "a", now), report(slug, "b", now)] == [True, False, True]
    decide(slug, Verdict.APPROVE, cast.curator, now)

    assert report(slug, "a", now)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_decision_closes_the_reports_that_were_seen(cast: Cast, now: datetime, verdict: Verdict) -> None:
    slug = make_product(cast.seller, now=now)
    report(slug, "a", now)
    report(slug, "b", now)
    seen = queries.reports_of(product_id_of(slug))[0].id
    report(slug, "late", now)
    decide(slug, verdict, cast.curator, now, reports_seen=seen)

    assert len(queries.reports_of(product_id_of(slug))) == 1
    assert queries.log_of(product_id_of(slug))[0].reports == 2


def test_a_report_without_cause_is_closed_and_the_seller_is_not_bothered(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.APPROVE, cast.curator, now)
    report(slug, "a", now)
    before = messages()

    assert decide(slug, Verdict.APPROVE, cast.curator, now) is Deed.KEPT
    assert (messages(), queries.reports_of(product_id_of(slug)), state(slug)) == (before, [], State.ACTIVE)


@pytest.mark.parametrize("to", [State.ARCHIVED, State.WITHHELD])
def test_what_buyers_do_not_see_cannot_be_reported(cast: Cast, now: datetime, to: State) -> None:
    slug = make_product(cast.seller, now=now)
    if to is State.ARCHIVED:
        listings.set_state(slug, to, by=cast.seller, now=now)
    else:
        decide(slug, Verdict.TAKE_DOWN, cast.curator, now)
    with pytest.raises(NotFound):
        report(slug, "a", now)
    with pytest.raises(NotFound):
        report("tidak-ada", "a", now)


def test_one_address_cannot_make_a_crowd(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    for number in range(5):
        report(slug, str(number), now, origin="one")
    with pytest.raises(TooMany):
        report(slug, "5", now, origin="one")
    assert report(slug, "5", now, origin="another")


def test_one_address_reports_twenty_things_an_hour(cast: Cast, now: datetime) -> None:
    made = [make_product(cast.seller, now=now, name=f"Keripik nomor {number}") for number in range(21)]
    for number, slug in enumerate(made[:20]):
        report(slug, str(number), now, origin="one")
    with pytest.raises(TooMany):
        report(made[20], "x", now + timedelta(minutes=59), origin="one")
    assert report(made[20], "x", now + timedelta(minutes=61), origin="one")


def test_a_hundred_reports_are_enough(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    for number in range(100):
        report(slug, str(number), now)
    with pytest.raises(Conflict, match="sudah dilaporkan banyak orang"):
        report(slug, "one more", now)


def test_who_reported_is_forgotten_a_month_after_the_report_was_closed(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    service.report(slug, SPAM, reporter="account:1", origin="a", now=now)
    assert service.forget_reporters(now=now + timedelta(days=300)) == 0
    decide(slug, Verdict.APPROVE, cast.curator, now)

    assert service.forget_reporters(now=now + timedelta(days=30)) == 0
    assert service.forget_reporters(now=now + timedelta(days=31)) == 1
    assert service.forget_reporters(now=now + timedelta(days=31)) == 0
    assert Query(select(Report.phone, Report.origin, Report.reporter, Report.words), lambda *row: row).all() == [
        (None, "", "report:1", "Isinya kurang.")
    ]


def test_who_reported_is_forgotten_after_a_year_though_nobody_looked(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    for who in ("a", "b"):
        service.report(slug, SPAM, reporter=who, origin=who, now=now)
    assert service.forget_reporters(now=now + timedelta(days=366)) == 2
    assert [row.phone for row in queries.reports_of(product_id_of(slug))] == [None, None]


def test_rules_changed_are_written_down_with_who_changed_them(cast: Cast, now: datetime) -> None:
    service.set_rules(Rules(price_percent=25), region_code=JATENG, by=cast.admin, now=now)
    with pytest.raises(NotAllowed):
        service.set_rules(Rules(price_percent=99), region_code=JATENG, by=cast.curator, now=now)

    (row,) = queries.rule_changes(JATENG)
    assert (rules_of("33.15").price_percent, row.by_name) == (25, "Bagus")
    assert '"price_percent": 25' in row.note


def test_what_is_taken_down_leaves_its_editions_kit_and_comes_back_with_approval(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now), make_product(cast.other_seller, now=now, name="Kopi Sindoro")]
    make_edition(cast.curator, slugs, now=now)
    for verdict, posted in ((Verdict.TAKE_DOWN, 1), (Verdict.REFUSE, 1), (Verdict.APPROVE, 2)):
        before = edition()
        decide(slugs[0], verdict, cast.curator, now)
        site = site_of(JATENG)
        assert site
        assert len(kits.posts(edition(), site)) == posted
        assert (edition().kit_key != before.kit_key) is (verdict is not Verdict.REFUSE)


def test_what_is_taken_down_keeps_its_stall_number_and_nothing_else(cast: Cast, now: datetime, visit: Visit, client: FlaskClient) -> None:
    slug, other = make_product(cast.seller, now=now), make_product(cast.other_seller, now=now, name="Kopi Sindoro")
    make_edition(cast.curator, [slug, other], now=now)
    decide(slug, Verdict.TAKE_DOWN, cast.curator, now)

    for path in ("/edisi/1", "/", "/edisi/1.json", "/edisi/1/bahan-unggah", "/edisi/1/cara-kami-memilih"):
        assert [said in client.get(path).text for said in ("Keripik tempe", "Bu Darmi", slug)] == [False] * 3, path
    assert "Tidak ditampilkan saat ini" in visit("/edisi/1").get_text()
    stalls = client.get("/edisi/1.json").get_json()["stalls"]
    (withheld,) = [one for one in stalls if one["name"] is None]
    assert {name for name, told in withheld.items() if told is not None} == {"stall"}
    assert [set(one) for one in stalls] == [set(withheld)] * 2


def test_a_listing_that_waits_is_approved_with_its_photos(cast: Cast, now: datetime) -> None:
    slug, photo = make_product(cast.seller, now=now), make_photo(cast.seller, now=now)
    decide(slug, Verdict.APPROVE, cast.curator, now)
    listings.edit(slug, Draft("Keripik pedas", Rupiah(18000)), photos={photo: "Merah"}, by=cast.seller, now=now)
    decide(slug, Verdict.APPROVE, cast.curator, now)

    assert [one.key for one in catalog.photos_of(product_id_of(slug))] == [photo]
    assert queries.log_of(product_id_of(slug))[0].content[Field.PHOTOS] == photo


def test_a_report_stays_open_or_has_an_outcome(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    report(slug, "a", now)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Report).values(closed_at=now))


def test_of_many_who_decide_at_once_one_decides(app: Flask, cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    people = [make_official(f"+6281127002{number:02}", f"Kurator {number}", Role.CURATOR, JATENG, now=now) for number in range(6)]

    def attempt(number: int) -> bool:
        decision = Decision(Verdict.ASK if number % 2 else Verdict.TAKE_DOWN, 1, reason=Reason.PRICE)
        with app.app_context():
            try:
                service.decide(slug, decision, region_code=JATENG, by=people[number], now=now)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(attempt, range(6)))

    assert sum(won) == 1
    assert (len(messages()), len(queries.log_of(product_id_of(slug)))) == (1, 1)


def test_the_same_report_at_once_is_one(app: Flask, cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)

    def attempt(_number: int) -> bool:
        with app.app_context():
            return report(slug, "a", now)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert len(queries.reports_of(product_id_of(slug))) == 1


def test_a_photo_of_something_else_is_a_reason_with_its_one_fix(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.ASK, cast.curator, now, reason=Reason.WRONG_PHOTO)

    ((_phone, text),) = messages()
    assert "Foto tidak sesuai dengan barangnya. Foto barang yang benar-benar akan dikirim ke pembeli" in text
