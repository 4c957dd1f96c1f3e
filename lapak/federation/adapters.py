"""The two formats of a feed: Atom (RFC 4287, pictures as Media RSS) and JSON Feed 1.1."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from lapak.federation.rules import Entry, Feed, Item, summary
from lapak.kernel.text import printable

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
VERSION = "https://jsonfeed.org/version/1.1"
LANGUAGE = "id"
JPEG = "image/jpeg"
ATOM_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"

register_namespace("", ATOM)
register_namespace("media", MEDIA)


def atom(feed: Feed) -> bytes:
    """Write a feed as Atom."""
    root = Element(f"{{{ATOM}}}feed", {XML_LANGUAGE: LANGUAGE})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.about)
    _add(root, "updated", _moment(feed.updated))
    _author(root, feed.author)
    _link(root, "self", feed.atom, ATOM_TYPE)
    _link(root, "alternate", feed.address, "text/html")
    _link(root, "alternate", feed.json, JSON_TYPE)
    for entry in feed.entries:
        _entry(root, entry)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, entry: Entry) -> None:
    node = SubElement(root, f"{{{ATOM}}}entry")
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "published", _moment(entry.published))
    _add(node, "updated", _moment(entry.updated))
    _author(node, entry.author)
    _link(node, "alternate", entry.address, "text/html")
    for term in entry.tags:
        SubElement(node, f"{{{ATOM}}}category", {"term": printable(term)})
    if entry.text:
        _add(node, "summary", summary(entry.text))
    _add(node, "content", html(entry), {"type": "html"})
    if entry.picture:
        _link(node, "enclosure", entry.picture.address, JPEG)
        size = {"width": str(entry.picture.width), "height": str(entry.picture.height)}
        media = SubElement(node, f"{{{MEDIA}}}content", {"url": entry.picture.address, "type": JPEG, "medium": "image", **size})
        SubElement(media, f"{{{MEDIA}}}description").text = printable(entry.picture.alt)


def _author(parent: Element, author: Item) -> None:
    node = SubElement(parent, f"{{{ATOM}}}author")
    _add(node, "name", author.text)
    _add(node, "uri", author.address)


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "type": kind, "href": address})


def _add(parent: Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}", attributes or {}).text = printable(text)


def json_feed(feed: Feed) -> bytes:
    """Write a feed as JSON Feed."""
    document = {
        "version": VERSION,
        "title": printable(feed.title),
        "description": printable(feed.about),
        "home_page_url": feed.address,
        "feed_url": feed.json,
        "language": LANGUAGE,
        "authors": [_person(feed.author)],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.address,
        "title": printable(entry.title),
        "content_html": html(entry),
        "date_published": _moment(entry.published),
        "date_modified": _moment(entry.updated),
        "authors": [_person(entry.author)],
    }
    if entry.text:
        item["summary"] = summary(entry.text)
    if entry.tags:
        item["tags"] = [printable(tag) for tag in entry.tags]
    if entry.picture:
        item["image"] = entry.picture.address
        item["attachments"] = [{"url": entry.picture.address, "mime_type": JPEG, "title": printable(entry.picture.alt)}]
    return item


def _person(author: Item) -> dict[str, str]:
    return {"name": printable(author.text), "url": author.address}


def html(entry: Entry) -> str:
    """Return an entry's content as HTML of paragraphs, one picture and a list; everything typed by people is escaped."""
    parts = []
    if picture := entry.picture:
        size = f'width="{picture.width}" height="{picture.height}"'
        parts.append(f'<p><img src="{escape(picture.address)}" {size} alt="{_safe(picture.alt)}"></p>')
    parts += [f"<p>{_safe(lines).replace(chr(10), '<br>')}</p>" for lines in entry.text.split("\n\n") if lines.strip()]
    if entry.facts:
        parts.append(f"<p>{_safe(entry.facts)}</p>")
    if entry.items:
        rows = "".join(f'<li><a href="{escape(item.address)}">{_safe(item.text)}</a></li>' for item in entry.items)
        parts.append(f"<ul>{rows}</ul>")
    return "".join(parts)


def _safe(text: str) -> str:
    return escape(printable(text))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
