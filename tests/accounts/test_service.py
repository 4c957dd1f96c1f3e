import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lapak.accounts import queries, service
from lapak.accounts.models import Account, LoginSession, RoleGrant, SignInCode
from lapak.accounts.rules import Actor, Held, Role
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.kernel.codes import hash_token
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany
from lapak.senders.outbound import NotSent
from tests.factories import JATENG, PARIAMAN, Cast, make_account, make_official

PHONE = "+6281227450999"
MINUTE = timedelta(minutes=1)
Ask = Callable[..., str]
Enter = Callable[..., str]


@pytest.fixture
def ask(app: Flask, now: datetime) -> Ask:
    """Asks for a code and returns the one that arrived."""

    def ask(phone: str = PHONE, *, browser: str = "browser", origin: str = "home", at: datetime = now) -> str:
        service.send_code(phone, browser=browser, origin=origin, brand="Lapak", key=b"k" * 40, now=at)
        found = re.search(r"\d{6}", app.extensions["sender"].newest(1)[0].text)
        assert found
        return found[0]

    return ask


@pytest.fixture
def enter(now: datetime) -> Enter:
    """Types a code; returns the session's token."""

    def enter(code: str, *, phone: str = PHONE, browser: str = "browser", origin: str = "home", at: datetime = now) -> str:
        return service.enter(phone, code, browser=browser, origin=origin, device="test", key=b"k" * 40, now=at)

    return enter


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def count(table: type[LoginSession | Account | RoleGrant | SignInCode]) -> int:
    return Query(select(func.count()).select_from(table), int).all()[0]


def grant_of(person: Actor) -> int:
    return Query(select(RoleGrant.id).where(RoleGrant.account_id == person.id).order_by(RoleGrant.id.desc()), int).all()[0]


def roles_of(person: Actor) -> list[tuple[str, str]]:
    live = select(RoleGrant.role, RoleGrant.region_code).where(RoleGrant.account_id == person.id, RoleGrant.ends_at.is_(None))
    return Query(live, lambda role, code: (role, code)).all()


def sign_in(person: Actor, *, now: datetime, seen: timedelta = timedelta(0)) -> str:
    """Open a session in which the person was last seen `seen` ago; return its token."""
    token = f"token-of-{person.id}-{seen}"
    with transaction():
        moment = now - seen
        hashed = hash_token(token)
        db.session.add(LoginSession(token_hash=hashed, account_id=person.id, device="test", created_at=moment, seen_at=moment))
    return token


def is_in(token: str, *, now: datetime) -> bool:
    return queries.actor_of(token, now=now) is not None


# Codes


def test_a_code_is_never_stored_as_it_is(ask: Ask) -> None:
    code = ask()
    row = Query(select(SignInCode.__table__), lambda *row: row).all()[0]

    assert not any(code in str(value) for value in row)


def test_the_right_code_opens_a_session_and_makes_a_first_time_account(ask: Ask, enter: Enter, now: datetime) -> None:
    found = queries.actor_of(enter(ask()), now=now)

    assert found
    assert (found[0].phone, found[0].roles) == (PHONE, ())


def test_a_number_keeps_its_one_account(ask: Ask, enter: Enter) -> None:
    enter(ask())
    enter(ask())

    assert count(Account) == 1


def test_a_code_works_once(ask: Ask, enter: Enter) -> None:
    code = ask()
    enter(code)
    with pytest.raises(Invalid):
        enter(code)
    assert count(LoginSession) == 1


def test_the_fifth_try_may_still_be_right(ask: Ask, enter: Enter) -> None:
    code = ask()
    for _ in range(4):
        with pytest.raises(Invalid):
            enter(wrong(code))
    assert enter(code)


def test_after_five_wrong_tries_the_right_code_is_dead(ask: Ask, enter: Enter) -> None:
    code = ask()
    for _ in range(5):
        with pytest.raises(Invalid):
            enter(wrong(code))
    with pytest.raises(Invalid):
        enter(code)
    assert count(LoginSession) == 0


@pytest.mark.parametrize(("age", "works"), [(timedelta(minutes=9, seconds=59), True), (timedelta(minutes=10), False)])
def test_a_code_lives_ten_minutes(ask: Ask, enter: Enter, now: datetime, age: timedelta, works: bool) -> None:
    code = ask()
    if works:
        assert enter(code, at=now + age)
    else:
        with pytest.raises(Invalid):
            enter(code, at=now + age)


