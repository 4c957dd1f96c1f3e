"""From an open call to a published edition, and what happens when two act at once or too late."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lapak.accounts.rules import Actor, Role
from lapak.catalog import queries as catalog
from lapak.catalog.models import Review
from lapak.catalog.rules import Draft
from lapak.catalog.rules import State as ProductState
from lapak.catalog.service import listings
from lapak.db.base import db
from lapak.db.outbox import Delivery, OutboxRow
from lapak.db.session import Query, transaction
from lapak.editions import tasks
from lapak.editions.models import Score
from lapak.editions.queries import calls, desk, public
from lapak.editions.rules.answers import Reason
from lapak.editions.rules.calendar import Plan, State
from lapak.editions.rules.choosing import Rules, Standing, draw
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import Check
from lapak.editions.service import choosing, entering, judging, planning, publishing
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.kernel.money import Rupiah
from lapak.shops.models import Shop
from tests.factories import (
    JATENG,
    PARIAMAN,
    WHY,
    Cast,
    edition_rows,
    make_call,
    make_edition,
    make_official,
    make_photo,
    make_product,
    make_shops,
    shop_id_of,
)

GOOD = {"attractive": 4, "quality": 4, "packaging": 4, "safe": 4}
HERE: dict[str, Any] = {"region_code": JATENG}


@pytest.fixture
def second(app: Flask, now: datetime) -> Actor:
    return make_official("+628112700111", "Rudi", Role.CURATOR, JATENG, now=now)


def enter(seller: Actor, edition_id: int, *, now: datetime, pool: bool = True, **changes: Any) -> str:
    slug = make_product(seller, now=now, **changes)
    entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=pool, shares_figures=True, by=seller, now=now)
    return slug


def judge(*judges: Actor, now: datetime, number: int = 1, given: dict[str, int] | None = None) -> None:
    for row in edition_rows(number):
        for curator in judges:
            judging.give(str(number), row.code, given or GOOD, remark="", by=curator, now=now, **HERE)


def state_of(number: int = 1) -> State:
    edition = public.by_number(JATENG, number)
    assert edition
    return edition.state


def test_a_published_edition_has_numbered_stalls_that_anyone_can_draw_again(cast: Cast, now: datetime) -> None:
    slugs = [make_product(seller, now=now) for seller in make_shops(10, now=now)]
    make_edition(cast.curator, slugs, now=now)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert edition.lot_seed
    cards = public.cards(edition.id)
    assert [card.stall for card in cards] == list(range(1, 11))
    assert [card.slug for card in cards] == draw(slugs, seed=edition.lot_seed)


def test_publishing_marks_the_listings_curated_and_is_announced_once(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now), make_product(cast.other_seller, now=now)]
    make_edition(cast.curator, slugs, now=now)
    with pytest.raises(Conflict):
        publishing.publish_now("1", base="", by=cast.curator, now=now, **HERE)
    products = [catalog.by_slug(slug) for slug in slugs]
    assert all(product and product.is_curated for product in products)
    assert Query(select(OutboxRow.name).where(OutboxRow.name == "EditionPublished"), str).all() == ["EditionPublished"]


def test_an_eleventh_listing_is_refused(cast: Cast, now: datetime) -> None:
    slugs = [make_product(seller, now=now) for seller in make_shops(11, now=now)]
    with pytest.raises(Conflict, match="sepuluh"):
        make_edition(cast.curator, slugs, now=now, publish=False)


def test_a_shop_has_one_entry_in_an_edition_also_when_curators_nominate(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="Satu lapak satu produk"):
        make_edition(cast.curator, [make_product(cast.seller, now=now), make_product(cast.seller, now=now)], now=now)


def test_an_empty_edition_is_not_published(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="kosong"):
        make_edition(cast.curator, [], now=now)


def test_only_curators_of_the_region_plan_editions(cast: Cast, now: datetime) -> None:
    for person in (cast.seller, cast.admin, cast.far_curator):
        with pytest.raises(NotAllowed):
            make_edition(person, [], now=now, publish=False)


def test_a_number_is_used_once_also_by_an_edition_that_was_cancelled(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, [], now=now, publish=False)
    planning.cancel("1", reason=WHY, by=cast.curator, now=now, **HERE)
    with pytest.raises(Invalid, match="sudah pernah dipakai"):
        make_edition(cast.curator, [], now=now, publish=False)
    assert desk.next_number(JATENG) == 2


def test_regions_and_series_count_their_editions_apart(cast: Cast, now: datetime) -> None:
    planning.add_series("Musisi", by=cast.admin, **HERE)
    make_edition(cast.curator, [], now=now, publish=False)
    make_edition(cast.far_curator, [], now=now, region=PARIAMAN, publish=False)
    planning.plan(Plan(1, "Lagu daerah", "", now, series="musisi"), by=cast.curator, now=now, **HERE)
    assert (desk.next_number(JATENG), desk.next_number(JATENG, "musisi"), desk.next_number(PARIAMAN)) == (2, 2, 2)
    assert public.by_number(JATENG, 1, series="musisi")


def test_a_seller_enters_once_exchanges_withdraws_and_comes_back(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    first, other = enter(cast.seller, edition_id, now=now), enter(cast.seller, edition_id, now=now, name="Keripik pedas")
    assert [row.slug for row in edition_rows()] == [other]
    entering.withdraw(edition_id, by=cast.seller, now=now)
    entering.withdraw(edition_id, by=cast.seller, now=now)
    assert edition_rows() == []
    entering.enter(edition_id, first, is_own_work=True, stays_in_pool=False, shares_figures=False, by=cast.seller, now=now)
    assert [row.slug for row in edition_rows()] == [first]


def test_an_entry_a_second_late_is_told_and_nothing_is_lost(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    closes = now + timedelta(days=5)
    enter(cast.seller, edition_id, now=closes - timedelta(seconds=1))
    with pytest.raises(Conflict, match="sudah ditutup"):
        enter(cast.other_seller, edition_id, now=closes)
    with pytest.raises(Conflict, match="sudah ditutup"):
        entering.withdraw(edition_id, by=cast.seller, now=closes)
    assert len(edition_rows()) == 1


def test_without_the_declaration_nobody_enters(cast: Cast, now: datetime) -> None:
    edition_id, slug = make_call(cast.curator, now=now), make_product(cast.seller, now=now)
    with pytest.raises(Invalid, match="karya Anda sendiri"):
        entering.enter(edition_id, slug, is_own_work=False, stays_in_pool=True, shares_figures=True, by=cast.seller, now=now)


def test_somebody_elses_listing_and_another_kind_are_refused(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now, category="camilan")
    theirs, batik = make_product(cast.other_seller, now=now), make_product(cast.seller, now=now, name="Kain batik", category="")
    agreed = {"is_own_work": True, "stays_in_pool": False, "shares_figures": False}
    with pytest.raises(NotFound):
        entering.enter(edition_id, theirs, by=cast.seller, now=now, **agreed)
    with pytest.raises(Invalid, match="bukan jenis"):
        entering.enter(edition_id, batik, by=cast.seller, now=now, **agreed)


def test_a_shop_of_another_region_may_enter_only_what_is_open_to_all(cast: Cast, now: datetime) -> None:
    closed, opened = make_call(cast.curator, now=now), make_call(cast.curator, now=now, number=2, who="country")
    with pytest.raises(NotFound):
        enter(cast.far_seller, closed, now=now)
    enter(cast.far_seller, opened, now=now)
    assert [row.shop_name for row in edition_rows(2)] == ["Uni Ris"]


def test_the_first_score_closes_the_call_for_good_and_fixes_the_rules(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    enter(cast.seller, edition_id, now=now)
    with pytest.raises(Conflict, match="setelah pendaftaran"):
        judge(cast.curator, now=now)
    judge(cast.curator, now=now + timedelta(days=5))
    with pytest.raises(Conflict, match="ditutup"):
        enter(cast.other_seller, edition_id, now=now)
    before = public.by_number(JATENG, 1)
    assert before
    assert before.rules
    planning.set_programme(Rules(judges=5), channel="", quiet=(None, None), by=cast.admin, **HERE)
    assert desk.rules_of(before).judges == 2


def test_every_score_is_kept_when_a_judge_changes_their_mind(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    for seller in (cast.seller, cast.other_seller):
        enter(seller, edition_id, now=now)
    later, code = now + timedelta(days=5), edition_rows()[0].code
    for given in (GOOD, GOOD, {**GOOD, "safe": 1}):
        judging.give("1", code, given, remark="", by=cast.curator, now=later, **HERE)
    kept = Query(select(Score.given, Score.replaced_at), lambda given, at: (json.loads(given)["safe"], at is not None)).all()
    assert kept == [(4, True), (1, False)]


def test_scores_stand_once_names_are_open_and_saying_them_again_changes_nothing(cast: Cast, now: datetime) -> None:
    edition_id, later = make_call(cast.curator, now=now), now + timedelta(days=5)
    for seller in (cast.seller, cast.other_seller):
        enter(seller, edition_id, now=now)
    judge(cast.curator, now=later)
    judge(cast.curator, now=later)
    with pytest.raises(Conflict, match="tidak dapat diubah lagi"):
        judge(cast.curator, now=later, given={**GOOD, "safe": 1})
    assert [row.means["safe"] for row in edition_rows()] == [4, 4]


def test_an_entry_takes_no_score_that_it_does_not_need_but_a_split_one_takes_a_third(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, later = make_call(cast.curator, now=now), now + timedelta(days=5)
    for seller in (cast.seller, cast.other_seller):
        enter(seller, edition_id, now=now)
    agreed, split = [row.code for row in edition_rows()]
    third = make_official("+628112700112", "Tri", Role.CURATOR, JATENG, now=now)
    judge(cast.curator, now=later)
    for code, given in ((agreed, GOOD), (split, {**GOOD, "safe": 1})):
        judging.give("1", code, given, remark="", by=second, now=later, **HERE)
    with pytest.raises(Conflict, match="sudah cukup dinilai"):
        judging.give("1", agreed, GOOD, remark="", by=third, now=later, **HERE)
    judging.give("1", split, GOOD, remark="", by=third, now=later, **HERE)
    assert [row.judged.needs for row in edition_rows()] == [0, 0]


def test_who_has_an_interest_does_not_judge_and_what_they_gave_does_not_count(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    enter(cast.seller, edition_id, now=now)
    later, code = now + timedelta(days=5), edition_rows()[0].code
    judge(cast.curator, second, now=later)
    judging.recuse("1", code, reason="Saudara saya", by=second, now=later, **HERE)
    assert edition_rows()[0].judged.needs == 1
    with pytest.raises(NotAllowed):
        judging.give("1", code, GOOD, remark="", by=second, now=later, **HERE)


def test_a_curator_who_leaves_midway_leaves_scores_and_the_rest_to_others(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, later = make_call(cast.curator, now=now), now + timedelta(days=5)
    for seller in make_shops(3, now=now):
        enter(seller, edition_id, now=now)
    judging.give("1", edition_rows()[0].code, GOOD, remark="", by=second, now=later, **HERE)
    third = make_official("+628112700112", "Tri", Role.CURATOR, JATENG, now=now)
    judge(cast.curator, now=later)
    left = desk.mine(edition_id, third.id)
    assert [row.judged.needs for row in edition_rows()] == [0, 1, 1]
    assert sum(left.can_judge(row) for row in edition_rows()) == 2


def test_a_list_comes_from_the_scores_and_what_goes_against_them_is_public(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, later = make_call(cast.curator, now=now), now + timedelta(days=5)
    for seller in (*make_shops(3, now=now), cast.other_seller):
        enter(seller, edition_id, now=now)
    rows = edition_rows()
    for number, row in enumerate(rows):
        for curator in (cast.curator, second):
            judging.give("1", row.code, {**GOOD, "safe": 5 - number}, remark="", by=curator, now=later, **HERE)
    assert choosing.compose("1", by=cast.curator, now=later, **HERE) == 3
    third = rows[2]
    choosing.put_in("1", third.code, reason=WHY, by=cast.curator, now=later, **HERE)
    choosing.take_out("1", rows[0].code, reason=WHY, by=cast.curator, now=later, **HERE)
    choosing.compose("1", by=cast.curator, now=later, **HERE)
    chosen = [row.code for row in edition_rows() if row.standing is Standing.CHOSEN]
    assert set(chosen) == {third.code, rows[1].code, rows[3].code}
    told = [(one.deed, one.reason) for one in public.decisions(edition_id)]
    assert told == [(Deed.PUT_IN, WHY), (Deed.TAKEN_OUT, WHY)]


def _scheduled(cast: Cast, second: Actor, now: datetime, count: int = 2) -> tuple[int, list[Actor], datetime]:
    """An edition of so many entries, judged, composed and scheduled; returns when it goes out."""
    edition_id, later = make_call(cast.curator, now=now), now + timedelta(days=5)
    sellers = make_shops(count, now=now)
    for seller in sellers:
        enter(seller, edition_id, now=now, photo=True)
    judge(cast.curator, second, now=later)
    choosing.compose("1", by=cast.curator, now=later, **HERE)
    publishing.schedule("1", base="https://lapak.example", by=cast.curator, now=later, accepts_short=True, **HERE)
    return edition_id, sellers, later + timedelta(days=1)


def _wave_all(cast: Cast, now: datetime, *, but: int = 0) -> None:
    for row in [row for row in edition_rows() if row.standing is Standing.CHOSEN][: -but or None]:
        publishing.wave("1", row.code, reason=WHY, by=cast.curator, now=now, **HERE)


def test_an_edition_goes_out_at_its_second_and_not_before(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, _sellers, moment = _scheduled(cast, second, now)
    _wave_all(cast, now)
    assert publishing.publish_due(now=moment - timedelta(seconds=1)) == 0
    assert publishing.publish_due(now=moment) == 1
    assert publishing.publish_due(now=moment) == 0
    assert state_of() is State.PUBLISHED


def test_who_is_not_ready_makes_room_for_a_ready_reserve_and_is_told(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, _sellers, moment = _scheduled(cast, second, now, count=3)
    rows = {row.standing: row for row in edition_rows()}
    assert set(rows) == {Standing.CHOSEN, Standing.RESERVE}
    publishing.wave("1", rows[Standing.RESERVE].code, reason=WHY, by=cast.curator, now=now, **HERE)
    publishing.publish_due(now=moment)
    assert [card.slug for card in public.cards(edition_id)] == [rows[Standing.RESERVE].slug]
    told = calls.told(edition_id, Standing.UNREADY)
    assert [one.reason for one in told] == [Reason.UNREADY, Reason.UNREADY]
    assert "belum siap" in public.decisions(edition_id)[-1].reason


def test_a_listing_archived_after_the_list_was_settled_does_not_go_out(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now)
    _wave_all(cast, now)
    slug = edition_rows()[0].slug
    listings.set_state(slug, ProductState.ARCHIVED, by=sellers[0], now=now)
    publishing.publish_due(now=moment)
    assert slug not in {card.slug for card in public.cards(edition_id)}
    assert len(public.cards(edition_id)) == 1


def test_when_nobody_is_ready_the_edition_waits_at_the_desk_and_its_curator_is_told(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, _sellers, moment = _scheduled(cast, second, now)
    assert publishing.publish_due(now=moment) == 1
    assert state_of() is State.DRAFT
    assert Query(select(OutboxRow.name).where(OutboxRow.name == "PublicationHeldUp"), str).all() == ["PublicationHeldUp"]


def test_a_seller_is_asked_once_and_says_ready(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now)
    asked: list[str] = []
    for _ in range(2):
        publishing.ask_sellers(lambda told: asked.append(told.phone), now=moment - timedelta(hours=24))
    assert len(asked) == 2
    entering.say_ready(edition_id, is_own_work=False, by=sellers[0], now=moment - timedelta(hours=1))
    mine = calls.entry_of(edition_rows()[0].shop_id, edition_id)
    assert mine
    assert mine.ready_at == moment - timedelta(hours=1)


def test_an_answer_to_an_earlier_schedule_does_not_count_for_a_later_one(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now)
    publishing.ask_sellers(lambda _told: None, now=moment - timedelta(hours=24))
    entering.say_ready(edition_id, is_own_work=False, by=sellers[0], now=moment - timedelta(hours=1))
    publishing.recall("1", by=cast.curator, now=moment, **HERE)
    later = Plan(1, "Batik untuk ke kantor", "", moment + timedelta(days=7), opens_at=now, closes_at=now + timedelta(days=5))
    planning.change("1", later, by=cast.curator, now=moment, **HERE)
    publishing.schedule("1", base="https://lapak.example", by=cast.curator, now=moment, accepts_short=True, **HERE)
    mine = calls.entry_of(edition_rows()[0].shop_id, edition_id)
    assert mine
    assert (mine.asked_at, mine.ready_at) == (None, None)


def test_a_publication_moved_later_asks_again_whose_answer_would_be_stale(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now)
    publishing.ask_sellers(lambda _told: None, now=moment - timedelta(hours=47))
    entering.say_ready(edition_id, is_own_work=False, by=sellers[0], now=moment - timedelta(hours=46))
    entering.say_ready(edition_id, is_own_work=False, by=sellers[1], now=moment - timedelta(hours=2))
    _move(cast, to=moment + timedelta(hours=24), now=moment - timedelta(hours=1))
    asked: list[str] = []
    publishing.ask_sellers(lambda told: asked.append(told.phone), now=moment)
    assert asked == [sellers[0].phone]


def test_a_plan_is_not_moved_into_the_past(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, _sellers, moment = _scheduled(cast, second, now)
    with pytest.raises(Invalid, match="sudah lewat"):
        _move(cast, to=moment - timedelta(days=365), now=moment - timedelta(hours=1))
    assert state_of() is State.SCHEDULED


def _move(cast: Cast, *, to: datetime, now: datetime) -> None:
    view = public.by_number(JATENG, 1)
    assert view
    later = Plan(1, view.theme, view.note, to, opens_at=view.opens_at, closes_at=view.closes_at)
    planning.change("1", later, by=cast.curator, now=now, **HERE)


def test_the_same_plan_sent_twice_begins_one_edition(cast: Cast, now: datetime) -> None:
    what = Plan(7, "Teman ngopi sore", "", now + timedelta(days=7))
    planning.plan(what, by=cast.curator, now=now, **HERE)
    planning.plan(what, by=cast.curator, now=now + timedelta(seconds=1), **HERE)
    assert len(desk.all_of(JATENG)) == 1
    with pytest.raises(Invalid, match="sudah pernah dipakai"):
        planning.plan(replace(what, theme="Lain"), by=cast.curator, now=now + timedelta(seconds=2), **HERE)


def test_who_leaves_the_pool_and_the_edition_is_not_entered_again(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, sellers, moment = _scheduled(cast, second, now, count=3)
    publishing.publish_now("1", base="", by=cast.curator, now=_waved(cast, moment), **HERE)
    second_call = make_call(cast.curator, now=moment, number=2)
    entering.open_calls(now=moment)
    left = edition_rows(2)
    gone = next(seller for seller in sellers if seller.id == left[0].owner_id)
    entering.enter(second_call, left[0].slug, is_own_work=True, stays_in_pool=False, shares_figures=False, by=gone, now=moment)
    entering.withdraw(second_call, by=gone, now=moment)
    make_call(cast.curator, now=moment, number=3)
    entering.open_calls(now=moment)
    assert gone.id not in {row.owner_id for row in edition_rows(3)}


def _waved(cast: Cast, moment: datetime) -> datetime:
    _wave_all(cast, moment)
    return moment


def test_a_cancelled_edition_is_told_to_its_entrants_who_stay_in_the_pool(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    slug = enter(cast.seller, edition_id, now=now)
    planning.cancel("1", reason=WHY, by=cast.curator, now=now, **HERE)
    with transaction():
        tasks.tell_entrants(edition_id)
    assert "dibatalkan" in Query(select(Delivery.text), str).all()[0]
    make_call(cast.curator, now=now, number=2)
    entering.open_calls(now=now)
    assert [row.slug for row in edition_rows(2)] == [slug]


def test_a_removed_seller_is_told_why(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)
    row = edition_rows()[0]
    publishing.remove("1", row.code, reason="Izinnya sudah tidak berlaku.", by=cast.curator, now=now, **HERE)
    assert "StallRemoved" in Query(select(OutboxRow.name), str).all()
    with transaction():
        tasks.tell_removed(row.id, "Izinnya sudah tidak berlaku.")
    assert "Izinnya sudah tidak berlaku." in Query(select(Delivery.text), str).all()[-1]


def test_who_was_not_on_sale_and_whose_photo_is_small_hear_just_that(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now, count=4)
    for seller in sellers:
        entering.say_ready(edition_id, is_own_work=False, by=seller, now=moment - timedelta(hours=1))
    off, small = desk.listed(edition_rows(), Standing.CHOSEN)
    for reserve in desk.listed(edition_rows(), Standing.RESERVE):
        publishing.wave("1", reserve.code, reason=WHY, by=cast.curator, now=now, **HERE)
    listings.set_state(off.slug, ProductState.PAUSED, by=next(one for one in sellers if one.id == off.owner_id), now=moment)
    publishing.publish_due(now=moment)
    told = {row.id: row.reason for row in edition_rows()}
    assert (told[off.id], told[small.id]) == (Reason.NOT_ON_SALE, Reason.SMALL_PHOTO)


def test_a_correction_keeps_every_word_that_stood_there(cast: Cast, now: datetime) -> None:
    note = "Catatan pertama. " * 40
    planning.plan(Plan(1, "Teman ngopi", note, now + timedelta(days=1)), by=cast.curator, now=now, **HERE)
    entering.nominate("1", make_product(cast.seller, now=now), by=cast.curator, now=now, **HERE)
    choosing.put_in("1", edition_rows()[0].code, reason=WHY, by=cast.curator, now=now, **HERE)
    publishing.wave("1", edition_rows()[0].code, reason=WHY, by=cast.curator, now=now, **HERE)
    publishing.publish_now("1", base="", by=cast.curator, now=now, **HERE)
    publishing.correct("1", theme="Teman ngopi sore", text="Baru.", reason=WHY, by=cast.curator, now=now, **HERE)
    said = " ".join(one.reason for one in public.decisions(first_edition().id))
    assert note.strip() in said
    assert "sebelumnya: Teman ngopi)" in said


def test_a_withdrawn_edition_s_sellers_do_not_step_back_from_it(cast: Cast, now: datetime) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)
    publishing.unpublish("1", reason=WHY, by=cast.curator, now=now, **HERE)
    with pytest.raises(Conflict):
        entering.step_back(first_edition().id, by=cast.seller, now=now)


def first_edition() -> public.EditionView:
    found = public.by_number(JATENG, 1)
    assert found
    return found


def test_a_fitting_listing_is_found_among_hundreds(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now, category="camilan")
    slug = make_product(cast.seller, now=now, category="camilan")
    for number in range(calls.MOST_CHOICES + 1):
        make_product(cast.seller, now=now, name=f"Kopi {number}", category="")
    entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=cast.seller, now=now)
    assert calls.choices(shop_id_of(cast.seller), "camilan")[0].slug == slug


def test_a_seller_steps_back_before_publication_and_is_not_shown(cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, sellers, moment = _scheduled(cast, second, now)
    _wave_all(cast, now)
    entering.step_back(edition_id, by=sellers[0], now=moment - timedelta(hours=1))
    publishing.publish_due(now=moment)
    assert len(public.cards(edition_id)) == 1
    with pytest.raises(Conflict):
        entering.step_back(edition_id, by=sellers[1], now=moment)


def test_those_not_chosen_stay_in_the_pool_for_the_next_fitting_call_if_they_agreed(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, _sellers, moment = _scheduled(cast, second, now, count=4)
    _wave_all(cast, now)
    publishing.publish_due(now=moment)
    left = {row.slug for row in edition_rows() if row.standing is Standing.RESERVE}
    make_call(cast.curator, now=moment, number=2)
    assert entering.open_calls(now=moment) == 1
    assert entering.open_calls(now=moment) == 0
    assert {row.slug for row in edition_rows(2)} == left
    assert len(left) == 2


def test_what_is_corrected_or_removed_after_publication_leaves_a_trace(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now), make_product(cast.other_seller, now=now)]
    make_edition(cast.curator, slugs, now=now)
    publishing.correct("1", theme="Teman ngeteh", text="", reason=WHY, by=cast.curator, now=now, **HERE)
    publishing.remove("1", edition_rows()[0].code, reason=WHY, by=cast.curator, now=now, **HERE)
    for turn in (publishing.restore, publishing.unpublish, publishing.unpublish, publishing.restore, publishing.restore):
        turn("1", reason=WHY, by=cast.curator, now=now, **HERE)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert (edition.theme, len(public.cards(edition.id))) == ("Teman ngeteh", 1)
    deeds = [one.deed for one in public.decisions(edition.id)]
    assert deeds[-4:] == [Deed.CORRECTED, Deed.REMOVED, Deed.WITHDRAWN, Deed.RESTORED]
    assert "Teman ngopi sore" in public.decisions(edition.id)[-5].reason


def test_the_programme_is_handed_over_in_one_step(cast: Cast, second: Actor, now: datetime) -> None:
    make_edition(cast.curator, [], now=now, publish=False)
    planning.hand_over(second.id, by=cast.admin, now=now, **HERE)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert (edition.curator, desk.programme(JATENG).steward) == ("Rudi", "Rudi")
    with pytest.raises(NotAllowed):
        planning.hand_over(second.id, by=cast.curator, now=now, **HERE)
    with pytest.raises(Invalid):
        planning.hand_over(cast.far_curator.id, by=cast.admin, now=now, **HERE)


def test_two_workers_publish_once(app: Flask, cast: Cast, second: Actor, now: datetime) -> None:
    edition_id, _sellers, moment = _scheduled(cast, second, now)
    _wave_all(cast, now)
    done: list[int] = []

    def work() -> None:
        with app.app_context():
            done.append(publishing.publish_due(now=moment))

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(done) == [0, 1]
    assert [card.stall for card in public.cards(edition_id)] == [1, 2]


def _swap(slug: str, seller: Actor, *, now: datetime, **changes: Any) -> None:
    """A seller changes what their listing says; other photos come with it."""
    draft = Draft(**{"name": "Obat kuat herbal", "price": Rupiah(900_000), "unit": "botol", **changes})
    listings.edit(slug, draft, photos={make_photo(seller, now=now): ""}, by=seller, now=now)


def test_a_listing_swapped_after_it_was_chosen_does_not_go_out_and_is_not_taken_as_checked(cast: Cast, now: datetime) -> None:
    slugs = [make_product(cast.seller, now=now), make_product(cast.other_seller, now=now)]
    make_edition(cast.curator, slugs, now=now, publish=False)
    _swap(slugs[0], cast.seller, now=now)
    publishing.publish_now("1", base="", by=cast.curator, now=now, **HERE)
    edition = public.by_number(JATENG, 1)
    assert edition
    assert [card.slug for card in public.cards(edition.id)] == [slugs[1]]
    swapped = catalog.by_slug(slugs[0])
    assert swapped
    assert (swapped.is_checked, swapped.is_curated) == (False, False)
    assert "berubah sejak dinilai" in public.decisions(edition.id)[-1].reason


def test_a_swapped_listing_goes_out_once_a_curator_has_looked_again_in_public(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug], now=now, publish=False)
    _swap(slug, cast.seller, now=now, name="Keripik tempe pedas")
    row = edition_rows()[0]
    assert [one.check for one in row.missing(Rules(), now)] == [Check.UNCHANGED]
    publishing.wave("1", row.code, reason=WHY, seen=row.version, by=cast.curator, now=now, **HERE)
    publishing.publish_now("1", base="", by=cast.curator, now=now, **HERE)
    product, edition = catalog.by_slug(slug), public.by_number(JATENG, 1)
    assert product
    assert edition
    assert product.is_checked
    assert public.decisions(edition.id)[-1].deed is Deed.LOOKED_AGAIN


def test_looking_again_lets_no_other_check_pass(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, sellers, moment = _scheduled(cast, second, now)
    row = edition_rows()[0]
    _swap(row.slug, sellers[0], now=now)
    publishing.wave("1", row.code, reason=WHY, by=cast.curator, now=now, **HERE)
    lacks = [one.check for one in edition_rows()[0].missing(Rules(), moment)]
    assert Check.ANSWERED in lacks
    assert Check.UNCHANGED not in lacks


def test_what_changed_while_a_curator_read_the_page_is_not_taken_as_seen(cast: Cast, now: datetime) -> None:
    edition_id = make_call(cast.curator, now=now)
    slug, later = enter(cast.seller, edition_id, now=now), now + timedelta(days=5)
    row = edition_rows()[0]
    _swap(slug, cast.seller, now=now)
    page: dict[str, Any] = {"seen": row.version, "by": cast.curator, "now": later, **HERE}
    with pytest.raises(Conflict, match="baru saja diubah"):
        judging.give("1", row.code, GOOD, remark="", **page)
    with pytest.raises(Conflict, match="baru saja diubah"):
        choosing.put_in("1", row.code, reason=WHY, **page)
    with pytest.raises(Conflict, match="baru saja diubah"):
        publishing.wave("1", row.code, reason=WHY, **page)
    assert not edition_rows()[0].facts.is_seen
    judging.give("1", row.code, GOOD, remark="", **{**page, "seen": row.version + 1})
    assert edition_rows()[0].facts.is_seen


def test_stock_and_what_waits_for_a_moderator_change_nothing_that_was_judged(cast: Cast, second: Actor, now: datetime) -> None:
    _edition_id, sellers, _moment = _scheduled(cast, second, now, count=1)
    slug, kept = edition_rows()[0].slug, [photo.key for photo in catalog.photos_of(edition_rows()[0].product_id)]
    with transaction():
        db.session.query(Review).delete()
    for seller in sellers:
        draft = Draft(name="Keripik tempe, 150 g", price=Rupiah(18000), stock=99, unit="bungkus")
        listings.edit(slug, draft, photos=dict.fromkeys(kept, ""), by=seller, now=now)
        _swap(slug, seller, now=now)
    assert edition_rows()[0].facts.is_seen


def _decide(by: Actor, code: str, now: datetime) -> list[Callable[[], None]]:
    """All that a curator may do to one entry, each ready to be done."""
    who: dict[str, Any] = {"by": by, "now": now, **HERE}
    return [
        lambda: choosing.put_in("1", code, reason=WHY, **who),
        lambda: choosing.take_out("1", code, reason=WHY, **who),
        lambda: choosing.unpin("1", code, **who),
        lambda: choosing.give_reason("1", code, Reason.DARK_PHOTO, **who),
        lambda: publishing.wave("1", code, reason=WHY, **who),
        lambda: judging.give("1", code, GOOD, remark="", **who),
    ]


def test_a_curator_decides_nothing_about_a_shop_they_own_or_keep(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    both = make_official(cast.seller.phone, "Bu Darmi", Role.CURATOR, JATENG, now=now)
    make_edition(cast.curator, [], now=now, publish=False)
    with pytest.raises(NotAllowed, match="kepentingan"):
        entering.nominate("1", slug, by=both, now=now, **HERE)
    entering.nominate("1", slug, by=cast.curator, now=now, **HERE)
    keeper = make_official(cast.companion.phone, "Sri", Role.CURATOR, JATENG, now=now)
    with transaction():
        db.session.execute(update(Shop).where(Shop.owner_id == both.id).values(keeper_id=keeper.id))
    row = edition_rows()[0]
    for verb in (*_decide(both, row.code, now), *_decide(keeper, row.code, now)):
        with pytest.raises(NotAllowed, match="kepentingan"):
            verb()
    assert edition_rows() == [row]
    for verb in _decide(cast.curator, row.code, now):
        verb()


def test_who_declared_an_interest_decides_nothing_about_that_entry_either(cast: Cast, second: Actor, now: datetime) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now, publish=False)
    row = edition_rows()[0]
    judging.recuse("1", row.code, reason="Saudara saya", by=second, now=now, **HERE)
    for verb in _decide(second, row.code, now):
        with pytest.raises(NotAllowed, match="kepentingan"):
            verb()
