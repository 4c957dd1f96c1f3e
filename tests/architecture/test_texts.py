"""Every text can be translated: with a language that puts each sentence in brackets, nothing but data stands outside of them."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages.extract import extract_from_dir
from babel.support import NullTranslations
from bs4 import BeautifulSoup, Comment
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lapak.accounts.rules import ROLE_NAMES
from lapak.db.base import Base, db
from lapak.kernel.words import say
from lapak.payments.rules import BANKS
from lapak.web.texts import translated
from tests.architecture.test_access import ROLES, cells, enter_all, fill
from tests.market import Market

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SHOWN = ("alt", "title", "placeholder", "aria-label")
NOT_WORDS = {word.lower() for bank in BANKS for word in bank.split()} | {
    "rp",
    "wib",
    "lapak",
    "html",
    "js",
    "css",
    "id",
    "chrome",
    "id_id",
    "whatsapp",
    "printf",
    "sha",
    "sum",
}
WORD = re.compile(r"[^\W\d_]{2,}")


class Brackets(NullTranslations):
    """A language in which every sentence stands in brackets; it remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"⟦{message}⟧"

    ugettext = gettext

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add(msgid1)
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    ungettext = ngettext


@pytest.fixture(scope="module")
def brackets(market: Market) -> Iterator[Brackets]:
    language = Brackets()
    patch = pytest.MonkeyPatch()
    patch.setattr("flask_babel.Domain.get_translations", lambda _self: language)
    yield language
    patch.undo()


@pytest.fixture(scope="module")
def visitors(market: Market) -> dict[str, FlaskClient]:
    return enter_all(market)


@pytest.fixture(scope="module")
def data(market: Market) -> set[str]:
    """Every word that the database and the demo's cast hold, and those of dates."""
    app: Flask = market.app
    with app.app_context(), db.engine.connect() as base:
        rows = [row for table in Base.metadata.sorted_tables for row in base.execute(select(table))]
    values = [str(value) for row in rows for value in row]
    cast = (ROOT / "lapak" / "demo" / "market.toml").read_text(encoding="utf-8")
    locale: Any = Locale.parse("id")
    dates = [*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()]
    return {word for text in (*values, *dates, cast) for word in WORD.findall(text.lower())} | NOT_WORDS


@cache
def outside(html: str) -> frozenset[str]:
    """The words that stand outside of brackets; many pages that say no are the same, and are read once."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page.select("script, style, body [lang]"):
        tag.decompose()
    found = [str(text) for text in page.find_all(string=True) if not isinstance(text, Comment)]
    found += [str(tag[name]) for tag in page.find_all(True) for name in SHOWN if tag.get(name)]
    found += [
        str(tag["content"]) for tag in page.select("meta[name=description], meta[property='og:title'], meta[property='og:description']")
    ]
    return frozenset(word for text in found for word in WORD.findall(bare(text).lower()))


def bare(text: str) -> str:
    """Return what stands outside of brackets, which may stand in each other; an address is no text."""
    text = re.sub(r"https?://\S+", " ", text)
    inner = re.compile(r"⟦[^⟦⟧]*⟧")
    while inner.search(text):
        text = inner.sub(" ", text)
    return text


def pages() -> list[tuple[str, str, str]]:
    return sorted(
        {
            (method, path, role)
            for method, endpoint, path, statuses in cells()
            for role, status in zip(ROLES, statuses, strict=True)
            if status in {200, 422, 403, 404, 409}
            and role in {"stranger", "seller", "curator", "admin", "companion"}
            and endpoint != "photos.show"
        }
    )


@pytest.mark.parametrize(("method", "path", "role"), pages())
def test_no_text_escapes_translation(
    market: Market, visitors: dict[str, FlaskClient], brackets: Brackets, data: set[str], method: str, path: str, role: str
) -> None:
    brackets.asked.clear()
    answer = visitors[role].open(fill(path, market), method=method)
    if answer.mimetype != "text/html" or answer.location:
        return
    escaped = outside(answer.get_data(as_text=True)) - data

    assert escaped == set()
    known = extracted()
    assert brackets.asked <= known


def extracted() -> set[str]:
    """What `make messages` collects, read with the keywords that it names."""
    if not _EXTRACTED:
        keywords = dict.fromkeys(re.findall(r"-k (\w+)", MAKEFILE)) | {"gettext": None, "ngettext": (1, 2), "_": None}
        methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
        options = {"templates/**.html": {"silent": "false"}}
        _EXTRACTED.update(
            text for _file, _line, message, *_ in extract_from_dir(str(ROOT / "lapak"), methods, options, keywords)
            for text in (message if isinstance(message, tuple) else (message,)) if text
        )  # fmt: skip
    return _EXTRACTED


_EXTRACTED: set[str] = set()


def test_words_of_the_domain_are_translated_with_the_words_inside_them(market: Market, brackets: Brackets) -> None:
    sentence = say("Anda masuk sebagai %(role)s.", role=next(iter(ROLE_NAMES.values())))

    with market.app.test_request_context():
        assert str(sentence) == "Anda masuk sebagai Penjual."
        assert translated(sentence) == "⟦Anda masuk sebagai ⟦Penjual⟧.⟧"
        assert translated("Bu Darmi") == "Bu Darmi"
