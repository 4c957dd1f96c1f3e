"""How ten are chosen from scores under rules that everybody can read, who stands in reserve, and how stall numbers are drawn."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum

from lapak.editions.rules.rubric import WEIGHTS
from lapak.kernel.errors import Conflict

MOST_STALLS = 10
PHOTO_SIDE = 960
"""Pixels of the longer side that a photo needs to be reposted."""


class Standing(StrEnum):
    """Where an entry stands in its edition."""

    ENTERED = "entered"
    CHOSEN = "chosen"
    RESERVE = "reserve"
    UNCHOSEN = "unchosen"
    UNREADY = "unready"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class Passed(StrEnum):
    """Why an entry with a good score was passed over."""

    PLACE = "place"
    CATEGORY = "category"
    COOLDOWN = "cooldown"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a region decided about choosing; an edition keeps the rules that its judging began under.

    `cooldown` counts editions of the same series; hours, pieces and pixels as named. 0 switches a limit off.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    judges: int = 2
    third_at: int = 2
    most_per_place: int = 2
    most_per_category: int = 4
    cooldown: int = 4
    ready_stock: int = 10
    ready_hours: int = 48
    photo_side: int = PHOTO_SIDE

    def written(self) -> str:
        """Return the rules as they are kept: JSON, keys in order."""
        return json.dumps(asdict(self), sort_keys=True)


def read_rules(text: str | None) -> Rules:
    """Return the rules that `Rules.written` wrote; what is missing has its default, what is unknown is left out."""
    kept = json.loads(text) if text else {}
    return Rules(**{one.name: kept[one.name] for one in fields(Rules) if one.name in kept})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A judged entry as the choosing sees it; `score` in hundredths; `featured_in` is the edition that cools its shop down.

    `pinned` is True when a curator wants it in, False when out, None when the scores decide.
    """

    entry_id: int
    code: str
    score: int
    place: str
    category: str
    featured_in: int | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who is chosen and who stands in reserve, each in order, and why a better score was passed over."""

    chosen: tuple[int, ...]
    reserves: tuple[int, ...]
    passed: Mapping[int, Passed]


def propose(candidates: Iterable[Candidate], rules: Rules, *, seed: str, is_one_kind: bool) -> Proposal:
    """Choose ten by score, at most so many of a place and category, none that cools down; equal scores are drawn by lot.

    An edition of one category (`is_one_kind`) has no limit per category. What a curator pinned stands before the scores.
    """
    ranked = sorted(candidates, key=lambda one: (one.pinned is not True, -one.score, lot(one.code, seed=seed)))
    chosen: list[Candidate] = []
    reserves: list[Candidate] = []
    passed: dict[int, Passed] = {}
    for one in ranked:
        why = _why_passed(one, chosen, rules, is_one_kind=is_one_kind)
        if why:
            passed[one.entry_id] = why
        if why in {Passed.COOLDOWN, Passed.OVERRULED}:
            continue
        (reserves if why or len(chosen) >= MOST_STALLS else chosen).append(one)
    return Proposal(tuple(one.entry_id for one in chosen), tuple(one.entry_id for one in reserves), passed)


def _why_passed(one: Candidate, chosen: Sequence[Candidate], rules: Rules, *, is_one_kind: bool) -> Passed | None:
    if one.pinned is not None:
        return None if one.pinned else Passed.OVERRULED
    if one.featured_in is not None:
        return Passed.COOLDOWN
    return over_limit(one, chosen, rules, is_one_kind=is_one_kind)


def over_limit(one: Candidate, chosen: Sequence[Candidate], rules: Rules, *, is_one_kind: bool) -> Passed | None:
    """Return which limit another stall of this place or category would break, beside those chosen so far."""
    places, kinds = Counter(other.place for other in chosen), Counter(other.category for other in chosen)
    if rules.most_per_place and places[one.place] >= rules.most_per_place:
        return Passed.PLACE
    if rules.most_per_category and not is_one_kind and one.category and kinds[one.category] >= rules.most_per_category:
        return Passed.CATEGORY
    return None


@dataclass(frozen=True, slots=True)
class LineUp:
    """Who is published, who of the chosen was not ready, and which reserves took their places."""

    stalls: tuple[int, ...]
    unready: tuple[int, ...]
    promoted: tuple[int, ...]


def line_up(
    chosen: Sequence[Candidate], reserves: Sequence[Candidate], ready: Mapping[int, bool], rules: Rules, *, is_one_kind: bool,
) -> LineUp:  # fmt: skip
    """Return who goes out at the moment of publication: whoever of the chosen is ready, then ready reserves in their order.

    A reserve that would break a limit waits for the others; when nobody else is left, an empty stall would serve nobody better.
    """
    stalls = [one for one in chosen if ready[one.entry_id]]
    missing = len(chosen) - len(stalls)
    waiting = [one for one in reserves if ready[one.entry_id]]
    promoted: list[Candidate] = []
    for is_strict in (True, False):
        for one in waiting:
            if len(promoted) >= missing:
                break
            if one not in promoted and not (is_strict and over_limit(one, stalls + promoted, rules, is_one_kind=is_one_kind)):
                promoted.append(one)
    return LineUp(
        tuple(one.entry_id for one in stalls + promoted),
        tuple(one.entry_id for one in chosen if not ready[one.entry_id]),
        tuple(one.entry_id for one in promoted),
    )


def lot(text: str, *, seed: str) -> str:
    """Return a ticket of the draw: SHA-256 of "seed:text", in hexadecimal."""
    return hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()


def draw(slugs: Sequence[str], *, seed: str) -> list[str]:
    """Return the listings in stall order: sorted by SHA-256 of "seed:slug".

    The seed is random, kept and shown, so that anyone can draw again and get the same numbers; nobody chose them.
    """
    return sorted(slugs, key=lambda slug: lot(slug, seed=seed))


def check_room(count: int) -> None:
    """Raise Conflict when ten are chosen already."""
    if count >= MOST_STALLS:
        raise Conflict("Edisi sudah berisi sepuluh lapak. Keluarkan satu sebelum menambah.")
