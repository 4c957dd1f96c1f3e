"""The sitemap's two kinds of document (sitemaps.org, protocol 0.9)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape

XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
Page = tuple[str, datetime | None]
"""A full address, and when what is there last changed."""
_PART = re.compile(r"(halaman|lapak|produk)(?:-(0|[1-9][0-9]{0,8}))?")


class PartOf(StrEnum):
    """What a part of the sitemap lists."""

    PAGES = "halaman"
    SHOPS = "lapak"
    PRODUCTS = "produk"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sitemap: the lasting pages, or a chunk of shops or listings."""

    kind: PartOf
    number: int = 0

    def __str__(self) -> str:
        """Return the part as an address names it."""
        return self.kind if self.kind is PartOf.PAGES else f"{self.kind}-{self.number}"


def parse_part(text: str) -> Part | None:
    """Read a part as an address names it; None for anything that is written otherwise."""
    match = _PART.fullmatch(text)
    part = Part(PartOf(match[1]), int(match[2] or 0)) if match else None
    return part if part and str(part) == text else None


def index(maps: Iterable[Page]) -> bytes:
    """Write the list of a sitemap's parts."""
    return _document("sitemapindex", "sitemap", maps)


def pages(found: Iterable[Page]) -> bytes:
    """Write one part of a sitemap."""
    return _document("urlset", "url", found)


def _document(root: str, element: str, places: Iterable[Page]) -> bytes:
    rows = (f"<{element}><loc>{escape(address)}</loc>{_changed(at)}</{element}>\n" for address, at in places)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{XMLNS}">\n{"".join(rows)}</{root}>\n'.encode()


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""
