from datetime import UTC, datetime, timedelta

import pytest

from lapak.accounts.rules import OFFICIAL_ROLES, Actor, Held, Role, hash_code, is_session_over, mask_phone, origin_of, seconds_until_free

NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = b"k" * 40


def person(*roles: Held) -> Actor:
    return Actor(1, "Ema", "+628112700101", 1, roles)


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NINE - timedelta(minutes=one) for one in minutes]


def test_a_code_is_kept_as_a_hash_that_needs_salt_and_key() -> None:
    kept = hash_code("204816", salt="s", key=KEY)

    assert "204816" not in kept
    assert len({kept, hash_code("204816", salt="t", key=KEY), hash_code("204816", salt="s", key=b"x" * 40)}) == 3
    assert kept == hash_code("204816", salt="s", key=KEY)


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ([], 0),
        (minutes_ago(1, 2), 0),
        (minutes_ago(1, 2, 29), 61),
        (minutes_ago(1, 2, 30), 0),
        (minutes_ago(1, 2, 31, 45, 59), 61),
        (minutes_ago(1, 2, 31, 45, 60), 0),
        (minutes_ago(*range(40, 1240, 60)), 24 * 3600 - 1180 * 60 + 1),
        (minutes_ago(*range(40, 1180, 60)), 0),
    ],
)
def test_three_codes_in_half_an_hour_five_an_hour_twenty_a_day(sent: list[datetime], seconds: int) -> None:
    assert seconds_until_free(sent, unused=sent, now=NINE) == seconds


def test_a_clock_that_jumped_back_frees_no_number() -> None:
    assert seconds_until_free(minutes_ago(1, 2, 3), unused=minutes_ago(1, 2, 3), now=NINE - timedelta(hours=1)) > 0


def test_codes_that_let_somebody_in_do_not_lock_them_out() -> None:
    assert seconds_until_free(minutes_ago(1, 2, 3), unused=[], now=NINE) == 0


@pytest.mark.parametrize(
    ("official", "age", "idle", "over"),
    [
        (False, timedelta(days=30), timedelta(days=14), False),
        (False, timedelta(days=30), timedelta(days=14, seconds=1), True),
        (False, timedelta(days=90), timedelta(days=1), False),
        (False, timedelta(days=90, seconds=1), timedelta(0), True),
        (True, timedelta(hours=1), timedelta(minutes=30), False),
        (True, timedelta(hours=1), timedelta(minutes=30, seconds=1), True),
        (True, timedelta(hours=12), timedelta(minutes=1), False),
        (True, timedelta(hours=12, seconds=1), timedelta(0), True),
        (True, -timedelta(hours=1), -timedelta(hours=1), False),
    ],
)
def test_sellers_stay_for_weeks_and_officials_for_a_working_day(official: bool, age: timedelta, idle: timedelta, over: bool) -> None:
    assert is_session_over(created_at=NINE - age, seen_at=NINE - idle, is_official=official, now=NINE) is over


def test_authority_reaches_into_the_regions_inside() -> None:
    official = person(Held(Role.CURATOR, "33"))

    assert official.holds(Role.CURATOR, "33")
    assert official.holds(Role.CURATOR, "33.74")
    assert not official.holds(Role.CURATOR, "34.71")
    assert not official.holds(Role.ADMIN, "33")


def test_authority_never_reaches_up() -> None:
    assert not person(Held(Role.ADMIN, "33.74")).holds(Role.ADMIN, "33")


@pytest.mark.parametrize("role", list(Role))
def test_everybody_but_a_seller_is_an_official(role: Role) -> None:
    assert person(Held(role, "33")).is_official is (role is not Role.SELLER)
    assert (role in OFFICIAL_ROLES) is (role is not Role.SELLER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        (None, "nonsense", True),
    ],
)
def test_an_origin_is_an_ipv4_address_or_an_ipv6_network(one: str | None, other: str, same: bool) -> None:
    assert (origin_of(one, key=KEY) == origin_of(other, key=KEY)) is same


def test_an_origin_does_not_give_the_address_away() -> None:
    assert "203.0.113.9" not in origin_of("203.0.113.9", key=KEY)
    assert origin_of("203.0.113.9", key=KEY) != origin_of("203.0.113.9", key=b"x" * 40)


def test_a_number_is_shown_so_that_only_its_owner_knows_it() -> None:
    assert mask_phone("+6281227450913") == "+62812••••0913"
