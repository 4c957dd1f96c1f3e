"""Windows on a region's calendar, groups that protect single sellers, and means with their counts."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from lapak.results.rules import FEWEST_SHOPS, LABELS, Change, Counted, Figures, Group, Outcome, decimal, group, windows

SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""16.00 WIB."""


def test_the_windows_are_seven_whole_days_each_and_meet_at_the_midnight_before_publication() -> None:
    before, after = windows(SUNDAY, timezone="Asia/Jakarta")
    midnight = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert (before.first, before.end, before.last) == (date(2026, 11, 15), date(2026, 11, 22), date(2026, 11, 21))
    assert (after.first, after.end, after.last) == (date(2026, 11, 22), date(2026, 11, 29), date(2026, 11, 28))
    assert before.ends_at == after.starts_at == midnight
    assert before.starts_at == midnight - timedelta(days=7)
    assert after.ends_at == midnight + timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "timezone", "first"),
    [
        (datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC), "Asia/Jakarta", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "Asia/Jakarta", date(2026, 11, 23)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "Asia/Makassar", date(2026, 11, 23)),
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "Asia/Jayapura", date(2026, 11, 23)),
        (datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), "Asia/Jayapura", date(2026, 11, 22)),
        (datetime(2026, 12, 31, 18, 0, tzinfo=UTC), "Asia/Jakarta", date(2027, 1, 1)),
    ],
)
def test_the_day_of_publication_is_the_regions_own(at: datetime, timezone: str, first: date) -> None:
    before, after = windows(at, timezone=timezone)
    assert (before.end, after.first) == (first, first)


def test_orders_of_both_windows_have_as_long_to_arrive() -> None:
    before, after = windows(SUNDAY, timezone="Asia/Jakarta")
    assert before.settled_at - before.ends_at == after.settled_at - after.ends_at == timedelta(days=7)


NOTHING = Figures()


def counted(shop: int, before: Figures = NOTHING, after: Figures = NOTHING, *, agreed: bool = True) -> Counted:
    return Counted(shop, True, agreed, before, after)


def test_a_group_sums_those_who_agreed_and_one_that_nobody_opened_counts_too() -> None:
    entered = [
        counted(11, Figures(10, 2, 1), Figures(views=5)), counted(12, Figures(20, 4, 2, 2, 1, 1)), counted(13),
        counted(14, Figures(1000), Figures(1000), agreed=False),
    ]  # fmt: skip
    assert group(entered) == Group(3, 3, 4, Figures(30, 6, 3, 2, 1, 1), Figures(views=5))


@pytest.mark.parametrize("shops", [[11, 11, 11], [11, 12, 12], [11], []])
def test_too_few_shops_show_nothing_however_many_listings(shops: list[int]) -> None:
    found = group([*(counted(shop, Figures(10)) for shop in shops), counted(99, agreed=False)])
    assert (found.is_hidden, found.before, found.after) == (True, None, None)
    assert (found.listings, found.shops, found.of) == (len(shops), len(set(shops)), len(shops) + 1)


def test_as_few_as_three_shops_are_shown() -> None:
    assert FEWEST_SHOPS == 3
    assert not group([counted(11), counted(12), counted(13)]).is_hidden


@pytest.mark.parametrize(("shops", "small"), [(2, False), (3, True), (9, True), (10, False)])
def test_a_shown_group_of_fewer_than_ten_shops_is_said_to_be_small(shops: int, small: bool) -> None:
    assert group([counted(shop) for shop in range(shops)]).is_small is small


@pytest.mark.parametrize(
    ("value", "words"),
    [(Fraction(0), "0,0"), (Fraction(1, 3), "0,3"), (Fraction(1, 20), "0,1"), (Fraction(1, 21), "0,0"), (Fraction(124, 10), "12,4"),
     (Fraction(5), "5,0"), (Fraction(4961, 4), "1.240,3"), (Fraction(-5, 2), "−2,5"), (Fraction(-1, 30), "0,0")],
)  # fmt: skip
def test_a_mean_has_one_decimal(value: Fraction, words: str) -> None:
    assert decimal(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(Fraction(5, 2), "+2,5"), (Fraction(-5, 2), "−2,5"), (Fraction(0), "0,0"), (Fraction(1, 40), "0,0")]
)
def test_a_difference_says_its_direction(value: Fraction, words: str) -> None:
    assert decimal(value, signed=True) == words


