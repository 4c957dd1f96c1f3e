"""One line of words: where each piece stands, in which direction it runs, and where its ink begins and ends.

Lengths are pixels from the line's start and baseline; those of a `Style` are parts of its size.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from PIL import ImageDraw

from lapak.editions.adapters.letters import CAN_SHAPE, GAP, Face, Piece, Word, clusters

CAPITAL, DESCENT = 0.7, 0.2
"""How high capitals stand and how deep a "p" hangs: every line takes at least that much, whatever its letters."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look: their size, weight, what is added after each of them and between words, and the distance of baselines."""

    size: int
    weight: int = 500
    tracking: float = -0.005
    gap: float = 0.07
    leading: float = 1.3


@dataclass(frozen=True, slots=True)
class Span:
    """A piece at its place."""

    piece: Piece
    x: float
    direction: str


@dataclass(frozen=True, slots=True)
class Line:
    """Spans from left to right, with the bounds of their ink: `ascent` is above the baseline, `descent` below it."""

    spans: tuple[Span, ...]
    style: Style
    left: float
    right: float
    ascent: float
    descent: float

    def draw(self, canvas: ImageDraw.ImageDraw, x: float, baseline: float, color: str) -> None:
        """Draw from the start at `x`."""
        for span in self.spans:
            font = span.piece.face.font(self.style.size, self.style.weight)
            for at, text in _parts(span, self.style):
                canvas.text((x + at, baseline), text, color, font, "ls", **_how(span.piece.face, span.direction))


def width_of(words: list[Word], style: Style) -> float:
    """Return how long a line of these words is."""
    return sum(_advance(piece, style) for word in words for piece in word) + _advance(GAP, style) * (len(words) - 1)


def line_of(words: list[Word], style: Style, *, is_rtl: bool) -> Line:
    """Put words into a line of a text that runs right to left, or does not."""
    spans: list[Span] = []
    x = 0.0
    for piece, direction in _in_order(_with_gaps(words), is_rtl=is_rtl):
        if piece != GAP:
            spans.append(Span(piece, x, direction))
        x += _advance(piece, style)
    boxes = [_ink(span, style) for span in spans]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True) if boxes else ((0.0,),) * 4
    return Line(
        tuple(spans), style,
        left=min(lefts), right=max(rights), ascent=max(CAPITAL * style.size, -min(tops)), descent=max(DESCENT * style.size, *bottoms),
    )  # fmt: skip


def _with_gaps(words: list[Word]) -> list[Piece]:
    return [piece for number, word in enumerate(words) for piece in ((GAP, *word) if number else word)]


def _in_order(pieces: list[Piece], *, is_rtl: bool) -> list[tuple[Piece, str]]:
    """Return the pieces from left to right, each with its direction, after the outline of Unicode's annex 9.

    Digits and signs between two pieces of the same side belong to it, others to the side of the whole text.
    """
    base = "R" if is_rtl else "L"
    sides = []
    for at, piece in enumerate(pieces):
        before = next((one.side for one in reversed(pieces[:at]) if one.side), base)
        after = next((one.side for one in pieces[at:] if one.side), base)
        sides.append(piece.side or (before if before == after else base))
    runs = []
    for side, run in groupby(zip(sides, pieces, strict=True), key=itemgetter(0)):
        placed = [(piece, "rtl" if side == "R" else "ltr") for _, piece in run]
        runs.append(placed[::-1] if side == "R" else placed)
    return [piece for run in (reversed(runs) if is_rtl else runs) for piece in run]


@lru_cache(maxsize=8192)
def _advance(piece: Piece, style: Style) -> float:
    if piece == GAP:
        return _length(piece, piece.text, style, "ltr") + style.gap * style.size
    at, last = _parts(Span(piece, 0.0, "rtl" if piece.side == "R" else "ltr"), style)[-1]
    tail = 0 if piece.face.needs_shaping else style.tracking * style.size
    return at + _length(piece, last, style, "rtl" if piece.side == "R" else "ltr") + tail


def _ink(span: Span, style: Style) -> Box:
    boxes = [(at, _box(span.piece, text, style, span.direction)) for at, text in _parts(span, style)]
    return (
        min(at + box[0] for at, box in boxes),
        min(box[1] for _, box in boxes),
        max(at + box[2] for at, box in boxes),
        max(box[3] for _, box in boxes),
    )


def _parts(span: Span, style: Style) -> list[tuple[float, str]]:
    """Return what is drawn in one go, and where: letters that are not joined one by one, so that they can stand closer."""
    piece = span.piece
    if piece.face.needs_shaping or span.direction == "rtl":
        return [(span.x, piece.text)]
    found, x, before = [], span.x, ""
    for letter in clusters(piece.text):
        if before:  # the two together are as long as both of them and their kerning
            pair = _length(piece, before + letter, style, span.direction)
            x += pair - _length(piece, letter, style, span.direction) + style.tracking * style.size
        found.append((x, letter))
        before = letter
    return found


def _length(piece: Piece, text: str, style: Style, direction: str) -> float:
    return _measured(piece.face, text, style.size, style.weight, direction)[0]


def _box(piece: Piece, text: str, style: Style, direction: str) -> Box:
    return _measured(piece.face, text, style.size, style.weight, direction)[1]


@lru_cache(maxsize=16384)
def _measured(face: Face, text: str, size: int, weight: int, direction: str) -> tuple[float, Box]:
    font, how = face.font(size, weight), _how(face, direction)
    mask, (left, top) = font.getmask2(text, anchor="ls", **how)
    ink = mask.getbbox() or (0, 0, 0, 0)  # getbbox() of the font would begin at the pen, not at the ink
    return font.getlength(text, **how), (left + ink[0], top + ink[1], left + ink[2], top + ink[3])


def _how(face: Face, direction: str) -> dict[str, Any]:
    if not CAN_SHAPE:
        return {}
    return {"direction": direction, "features": None if face.needs_shaping else ["-liga", "-calt"]}
