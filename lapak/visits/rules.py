"""What counts as a visit, where it came from, and counts that wait to be written down."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from lapak.kernel.paths import EDITIONS, REGION_PREFIX, SEARCH
from lapak.kernel.words import say

MOST_WAITING = 20_000
"""Keys that wait at most in one process; what comes beyond is not counted, so that a machine reading everything fills no memory."""


class Source(StrEnum):
    """Where somebody opened a listing from: an edition's page, search, another page of ours, or a link from outside."""

    EDITION = "edition"
    SEARCH = "search"
    SHELF = "shelf"
    DIRECT = "direct"


SOURCE_NAMES = {
    Source.EDITION: say("Halaman edisi"), Source.SEARCH: say("Pencarian"), Source.SHELF: say("Rak dan halaman lapak"),
    Source.DIRECT: say("Tautan atau langsung"),
}  # fmt: skip
WORDS = {Source.EDITION: "edisi", Source.SEARCH: "cari", Source.SHELF: "rak"}
"""How a source is written in the address of an order form (`?dari=`); what came from outside says nothing."""
_NOT_PEOPLE = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|preview|fetch|scan|monitor|archiv|headless|lighthouse|facebookexternalhit|^whatsapp/|"
    r"^(?:curl|wget|python|java|go-http|okhttp|node|axios|ruby|php|perl|libwww|http)",
    re.IGNORECASE,
)
_AHEAD = ("prefetch", "prerender", "preview")
_AGAIN = ("max-age=0", "no-cache")
"""What browsers ask of a page that is loaded anew where it stands."""


class Key(NamedTuple):
    """What is counted together: a listing's visits of one day (on the region's calendar) from one source."""

    product_id: int
    day: date
    source: Source


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a listing's page was opened, and how often "Pesan" was tapped on it."""

    views: int = 0
    taps: int = 0

    def __add__(self, other: "Seen") -> "Seen":
        """Both together."""
        return Seen(self.views + other.views, self.taps + other.taps)


def is_person(method: str, agent: str, purpose: str, freshness: str = "") -> bool:
    """Whether a request looks like somebody opening a page: not a machine that says so, not a browser loading ahead, not a reload.

    `purpose` is what browsers say of a request that nobody has made yet (Sec-Purpose, Purpose, X-Moz), `freshness` how fresh they want it
    (Cache-Control): whoever keeps pressing "reload" raises no count. Phones of the make Cubot count.
    """
    if method != "GET" or not agent or _NOT_PEOPLE.search(agent):
        return False
    return not any(word in purpose.lower() for word in _AHEAD) and not any(word in freshness.lower() for word in _AGAIN)


def source_of(referrer: str, *, host: str) -> Source:
    """Return where a request came from by its referrer, which browsers send in full between pages of one site."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return Source.DIRECT
    if not host or parts.netloc.lower() != host.lower():
        return Source.DIRECT
    path = parts.path
    if path.startswith(REGION_PREFIX):
        path = "/" + path.removeprefix(REGION_PREFIX).partition("/")[2]
    for page, source in ((EDITIONS, Source.EDITION), (SEARCH, Source.SEARCH)):
        if path == page or path.startswith(f"{page}/"):
            return source
    return Source.SHELF


def source_named(word: str) -> Source:
    """Return the source that an address names; DIRECT for anything else."""
    return next((source for source, said in WORDS.items() if said == word), Source.DIRECT)


class Tally:
    """Counts of one process that wait to be written down; several threads may add at once."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most, self._lock, self._counts = most, threading.Lock(), dict[Key, Seen]()

    def add(self, key: Key, seen: Seen) -> None:
        """Count; a key that is one too many is let go."""
        with self._lock:
            self._add(key, seen)

    def take(self, most: int) -> dict[Key, Seen]:
        """Hand over at most so many counts, which then belong to whoever took them."""
        with self._lock:
            taken = {key: self._counts[key] for key in list(self._counts)[:most]}
            for key in taken:
                del self._counts[key]
            return taken

    def give_back(self, counts: Mapping[Key, Seen]) -> None:
        """Take back what could not be written."""
        with self._lock:
            for key, seen in counts.items():
                self._add(key, seen)

    def __len__(self) -> int:
        return len(self._counts)

    def _add(self, key: Key, seen: Seen) -> None:
        there = self._counts.get(key)
        if there is not None:
            self._counts[key] = there + seen
        elif len(self._counts) < self._most:
            self._counts[key] = seen
