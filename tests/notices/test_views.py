"""The inbox and its settings as people meet them."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError

from lapak import cli
from lapak.accounts.rules import Actor
from lapak.app import _mailer, _pusher, create_app
from lapak.cli import commands
from lapak.config import Config
from lapak.kernel.clock import utc_now
from lapak.notices import queries, service
from lapak.notices.rules import Kind
from tests.conftest import make_config
from tests.factories import KEY, Cast
from tests.notices.conftest import PUBLIC, PUSH_KEY, device_of, send_letters, tell
from tests.notices.post_office import Browser, PostOffice, PushService
from tests.visiting import Visit

SignIn = Callable[[Actor | None], FlaskClient]


@pytest.fixture(autouse=True)
def _no_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def test_the_inbox_shows_what_is_new_and_a_count_everywhere_at_the_desk(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    tell(cast.seller, "Lapak Jateng: <b>pesanan</b> baru.", now=utc_now())
    page = visit("/dasbor/kabar", client=client, queries=5)

    assert "<b>Pesanan" not in str(page.select_one(".kabar"))
    assert "Baru" in page.select(".kabar .baru")[0].get_text()
    assert [tag.get_text() for tag in visit("/dasbor/produk", client=client).select(".nav .hitung")] == ["1"]
    assert visit("/dasbor/kabar", client=sign_in(cast.other_seller)).select(".hitung") == []


def test_opening_news_marks_it_and_leads_there(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    tell(cast.seller, now=utc_now())
    tell(cast.seller, "tanpa tautan", now=utc_now(), link="")
    page = visit("/dasbor/kabar", client=client)
    doors = [client.post(str(form["action"])).location for form in page.select(".kabar form")]

    assert doors == ["/dasbor/kabar", "/dasbor/pesanan/K7"]
    assert queries.unread(cast.seller.id) == 0
    assert visit("/dasbor/kabar", client=client).select(".hitung, .baru") == []


def test_news_of_another_region_leads_there(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    tell(cast.seller, now=utc_now(), link="/kurasi")
    (form,) = visit("/d/pariaman/dasbor/kabar", client=client).select(".kabar form")

    assert client.post(str(form["action"])).location == "http://localhost/kurasi"


def test_all_is_marked_with_one_press(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    for _ in range(3):
        tell(cast.seller, now=utc_now())
    page = visit("/dasbor/kabar", client=client)
    form = page.select_one("form[action='/dasbor/kabar/terbaca']")
    assert form is not None
    client.post("/dasbor/kabar/terbaca", data={field["name"]: field["value"] for field in form.select("input[name=up_to]")})

    assert queries.unread(cast.seller.id) == 0
    for nonsense in ("", "x", "-1", "9" * 30, "\x00"):
        assert client.post("/dasbor/kabar/terbaca", data={"up_to": nonsense}).status_code == 303


@pytest.mark.parametrize("who", ["newcomer", "companion", "curator", "admin"])
def test_everybody_who_signs_in_has_an_inbox(cast: Cast, sign_in: SignIn, visit: Visit, who: str) -> None:
    person = getattr(cast, who)
    tell(person, "Halo", now=utc_now())

    assert "Halo" in visit("/dasbor/kabar", client=sign_in(person)).get_text()


def test_where_nothing_else_is_set_up_nothing_else_is_offered(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.seller)
    page = visit("/dasbor/kabar/pilihan", client=client, queries=8)

    assert "belum mengirim kabar lewat surel" in page.get_text()
    assert page.select("main form, main script") == []
    assert client.post("/dasbor/kabar/pilihan/surel", data={"address": "darmi@contoh.id"}).status_code == 404


def test_an_address_is_asked_confirmed_and_dropped(cast: Cast, sign_in: SignIn, visit: Visit, office: PostOffice) -> None:
    client = sign_in(cast.seller)
    assert client.post("/dasbor/kabar/pilihan/surel", data={"address": "darmi@contoh.id"}).status_code == 303
    assert "Buka surelnya" in visit("/dasbor/kabar/pilihan", client=client).get_text()
    send_letters(utc_now())
    found = re.search(r"/kabar/surel/[\w-]+", office.received[0].get_content())
    assert found is not None
    stranger = sign_in(None)
    assert "da•••@contoh.id" in visit(found[0], client=stranger, queries=4).get_text()
    assert queries.good_address(cast.seller.id, now=utc_now()) is None, "programs that look through letters open links"
    assert [stranger.post(found[0]).status_code for _ in range(2)] == [303, 303]
    assert "sudah terpasang" in visit(found[0], client=stranger).get_text()
    assert "Terpasang" in visit("/dasbor/kabar/pilihan", client=client).get_text()
    client.post("/dasbor/kabar/pilihan/surel/hapus")
    assert queries.good_address(cast.seller.id, now=utc_now()) is None
    visit(found[0], client=stranger, status=404)


def test_too_many_links_are_refused_in_words(cast: Cast, sign_in: SignIn, office: PostOffice) -> None:
    client = sign_in(cast.seller)
    answers = [client.post("/dasbor/kabar/pilihan/surel", data={"address": f"a{number}@contoh.id"}) for number in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Tunggu" in answers[-1].text


def test_a_letter_is_ended_by_whoever_holds_it_after_a_press(
    cast: Cast, sign_in: SignIn, visit: Visit, office: PostOffice, write_to: Any
) -> None:
    write_to(cast.seller, now=utc_now())
    tell(cast.seller, now=utc_now())
    send_letters(utc_now())
    path = office.received[-1]["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC)
    stranger = sign_in(None)
    assert visit(path, client=stranger, queries=4).select_one(f"form[action='{path}']")
    assert queries.good_address(cast.seller.id, now=utc_now())
    assert stranger.post(path).location == path
    assert "Surel sudah berhenti" in visit(path, client=stranger).get_text()
    assert queries.good_address(cast.seller.id, now=utc_now()) is None


def test_a_browser_is_switched_on_and_off(
    app: Flask, cast: Cast, sign_in: SignIn, visit: Visit, push: PushService, reader: Browser
) -> None:
    client, device = sign_in(cast.seller), device_of(reader)
    page = visit("/dasbor/kabar/pilihan", client=client)
    place = page.select_one("[data-push]")
    assert place is not None
    assert len(str(place["data-push"])) == 87
    assert page.select("noscript"), "without a script the page says what it takes"
    assert page.select_one("form[action='/dasbor/kabar/pilihan/perangkat'][hidden]")
    data = {"endpoint": device.endpoint, "public_key": device.public_key, "auth": device.auth}
    for _ in range(2):
        assert client.post("/dasbor/kabar/pilihan/perangkat", data=data).status_code == 303
    (row,) = visit("/dasbor/kabar/pilihan", client=client).select("[data-mark]")
    assert device.endpoint not in str(row)
    off = row.select_one("form")
    assert off is not None
    assert sign_in(cast.other_seller).post(str(off["action"])).status_code == 404
    assert client.post(str(off["action"])).status_code == 303
    assert queries.devices(cast.seller.id) == []


@pytest.mark.parametrize(
    "endpoint", ["http://push.example/a", "https://127.0.0.1/a", "https://push.example:22/", "https://169.254.169.254/latest", ""]
)
def test_a_hostile_address_of_a_browser_is_refused_in_words(
    cast: Cast, sign_in: SignIn, push: PushService, reader: Browser, endpoint: str
) -> None:
    device = device_of(reader)
    answer = sign_in(cast.seller).post(
        "/dasbor/kabar/pilihan/perangkat", data={"endpoint": endpoint, "public_key": device.public_key, "auth": device.auth}
    )

    assert answer.status_code == 422
    assert "Muat ulang halaman" in answer.text
    assert queries.devices(cast.seller.id) == []


def test_what_goes_where_is_kept(cast: Cast, sign_in: SignIn, visit: Visit, office: PostOffice) -> None:
    client = sign_in(cast.seller)
    assert client.post("/dasbor/kabar/pilihan", data={"whole": "y", "mail": ["order", "account"]}).status_code == 303
    page = visit("/dasbor/kabar/pilihan", client=client)

    assert {str(box["value"]) for box in page.select("input[name=mail][checked]")} == {"order", "account"}
    assert page.select("input[name=push]") == [], "a channel that is not there is not asked about"
    assert client.post("/dasbor/kabar/pilihan", data={"whole": "y", "mail": ["everything"]}).status_code == 422
    assert client.post("/dasbor/kabar/pilihan", data={}).status_code == 422
    assert len(queries.mutes(cast.seller.id)) == 3


def test_the_browsers_worker_may_serve_the_whole_site_and_is_asked_for_anew(client: FlaskClient) -> None:
    answer = client.get("/kabar.js")

    assert (answer.headers["Service-Worker-Allowed"], answer.headers["Cache-Control"]) == ("/", "no-cache")
    assert answer.mimetype == "text/javascript"
    assert "showNotification" in answer.text


def test_a_sign_in_code_goes_to_the_phone_alone(app: Flask, cast: Cast, client: FlaskClient, office: PostOffice, write_to: Any) -> None:
    write_to(cast.seller, now=utc_now())
    office.received.clear()
    before = queries.unread(cast.seller.id)
    client.post("/masuk", data={"phone": cast.seller.phone})
    send_letters(utc_now())

    assert (office.received, queries.unread(cast.seller.id)) == ([], before)


# Settings

FALSE_KEY = urlsafe_b64encode(b"\xff" * 32).decode().rstrip("=")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"smtp_url": "mail.example"}, "SMTP_URL"),
        ({"smtp_url": "http://mail.example"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail.example:99999"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail.example"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://mail.example", "mail_from": "a@b.id\r\nBcc: c@d.id"}, "MAIL_FROM"),
        ({"push_key": "abc"}, "PUSH_KEY"),
        ({"push_key": FALSE_KEY}, "PUSH_KEY"),
        ({"push_key": PUSH_KEY}, "PUSH_CONTACT"),
        ({"push_key": PUSH_KEY, "push_contact": "kita@lapak.example"}, "PUSH_CONTACT"),
    ],
)
def test_a_channel_that_is_half_set_up_is_refused_with_what_to_set(tmp_path: Path, settings: dict[str, str], name: str) -> None:
    with pytest.raises(ValidationError, match=f"LAPAK_{name}") as refusal:
        make_config(tmp_path, **settings)
    assert PUSH_KEY not in str(refusal.value)


def test_a_channel_that_is_set_up_is_there_and_without_its_package_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_config(
        tmp_path,
        smtp_url="smtps://me:hush@mail.example",
        mail_from="kabar@lapak.example",
        push_key=PUSH_KEY,
        push_contact="mailto:a@b.id",
    )
    assert "hush" not in repr(whole)
    assert (_mailer(whole) is None, _pusher(whole) is None) == (False, False)
    monkeypatch.setattr("lapak.app.find_spec", lambda _name: None)
    assert _pusher(whole) is None
    assert create_app(make_config(tmp_path)).extensions["pusher"] is None


def test_a_key_is_made_by_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    commands.main(["make-push-key"], obj={}, standalone_mode=False)
    key = capsys.readouterr().out.strip().removeprefix("LAPAK_PUSH_KEY=")

    assert make_config(tmp_path, push_key=key, push_contact="mailto:a@b.id").push_key.get_secret_value() == key


def test_the_worker_carries_letters_beside_its_other_work(
    config: Config, app: Flask, cast: Cast, office: PostOffice, write_to: Any
) -> None:
    write_to(cast.seller, now=utc_now())
    tell(cast.seller, now=utc_now(), kind=Kind.ORDER)
    office.received.clear()

    assert cli._until_none(lambda: service.send_next_letter(key=KEY, public_url=PUBLIC, now=utc_now())) == 0.0
    assert cli._until_none(lambda: service.send_next_letter(key=KEY, public_url=PUBLIC, now=utc_now())) == cli.NOTICES_EVERY
    assert len(office.received) == 1


def test_times_are_those_of_the_reader(cast: Cast, now: datetime) -> None:
    tell(cast.seller, now=now)

    assert queries.inbox(cast.seller.id, before=None).rows[0].written_at == now
