"""A whole market that stands once per test file: for sweeps that open many pages and change little."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lapak.accounts import queries as accounts_queries
from lapak.accounts.models import LoginSession, RoleGrant
from lapak.accounts.rules import Actor, Role
from lapak.catalog import queries as catalog_queries
from lapak.catalog.rules import Draft
from lapak.catalog.service import listings as catalog
from lapak.catalog.service.stock import Line
from lapak.checking.rules import Reason, Verdict
from lapak.db.base import Base, db
from lapak.db.session import Query, transaction
from lapak.editions.service import entering
from lapak.kernel.clock import utc_now
from lapak.kernel.codes import hash_token
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.money import Rupiah
from lapak.moderation import service as moderation
from lapak.moderation.rules import Trouble
from lapak.moderation.service import Decision, ReportDraft
from lapak.notices import queries as notice_queries
from lapak.notices import service as notices
from lapak.notices.rules import Kind, secret
from lapak.orders.queries import reading as orders_queries
from lapak.orders.service import placing
from lapak.orders.service.placing import OrderDraft
from lapak.payments import service as payments
from lapak.payments.service import CashDraft, TransferDraft
from lapak.senders.outbound import Device
from lapak.shops import queries as shop_queries
from tests.factories import (
    JATENG,
    KEY,
    PARIAMAN,
    Cast,
    edition_rows,
    make_call,
    make_cast,
    make_edition,
    make_kept_shop,
    make_official,
    make_photo,
    make_product,
    make_received,
    make_run,
    make_testimonial,
    product_id_of,
    shop_id_of,
)  # fmt: skip
from tests.payments.codes import OTHER_NMID, qris

VERSIONS = " UNION ALL ".join(
    f"SELECT '{name}', sum(hashtext(ctid::text || xmin::text)::bigint) FROM \"{name}\""  # noqa: S608 - our own tables
    for name in Base.metadata.tables
)
"""What PostgreSQL knows of the versions of all rows."""
PUBLISHED, DRAFT, FAR_DRAFT, TO_PUBLISH, CALL = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Stall:
    """One seller's things, by the names that pages know them by."""

    shop: str
    product: str
    order_token: str
    order_code: str
    photo: str
    session_id: int
    buyer: str

    @property
    def code(self) -> str:
        """The product's short code, with which its slug ends."""
        return self.product.rpartition("-")[2]


@dataclass(frozen=True)
class Kept:
    """A shop registered at a counter that waits for its seller, who is nobody of the cast."""

    shop: str
    product: str
    token: str
    consent_id: int


@dataclass(frozen=True)
class Market:
    """An app with people, listings, orders and editions in two regions."""

    app: Flask
    cast: Cast
    mine: Stall
    other: Stall
    far: Stall
    grants: dict[str, int]
    kept: Kept
    spare_shop: str
    withheld: str
    said: dict[str, int]
    received_token: str
    runs: dict[str, int]
    entries: dict[str, str]
    call: int
    news: dict[str, int | str]
    watcher: sqlite3.Connection | psycopg.Connection

    def enter(self, person: Actor | None) -> FlaskClient:
        """A browser in which somebody has just signed in (None: a stranger)."""
        client = self.app.test_client()
        if person is not None:
            token = fresh_token()
            with self.app.app_context():
                _open_session(person, token)
            with client.session_transaction() as session:
                session["_user_id"] = token
                session["_fresh"] = True
        return client

    def writes(self) -> int:
        """A number that changes with every commit that changes anything in the database."""
        if isinstance(self.watcher, sqlite3.Connection):
            return int(self.watcher.execute("PRAGMA data_version").fetchone()[0])
        return hash(tuple(self.watcher.execute(VERSIONS).fetchall()))

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.app.app_context():
            return {table.name: Query(select(func.count()).select_from(table), int).all()[0] for table in Base.metadata.sorted_tables}


