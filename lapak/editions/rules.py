"""What an edition is made of, and how its stall numbers are drawn."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say

MOST_ENTRIES = 10
THEME_LENGTH = (3, 60)
NOTE_LENGTH = 1200


class State(StrEnum):
    """An edition is prepared, then published for good."""

    DRAFT = "draft"
    PUBLISHED = "published"


MOVES = {State.DRAFT: {State.PUBLISHED}, State.PUBLISHED: set[State]()}


def move(state: State, to: State) -> State:
    """Return `to`; raise Conflict when an edition in `state` cannot go there."""
    if to not in MOVES[state]:
        raise Conflict("Edisi ini sudah terbit dan tidak dapat diubah.")
    return to


def draw(slugs: Sequence[str], *, seed: str) -> list[str]:
    """Return the listings in stall order: sorted by SHA-256 of "seed:slug".

    The seed is random, kept and shown, so that anyone can draw again and get the same numbers; nobody chose them.
    """
    return sorted(slugs, key=lambda slug: hashlib.sha256(f"{seed}:{slug}".encode()).hexdigest())


def theme(text: str) -> str:
    """Return an edition's theme, cleaned; raise Invalid when it is too short or too long."""
    said = clean_line(text)
    shortest, longest = THEME_LENGTH
    if len(said) < shortest:
        raise Invalid({"theme": say("Tulis tema edisi, misalnya Teman ngopi sore")})
    if len(said) > longest:
        raise Invalid({"theme": say("Tema paling panjang %(most)s huruf", most=longest)})
    return said