@pytest.mark.parametrize("elsewhere", [{"browser": "another"}, {"browser": ""}, {"phone": "+6281227450998"}])
def test_a_code_works_only_in_the_browser_and_for_the_number_that_asked(ask: Ask, enter: Enter, elsewhere: dict[str, str]) -> None:
    code = ask()
    for _ in range(6):
        with pytest.raises(Invalid):
            enter(code, **elsewhere)
    assert enter(code), "somebody else's tries cost the owner nothing"


def test_a_code_that_comes_late_is_as_good_as_the_newer_one_and_both_are_used_up(ask: Ask, enter: Enter) -> None:
    older, newer = ask(), ask()
    assert enter(older)
    with pytest.raises(Invalid):
        enter(newer)


def test_a_wrong_try_counts_against_every_code_of_the_browser(ask: Ask, enter: Enter) -> None:
    codes = [ask(), ask()]
    guess = next(f"{number:06d}" for number in range(3) if f"{number:06d}" not in codes)
    for typed in [guess] * 5 + codes:
        with pytest.raises(Invalid):
            enter(typed, origin="elsewhere")
    assert count(LoginSession) == 0


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_code_that_a_jumping_clock_refused_stays_dead(ask: Ask, enter: Enter, now: datetime, jump: timedelta) -> None:
    code = ask()
    with pytest.raises(Invalid):
        enter(code, at=now + jump)
    with pytest.raises(Invalid):
        enter(code, at=now + MINUTE)


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_used_code_is_not_revived_by_a_jumping_clock(ask: Ask, enter: Enter, now: datetime, jump: timedelta) -> None:
    code = ask()
    enter(code)
    with pytest.raises(Invalid):
        enter(code, at=now + jump)


def test_eight_racing_tries_of_the_right_code_give_one_session(app: Flask, ask: Ask, enter: Enter) -> None:
    code, tokens, start = ask(), [], threading.Barrier(8)

    def race() -> None:
        start.wait()
        with app.app_context(), suppress(Invalid):
            tokens.append(enter(code))

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert (len(tokens), count(LoginSession)) == (1, 1)


@pytest.mark.parametrize(
    ("minutes", "free_after"),
    [([0, 1, 2], 30), ([0, 1, 2, 31, 32], 60), ([61 * hour for hour in range(20)], 24 * 60)],
    ids=["3 in 30 minutes", "5 in an hour", "20 in a day"],
)
def test_a_number_gets_only_so_many_codes(ask: Ask, now: datetime, minutes: list[int], free_after: int) -> None:
    for minute in minutes:
        ask(origin=str(minute), at=now + minute * MINUTE)
    with pytest.raises(TooMany) as refusal:
        ask(origin="elsewhere", browser="another", at=now + minutes[-1] * MINUTE)
    assert refusal.value.retry_after == pytest.approx((free_after - minutes[-1]) * 60, abs=2)
    assert ask(at=now + free_after * MINUTE + timedelta(seconds=1))


def test_codes_that_were_let_die_count_like_any_that_was_not_used(ask: Ask, enter: Enter, now: datetime) -> None:
    for minute in (0, 1, 2):
        code = ask(at=now + minute * MINUTE)
        with pytest.raises(Invalid):
            enter(code, at=now + (minute + 10) * MINUTE)
    with pytest.raises(TooMany):
        ask(at=now + 13 * MINUTE)


def test_one_number_at_its_limit_is_no_other_numbers_matter(ask: Ask) -> None:
    for _ in range(3):
        ask()
    assert ask("+6281227450998")


def test_an_origin_asks_for_sixty_codes_an_hour(ask: Ask, now: datetime) -> None:
    for number in range(60):
        ask(f"+62812274500{number:02d}")
    with pytest.raises(TooMany):
        ask()
    assert ask(origin="elsewhere")
    assert ask(at=now + timedelta(hours=1, seconds=1))


def test_ten_wrong_codes_close_an_origin_for_five_minutes(ask: Ask, enter: Enter, now: datetime) -> None:
    for phone in (PHONE, "+6281227450998"):
        code = ask(phone)
        for _ in range(5):
            with pytest.raises(Invalid):
                enter(wrong(code), phone=phone)
    right = ask("+6281227450997")
    with pytest.raises(TooMany):
        enter(right, phone="+6281227450997")
    assert enter(right, phone="+6281227450997", at=now + 5 * MINUTE + timedelta(seconds=1))


