"""Which letters the kit can draw, and in which of its own fonts; no font of the machine is ever asked.

Latin is Plus Jakarta Sans in any weight; Arabic (with Jawi and Pegon) and Javanese are Noto Sans, medium and bold. What none of them has
is written in plain letters where Unicode knows some (`𝐊𝐨𝐩𝐢` is "Kopi"), and left out otherwise: emoji, Chinese. A further script is one
more `Face`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

FOLDER = Path(__file__).parent.parent / "fonts"
CAN_SHAPE = features.check("raqm")
"""Whether letters can be joined and turned right to left: Pillow's raqm needs the system's FriBiDi (Debian: libfribidi0)."""
JAVANESE_KILLER = "\ua9c0"
NO_LETTER = "\U0010ffff"
MOST_LETTERS = 200

_GLUED = re.compile(r"(?<!\S)(Bu|Pak|Mbak|Mas|Mbah|Uda|Uni|isi|\d[\d.,]*(?= \w{1,3}(?!\S))) (?=\S)")


@dataclass(frozen=True, slots=True)
class Face:
    """A font: one file that has all weights, or one for each of `weights`.

    `scale` makes its letters as large as the Latin ones beside them; those of a script that `needs_shaping` are joined.
    """

    file: str
    weights: tuple[int, ...] = ()
    scale: float = 1.0
    needs_shaping: bool = False

    def font(self, size: float, weight: int) -> ImageFont.FreeTypeFont:
        """Return the font for Latin letters of `size` pixels beside it, in the weight that is nearest."""
        return _font(self, round(size * self.scale), min(self.weights, key=lambda one: abs(one - weight)) if self.weights else weight)

    def path(self, weight: int) -> Path:
        """Return the file of a weight."""
        return FOLDER / self.file.format(weight=weight)


LATIN = Face("plus-jakarta-sans-latin-wght-normal.woff2")
FACES = (
    LATIN,
    Face("plus-jakarta-sans-latin-ext-wght-normal.woff2"),
    Face("plus-jakarta-sans-vietnamese-wght-normal.woff2"),
    Face("noto-sans-arabic-arabic-{weight}-normal.woff2", weights=(500, 700), scale=0.95, needs_shaping=True),
    Face("noto-sans-javanese-javanese-{weight}-normal.woff2", weights=(500, 700), scale=0.8, needs_shaping=True),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters of one word in one font; `side` is the way they run: "L", "R", or "" for digits and signs, which follow their neighbours."""

    text: str
    face: Face
    side: str


Word = tuple[Piece, ...]
"""What is never broken unless it is longer than a line; a `GAP` may stand inside."""
GAP = Piece(" ", LATIN, "")
ELLIPSIS = Piece("…", LATIN, "")


def words_of(text: str) -> list[Word]:
    """Return the words of a text in writing order; none when no font has a letter of it.

    A number stays with its unit and "Bu" with her name.
    """
    legible = " ".join("".join(_legible(text)).split())
    glued = _GLUED.sub(lambda match: f"{match.group(1)}\xa0", legible)
    return [_word(word) for word in glued.split(" ") if word]


def runs_right_to_left(words: list[Word]) -> bool:
    """Whether the first letter that has a side says so (UAX 9, P2)."""
    return next((piece.side for word in words for piece in word if piece.side), "L") == "R"


def clusters(text: str) -> list[str]:
    """Return the letters of a text, each with the marks upon it; a Javanese letter without its vowel carries the next below itself."""
    found: list[str] = []
    for letter in text:
        if found and (unicodedata.category(letter)[0] == "M" or found[-1].endswith(JAVANESE_KILLER)):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def split(word: Word) -> list[Word]:
    """Return the letters of a word, each as a word, so that it can be broken anywhere."""
    return [(Piece(cluster, piece.face, piece.side),) for piece in word for cluster in clusters(piece.text)]


def join(letters: list[Word]) -> Word:
    """Put neighbours of the same font together again; the reverse of `split`."""
    pieces: list[Piece] = []
    for piece in (piece for letter in letters for piece in letter):
        if pieces and GAP not in {piece, pieces[-1]} and (pieces[-1].face, pieces[-1].side) == (piece.face, piece.side):
            pieces[-1] = Piece(pieces[-1].text + piece.text, piece.face, piece.side)
        else:
            pieces.append(piece)
    return tuple(pieces)


def _legible(text: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFC", text[:MOST_LETTERS]):
        kind = unicodedata.category(letter)
        plain = unicodedata.normalize("NFKC", letter)
        if letter.isspace():
            yield " "
        elif kind == "Cf":
            continue
        elif _is_known(letter):
            yield letter
        elif plain != letter and all(_is_known(one) for one in plain):
            yield plain
        elif kind[0] != "M" and kind != "Sk":  # a mark is lost without trace, a letter keeps its neighbours apart
            yield " "


def _word(text: str) -> Word:
    pieces: list[Piece] = []
    for number, part in enumerate(text.split("\xa0")):
        pieces += [GAP] if number else []
        face = LATIN
        letters: list[Word] = []
        for cluster in clusters(part):
            face = next((one for one in (face, *FACES) if all(_has(one, letter) for letter in cluster)), None) or _face_of(cluster[0])
            letters.append((Piece("".join(letter for letter in cluster if _has(face, letter)), face, ""),))
        pieces += [Piece(piece.text, piece.face, _side(piece.text)) for piece in join(letters)]
    return tuple(pieces)


def _side(text: str) -> str:
    sides = (unicodedata.bidirectional(letter) for letter in text)
    return next(({"L": "L", "R": "R", "AL": "R"}[side] for side in sides if side in {"L", "R", "AL"}), "")


def _face_of(letter: str) -> Face:
    return next((face for face in FACES if _has(face, letter)), LATIN)


def _is_known(letter: str) -> bool:
    return any(_has(face, letter) for face in FACES)


@lru_cache(maxsize=8192)
def _has(face: Face, letter: str) -> bool:
    """Whether a font has a letter: what it lacks is drawn as its sign for "no such letter"."""
    if face.needs_shaping and not CAN_SHAPE:
        return False
    return _drawn(face, letter) != _drawn(face, NO_LETTER)


def _drawn(face: Face, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _basic(face).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=len(FACES))
def _basic(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path(500), 32, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=64)
def _font(face: Face, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face.path(weight), size)
    if not face.weights:
        font.set_variation_by_axes([weight])
    return font
