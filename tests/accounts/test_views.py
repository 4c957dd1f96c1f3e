import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast as the

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lapak.accounts import queries
from lapak.accounts.models import LoginSession, RoleGrant
from lapak.accounts.rules import Actor, Role
from lapak.app import create_app
from lapak.config import Config
from lapak.db.session import Query
from lapak.kernel.clock import utc_now
from lapak.senders import gateway as senders_gateway
from tests.conftest import dispose
from tests.factories import JATENG, Cast, make_official
from tests.instances import real_instance
from tests.senders.gateway import Gateway, listening
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
TYPED, PHONE = "0812 2745 0999", "+6281227450999"


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def newest_code(app: Flask, phone: str = PHONE) -> str:
    message = next(one for one in app.extensions["sender"].newest() if one.to == phone)
    found = re.search(r"\d{6}", message.text)
    assert found
    return found[0]


def ask(client: FlaskClient, phone: str = TYPED, *, door: str = "/masuk", **fields: str) -> TestResponse:
    return client.post(door, data={"phone": phone, **fields})


def come_in(app: Flask, client: FlaskClient, phone: str = PHONE, *, door: str = "/masuk", **fields: str) -> TestResponse:
    """Sign in through the two pages; return the last answer."""
    assert ask(client, phone, door=door, **fields).status_code == 303
    return client.post(f"{door}/kode", data={"code": newest_code(app, phone)})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def sessions_of(person: Actor) -> list[int]:
    return [row.id for row in queries.sessions_of(person.id)]


def grant_of(person: Actor) -> int:
    return Query(select(RoleGrant.id).where(RoleGrant.account_id == person.id), int).all()[0]


# The two pages of signing in


def test_a_number_leads_to_the_code_and_the_code_inside(app: Flask, client: FlaskClient, visit: Visit) -> None:
    answer = ask(client)
    page = visit(str(answer.location), client=client)

    assert (answer.status_code, answer.location) == (303, "/masuk/kode")
    assert "+62812••••0999" in page.get_text()
    assert PHONE not in page.get_text()
    assert client.post("/masuk/kode", data={"code": newest_code(app)}).location == "/mulai-jualan/lapak"


@pytest.mark.parametrize(("who", "home"), [("seller", "/dasbor"), ("curator", "/kurasi"), ("admin", "/kelola"), ("far_admin", "/")])
def test_everybody_lands_at_their_own_desk(app: Flask, client: FlaskClient, cast: Cast, who: str, home: str) -> None:
    assert come_in(app, client, getattr(cast, who).phone).location == home


def test_a_future_seller_goes_on_to_the_shop(app: Flask, client: FlaskClient) -> None:
    assert come_in(app, client, door="/mulai-jualan").location == "/mulai-jualan/lapak"
    assert client.get("/mulai-jualan").location == "/mulai-jualan/lapak"


def test_known_and_unknown_numbers_get_the_same_answer(client: FlaskClient, cast: Cast) -> None:
    known, unknown = ask(client, cast.seller.phone), ask(client, TYPED)

    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)


@pytest.mark.parametrize("door", ["/masuk", "/mulai-jualan"])
def test_a_number_that_is_none_stays_in_the_field(client: FlaskClient, door: str) -> None:
    answer = ask(client, "021 555", door=door)
    page = check_page(answer.text, door)

    assert answer.status_code == 422
    assert the("dict[str, str]", page.select_one("#phone"))["value"] == "021 555"
    assert "misalnya 0812" in the("dict[str, str]", page.select_one("#phone-galat")).get_text()  # type: ignore[attr-defined]


def test_a_code_may_be_typed_with_spaces(app: Flask, client: FlaskClient) -> None:
    ask(client)
    code = newest_code(app)

    assert client.post("/masuk/kode", data={"code": f" {code[:3]}-{code[3:]} "}).status_code == 303


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345\0", "-12345", "²³²³²³"])
def test_what_is_no_code_is_told_so_and_costs_no_try(app: Flask, client: FlaskClient, code: str) -> None:
    ask(client)
    for _ in range(6):
        answer = client.post("/masuk/kode", data={"code": code})
        assert answer.status_code == 422
        assert "enam angka" in answer.text
    assert client.post("/masuk/kode", data={"code": newest_code(app)}).status_code == 303


