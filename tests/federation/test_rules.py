import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from lapak.federation.adapters import atom, html, json_feed
from lapak.federation.rules import SINCE, Entry, Feed, Item, Picture, summary, tag
from tests.visiting import parse_xml

HOSTILE = [
    '<script>alert("1")</script>',
    "]]><x/>&lt;&#0;",
    "Keripik\0\x01\x0b\x1b\x7f\ufffe",
    "\ud800 setengah huruf",
    "\u202eterbalik\u202c",
    "Kopi 🎉👩🏽‍🍳 enak",
    "baris\u2028lain",
    "k" * 2000,
    "",
]
BORN = datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC)


def entry(text: str) -> Entry:
    return Entry(
        id="tag:lapak.example,2026-11-22:produk/a3ypbk", title=text, address="https://lapak.example/produk/x?a=1&b=2", published=BORN,
        updated=BORN + timedelta(days=1), author=Item(text, "https://lapak.example/lapak/x"), text=f"{text}\n\n{text}", facts=text,
        items=(Item(text, "https://lapak.example/?a&b"),), tags=(text,), picture=Picture("https://lapak.example/f.jpg", 640, 480, text),
    )  # fmt: skip


def feed(*entries: Entry, text: str = "Lapak") -> Feed:
    home = "https://lapak.example/"
    return Feed("tag:lapak.example,2026:umpan", text, text, Item(text, home), home, f"{home}feed.atom", f"{home}feed.json", entries)


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_typed_an_atom_feed_can_be_read(text: str) -> None:
    root = parse_xml(atom(feed(entry(text), text=text)))

    (title,) = [node.text or "" for node in root.findall("{*}entry/{*}title")]
    assert title == re.sub(r"[\0\x01\x0b\x1b\x7f\ufffe\ud800]", "", text)
    assert {node.tag.partition("}")[2] for node in root.iter()} <= {
        "feed", "id", "title", "subtitle", "updated", "published", "author", "name", "uri", "link", "entry", "summary", "content",
        "category", "description",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_typed_a_json_feed_can_be_read_and_its_html_holds_no_tag_of_theirs(text: str) -> None:
    document = json.loads(json_feed(feed(entry(text), text=text)))

    (item,) = document["items"]
    assert set(re.findall(r"<(\w+)", item["content_html"])) <= {"p", "br", "img", "ul", "li", "a"}
    assert "\0" not in json.dumps(document)


def test_a_json_feed_has_what_version_1_1_asks_for() -> None:
    document = json.loads(json_feed(feed(entry("Keripik"))))

    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "home_page_url", "feed_url", "language", "authors", "items"} <= set(document)
    assert document["items"][0] | {"content_html": "", "summary": ""} == {
        "id": "tag:lapak.example,2026-11-22:produk/a3ypbk",
        "url": "https://lapak.example/produk/x?a=1&b=2",
        "title": "Keripik",
        "content_html": "",
        "summary": "",
        "date_published": "2026-11-22T03:04:05Z",
        "date_modified": "2026-11-23T03:04:05Z",
        "authors": [{"name": "Keripik", "url": "https://lapak.example/lapak/x"}],
        "tags": ["Keripik"],
        "image": "https://lapak.example/f.jpg",
        "attachments": [{"url": "https://lapak.example/f.jpg", "mime_type": "image/jpeg", "title": "Keripik"}],
    }


def test_a_feed_was_changed_when_its_newest_entry_was() -> None:
    assert feed(entry("a")).updated == BORN + timedelta(days=1)
    assert feed().updated == SINCE


def test_paragraphs_and_lines_stay_apart() -> None:
    plain = Entry("", "", "", BORN, BORN, Item("", ""), "Satu.\nDua.\n\nTiga <b>.")

    assert html(plain) == "<p>Satu.<br>Dua.</p><p>Tiga &lt;b&gt;.</p>"


def test_an_id_names_the_host_and_the_day_and_no_port() -> None:
    assert tag("https://lapak.example:8443/x", date(2026, 11, 22), "edisi", "33", 47) == "tag:lapak.example,2026-11-22:edisi/33/47"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Satu\n\ndua   tiga\0", "Satu dua tiga"),
        ("a" * 280, "a" * 280),
        ("a" * 281, "a" * 279 + "…"),
        ("kata " * 100, ("kata " * 55).strip() + "…"),
        ("", ""),
    ],
)
def test_a_summary_is_one_line_cut_between_words(text: str, short: str) -> None:
    assert summary(text) == short