@contextmanager
def open_market(app: Flask) -> Iterator[Market]:
    """Build a market in an app whose database already knows the regions and the two sites; it may send letters and push messages."""
    app.extensions["mailer"], app.extensions["pusher"] = Carrier(), Carrier()
    app.config["WTF_CSRF_ENABLED"] = False
    now = utc_now() - timedelta(hours=1)
    with app.app_context():
        cast = make_cast(now=now - timedelta(days=30))
        mine, other, far = (_make_stall(app, seller) for seller in (cast.seller, cast.other_seller, cast.far_seller))
        make_edition(cast.curator, [mine.product], now=now, number=PUBLISHED)
        for number in (DRAFT, TO_PUBLISH):
            make_edition(cast.curator, [mine.product], now=now, number=number, publish=False)
        # A second entry that nobody judges: while it waits, a judge may still change what they gave the first.
        entering.nominate(str(DRAFT), other.product, region_code=JATENG, by=cast.curator, now=now)
        make_edition(cast.far_curator, [far.product], now=now, number=FAR_DRAFT, region=PARIAMAN, publish=False)
        spare = make_official("+628112700109", "Dua", Role.OFFICER, JATENG, now=now)
        entries = {
            name: edition_rows(number)[0].code for name, number in (("draft", DRAFT), ("published", PUBLISHED), ("spare", TO_PUBLISH))
        }
        _make_paid(cast, now=now)
        call = make_call(cast.curator, now=now, number=CALL)
        people = {"curator": cast.curator, "far": cast.far_curator, "seller": cast.seller, "spare": spare}
        grants = {name: _grant_of(person) for name, person in people.items()}
        kept = _make_kept(cast.companion)
        spare_shop, _ = make_kept_shop(cast.companion, "+6285240002205", now=now, name="Tahu Bulat")
        withheld = _make_judged(cast, other, now=now)
        received_token = make_received(cast.seller, mine.product, now=now, buyer="Yuni")
        said = {
            "mine": make_testimonial(cast.seller, mine.product, now=now, by=cast.curator)[1],
            "waiting": make_testimonial(cast.seller, mine.product, now=now, buyer="Wati")[1],
            "far": make_testimonial(cast.far_seller, far.product, now=now)[1],
        }
        runs = {
            name: make_run(by, region=code, now=now) for name, by, code in (("mine", cast.admin, JATENG), ("far", cast.far_admin, PARIAMAN))
        }
        news = _make_news(cast.seller, spare, session_id=mine.session_id, now=now)
    with closing(_watcher(app)) as watcher:
        yield Market(
            app, cast, mine, other, far, grants, kept, spare_shop, withheld, said, received_token, runs, entries, call, news, watcher
        )
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _watcher(app: Flask) -> sqlite3.Connection | psycopg.Connection:
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"))
    with app.app_context():
        return psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(), autocommit=True)


def _make_stall(app: Flask, seller: Actor) -> Stall:
    now = utc_now() - timedelta(hours=1)
    product, buyer = make_product(seller, now=now, photo=True), f"Pembeli ke-{seller.id}"
    token = placing.place(
        OrderDraft(buyer, "Makassar", "", (Line(product_id_of(product), 1),)), shop_id=shop_id_of(seller),
        idempotency_key=product, origin=product, site_code=JATENG, key=app.config["KEY"], now=now,
    )  # fmt: skip
    order = orders_queries.by_token(token)
    assert order is not None
    session_id = _open_session(seller, fresh_token())
    return Stall(order.shop_slug, product, token, order.code, make_photo(seller, now=now), session_id, buyer)


class Carrier:
    """Takes letters and push messages, and keeps none."""

    public_key = "B" + "A" * 86

    def send(self, *_what: object) -> None:
        """Take it."""