def test_a_wrong_code_is_told_beside_the_field(app: Flask, client: FlaskClient) -> None:
    ask(client)
    answer = client.post("/masuk/kode", data={"code": wrong(newest_code(app))})

    assert answer.status_code == 422
    assert "Kode salah" in check_page(answer.text, "code").select("#code-galat")[0].get_text()


def test_the_code_page_without_a_number_leads_back(client: FlaskClient) -> None:
    assert client.get("/masuk/kode").location == "/masuk"
    assert client.post("/masuk/kode", data={"code": "123456"}).location == "/masuk"


def test_the_fourth_code_in_half_an_hour_waits(client: FlaskClient) -> None:
    for _ in range(3):
        ask(client)
    answer = ask(client)

    assert answer.status_code == 429
    assert 1700 < int(answer.headers["Retry-After"]) <= 1801
    assert "Tunggu 30 menit" in check_page(answer.text, "sign in").get_text()


def test_an_origin_that_guesses_is_told_to_wait(app: Flask, client: FlaskClient) -> None:
    for phone in (PHONE, "+6281227450998"):
        ask(client, phone)
        code = newest_code(app, phone)
        for _ in range(5):
            client.post("/masuk/kode", data={"code": wrong(code)})
    ask(client, "+6281227450997")
    answer = client.post("/masuk/kode", data={"code": newest_code(app, "+6281227450997")})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Tunggu 5 menit" in check_page(answer.text, "code").get_text()


def test_a_forged_forwarded_address_moves_no_limit(client: FlaskClient) -> None:
    for number in range(60):
        ask(client, f"+62812274500{number:02d}")
    forged = {"X-Forwarded-For": "203.0.113.77", "Forwarded": "for=203.0.113.77", "X-Real-IP": "203.0.113.77"}

    assert client.post("/masuk", data={"phone": TYPED}, headers=forged).status_code == 429


# Where to go afterwards


@pytest.mark.parametrize(
    "target", ["//jahat.example", "/\\jahat.example", "https:jahat.example", "/\t/jahat.example", "/x\r\nSet-Cookie: a=b"]
)
def test_next_never_leads_to_another_host(app: Flask, client: FlaskClient, cast: Cast, target: str) -> None:
    answer = come_in(app, client, cast.seller.phone, next=target)

    assert answer.location == "/dasbor"
    assert "a=b" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("target", ["/dasbor/pesanan?sesudah=3", "/edisi/1", "/d/pariaman/dasbor"])
def test_next_leads_on_within_this_host(app: Flask, client: FlaskClient, cast: Cast, target: str) -> None:
    assert come_in(app, client, cast.seller.phone, next=target).location == target


def test_next_counts_once(app: Flask, client: FlaskClient, cast: Cast) -> None:
    come_in(app, client, cast.seller.phone, next="/edisi/1")

    assert come_in(app, client, cast.seller.phone).location == "/dasbor"


def test_who_was_sent_to_sign_in_comes_back_to_the_same_page_of_the_same_region(app: Flask, client: FlaskClient, cast: Cast) -> None:
    door = str(client.get("/d/pariaman/kurasi/7?q=a%20b").location)
    assert door == "/d/pariaman/masuk?next=%2Fd%2Fpariaman%2Fkurasi%2F7%3Fq%3Da%2520b"
    hidden = check_page(client.get(door).text, door).select("input[name=next]")[0]["value"]
    assert come_in(app, client, cast.far_curator.phone, door="/d/pariaman/masuk", next=str(hidden)).location == hidden


# Sessions


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("lapak")
    assert found
    return found.value


def test_signing_in_leaves_nothing_of_the_stranger_before(app: Flask, client: FlaskClient, cast: Cast) -> None:
    ask(client)
    before = cookie(client)
    come_in(app, client, cast.seller.phone)
    with client.session_transaction() as session:
        kept = set(session)

    assert cookie(client) != before
    assert not kept & {"browser", "phone", "next"}


def test_a_cookie_taken_before_signing_in_opens_nothing(app: Flask, client: FlaskClient, cast: Cast) -> None:
    ask(client, cast.seller.phone)
    fixed = cookie(client)
    client.post("/masuk/kode", data={"code": newest_code(app, cast.seller.phone)})
    thief = app.test_client()
    thief.set_cookie("lapak", fixed)

    assert thief.get("/dasbor").location == "/masuk?next=%2Fdasbor"


