"""An instance with every channel: a mail server and a push service that listen, and a browser that can read."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask

from lapak.accounts.models import LoginSession
from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.notices import queries, service
from lapak.notices.rules import Kind, secret
from lapak.senders.mail import Smtp
from lapak.senders.outbound import Device
from lapak.senders.push import WebPush, make_key
from tests.factories import JATENG, KEY, Cast
from tests.notices.post_office import HOST, Browser, PostOffice, PushService, post_office, push_service

PUBLIC = "https://lapak.example"
PUSH_KEY = make_key()


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    with post_office() as office:
        app.extensions["mailer"] = Smtp(f"smtp://127.0.0.1:{office.port}", "kabar@lapak.example")
        yield office


@pytest.fixture
def push(app: Flask) -> Iterator[PushService]:
    with push_service() as there:
        app.extensions["pusher"] = WebPush(
            PUSH_KEY, "mailto:kita@lapak.example", find=lambda _host: ("127.0.0.1", there.port), trust=there.trust
        )
        yield there


@pytest.fixture
def reader() -> Browser:
    return Browser()


def session_of(person: Actor, *, now: datetime) -> Actor:
    """The same person, really signed in."""
    with transaction():
        row = LoginSession(token_hash=f"{person.id}-{now}", account_id=person.id, device="Chrome di Android", created_at=now, seen_at=now)
        db.session.add(row)
        db.session.flush()
        return replace(person, session_id=row.id)


def device_of(reader: Browser, path: str = "/a") -> Device:
    def text(raw: bytes) -> str:
        return urlsafe_b64encode(raw).decode().rstrip("=")

    return Device(f"https://{HOST}{path}", text(reader.point), text(reader.auth))


def tell(
    person: Actor, text: str = "Lapak Jateng: pesanan baru K7.", *, now: datetime, kind: Kind = Kind.ORDER, link: str = "/dasbor/pesanan/K7"
) -> None:
    with transaction():
        service.tell(person.phone, text, kind=kind, site_code=JATENG, link=link, now=now)


def give(person: Actor, address: str = "darmi@contoh.id", *, now: datetime) -> str:
    """An address that waits for its confirmation; returns the link's secret."""
    service.give_address(address, site_code=JATENG, by=person, key=KEY, now=now)
    asked = queries.mail_of(person.id, now=now)[1]
    assert asked is not None
    return secret(KEY, "confirm", asked.seed)


@pytest.fixture
def write_to(cast: Cast) -> Callable[..., None]:
    """An address in use, no letter on its way."""

    def run(person: Actor, address: str = "darmi@contoh.id", *, now: datetime) -> None:
        service.confirm_address(give(person, address, now=now), now=now)
        while service.send_next_letter(key=KEY, public_url=PUBLIC, now=now):
            pass

    return run


def send_letters(now: datetime) -> None:
    while service.send_next_letter(key=KEY, public_url=PUBLIC, now=now):
        pass


def send_pushes(now: datetime) -> None:
    while service.send_next_push(public_url=PUBLIC, now=now):
        pass


def texts_of(person: Actor) -> list[str]:
    return [one.text for one in queries.inbox(person.id, before=None).rows]
