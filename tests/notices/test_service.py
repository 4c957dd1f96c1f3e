"""One call, all channels; each goes its own way, at least once, and fails alone."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lapak.accounts import service as accounts
from lapak.accounts.models import Consent, LoginSession
from lapak.accounts.rules import Channel as Door
from lapak.accounts.rules import Purpose
from lapak.app import HEARS
from lapak.db.base import db
from lapak.db.outbox import Delivery, relay
from lapak.db.session import Query, transaction
from lapak.kernel.errors import NotFound, TooMany
from lapak.notices import queries, service
from lapak.notices.models import Errand, MailAddress, Notice, PushDevice
from lapak.notices.rules import KEPT, PAUSES, Channel, Kind
from lapak.senders.mail import Smtp
from lapak.senders.outbound import Letter, NotSent
from lapak.senders.push import WebPush
from lapak.shops.models import Shop
from tests.factories import JATENG, KEY, Cast, make_product, make_received
from tests.notices.conftest import PUBLIC, PUSH_KEY, device_of, give, send_letters, send_pushes, session_of, tell, texts_of
from tests.notices.post_office import HOST, Browser, PostOffice, PushService

WriteTo = Callable[..., None]
MINUTE = timedelta(minutes=1)


def phones() -> list[str]:
    return Query(select(Delivery.phone).order_by(Delivery.id), str).all()


def waiting() -> int:
    return Query(select(func.count()).select_from(Errand).where(Errand.next_at.is_not(None)), int).all()[0]


def test_one_call_reaches_the_inbox_the_phone_the_mailbox_and_the_browser(
    cast: Cast, office: PostOffice, push: PushService, reader: Browser, write_to: WriteTo, now: datetime
) -> None:
    write_to(cast.seller, now=now)
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    office.received.clear()
    tell(cast.seller, now=now)
    send_letters(now)
    send_pushes(now)

    assert texts_of(cast.seller)[0] == "Pesanan baru K7."
    assert phones()[-1] == cast.seller.phone
    assert [message["To"] for message in office.received] == ["darmi@contoh.id"]
    ((_path, _headers, body),) = push.received
    assert json.loads(reader.read(body))["body"] == "Pesanan baru K7."
    assert waiting() == 0


def test_without_channels_the_inbox_and_the_phone_are_told(cast: Cast, now: datetime) -> None:
    tell(cast.seller, now=now)

    assert (texts_of(cast.seller), phones()) == (["Pesanan baru K7."], [cast.seller.phone])
    assert waiting() == 0


def test_a_number_without_an_account_gets_the_message_alone(cast: Cast, now: datetime) -> None:
    with transaction():
        service.tell("+6281299999999", "Halo", kind=Kind.ORDER, site_code=JATENG, now=now)

    assert phones() == ["+6281299999999"]
    assert Query(select(func.count()).select_from(Notice), int).all() == [0]


def test_a_reader_without_a_phone_in_hand_has_the_inbox(cast: Cast, now: datetime) -> None:
    with transaction():
        service.tell("", "Halo", kind=Kind.ORDER, site_code=JATENG, to=cast.seller.id, now=now)

    assert (texts_of(cast.seller), phones()) == (["Halo"], [])


def test_what_did_not_become_true_is_not_told(cast: Cast, now: datetime) -> None:
    def half() -> None:
        with transaction():
            service.tell(cast.seller.phone, "Halo", kind=Kind.ORDER, site_code=JATENG, now=now)
            raise OSError

    with pytest.raises(OSError):
        half()

    assert (texts_of(cast.seller), phones()) == ([], [])
    with pytest.raises(RuntimeError):
        service.tell(cast.seller.phone, "Halo", kind=Kind.ORDER, site_code=JATENG, now=now)


def test_an_order_reaches_its_sellers_inbox_with_the_way_there(cast: Cast, now: datetime) -> None:
    make_received(cast.seller, make_product(cast.seller, now=now), now=now)
    relay(_tell, now=now)
    news = queries.inbox(cast.seller.id, before=None).rows

    assert any(one.text.startswith("Pesanan baru ") for one in news)
    assert {one.link.rpartition("/")[0] for one in news} == {"/dasbor/pesanan"}
    assert {one.kind for one in news} == {Kind.ORDER}


def test_a_shop_whose_phone_is_another_still_has_its_owners_inbox(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    with transaction():
        db.session.execute(update(Shop).where(Shop.owner_id == cast.seller.id).values(whatsapp="+6281200000077"))
    make_received(cast.seller, slug, now=now)
    relay(_tell, now=now)

    assert "+6281200000077" in phones()
    assert any(text.startswith("Pesanan baru ") for text in texts_of(cast.seller))


def _tell(name: str, keys: dict[str, object]) -> None:
    for listener in HEARS.get(name, []):
        listener(**keys)


# Letters


def test_an_address_is_used_once_its_owner_followed_the_link(cast: Cast, office: PostOffice, now: datetime) -> None:
    link = give(cast.seller, now=now)
    tell(cast.seller, now=now)
    send_letters(now)
    (asked,) = office.received

    assert f"{PUBLIC}/kabar/surel/{link}" in asked.get_content().replace("\r\n", "\n").replace("=\n", "")
    assert "K7" not in asked.get_content()
    service.confirm_address(link, now=now)
    service.confirm_address(link, now=now)
    tell(cast.seller, now=now)
    send_letters(now)
    assert ["da•••@contoh.id" in text for text in texts_of(cast.seller)] == [False, True, False]
    assert sum("K7" in message["Subject"] for message in office.received) == 1


def test_a_link_that_is_old_replaced_or_invented_confirms_nothing(cast: Cast, office: PostOffice, now: datetime) -> None:
    old, wrong = give(cast.seller, now=now), "A" * 32
    for link, moment in ((old, now + timedelta(hours=25)), (old, now - MINUTE), (wrong, now)):
        with pytest.raises(NotFound):
            service.confirm_address(link, now=moment)
    give(cast.seller, "lain@contoh.id", now=now)
    with pytest.raises(NotFound):
        service.confirm_address(old, now=now)


def test_the_links_of_letters_are_stored_as_hashes_only(cast: Cast, office: PostOffice, now: datetime) -> None:
    link = give(cast.seller, now=now)
    stored = str(Query(select(*MailAddress.__table__.columns), lambda *row: row).all())

    assert link not in stored


def test_nobody_fills_a_mailbox_from_here(cast: Cast, office: PostOffice, now: datetime) -> None:
    for number in range(3):
        give(cast.seller, f"a{number}@contoh.id", now=now)
    with pytest.raises(TooMany) as refusal:
        give(cast.seller, "a4@contoh.id", now=now + MINUTE)
    assert refusal.value.retry_after == 59 * 60 + 1
    people = (cast.other_seller, cast.curator, cast.admin, cast.far_seller, cast.far_admin)
    for person in people:
        give(person, "korban@contoh.id", now=now)
    with pytest.raises(TooMany):
        give(cast.newcomer, "KORBAN@contoh.id", now=now)


def test_a_letter_can_be_ended_by_the_link_in_it(cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, now=now)
    send_letters(now)
    letter = office.received[-1]
    address = letter["List-Unsubscribe"].strip("<>")
    assert address.startswith(f"{PUBLIC}/kabar/berhenti/")
    assert address in letter.get_content()
    tell(cast.seller, "Lapak Jateng: yang menunggu.", now=now)
    for _ in range(2):
        service.stop_letters(address.rpartition("/")[2], now=now)
    tell(cast.seller, now=now)
    before = len(office.received)
    send_letters(now)

    assert len(office.received) == before, "what waited is not sent either"
    assert waiting() == 0


def test_text_in_a_message_adds_no_header(cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, "Lapak Jateng: x\r\nBcc: korban@contoh.id\r\n\r\n.\r\nMAIL FROM:<a@b>\r\n<script>alert(1)</script>", now=now)
    send_letters(now)
    letter = office.received[-1]

    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    assert letter.get_content_type() == "text/plain"
    assert len([raw for raw in office.raw if b"korban" in raw]) == 1


def test_a_header_with_a_line_break_is_cleaned(office: PostOffice) -> None:
    letter = Letter("darmi@contoh.id", "Lapak\r\nBcc: korban@contoh.id", "Satu\nDua", "isi", "x")
    Smtp(f"smtp://127.0.0.1:{office.port}", "kabar@lapak.example").send(letter)

    assert office.received[0]["Bcc"] is None
    assert office.received[0]["Subject"] == "Satu Dua"


def test_an_address_that_its_server_does_not_know_is_given_up_and_shown_as_such(
    cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime
) -> None:
    write_to(cast.seller, now=now)
    office.refuses["darmi@contoh.id"] = "550 5.1.1 no such user"
    tell(cast.seller, now=now)
    tell(cast.seller, now=now)
    send_letters(now)

    assert queries.good_address(cast.seller.id, now=now) is None
    assert queries.mail_of(cast.seller.id, now=now)[2] == "darmi@contoh.id"
    assert waiting() == 0


@pytest.mark.parametrize("answer", ["451 4.7.1 try later", "452 4.2.2 full"])
def test_a_mailbox_that_is_busy_is_tried_again(cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime, answer: str) -> None:
    write_to(cast.seller, now=now)
    office.refuses["darmi@contoh.id"] = answer
    tell(cast.seller, now=now)
    send_letters(now)
    office.refuses.clear()
    before = len(office.received)
    send_letters(now + PAUSES[0] - timedelta(seconds=1))
    assert len(office.received) == before
    send_letters(now + PAUSES[0])
    assert len(office.received) == before + 1


def test_letters_do_not_hold_up_pushes_nor_these_the_phone(
    cast: Cast, office: PostOffice, push: PushService, reader: Browser, write_to: WriteTo, now: datetime
) -> None:
    write_to(cast.seller, now=now)
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    office.refuses_all, push.status = "554 no", 500
    tell(cast.seller, now=now)
    send_letters(now)
    send_pushes(now)
    push.status = 201
    send_pushes(now + PAUSES[0])

    assert len(push.received) == 2
    assert waiting() == 1
    assert phones()[-1] == cast.seller.phone


def test_a_process_killed_while_sending_repeats_only_the_letter_in_hand_under_the_same_name(
    app: Flask, cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime
) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, "Lapak Jateng: satu.", now=now)
    tell(cast.seller, "Lapak Jateng: dua.", now=now)
    office.received.clear()
    real = app.extensions["mailer"]

    class Killed:
        def send(self, letter: Letter) -> None:
            real.send(letter)
            raise KeyboardInterrupt

    app.extensions["mailer"] = Killed()
    with pytest.raises(KeyboardInterrupt):
        send_letters(now)
    app.extensions["mailer"] = real
    send_letters(now)
    assert [message["Subject"] for message in office.received] == ["Lapak Jateng: Satu", "Lapak Jateng: Dua"]
    send_letters(now + PAUSES[0])
    first, _second, again = office.received
    assert again["Message-ID"] == first["Message-ID"]
    assert waiting() == 0


def test_two_workers_never_send_the_same_letter(app: Flask, cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, now=now)
    office.received.clear()
    real = app.extensions["mailer"]

    class Meanwhile:
        """While the first worker sends, the second one looks for work."""

        def send(self, letter: Letter) -> None:
            app.extensions["mailer"] = real
            send_letters(now)
            real.send(letter)

    app.extensions["mailer"] = Meanwhile()
    send_letters(now)

    assert len(office.received) == 1


def test_a_try_that_another_worker_booked_first_is_left_to_it(
    cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, now=now)
    office.received.clear()
    found = queries.due_letter(now=now)
    monkeypatch.setattr(queries, "due_letter", lambda **_: found)  # both saw it wait
    assert service.send_next_letter(key=KEY, public_url=PUBLIC, now=now)
    assert service.send_next_letter(key=KEY, public_url=PUBLIC, now=now)

    assert len(office.received) == 1


def test_a_letter_is_given_up_after_a_day(cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime) -> None:
    write_to(cast.seller, now=now)
    office.refuses_all = "451 later"
    tell(cast.seller, now=now)
    due: Any = now
    tried = 0
    while (due := Query(select(Errand.next_at).where(Errand.next_at.is_not(None)), lambda moment: moment).first()) is not None:
        send_letters(due)
        tried += 1

    assert tried == len(PAUSES) + 1
    assert waiting() == 0


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:1", "smtps://127.0.0.1:1", "smtp://tidak-ada.invalid"])
def test_a_mail_server_that_is_away_is_not_sent(url: str) -> None:
    with pytest.raises(NotSent) as fault:
        Smtp(url, "kabar@lapak.example").send(Letter("darmi@contoh.id", "Lapak", "x", "rahasia", "x"))
    assert "rahasia" not in str(fault.value)


def test_another_machine_is_told_nothing_in_the_clear(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapak.senders.mail.HERE", set())
    with pytest.raises(NotSent):
        Smtp(f"smtp://me:secret@127.0.0.1:{office.port}", "kabar@lapak.example").send(Letter("darmi@contoh.id", "Lapak", "x", "isi", "x"))
    assert office.received == []


# Push


def test_a_push_message_is_signed_encrypted_and_names_what_it_replaces(
    cast: Cast, push: PushService, reader: Browser, now: datetime
) -> None:
    service.add_device(device_of(reader, "/kirim?x=1"), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    send_pushes(now)
    ((path, headers, body),) = push.received
    said = json.loads(reader.read(body))

    assert path == "/kirim?x=1"
    assert said == {
        "title": "Lapak Jateng", "body": "Pesanan baru K7.", "link": f"{PUBLIC}/dasbor/pesanan/K7", "tag": headers["topic"],
    }  # fmt: skip
    assert (headers["host"], headers["content-encoding"], headers["ttl"]) == (HOST, "aes128gcm", "86400")
    kind, _, rest = headers["authorization"].partition(" ")
    token = dict(part.strip().split("=", 1) for part in rest.split(","))
    claims = json.loads(urlsafe_b64decode(token["t"].split(".")[1] + "=="))
    assert (kind, claims["aud"], claims["sub"]) == ("vapid", f"https://{HOST}", "mailto:kita@lapak.example")
    assert token["k"].rstrip("=") == WebPush(PUSH_KEY, "").public_key
    assert b"Pesanan" not in body
    assert len(body) <= 4096


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_with_what_waits_for_it(
    cast: Cast, push: PushService, reader: Browser, now: datetime, status: int
) -> None:
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    tell(cast.seller, now=now)
    push.status = status
    send_pushes(now)

    assert queries.devices(cast.seller.id) == []
    assert (len(push.received), waiting()) == (1, 0)


@pytest.mark.parametrize("status", [301, 307, 400, 403, 413, 429, 500, 503])
def test_any_other_answer_is_tried_again_and_followed_nowhere(
    cast: Cast, push: PushService, reader: Browser, now: datetime, status: int
) -> None:
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    push.status, push.headers = status, {"Location": f"https://{HOST}/elsewhere"}
    tell(cast.seller, now=now)
    send_pushes(now)

    assert [path for path, _, _ in push.received] == ["/a"]
    assert waiting() == 1


def test_a_key_that_lies_on_no_curve_is_forgotten(app: Flask, cast: Cast, push: PushService, reader: Browser, now: datetime) -> None:
    bad = device_of(reader)
    service.add_device(type(bad)(bad.endpoint, "B" + "A" * 86, bad.auth), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    send_pushes(now)

    assert (push.received, queries.devices(cast.seller.id)) == ([], [])


def test_a_name_that_leads_into_a_private_network_is_not_connected_to(
    app: Flask, cast: Cast, push: PushService, reader: Browser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["pusher"] = WebPush(PUSH_KEY, "mailto:a@b.example", trust=push.trust)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", push.port))])
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    send_pushes(now)

    assert push.received == []


def test_a_server_that_is_not_who_it_says_is_told_nothing(
    app: Flask, cast: Cast, push: PushService, reader: Browser, now: datetime
) -> None:
    app.extensions["pusher"] = WebPush(PUSH_KEY, "mailto:a@b.example", find=lambda _host: ("127.0.0.1", push.port))
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    send_pushes(now)

    assert push.received == []
    assert waiting() == 1


def test_a_browser_that_is_signed_out_is_sent_nothing(cast: Cast, push: PushService, reader: Browser, now: datetime) -> None:
    here = session_of(cast.seller, now=now)
    service.add_device(device_of(reader), by=here, now=now)
    tell(cast.seller, now=now)
    accounts.end_session(here.session_id, by=here, now=now)
    tell(cast.seller, now=now)
    send_pushes(now)

    assert (push.received, waiting()) == ([], 0)


def test_an_old_session_takes_its_browser_along(cast: Cast, push: PushService, reader: Browser, now: datetime) -> None:
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    with transaction():
        db.session.execute(update(LoginSession).values(seen_at=now - timedelta(days=91)))
    accounts.forget_old(now=now)

    assert Query(select(func.count()).select_from(PushDevice), int).all() == [0]
    assert waiting() == 0


def test_a_browser_belongs_to_whoever_used_it_last(cast: Cast, push: PushService, reader: Browser, now: datetime) -> None:
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    tell(cast.seller, now=now)
    service.add_device(device_of(reader), by=session_of(cast.other_seller, now=now), now=now)
    service.add_device(device_of(reader), by=session_of(cast.other_seller, now=now + MINUTE), now=now)
    send_pushes(now)

    assert (queries.devices(cast.seller.id), len(queries.devices(cast.other_seller.id))) == ([], 1)
    assert push.received == [], "what waited for the one before is not shown to the next"


def test_of_too_many_browsers_the_oldest_goes(cast: Cast, push: PushService, reader: Browser, now: datetime) -> None:
    here = session_of(cast.seller, now=now)
    for number in range(12):
        service.add_device(device_of(reader, f"/{number}"), by=here, now=now + number * MINUTE)

    assert len(queries.devices(cast.seller.id)) == 10


# What is wanted, read, forgotten


def test_what_is_not_wanted_by_a_channel_does_not_go_there(
    cast: Cast, office: PostOffice, push: PushService, reader: Browser, write_to: WriteTo, now: datetime
) -> None:
    write_to(cast.seller, now=now)
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    both = [(channel, kind) for channel in Channel for kind in (Kind.ORDER, Kind.EDITION)]
    for _ in range(2):
        service.choose([(Channel.MAIL, Kind.EDITION), (Channel.PUSH, Kind.ORDER)], among=both, by=cast.seller)
    office.received.clear()
    tell(cast.seller, "pesanan", now=now, kind=Kind.ORDER)
    tell(cast.seller, "edisi", now=now, kind=Kind.EDITION)
    send_letters(now)
    send_pushes(now)

    assert [message["Subject"] for message in office.received] == ["Lapak Jateng: Edisi"]
    assert [json.loads(reader.read(body))["body"] for _, _, body in push.received] == ["Pesanan"]
    service.choose(both, among=both, by=cast.seller)
    assert queries.mutes(cast.seller.id) == set()


def test_news_is_read_by_its_reader_once(cast: Cast, now: datetime) -> None:
    tell(cast.seller, now=now)
    (news,) = queries.inbox(cast.seller.id, before=None).rows
    with pytest.raises(NotFound):
        service.read(news.id, by=cast.other_seller, now=now)
    assert queries.unread(cast.seller.id) == 1
    assert service.read(news.id, by=cast.seller, now=now).read_at == now
    assert service.read(news.id, by=cast.seller, now=now + MINUTE).read_at == now
    assert queries.unread(cast.seller.id) == 0


def test_what_came_after_the_page_stays_unread(cast: Cast, now: datetime) -> None:
    tell(cast.seller, now=now)
    newest = queries.inbox(cast.seller.id, before=None).rows[0].id
    tell(cast.seller, now=now)
    tell(cast.other_seller, now=now)
    service.read_all(up_to=newest, by=cast.seller, now=now)

    assert (queries.unread(cast.seller.id), queries.unread(cast.other_seller.id)) == (1, 1)


def test_an_inbox_is_paged_by_key(cast: Cast, now: datetime) -> None:
    for number in range(35):
        tell(cast.seller, f"nomor {number}", now=now)
    first = queries.inbox(cast.seller.id, before=None)
    tell(cast.seller, "baru", now=now)
    second = queries.inbox(cast.seller.id, before=first.next_key)

    assert [one.text for one in (*first.rows, *second.rows)] == [f"Nomor {number}" for number in range(34, -1, -1)]
    assert second.next_key is None


def test_old_news_and_unused_addresses_are_forgotten(cast: Cast, office: PostOffice, write_to: WriteTo, now: datetime) -> None:
    write_to(cast.seller, now=now)
    tell(cast.seller, now=now)
    give(cast.other_seller, "lain@contoh.id", now=now)
    service.forget_old(now=now + KEPT - MINUTE)
    assert len(texts_of(cast.seller)) == 2
    service.forget_old(now=now + KEPT + MINUTE)

    assert texts_of(cast.seller) == []
    assert Query(select(MailAddress.address), str).all() == ["darmi@contoh.id"]
    assert Query(select(func.count()).select_from(Errand), int).all() == [0]


def test_a_consent_taken_back_has_nothing_to_do_with_the_inbox(cast: Cast, now: datetime) -> None:
    accounts.record_consent(cast.seller.phone, Purpose.CALLS, channel=Door.PAGE, by=cast.seller, now=now)
    tell(cast.seller, now=now)
    accounts.withdraw_consent(Query(select(Consent.id), int).all()[-1], by=cast.seller, now=now)

    assert len(texts_of(cast.seller)) == 1


def test_logs_hold_no_text_number_or_address(
    cast: Cast, office: PostOffice, push: PushService, reader: Browser, write_to: WriteTo, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_to(cast.seller, now=now)
    service.add_device(device_of(reader), by=session_of(cast.seller, now=now), now=now)
    office.refuses["darmi@contoh.id"], push.status = "550 darmi@contoh.id K7", 410
    tell(cast.seller, now=now)
    said: list[object] = []
    note = lambda *what, **values: said.append((what, values))  # noqa: E731 - one line for every level
    monkeypatch.setattr(service, "_log", SimpleNamespace(info=note, warning=note, error=note))
    send_letters(now)
    send_pushes(now)

    assert len(said) == 2
    assert [word for word in ("K7", "darmi@contoh.id", HOST, cast.seller.phone) if word in str(said)] == []
