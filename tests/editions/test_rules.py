"""How entries are scored, chosen, found ready and answered, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lapak.editions.rules.answers import Reason, suggest
from lapak.editions.rules.calendar import Plan, Stage, State, check, key_of, may_enter, read_key, stage
from lapak.editions.rules.calendar import Who as Entrants
from lapak.editions.rules.choosing import Candidate, Passed, Rules, draw, line_up, propose, read_rules
from lapak.editions.rules.readiness import Check, Facts, is_ready, missing
from lapak.editions.rules.rubric import WEIGHTS, blinded, verdict, weighted
from lapak.kernel.errors import Invalid
from lapak.shops.rules import Opening

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SLUGS = [f"produk-{number}" for number in range(10)]
THREES = dict.fromkeys(WEIGHTS, 3)


def test_the_same_seed_draws_the_same_stalls_in_whatever_order_they_were_picked() -> None:
    assert draw(SLUGS, seed="a") == draw(SLUGS[::-1], seed="a")
    assert sorted(draw(SLUGS, seed="a")) == SLUGS


def test_no_place_is_favoured() -> None:
    firsts = [draw(SLUGS, seed=str(number))[0] for number in range(2000)]
    assert all(140 < firsts.count(slug) < 260 for slug in SLUGS)


@pytest.mark.parametrize(
    ("moment", "where"),
    [(-1, Stage.COMING), (0, Stage.OPEN), (3599, Stage.OPEN), (3600, Stage.JUDGING), (9999, Stage.JUDGING)],
)
def test_a_call_is_open_from_its_first_second_to_the_last_before_it_closes(moment: int, where: Stage) -> None:
    times = {"opens_at": NOON, "closes_at": NOON + timedelta(hours=1), "begun_at": None}
    assert stage(State.DRAFT, now=NOON + timedelta(seconds=moment), **times) is where


def test_a_clock_that_jumps_back_opens_no_call_again_once_judging_began() -> None:
    times = {"opens_at": NOON, "closes_at": NOON + timedelta(hours=1), "begun_at": NOON + timedelta(hours=1)}
    assert stage(State.DRAFT, now=NOON + timedelta(minutes=5), **times) is Stage.JUDGING


def test_dates_that_do_not_fit_are_refused_beside_the_one_to_change() -> None:
    late = Plan(1, "Tema", "", NOON, opens_at=NOON + timedelta(hours=2), closes_at=NOON + timedelta(hours=1))
    with pytest.raises(Invalid) as refusal:
        check(late, covered="33")
    assert set(refusal.value.fields) == {"closes", "publish"}
    with pytest.raises(Invalid) as refusal:
        check(Plan(1, "Tema", "", NOON, opens_at=NOON, who=Entrants.PLACE, place="34.71"), covered="33")
    assert set(refusal.value.fields) == {"closes", "place"}


@pytest.mark.parametrize(
    ("who", "place", "shop", "market", "may"),
    [
        ("market", "", "33.15", "33.15", True),
        ("market", "", "32.73", "33", True),
        ("market", "", "13.77", "13.77", False),
        ("place", "33.15", "33.15", "33.15", True),
        ("place", "33.15", "33.23", "33.23", False),
        ("country", "", "13.77", "13.77", True),
    ],
)
def test_who_may_enter_follows_the_market_the_place_or_nobody(who: str, place: str, shop: str, market: str, may: bool) -> None:
    assert may_enter(Entrants(who), place, region="33", shop_place=shop, shop_market=market) is may


@pytest.mark.parametrize(("key", "named"), [("48", ("", 48)), ("musisi-3", ("musisi", 3)), ("libur-sekolah-12", ("libur-sekolah", 12))])
def test_an_edition_has_one_key_at_the_desk(key: str, named: tuple[str, int]) -> None:
    assert read_key(key) == named
    assert key_of(*named) == key


@pytest.mark.parametrize("key", ["", "0", "baru", "-3", "musisi", "48x", "١٢", "9" * 9])
def test_what_is_no_key_means_no_edition(key: str) -> None:
    assert read_key(key) is None


def test_weights_decide_what_a_judge_gave() -> None:
    given = {"attractive": 5, "quality": 3, "packaging": 1, "safe": 1}
    assert weighted(given, WEIGHTS) == 280
    assert weighted(given, {"attractive": 1, "quality": 0, "packaging": 0, "safe": 0}) == 500


def test_two_judges_suffice_unless_they_are_two_points_apart_on_anything() -> None:
    rules: dict[str, Any] = {"weights": WEIGHTS, "judges": 2, "third_at": 2}
    assert verdict([THREES], **rules).needs == 1
    assert verdict([THREES, {**THREES, "safe": 4}], **rules).needs == 0
    apart = verdict([THREES, {**THREES, "safe": 5}], **rules)
    assert (apart.is_split, apart.needs) == (True, 1)
    assert verdict([THREES, {**THREES, "safe": 5}, THREES], **rules).needs == 0


def test_one_judge_alone_moves_nothing_once_three_gave_scores() -> None:
    ones = dict.fromkeys(WEIGHTS, 1)
    rules: dict[str, Any] = {"weights": WEIGHTS, "judges": 2, "third_at": 2}
    assert verdict([THREES, THREES, ones], **rules).score == 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Keripik tempe Bu Darmi, 150 g", "Keripik tempe …, 150 g"),
        ("Oleh-oleh Grobogan dari bu darmi", "Oleh-oleh … dari …"),
        ("Keripik tempe", "Keripik tempe"),
        ("Bu Darmi", "…"),
    ],
)
def test_a_blind_judge_reads_no_name_of_shop_or_place(text: str, shown: str) -> None:
    assert blinded(text, "Bu Darmi", "Grobogan") == shown


def candidate(number: int, **changes: object) -> Candidate:
    values: dict[str, object] = {
        "code": f"c{number}",
        "score": 500 - number,
        "place": f"33.{number:02d}",
        "category": f"k{number}",
        **changes,
    }
    return Candidate(number, **values)  # type: ignore[arg-type]


def test_what_says_nothing_hides_nothing() -> None:
    assert blinded("", "Kopi Sindoro", "Temanggung") == ""


def test_the_ten_best_are_chosen_and_the_rest_wait_in_order() -> None:
    found = propose([candidate(number) for number in range(14, 0, -1)], Rules(), seed="s", is_one_kind=False)
    assert found.chosen == tuple(range(1, 11))
    assert found.reserves == (11, 12, 13, 14)


def test_a_place_has_two_stalls_at_most_and_the_third_waits() -> None:
    found = propose([candidate(number, place="33.01") for number in range(1, 4)] + [candidate(9)], Rules(), seed="s", is_one_kind=False)
    assert found.chosen == (1, 2, 9)
    assert (found.reserves, found.passed) == ((3,), {3: Passed.PLACE})


def test_a_kind_is_limited_only_where_any_kind_may_enter() -> None:
    entries = [candidate(number, category="kopi") for number in range(1, 7)]
    assert propose(entries, Rules(), seed="s", is_one_kind=False).passed == {5: Passed.CATEGORY, 6: Passed.CATEGORY}
    assert propose(entries, Rules(), seed="s", is_one_kind=True).passed == {}


def test_who_was_featured_lately_waits_unless_a_curator_says_otherwise() -> None:
    entries = [candidate(1, featured_in=46), candidate(2, featured_in=46, pinned=True), candidate(3, pinned=False), candidate(4)]
    found = propose(entries, Rules(), seed="s", is_one_kind=False)
    assert found.chosen == (2, 4)
    assert (found.reserves, found.passed) == ((), {1: Passed.COOLDOWN, 3: Passed.OVERRULED})


def test_equal_scores_are_drawn_and_nobody_gains_by_being_early() -> None:
    firsts = {propose([candidate(n, score=300) for n in range(1, 12)], Rules(), seed=str(s), is_one_kind=False).reserves for s in range(60)}
    assert len(firsts) > 5


def test_an_unready_seller_makes_room_for_the_next_ready_reserve_within_the_limits() -> None:
    chosen = [candidate(1, place="33.01"), candidate(2, place="33.01"), candidate(3)]
    reserves = [candidate(4, place="33.01"), candidate(5), candidate(6)]
    ready = {1: True, 2: True, 3: False, 4: True, 5: False, 6: True}
    lined = line_up(chosen, reserves, ready, Rules(), is_one_kind=False)
    assert (lined.stalls, lined.unready, lined.promoted) == ((1, 2, 6), (3,), (6,))
    lined = line_up(chosen, reserves[:1], ready, Rules(), is_one_kind=False)
    assert lined.stalls == (1, 2, 4), "rather a third of one place than an empty stall"


def test_rules_come_back_as_they_were_written_and_unknown_ones_are_left_out() -> None:
    rules = Rules(judges=3, cooldown=0)
    assert read_rules(rules.written()) == rules
    assert read_rules('{"judges": 3, "moon": 1}').judges == 3
    assert read_rules(None) == Rules()


GOOD = Facts(True, True, 24, NOON - timedelta(hours=1), 1280, 400)


@pytest.mark.parametrize(
    ("facts", "held_by"),
    [
        (GOOD, []),
        (Facts(False, True, 24, NOON, 1280, 400), [Check.ON_SALE]),
        (Facts(True, False, 24, NOON, 1280, 400), [Check.NUMBER]),
        (Facts(True, True, 9, NOON, 1280, 400), [Check.STOCK]),
        (Facts(True, True, None, NOON, 1280, 400), [Check.CAPACITY]),
        (Facts(True, True, None, NOON, 1280, 400, per_day=1), [Check.CAPACITY]),
        (Facts(True, True, None, NOON, 1280, 400, per_day=2), []),
        (Facts(True, True, 24, NOON, 1280, 400, is_waved=True, opening=Opening(is_busy=True)), [Check.OPEN]),
        (Facts(True, True, 24, None, 1280, 400), [Check.ANSWERED]),
        (Facts(True, True, 24, NOON - timedelta(hours=49), 1280, 400), [Check.ANSWERED]),
        (Facts(True, True, 24, NOON, 959, 400), [Check.PHOTO]),
        (Facts(True, True, 24, NOON, None, None), [Check.PHOTO]),
        (Facts(True, True, 24, NOON, 1280, 20), [Check.PHOTO]),
        (Facts(False, True, 0, None, None, None, is_waved=True), [Check.ON_SALE]),
        (Facts(True, True, 24, NOON, 1280, 400, is_waved=True, is_seen=False), [Check.UNCHANGED]),
    ],
)
def test_a_seller_is_held_back_by_what_would_harm_them(facts: Facts, held_by: list[Check]) -> None:
    assert [one.check for one in missing(facts, Rules(), at=NOON)] == held_by
    assert is_ready(facts, Rules(), at=NOON) is not bool(held_by)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"photo_side": None}, Reason.NO_PHOTO),
        ({"light": 40}, Reason.DARK_PHOTO),
        ({"sharpness": 20}, Reason.BLURRED_PHOTO),
        ({"photo_side": 640}, Reason.SMALL_PHOTO),
        ({"passed": Passed.PLACE}, Reason.PLACE_FULL),
        ({"means": {"attractive": 4.0, "packaging": 2.0}}, Reason.PACKAGING),
        ({}, Reason.OUTRIVALLED),
        ({"means": {}}, Reason.UNJUDGED),
    ],
)
def test_those_not_chosen_hear_what_helps_most(known: dict[str, object], why: Reason) -> None:
    usual = {"photo_side": 1280, "light": 150, "sharpness": 400, "least_side": 960, "passed": None, "means": {"attractive": 4.0}}
    assert suggest(**{**usual, **known}) is why  # type: ignore[arg-type]