def test_a_closed_origin_closes_no_other(ask: Ask, enter: Enter) -> None:
    for phone in (PHONE, "+6281227450998"):
        code = ask(phone)
        for _ in range(5):
            with pytest.raises(Invalid):
                enter(wrong(code), phone=phone)
    right = ask("+6281227450997", origin="elsewhere")
    assert enter(right, phone="+6281227450997", origin="elsewhere")


def test_a_refused_request_sends_nothing_and_costs_nothing(app: Flask, ask: Ask) -> None:
    for _ in range(3):
        ask()
    sent = len(app.extensions["sender"].newest(20))
    with pytest.raises(TooMany):
        ask()
    assert (count(SignInCode), len(app.extensions["sender"].newest(20))) == (3, sent)


class Silent:
    """A gateway that takes nothing."""

    def send(self, to: str, text: str) -> None:
        raise NotSent("500")


def test_a_gateway_that_takes_nothing_is_said_plainly_and_costs_no_code(app: Flask, ask: Ask) -> None:
    app.extensions["sender"] = Silent()
    for _ in range(6):
        with pytest.raises(Conflict, match="Kode belum terkirim"):
            ask()
    assert count(SignInCode) == 0


def test_old_codes_and_long_unseen_sessions_are_forgotten(ask: Ask, cast: Cast, now: datetime) -> None:
    ask(at=now - timedelta(days=2, seconds=1))
    ask(at=now)
    sign_in(cast.seller, now=now, seen=timedelta(days=91))
    sign_in(cast.seller, now=now)

    assert service.forget_old(now=now) == 2
    assert (count(SignInCode), count(LoginSession)) == (1, 1)


# Sessions


def test_a_session_token_is_stored_hashed(ask: Ask, enter: Enter) -> None:
    token = enter(ask())

    assert Query(select(LoginSession.token_hash), str).all() == [hash_token(token)]


def test_every_sign_in_has_a_token_of_its_own(ask: Ask, enter: Enter) -> None:
    assert enter(ask()) != enter(ask())


def test_an_ended_session_is_over_at_once_and_the_others_stay(cast: Cast, now: datetime) -> None:
    ended, other = sign_in(cast.seller, now=now), sign_in(cast.seller, now=now, seen=MINUTE)
    found = queries.actor_of(ended, now=now)
    assert found
    service.end_session(found[0].session_id, by=cast.seller, now=now)

    assert (is_in(ended, now=now), is_in(other, now=now)) == (False, True)


def test_nobody_ends_somebody_elses_session(cast: Cast, now: datetime) -> None:
    token = sign_in(cast.seller, now=now)
    found = queries.actor_of(token, now=now)
    assert found
    with pytest.raises(NotFound):
        service.end_session(found[0].session_id, by=cast.admin, now=now)
    assert is_in(token, now=now)


@pytest.mark.parametrize(
    ("seen", "seller", "curator"), [(29 * MINUTE, True, True), (31 * MINUTE, True, False), (timedelta(days=15), False, False)]
)
def test_an_idle_session_ends_sooner_for_officials(cast: Cast, now: datetime, seen: timedelta, seller: bool, curator: bool) -> None:
    assert is_in(sign_in(cast.seller, now=now, seen=seen), now=now) is seller
    assert is_in(sign_in(cast.curator, now=now, seen=seen), now=now) is curator


def test_a_busy_session_of_an_official_ends_after_twelve_hours(cast: Cast, now: datetime) -> None:
    token = sign_in(cast.curator, now=now)
    found = queries.actor_of(token, now=now)
    assert found
    service.touch_session(found[0].session_id, now=now + timedelta(hours=12))

    assert is_in(token, now=now + timedelta(hours=12))
    assert not is_in(token, now=now + timedelta(hours=12, seconds=1))


def test_a_session_that_grew_old_is_not_revived_by_a_clock_that_jumps_back(cast: Cast, now: datetime) -> None:
    token = sign_in(cast.curator, now=now)
    service.end_overdue(token, now=now + timedelta(hours=1))

    assert not is_in(token, now=now)


def test_a_session_in_use_is_not_ended_as_overdue(cast: Cast, now: datetime) -> None:
    token = sign_in(cast.curator, now=now)
    service.end_overdue(token, now=now + MINUTE)
    service.end_overdue("unknown", now=now + MINUTE)

    assert is_in(token, now=now + MINUTE)


