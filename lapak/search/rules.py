"""Words as people type them and as they are indexed; plain Python."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path

MOST_WORDS = 6
LONGEST_WORD = 30
FUZZY_FROM = 4
"""Shorter words have too many neighbours one letter away."""
PREFIX_FROM = 2
PRICE_BANDS = ((0, 25_000), (25_000, 50_000), (50_000, 100_000), (100_000, 250_000), (250_000, 1_000_000_001))
"""Rupiah, from (included) to (excluded)."""
NOT_STEPPED_BACK = 1 << 45
ORDERABLE = 1 << 46
_WORD = re.compile(r"[^\W_]+")
_OLD = (("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "sy"), ("nj", "ny"))
_LOST_E = re.compile(r"^([bcdgkpst])([rl])(?=[aiueo])")


class Tier(IntEnum):
    """How well a listing answers the words: by its name, by anything it says, with what its kind is called, or but for a letter."""

    NAME = 1
    ANYWHERE = 2
    KIND = 3
    NEARLY = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """What the index knows of a listing on sale; words are raw texts, `category_ids` its own and the one above.

    `kinds` are what those categories are called, asked only when nothing says the words itself. `is_orderable`: somebody answers there.
    """

    id: int
    name: str
    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    place: str
    market: str
    category_ids: tuple[int, ...]
    kind: str
    price: int
    is_stepped_back: bool
    is_orderable: bool

    @property
    def rank(self) -> int:
        """The order within a tier: what can be ordered first, what stepped back last of that, and then the newest first."""
        return self.id + (0 if self.is_stepped_back else NOT_STEPPED_BACK) + (ORDERABLE if self.is_orderable else 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer looks for in a region: words, a category, a place, goods or services, a price band; None or empty means any."""

    region_code: str
    words: tuple[str, ...] = ()
    category_id: int | None = None
    place: str = ""
    kind: str = ""
    band: int | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the tier and rank of its last listing."""

    tier: int
    rank: int

    def __str__(self) -> str:
        return f"{self.tier}-{self.rank}"


def parse_cursor(text: str | None) -> Cursor | None:
    """Read a cursor from an address; anything else is the first page."""
    found = re.fullmatch(r"([1-4])-([0-9]{1,15})", text or "", re.ASCII)
    return Cursor(int(found[1]), int(found[2])) if found else None


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower case and without accents; "kupu-kupu" is kupu twice, as its stem wants it."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def query_words(text: str) -> tuple[str, ...]:
    """Return the words to look for: the first six different ones."""
    return tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS]


@lru_cache(50_000)
def forms(word: str) -> tuple[str, ...]:
    """Return a word and what else it may be written as: known variants, the old spelling, the e that people leave out."""
    modern = word
    for old, new in _OLD:
        modern = modern.replace(old, new)
    full = _LOST_E.sub(r"\1e\2", modern)
    found = [word, modern, full]
    found += [variants()[one] for one in (word, modern, full) if one in variants()]
    return tuple(dict.fromkeys(found))


@cache
def variants() -> dict[str, str]:
    """Map each spelling of `variants.toml` to the one that stands for it."""
    groups = tomllib.loads(Path(__file__).with_name("variants.toml").read_text(encoding="utf-8"))
    return {spelling: word for group in groups.values() for word, spellings in group.items() for spelling in spellings}


def is_one_letter_off(one: str, other: str) -> bool:
    """Whether two words differ by one letter: another, one more, one less, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return (
        one[at + 1 :] == other[at + 1 :]
        or one[at:] == other[at + 1 :]
        or one[at + 1 :] == other[at:]
        or (one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :])
    )


def corrected(words: Iterable[str], known: Iterable[str]) -> str:
    """Return the words with each unknown one replaced by the first known word that is one letter off."""
    there = list(dict.fromkeys(known))
    return " ".join(
        word if word in there else next((other for other in there if len(word) >= FUZZY_FROM and is_one_letter_off(word, other)), word)
        for word in words
    )