def _make_news(reader: Actor, writer: Actor, *, session_id: int, now: datetime) -> dict[str, int | str]:
    """The seller has news and a browser that shows it; an official has an e-mail address, and another one that they ended."""
    with transaction():
        notices.tell(reader.phone, "Lapak Jateng: pesanan baru.", kind=Kind.ORDER, site_code=JATENG, link="/dasbor/pesanan", now=now)
    news = {"notice": notice_queries.inbox(reader.id, before=None).rows[0].id}
    notices.add_device(Device("https://push.example/a", "B" + "A" * 86, "A" * 22), by=replace(reader, session_id=session_id), now=now)
    links: dict[str, int | str] = {"device": notice_queries.devices(reader.id)[0].id}
    for address, name in (("lama@contoh.id", "stopped"), ("dua@contoh.id", "stop")):
        notices.give_address(address, site_code=JATENG, by=writer, key=KEY, now=now)
        asked = notice_queries.mail_of(writer.id, now=now)[1]
        assert asked is not None
        links |= {"confirm": secret(KEY, "confirm", asked.seed), name: secret(KEY, "stop", asked.seed)}
        notices.confirm_address(str(links["confirm"]), now=now)
    return {**news, **links}


def _make_judged(cast: Cast, other: Stall, *, now: datetime) -> str:
    """Work for moderators: the other seller's listing waits with a change, its buyers complain; another one is withheld."""
    product = catalog_queries.by_slug(other.product)
    assert product
    decide: dict[str, Any] = {"region_code": JATENG, "by": cast.curator, "now": now}
    moderation.decide(other.product, Decision(Verdict.APPROVE, 1), **decide)
    photos = {photo.key: "" for photo in catalog_queries.photos_of(product.id)}
    catalog.edit(other.product, Draft("Keripik tempe pedas", Rupiah(30000), unit="bungkus"), photos=photos, by=cast.other_seller, now=now)
    moderation.report(other.product, ReportDraft(Trouble.FRAUD, "Belum datang.", "+6281200000001"), reporter="a", origin="a", now=now)
    withheld = make_product(cast.other_seller, now=now, name="Keripik ditarik")
    moderation.decide(withheld, Decision(Verdict.TAKE_DOWN, 1, reason=Reason.FORBIDDEN, note="Tidak boleh."), **decide)
    return withheld


def _make_paid(cast: Cast, *, now: datetime) -> None:
    """The seller takes money in every way; another code waits for their word."""
    whose: dict[str, Any] = {"by": cast.seller, "now": now}
    shop_id = shop_id_of(cast.seller)
    payments.set_transfer(shop_id, TransferDraft("BRI", "1234567890", "Darmi"), seen=0, **whose)
    payments.set_cash(shop_id, CashDraft(takes_cash=True, note="Saat diambil."), seen=1, **whose)
    payments.offer_code(shop_id, qris("DARMI SNACK"), seen=2, **whose)
    payments.offer_code(shop_id, qris("BUDI SANTOSO", nmid=OTHER_NMID), seen=3, **whose)


def _make_kept(companion: Actor) -> Kept:
    now = utc_now() - timedelta(hours=1)
    shop, token = make_kept_shop(companion, "+6285240002204", now=now)
    row = shop_queries.by_slug(shop)
    assert row is not None
    draft = Draft(name="Rengginang, 200 g", price=Rupiah(15000))
    product = catalog.publish(draft, photos={make_photo(companion, now=now): ""}, by=companion, now=now, shop_id=row.id)
    (consent,) = accounts_queries.consents_of("+6285240002204")
    return Kept(shop, product, token, consent.id)


def _open_session(person: Actor, token: str) -> int:
    moment = utc_now()
    with transaction():
        row = LoginSession(token_hash=hash_token(token), account_id=person.id, device="test", created_at=moment, seen_at=moment)
        db.session.add(row)
        db.session.flush()
        return row.id


def _grant_of(person: Actor) -> int:
    return Query(select(RoleGrant.id).where(RoleGrant.account_id == person.id), int).all()[0]
