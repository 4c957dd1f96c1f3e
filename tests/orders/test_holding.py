"""How long an order is held, how far goods go, and on which days a shop has room."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapak.catalog.rules import Reach
from lapak.orders.rules.holding import HORIZON, Hours, Room, Settings, free_days, slot_of
from lapak.orders.rules.reaching import Travel, farthest, freshness, goes
from lapak.regions.rules import Distance, distance
from lapak.shops.rules import Opening

WIB = Hours(6, 21, "Asia/Jakarta")
MONDAY = date(2026, 11, 30)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 by the clock in Semarang."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("start", "hours", "until"),
    [
        (at(1, 8), 2, at(1, 10)),
        (at(1, 20), 2, at(2, 7)),
        (at(1, 23), 2, at(2, 8)),
        (at(1, 3), 2, at(1, 8)),
        (at(1, 21), 2, at(2, 8)),
        (at(1, 6), 15, at(1, 21)),
        (at(1, 8), 24, at(2, 17)),
    ],
)
def test_the_clock_runs_in_answering_hours_only(start: datetime, hours: int, until: datetime) -> None:
    assert WIB.after(start, timedelta(hours=hours)) == until


def test_the_clock_goes_by_the_shops_own_zone() -> None:
    assert Hours(6, 21, "Asia/Jayapura").after(at(1, 6), timedelta(hours=1)) == at(1, 7)
    assert Hours(6, 21, "Asia/Jayapura").after(at(1, 20), timedelta(hours=1)) == at(2, 5)


def test_who_answers_day_and_night_has_just_the_time() -> None:
    assert Hours(0, 24, "Asia/Jakarta").after(at(1, 23), timedelta(hours=30)) == at(3, 5)


@given(st.integers(0, 23), st.integers(1, 24), st.integers(0, 10_000), st.integers(1, 5_000))
def test_time_to_answer_is_never_shorter_than_said_and_ends_while_somebody_answers(opens: int, length: int, start: int, span: int) -> None:
    hours = Hours(opens, min(24, opens + length), "Asia/Jakarta")
    begin = at(1, 0) + timedelta(minutes=start)
    end = hours.after(begin, timedelta(minutes=span))
    local = end + timedelta(hours=7)
    of_day = local.hour + local.minute / 60

    assert end >= begin + timedelta(minutes=span)
    assert hours.opens <= of_day <= hours.shuts or of_day == 0
    assert hours.after(begin, timedelta(minutes=span + 1)) > end


def test_full_and_closed_days_are_passed_over() -> None:
    rooms = {slot_of(MONDAY): Room(60, 60), slot_of(MONDAY + timedelta(days=1)): Room(10, 0)}
    closed = Opening(closed_from=MONDAY + timedelta(days=2), closed_until=MONDAY + timedelta(days=3))
    days = list(free_days(MONDAY, 5, rooms, 60, is_shut=closed.is_closed))

    assert days[0] == MONDAY + timedelta(days=4)
    assert len(days) == HORIZON - 4


def test_a_shop_without_limit_has_room_every_day() -> None:
    assert next(iter(free_days(MONDAY, 10_000, {slot_of(MONDAY): Room(999, None)}, None, is_shut=lambda _day: False))) == MONDAY


@pytest.mark.parametrize(
    ("closed", "before", "during", "after"),
    [
        (Opening(closed_from=MONDAY, closed_until=MONDAY + timedelta(days=2)), False, True, False),
        (Opening(closed_from=MONDAY), False, True, True),
        (Opening(), False, False, False),
    ],
)
def test_a_shop_is_closed_on_the_days_it_says_and_on_no_other(closed: Opening, before: bool, during: bool, after: bool) -> None:
    days = [MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=3)]

    assert [closed.is_closed(day) for day in days] == [before, during, after]


def test_a_closed_shop_says_when_it_opens() -> None:
    closed = Opening(closed_from=MONDAY, closed_until=MONDAY + timedelta(days=2))

    assert "buka lagi Kamis, 3 Desember 2026" in closed.why_not(MONDAY, "Bu Darmi")
    assert "penuh" in Opening(is_busy=True).why_not(MONDAY, "Bu Darmi")
    assert not Opening().why_not(MONDAY, "Bu Darmi")


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("33.15", "33.15", Distance.PLACE),
        ("33.15", "33.74", Distance.PROVINCE),
        ("33.15", "35.78", Distance.ISLAND),
        ("33.15", "51.71", Distance.COUNTRY),
        ("51.71", "52.71", Distance.COUNTRY),
        ("13.77", "12.71", Distance.ISLAND),
        ("13.77", "21.71", Distance.COUNTRY),
        ("73.71", "71.71", Distance.ISLAND),
        ("91.71", "92.71", Distance.ISLAND),
    ],
)
def test_places_are_as_far_apart_as_couriers_say(one: str, other: str, far: Distance) -> None:
    assert distance(one, other) is distance(other, one) is far


@pytest.mark.parametrize(
    ("reach", "far", "is_sent"),
    [
        (Reach.PICKUP, Distance.PLACE, False),
        (Reach.LOCAL, Distance.PLACE, True),
        (Reach.LOCAL, Distance.PROVINCE, False),
        (Reach.ISLAND, Distance.ISLAND, True),
        (Reach.ISLAND, Distance.COUNTRY, False),
        (Reach.COUNTRY, Distance.COUNTRY, True),
    ],
)
def test_a_seller_sends_as_far_as_they_say(reach: Reach, far: Distance, is_sent: bool) -> None:
    assert goes(reach, far) is is_sent


@pytest.mark.parametrize(
    ("shelf", "produced", "days", "travel"),
    [
        (45, None, 8, Travel.GOOD),
        (4, None, 8, Travel.SPOILED),
        (9, None, 8, Travel.TIGHT),
        (10, None, 8, Travel.TIGHT),
        (11, None, 8, Travel.GOOD),
        (45, MONDAY - timedelta(days=40), 8, Travel.SPOILED),
        (8, None, 8, Travel.SPOILED),
    ],
)
def test_goods_have_to_keep_longer_than_they_travel(shelf: int, produced: date | None, days: int, travel: Travel) -> None:
    found = freshness(shelf, produced, sent_on=MONDAY, courier_days=days, margin_days=2)

    assert found is not None
    assert found.travel is travel


def test_what_keeps_for_ever_is_not_asked_about() -> None:
    assert freshness(None, None, sent_on=MONDAY, courier_days=60, margin_days=5) is None


def test_the_farthest_place_is_where_goods_still_arrive_well() -> None:
    def reached(shelf: int | None, reach: Reach = Reach.COUNTRY) -> Distance | None:
        return farthest(reach, shelf, None, sent_on=MONDAY, settings=Settings())

    assert reached(None) is Distance.COUNTRY
    assert reached(7) is Distance.ISLAND
    assert reached(6) is Distance.PROVINCE
    assert reached(2) is Distance.PLACE
    assert reached(0) is None
    assert reached(365, Reach.LOCAL) is Distance.PLACE