@pytest.mark.parametrize("change", ["appoint", "end", "hand over"])
def test_a_change_of_role_ends_the_persons_sessions(cast: Cast, now: datetime, change: str) -> None:
    make_official("+628112700109", "Dua", Role.CURATOR, JATENG, now=now)
    token, others = sign_in(cast.curator, now=now), sign_in(cast.seller, now=now)
    if change == "appoint":
        service.appoint(phone=cast.curator.phone, name="Ema", role=Role.LEADER, region_code=JATENG, now=now, by=cast.admin)
    elif change == "end":
        service.end_role(grant_of(cast.curator), by=cast.admin, now=now)
    else:
        service.hand_over(grant_of(cast.curator), phone=PHONE, name="Baru", by=cast.admin, now=now)
    assert (is_in(token, now=now), is_in(others, now=now)) == (False, True)


# Roles


def hold(person: Actor, *, starts: datetime, ends: datetime | None) -> None:
    with transaction():
        db.session.add(RoleGrant(account_id=person.id, role=Role.CURATOR, region_code=JATENG, starts_at=starts, ends_at=ends))


@pytest.mark.parametrize(
    ("starts", "ends", "in_force"),
    [(0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False), (-9, -1, False)],
)
def test_a_role_is_in_force_from_its_start_until_its_end(cast: Cast, now: datetime, starts: int, ends: int | None, in_force: bool) -> None:
    hold(cast.newcomer, starts=now + starts * MINUTE, ends=None if ends is None else now + ends * MINUTE)
    found = queries.actor_of(sign_in(cast.newcomer, now=now), now=now)

    assert found
    assert (Held(Role.CURATOR, JATENG) in found[0].roles) is in_force


def test_an_admin_appoints_inside_the_own_region(cast: Cast, now: datetime) -> None:
    service.appoint(phone=cast.newcomer.phone, name="Tuti", role=Role.OFFICER, region_code="33.74", now=now, by=cast.admin)

    assert roles_of(cast.newcomer) == [("officer", "33.74")]


def test_who_is_appointed_is_told(app: Flask, cast: Cast, now: datetime) -> None:
    service.appoint(phone=PHONE, name="Tuti", role=Role.CURATOR, region_code=JATENG, now=now, by=cast.admin)
    message = app.extensions["sender"].newest(1)[0]

    assert message.to == PHONE
    assert "kurator di Lapak Jateng untuk" in message.text
    assert "Jawa Tengah" in message.text


def test_a_role_stands_also_when_the_message_does_not_arrive(app: Flask, cast: Cast, now: datetime) -> None:
    app.extensions["sender"] = Silent()
    service.appoint(phone=cast.newcomer.phone, name="Tuti", role=Role.CURATOR, region_code=JATENG, now=now, by=cast.admin)

    assert roles_of(cast.newcomer) == [("curator", JATENG)]


@pytest.mark.parametrize(
    ("who", "role", "region"),
    [
        ("admin", Role.CURATOR, PARIAMAN),
        ("admin", Role.SELLER, JATENG),
        ("far_admin", Role.CURATOR, JATENG),
        ("far_admin", Role.ADMIN, "13"),
        ("curator", Role.CURATOR, JATENG),
        ("seller", Role.ADMIN, JATENG),
        ("newcomer", Role.ADMIN, JATENG),
    ],
)
def test_nobody_appoints_beyond_their_authority(cast: Cast, now: datetime, who: str, role: Role, region: str) -> None:
    before = count(RoleGrant)
    with pytest.raises(NotAllowed):
        service.appoint(phone=PHONE, name="Tuti", role=role, region_code=region, now=now, by=getattr(cast, who))
    assert count(RoleGrant) == before


def test_a_role_is_held_once_in_a_region(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict):
        service.appoint(phone=cast.curator.phone, name="Ema", role=Role.CURATOR, region_code=JATENG, now=now, by=cast.admin)


@pytest.mark.parametrize("region", ["99", "", "33.99", "x", "33\0"])
def test_an_unknown_region_has_no_officials(app: Flask, now: datetime, region: str) -> None:
    with pytest.raises(Invalid):
        service.appoint(phone=PHONE, name="Tuti", role=Role.ADMIN, region_code=region, now=now, by=None)
    assert count(Account) == 0


