"""The cloth a picture is printed on: a region's colours and its motif, as lapak.css has them, drawn once for every size."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

SVG_SIDE = 48
FINE = 4
"""The motif is drawn so many times larger first, and comes out with smooth edges."""
STEPS = 24
WHITE = "#ffffff"
INK = "#1a1b33"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A path in the words of SVG (M, L, C, A, Z in absolute numbers), filled by even and odd, turned by degrees and moved."""

    path: str
    x: float = 0
    y: float = 0
    turn: float = 0


@dataclass(frozen=True, slots=True)
class Cloth:
    """A region's colours (`--utama-tua`, `--utama`, `--aksen`, `--atas-2`) and the shapes of one tile of its motif (`--motif`)."""

    ground: str
    panel: str
    accent: str
    second: str
    motif: tuple[Shape, ...]


PETAL = "M-14 0C-9-10 9-10 14 0C9 10-9 10-14 0ZM-7 0A7 1.6 0 0 0 7 0A7 1.6 0 0 0-7 0Z"
DOT = "M-2.4 0A2.4 2.4 0 0 0 2.4 0A2.4 2.4 0 0 0-2.4 0Z"
KAWUNG = (
    *(Shape(PETAL, x, y, turn) for x, y, turn in ((12, 12, 45), (36, 12, -45), (12, 36, -45), (36, 36, 45))),
    *(Shape(DOT, x, y) for x, y in ((24, 0), (24, 48), (0, 24), (48, 24))),
)
SONGKET = (
    Shape("M24 1L47 24L24 47L1 24ZM24 7L7 24L24 41L41 24ZM24 12L36 24L24 36L12 24ZM24 19L19 24L24 29L29 24Z"),
    Shape("M0-5L5 0L0 5L-5 0ZM48-5L53 0L48 5L43 0ZM0 43L5 48L0 53L-5 48ZM48 43L53 48L48 53L43 48Z"),
)
CLOTHS = {
    "jateng": Cloth("#171e4c", "#27347a", "#f2b134", "#c9cdea", KAWUNG),
    "pariaman": Cloth("#430a1a", "#86132f", "#e7b649", "#f0cbd1", SONGKET),
}
"""By the themes of `regions/rules.py`."""


def lay(sheet: Image.Image, cloth: Cloth, box: tuple[int, int, int, int], *, tile: int) -> None:
    """Print the motif into a box (left, top, right, bottom) in tiles of so many pixels, as symmetric as they fit."""
    left, top, right, bottom = box
    sheet.paste(cloth.accent, box, _woven(cloth, tile, right - left, bottom - top))


@lru_cache(maxsize=32)
def _woven(cloth: Cloth, tile: int, width: int, height: int) -> Image.Image:
    one = _tile(cloth.motif, tile)
    woven = Image.new("L", (width, height))
    for y in range(-(-height % tile) // 2, height, tile):
        for x in range(-(-width % tile) // 2, width, tile):
            woven.paste(one, (x, y))
    return woven


def _tile(shapes: tuple[Shape, ...], side: int) -> Image.Image:
    large = Image.new("L", (side * FINE, side * FINE))
    for shape in shapes:
        filled = Image.new("L", large.size)
        for outline in _outlines(shape):
            part = Image.new("L", large.size)
            ImageDraw.Draw(part).polygon([(x * large.width / SVG_SIDE, y * large.width / SVG_SIDE) for x, y in outline], fill=255)
            filled = ImageChops.difference(filled, part)
        large = ImageChops.lighter(large, filled)
    return large.reduce(FINE)


def _outlines(shape: Shape) -> list[list[Point]]:
    cos, sin = math.cos(math.radians(shape.turn)), math.sin(math.radians(shape.turn))
    closed = [part for part in shape.path.split("Z") if part]
    return [[(x * cos - y * sin + shape.x, x * sin + y * cos + shape.y) for x, y in _points(part)] for part in closed]


def _points(path: str) -> Iterator[Point]:
    at = (0.0, 0.0)
    for letter, text in re.findall(r"([MLCA])([^MLCA]+)", path):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", text)]
        end = (numbers[-2], numbers[-1])
        if letter == "C":
            yield from (_curve(at, numbers, step / STEPS) for step in range(STEPS))
        elif letter == "A":
            yield from (_arc(at, end, numbers[1], step / STEPS) for step in range(STEPS))
        yield end
        at = end


def _curve(start: Point, numbers: list[float], part: float) -> Point:
    x1, y1, x2, y2, x3, y3 = numbers
    rest = 1 - part
    a, b, c, d = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
    return a * start[0] + b * x1 + c * x2 + d * x3, a * start[1] + b * y1 + c * y2 + d * y3


def _arc(start: Point, end: Point, height: float, part: float) -> Point:
    """Half an ellipse on a level axis against the clock, the only arc that the motifs have."""
    half = (end[0] - start[0]) / 2
    return start[0] + half * (1 - math.cos(math.pi * part)), start[1] + math.copysign(height, half) * math.sin(math.pi * part)