def test_signing_out_ends_the_session_also_for_a_copied_cookie(app: Flask, client: FlaskClient, cast: Cast) -> None:
    come_in(app, client, cast.seller.phone)
    thief = app.test_client()
    thief.set_cookie("lapak", cookie(client))
    assert thief.get("/dasbor").status_code == 200
    assert client.post("/keluar").location == "/"
    assert thief.get("/dasbor").status_code == 303


def test_a_session_ended_elsewhere_is_over_at_the_next_request(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    lost = sign_in(cast.seller)
    lost_id = sessions_of(cast.seller)[0]
    here = sign_in(cast.seller)

    assert here.post(f"/dasbor/sesi/{lost_id}/akhiri").location == "/dasbor/sesi"
    assert (lost.get("/dasbor").status_code, here.get("/dasbor").status_code) == (303, 200)


def test_another_persons_session_does_not_exist(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.seller)
    foreign = sessions_of(cast.seller)[0]
    client = sign_in(cast.other_seller)

    answers = [client.post(f"/dasbor/sesi/{one}/akhiri") for one in (foreign, 2_000_000_000)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert sessions_of(cast.seller) == [foreign]


def test_the_list_of_sessions_is_ones_own(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    sign_in(cast.other_seller)
    sign_in(cast.seller)
    page = visit("/dasbor/sesi", client=sign_in(cast.seller), queries=5)

    assert len(page.select("main li")) == 2
    assert len(page.select("main form")) == 1


@pytest.mark.parametrize(
    ("who", "later", "still_in"),
    [
        ("curator", timedelta(minutes=29), True),
        ("curator", timedelta(minutes=31), False),
        ("seller", timedelta(days=13), True),
        ("seller", timedelta(days=15), False),
    ],
)
def test_who_is_away_too_long_signs_in_again(cast: Cast, sign_in: SignIn, who: str, later: timedelta, still_in: bool) -> None:
    client, start = sign_in(getattr(cast, who)), utc_now()
    with time_machine.travel(start + later, tick=False):
        assert (client.get("/dasbor/sesi").status_code == 200) is still_in


def test_a_clock_that_jumps_forth_and_back_revives_no_session(cast: Cast, sign_in: SignIn) -> None:
    client, start = sign_in(cast.curator), utc_now()
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        assert client.get("/kurasi").status_code == 303
    assert client.get("/kurasi").status_code == 303


def test_a_session_in_use_stays_and_is_noted_every_five_minutes(cast: Cast, sign_in: SignIn) -> None:
    client, start = sign_in(cast.curator), utc_now()
    for minutes in (4, 29, 58, 87):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/kurasi").status_code == 200
    seen = Query(select(LoginSession.seen_at), lambda moment: moment).all()[0]
    assert abs(seen - start - timedelta(minutes=87)) < timedelta(seconds=2)


@pytest.mark.parametrize("damage", ["x", "eyJfdXNlcl9pZCI6IngifQ.aaaa.bbbb", "", "a" * 4000])
def test_a_cookie_we_did_not_sign_is_a_strangers(app: Flask, damage: str) -> None:
    client = app.test_client()
    client.set_cookie("lapak", damage)

    assert client.get("/dasbor").status_code == 303


# Messages: the demo inbox and a real gateway


def test_the_demo_inbox_shows_the_code(app: Flask, client: FlaskClient, visit: Visit) -> None:
    ask(client)

    assert newest_code(app) in visit("/kotak-demo", client=client).get_text()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening() as gateway:
        yield gateway


@pytest.fixture
def real(config: Config, gateway: Gateway) -> Iterator[Flask]:
    with real_instance(config, otp_webhook=gateway.url) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app


def test_there_is_no_demo_inbox_on_a_real_instance(real: Flask) -> None:
    answer = real.test_client().get("/kotak-demo")

    assert answer.status_code == 404
    assert "kotak" not in real.test_client().get("/masuk").text


def test_codes_are_not_shown_where_a_gateway_delivers_them(config: Config, gateway: Gateway) -> None:
    app = create_app(config.model_copy(update={"otp_webhook": gateway.url}))
    assert app.test_client().get("/kotak-demo").status_code == 404
    dispose(app)


def test_a_real_gateway_carries_the_code(real: Flask, gateway: Gateway) -> None:
    client = real.test_client()
    assert ask(client).status_code == 303
    found = re.search(rb"\d{6}", gateway.received[0][1].partition(b"text")[2])
    assert found
    assert client.post("/masuk/kode", data={"code": found[0].decode()}).status_code == 303


def test_a_gateway_that_fails_is_told_and_the_number_stays(real: Flask, gateway: Gateway) -> None:
    gateway.status = 500
    answer = ask(real.test_client())
    page = check_page(answer.text, "sign in")

    assert answer.status_code == 409
    assert "Kode belum terkirim" in page.get_text()
    assert page.select("#phone")[0]["value"] == TYPED


def test_a_gateway_that_hangs_is_told_and_the_next_try_works(
    real: Flask, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(senders_gateway, "TIMEOUT", 0.2)
    gateway.delay, client = 0.6, real.test_client()
    assert ask(client).status_code == 409
    gateway.delay = 0
    assert ask(client).status_code == 303


# Officials


def test_an_admin_invites_by_number(cast: Cast, sign_in: SignIn) -> None:
    data = {"name": "Tuti", "phone": TYPED, "role": "curator", "region_code": "33"}
    assert sign_in(cast.admin).post("/kelola/petugas/undang", data=data).location == "/kelola/petugas"

    assert ("Tuti", Role.CURATOR, "33") in [(row.name, row.role, row.region_code) for row in queries.grants_in(JATENG)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "seller"), ("role", "root"), ("region_code", "13.77"), ("region_code", "99"), ("role", ""), ("phone", "x")],
)
def test_an_invitation_beyond_the_list_is_refused(cast: Cast, sign_in: SignIn, field: str, value: str) -> None:
    before = len(queries.grants_in("1")) + len(queries.grants_in(JATENG))
    data = {"name": "Tuti", "phone": TYPED, "role": "curator", "region_code": JATENG, field: value}
    answer = sign_in(cast.admin).post("/kelola/petugas/undang", data=data)

    assert answer.status_code == 422
    assert check_page(answer.text, "people").select(f"#{field}-galat")
    assert len(queries.grants_in("1")) + len(queries.grants_in(JATENG)) == before


def test_inviting_somebody_twice_is_told_beside_the_number(cast: Cast, sign_in: SignIn) -> None:
    data = {"name": "Ema", "phone": cast.curator.phone, "role": "curator", "region_code": JATENG}
    answer = sign_in(cast.admin).post("/kelola/petugas/undang", data=data)

    assert answer.status_code == 422
    assert "sudah memegang" in check_page(answer.text, "people").select("#phone-galat")[0].get_text()


def test_ending_a_role_throws_its_holder_out(cast: Cast, sign_in: SignIn) -> None:
    curator = sign_in(cast.curator)
    assert curator.get("/kurasi").status_code == 200
    sign_in(cast.admin).post(f"/kelola/petugas/{grant_of(cast.curator)}/akhiri")

    assert curator.get("/kurasi").status_code == 303


def test_the_last_admin_cannot_end_the_own_role(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)
    answer = client.post(f"/kelola/petugas/{grant_of(cast.admin)}/akhiri", follow_redirects=True)

    assert "pengelola terakhir" in answer.text
    assert client.get("/kelola").status_code == 200


def test_handing_over_moves_the_role(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    data = {"name": "Tuti", "phone": TYPED}
    old = sign_in(cast.admin)
    assert old.post(f"/kelola/petugas/{grant_of(cast.admin)}/serahkan", data=data).status_code == 303

    assert old.get("/kelola").status_code == 303
    assert come_in(app, app.test_client()).location == "/kelola"


def test_handing_over_to_a_holder_is_told_beside_the_number(cast: Cast, sign_in: SignIn) -> None:
    other = make_official("+628112700109", "Dua", Role.CURATOR, JATENG, now=utc_now())
    answer = sign_in(cast.admin).post(f"/kelola/petugas/{grant_of(cast.curator)}/serahkan", data={"name": "Dua", "phone": other.phone})
    page = check_page(answer.text, "hand over")

    assert answer.status_code == 422
    assert page.select("#phone-galat")
    assert page.select("#name")[0]["value"] == "Dua"


def test_numbers_of_officials_are_masked_also_for_their_admin(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    text = visit("/kelola/petugas", client=sign_in(cast.admin), queries=7).get_text()

    assert "+62811••••0101" in text
    assert cast.curator.phone not in text


def test_handing_a_role_over_is_a_quiet_button_and_ending_it_one_that_warns(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    page = visit("/kelola/petugas", client=sign_in(cast.admin))

    assert page.select("a.tbl.garis[href$='/serahkan']")
    assert page.select("details > summary.tbl.garis.bahaya")
    assert page.select("form[action$='/akhiri'] button.bahaya:not(.garis)")