def test_an_ended_role_stays_in_the_history(cast: Cast, now: datetime) -> None:
    service.end_role(grant_of(cast.curator), by=cast.admin, now=now)

    assert roles_of(cast.curator) == []
    assert [(row.name, row.ends_at) for row in queries.grants_in(JATENG) if row.ends_at] == [("Ema", now)]


def test_a_role_ends_once(cast: Cast, now: datetime) -> None:
    service.end_role(grant_of(cast.curator), by=cast.admin, now=now)
    with pytest.raises(NotFound):
        service.end_role(grant_of(cast.curator), by=cast.admin, now=now)


def test_the_last_admin_of_a_region_stays(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="pengelola terakhir"):
        service.end_role(grant_of(cast.admin), by=cast.admin, now=now)
    assert roles_of(cast.admin) == [("admin", JATENG)]


def test_an_admin_may_go_when_another_one_stays(cast: Cast, now: datetime) -> None:
    make_official("+628112700109", "Dua", Role.ADMIN, JATENG, now=now)
    service.end_role(grant_of(cast.admin), by=cast.admin, now=now)

    assert roles_of(cast.admin) == []


def test_an_admin_of_a_place_inside_is_no_replacement(cast: Cast, now: datetime) -> None:
    make_official("+628112700109", "Dua", Role.ADMIN, "33.74", now=now)
    with pytest.raises(Conflict):
        service.end_role(grant_of(cast.admin), by=cast.admin, now=now)


def test_handing_over_ends_one_role_and_begins_the_other(cast: Cast, now: datetime) -> None:
    service.hand_over(grant_of(cast.admin), phone=cast.newcomer.phone, name="Tuti", by=cast.admin, now=now)

    assert (roles_of(cast.admin), roles_of(cast.newcomer)) == ([], [("admin", JATENG)])


def test_handing_over_to_somebody_who_holds_it_changes_nothing(cast: Cast, now: datetime) -> None:
    other = make_official("+628112700109", "Dua", Role.CURATOR, JATENG, now=now)
    token = sign_in(cast.curator, now=now)
    with pytest.raises(Conflict):
        service.hand_over(grant_of(cast.curator), phone=other.phone, name="Dua", by=cast.admin, now=now)
    assert roles_of(cast.curator) == roles_of(other) == [("curator", JATENG)]
    assert is_in(token, now=now)


@pytest.mark.parametrize("who", ["far_admin", "curator", "seller", "newcomer"])
def test_a_role_elsewhere_is_as_good_as_unknown(cast: Cast, now: datetime, who: str) -> None:
    for grant_id in (grant_of(cast.curator), grant_of(cast.admin), 10**9):
        with pytest.raises(NotFound):
            service.end_role(grant_id, by=getattr(cast, who), now=now)
        with pytest.raises(NotFound):
            service.hand_over(grant_id, phone=PHONE, name="Tuti", by=getattr(cast, who), now=now)
    assert (roles_of(cast.curator), roles_of(cast.admin)) == ([("curator", JATENG)], [("admin", JATENG)])


def test_an_admin_cannot_take_a_sellers_role_away(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotFound):
        service.end_role(grant_of(cast.seller), by=cast.admin, now=now)
    assert roles_of(cast.seller) == [("seller", "33.15")]


def test_the_list_of_officials_holds_the_region_and_what_is_inside(cast: Cast, now: datetime) -> None:
    make_official("+628112700109", "Dua", Role.OFFICER, "33.74", now=now)

    assert {row.name for row in queries.grants_in(JATENG)} == {"Ema", "Bagus", "Dua", "Sri"}
    assert {row.name for row in queries.grants_in(PARIAMAN)} == {"Yusra", "Fitri"}
    assert queries.grants_in("3") == []


def test_becoming_a_seller_twice_is_once(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        service.become_seller(cast.newcomer.id, region_code="33.15", now=now)

    assert roles_of(cast.newcomer) == [("seller", "33.15")]


def test_registering_keeps_a_name_that_is_there(app: Flask, now: datetime) -> None:
    make_account(PHONE, "Tuti", now=now)
    service.register(PHONE, name="Somebody else", now=now)

    assert Query(select(Account.name), str).all() == ["Tuti"]


def test_every_refusal_here_has_words_for_the_person(cast: Cast, now: datetime) -> None:
    with pytest.raises(DomainError) as refusal:
        service.end_role(10**9, by=cast.admin, now=now)
    assert str(refusal.value) == "Peran ini tidak ada atau sudah berakhir."
