"""A feed and its entries as plain values, before they take a format."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from lapak.kernel.text import printable

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed with nothing in it was last changed: before there was any."""
SUMMARY_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG by its full address, with its size in pixels."""

    address: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an entry that leads somewhere."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One edition or listing: addresses are full, texts are as people typed them. `id` never changes."""

    id: str
    title: str
    address: str
    published: datetime
    updated: datetime
    author: Item
    text: str
    facts: str = ""
    items: tuple[Item, ...] = ()
    tags: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed by its page, and by its own addresses in both formats."""

    id: str
    title: str
    about: str
    author: Item
    address: str
    atom: str
    json: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """When something in it last changed."""
        return max((entry.updated for entry in self.entries), default=SINCE)


def tag(address: str, since: date, *parts: object) -> str:
    """Return a permanent id (RFC 4151) under the host of `address`, which was ours at `since`.

    `tag("https://lapak.example/", date(2026, 11, 22), "edisi", 47)` is "tag:lapak.example,2026-11-22:edisi/47".
    """
    return f"tag:{urlsplit(address).hostname},{since:%Y-%m-%d}:{'/'.join(map(str, parts))}"


def summary(text: str) -> str:
    """Return the beginning of a text in one line, cut between words, at most 280 characters."""
    line = " ".join(printable(text).split())
    if len(line) <= SUMMARY_LENGTH:
        return line
    cut = line[: SUMMARY_LENGTH - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