def test_means_and_bars_share_one_scale() -> None:
    change = Change(30, 120, 10, Fraction(24))
    assert (change.before_mean, change.after_mean, change.before_bar, change.after_bar) == ("3,0", "12,0", 12, 50)
    assert Change(0, 0, 10, Fraction(0)).after_bar == 0


def an_outcome(*, now: datetime = SUNDAY + timedelta(days=20), reserves: Group | None = None) -> Outcome:
    before, after = windows(SUNDAY, timezone="Asia/Jakarta")
    published = Group(10, 10, 10, Figures(views=100, placed=4), Figures(views=340, placed=14))
    return Outcome(SUNDAY, now, before, after, published, reserves or Group(4, 4, 6, Figures(views=40), Figures(views=52, placed=2)))


def test_what_rose_with_the_reserves_is_not_credited_to_the_edition() -> None:
    rows = {row.name: row for row in an_outcome().rows}
    assert rows["views"].beyond == "+21,0"  # +24,0 beside +3,0
    assert rows["placed"].beyond == "+0,5"  # +1,0 beside +0,5
    assert rows["views"].published is not None
    assert (rows["views"].published.after_bar, rows["views"].published.before_bar) == (100, 29)


def test_all_figures_of_orders_are_drawn_on_one_scale() -> None:
    published = Group(10, 10, 10, Figures(), Figures(placed=40, received=10))
    before, after = windows(SUNDAY, timezone="Asia/Jakarta")
    rows = {row.name: row for row in Outcome(SUNDAY, SUNDAY, before, after, published, Group(0, 0, 0, None, None)).rows}
    bars = [row.published.after_bar for row in (rows["placed"], rows["received"]) if row.published]
    assert bars == [100, 25]


@pytest.mark.parametrize(("days", "final"), [(2, set()), (9, {"views", "taps", "placed"}), (20, set(LABELS))])
def test_windows_of_unequal_length_are_not_compared(days: int, final: set[str]) -> None:
    rows = an_outcome(now=SUNDAY + timedelta(days=days)).rows
    assert {row.name for row in rows if row.is_final} == final
    assert {row.name for row in rows if row.beyond} == final


def test_without_reserves_to_compare_with_nothing_is_credited() -> None:
    outcome = an_outcome(reserves=Group(1, 1, 1, None, None))
    assert outcome.is_shown
    assert {row.beyond for row in outcome.rows} == {""}
    assert {row.reserves for row in outcome.rows} == {None}


def test_every_figure_has_a_label() -> None:
    assert [row.name for row in an_outcome().rows] == list(LABELS)


@pytest.mark.parametrize(
    ("now", "days", "is_over", "is_settled"),
    [
        (SUNDAY, 0, False, False),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), 1, False, False),
        (datetime(2026, 11, 28, 16, 59, 59, tzinfo=UTC), 6, False, False),
        (datetime(2026, 11, 28, 17, 0, tzinfo=UTC), 7, True, False),
        (datetime(2026, 12, 5, 17, 0, tzinfo=UTC), 7, True, True),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), 0, False, False),
    ],
)
def test_days_that_are_not_over_are_known(now: datetime, days: int, is_over: bool, is_settled: bool) -> None:
    outcome = an_outcome(now=now)
    assert (outcome.days_over, outcome.is_over, outcome.is_settled) == (days, is_over, is_settled)


def test_nobody_who_agreed_is_nothing_to_show() -> None:
    before, after = windows(SUNDAY, timezone="Asia/Jakarta")
    nobody = Group(0, 0, 0, None, None)
    outcome = Outcome(SUNDAY, SUNDAY, before, after, nobody, nobody)
    assert (outcome.is_empty, outcome.is_shown) == (True, False)
