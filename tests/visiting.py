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
    tags = page.find_all(True)  # read once and looked at in turn: a selector walks the whole page each time
    assert page.title, f"{path}: no title"
    assert page.title.get_text(strip=True), f"{path}: empty title"
    headings = [tag for tag in tags if tag.name == "h1"]
    assert len(headings) == 1, f"{path}: {len(headings)} h1"
    ids = [tag["id"] for tag in tags if tag.has_attr("id")]
    assert len(ids) == len(set(ids)), f"{path}: ids twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    labelled = {tag.get("for") for tag in tags if tag.name == "label"} - {None}
    for tag in tags:
        if tag.name in {"select", "textarea"} or (tag.name == "input" and tag.get("type") != "hidden"):
            assert tag.get("aria-label") or tag.get("id") in labelled or tag.find_parent("label"), f"{path}: no label for {tag}"
        if tag.name == "script":
            assert tag.has_attr("src") or tag.get("type") == "application/ld+json", f"{path}: inline script"
        assert tag.name != "style", f"{path}: inline style"
        assert not tag.has_attr("style"), f"{path}: inline style"
        assert not any(name.startswith("on") for name in tag.attrs), f"{path}: inline handler"
        assert tag.name != "img" or tag.has_attr("alt"), f"{path}: picture without alt"
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
