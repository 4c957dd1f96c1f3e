"""Opening pages as a careful reader: every page any test opens is checked, and its queries are counted."""

from types import TracebackType
from typing import Any, Self
from xml.etree.ElementTree import Element, fromstring

import html5lib
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lapak.accounts.models import LoginSession
from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.clock import utc_now
from lapak.kernel.codes import hash_token
from lapak.kernel.codes import token as fresh_token


class count_queries:  # noqa: N801 - reads as a statement: `with count_queries(app) as sql:`
    """Collects the SQL statements that run inside the block, on both engines; bookkeeping of transactions does not count."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.engines = list(db.engines.values())
        self.statements: list[str] = []

    def __enter__(self) -> Self:
        for engine in self.engines:
            event.listen(engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for engine in self.engines:
            event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            self.statements.append(statement)


class Visit:
    """`visit("/edisi/47", queries=3)` opens a page, checks its HTML and its cost, and returns it parsed."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, path: str, *, client: FlaskClient | None = None, queries: int | None = None, status: int = 200) -> BeautifulSoup:
        with count_queries(self.app) as sql:
            answer = (client or self.app.test_client()).get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}, {answer.get_data(as_text=True)[:400]}"
        if queries is not None:
            assert len(sql.statements) <= queries, f"{path}: {len(sql.statements)} queries\n" + "\n".join(sql.statements)
        return check_page(answer.get_data(as_text=True), path)


def parse_xml(data: bytes) -> Element:
    """Return a document of ours as a strict reader sees it."""
    return fromstring(data)  # noqa: S314 - we wrote it ourselves


def check_page(html: str, path: str) -> BeautifulSoup:
    """Return a page parsed; fail when its HTML, headings, ids, labels or scripts are not in order."""
    html5lib.HTMLParser(strict=True).parse(html)
    page = BeautifulSoup(html, "html.parser")
    assert page.title, f"{path}: no title"
    assert page.title.get_text(strip=True), f"{path}: empty title"
    assert len(page.select("h1")) == 1, f"{path}: {len(page.select('h1'))} h1"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids)), f"{path}: ids twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    for field in page.select("input:not([type=hidden]), select, textarea"):
        is_labelled = field.get("aria-label") or field.find_parent("label") or page.select_one(f"label[for='{field.get('id')}']")
        assert is_labelled, f"{path}: no label for {field}"
    assert not page.select("script:not([src]):not([type='application/ld+json'])"), f"{path}: inline script"
    assert not page.select("[style], style"), f"{path}: inline style"
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)], f"{path}: inline handler"
    assert not [image for image in page.select("img") if not image.has_attr("alt")], f"{path}: picture without alt"
    return page


def signed_in(app: Flask, person: Actor | None) -> FlaskClient:
    """A client in which somebody has just signed in (None: a stranger)."""
    client = app.test_client()
    if person is not None:
        token, moment = fresh_token(), utc_now()
        with transaction():
            row = LoginSession(token_hash=hash_token(token), account_id=person.id, device="test", created_at=moment, seen_at=moment)
            db.session.add(row)
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
    return client
