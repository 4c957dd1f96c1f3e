"""Sets a text into a block of lines: as large as it fits, lines evenly long, their ink exactly at the edge."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PIL import ImageDraw

from lapak.editions.adapters.letters import ELLIPSIS, Word, join, runs_right_to_left, split, words_of
from lapak.editions.adapters.lines import Line, Style, line_of, width_of

AIR = 0.08
"""What two lines keep between the ink of their letters at least, as a part of the size."""
LOOSE_ENDS = " ,.;:-–—·(&/+"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one style, one below the other."""

    lines: tuple[Line, ...]
    is_rtl: bool = False
    is_cut: bool = False

    @property
    def width(self) -> float:
        """From the leftmost ink to the rightmost."""
        return max((line.right - line.left for line in self.lines), default=0)

    @property
    def ascent(self) -> float:
        """From the top to the first baseline."""
        return self.lines[0].ascent if self.lines else 0

    @property
    def depth(self) -> float:
        """From the first baseline to the last."""
        return self._baselines()[-1] - self.ascent if self.lines else 0

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to the depth of the last line's "p"."""
        return self.ascent + self.depth + self.lines[-1].descent if self.lines else 0

    def draw(self, canvas: ImageDraw.ImageDraw, x: float, y: float, color: str, *, from_right: bool = False) -> None:
        """Draw with the top at `y`: the ink of every line begins at `x`, or ends there when it is drawn `from_right`.

        Lines that run right to left begin one below the other, so their longest one alone reaches `x`.
        """
        for line, baseline in zip(self.lines, self._baselines(), strict=True):
            end = x if from_right else x + self.width
            line.draw(canvas, end - line.right if from_right or self.is_rtl else x - line.left, y + baseline, color)

    def _baselines(self) -> list[float]:
        found: list[float] = []
        for above, line in zip((None, *self.lines), self.lines, strict=False):
            if above is None:
                found.append(line.ascent)
            else:
                size = line.style.size
                found.append(found[-1] + max(line.style.leading * size, above.descent + line.ascent + AIR * size))
        return found


@dataclass(frozen=True, slots=True)
class Cell:
    """A block in a row, from `x` on or up to it."""

    block: Block
    x: float
    color: str
    from_right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Blocks on one baseline, `gap` below the row above."""

    gap: float
    cells: tuple[Cell, ...]

    @property
    def height(self) -> float:
        """Of the row alone."""
        return self._ascent + max(cell.block.height - cell.block.ascent for cell in self.cells)

    @property
    def _ascent(self) -> float:
        return max(cell.block.ascent for cell in self.cells)

    def draw(self, canvas: ImageDraw.ImageDraw, y: float) -> None:
        """Draw with the top at `y`."""
        for cell in self.cells:
            cell.block.draw(canvas, cell.x, y + self._ascent - cell.block.ascent, cell.color, from_right=cell.from_right)


def height_of(rows: Sequence[Row]) -> float:
    """Return how high a column of rows is, its first gap left out."""
    return sum(row.gap + row.height for row in rows) - rows[0].gap


def draw_rows(canvas: ImageDraw.ImageDraw, y: float, rows: Sequence[Row]) -> None:
    """Draw a column of rows with the top of the first at `y`."""
    y -= rows[0].gap
    for row in rows:
        y += row.gap
        row.draw(canvas, y)
        y += row.height


def fit(text: str, styles: Sequence[Style], width: float, height: float = 0) -> Block:
    """Set a text in the first of `styles` in which it fits into `width` and `height`, by default on one line.

    Words are broken only when no style fits otherwise, and the text is cut with "…" only when even that does not help. A text of which
    no letter can be drawn is a block without lines.
    """
    words = words_of(text)
    for may_break in (False, True):
        for style in styles:
            if may_break or all(width_of([word], style) <= width for word in words):
                block = _block(_balanced(words, style, width), style, words)
                if len(block.lines) <= 1 or block.height <= height:
                    return block
    return _cut(words, styles[-1], width, height)


def fit_alike(texts: Sequence[str], styles: Sequence[Style], width: float, height: float = 0) -> list[Block]:
    """Set several texts in one style: the first in which none of them is cut, or the last."""
    tries = ([fit(text, [style], width, height) for text in texts] for style in styles)
    return next(
        (blocks for blocks in tries if not any(block.is_cut for block in blocks)), [fit(text, styles[-1:], width, height) for text in texts]
    )


def _block(rows: list[list[Word]], style: Style, words: list[Word], *, is_cut: bool = False) -> Block:
    is_rtl = runs_right_to_left(words)
    return Block(tuple(line_of(row, style, is_rtl=is_rtl) for row in rows), is_rtl, is_cut)


def _cut(words: list[Word], style: Style, width: float, height: float) -> Block:
    """Return as many full lines as fit, at least one, the last of them ended by "…"."""
    rows = _rows(words, style, width)
    cuts = (
        _block([*rows[: count - 1], _ended(rows[count - 1], style, width)], style, words, is_cut=True)
        for count in range(len(rows) - 1, 0, -1)
    )
    return next(block for block in cuts if len(block.lines) == 1 or block.height <= height)


def _ended(row: list[Word], style: Style, width: float) -> list[Word]:
    *before, last = row
    letters = split(last)
    while letters and (letters[-1][0].text in LOOSE_ENDS or width_of([*before, (*join(letters), ELLIPSIS)], style) > width):
        letters.pop()
    return [*before, (*join(letters), ELLIPSIS)] if letters or not before else _ended(before, style, width)


def _balanced(words: list[Word], style: Style, width: float) -> list[list[Word]]:
    """Break into as few lines as `width` allows, and make them as evenly long as that number allows."""
    rows = _rows(words, style, width)
    least, most = max((wide for word in words if (wide := width_of([word], style)) <= width), default=0), width
    while len(rows) > 1 and most - least > style.size / 8:
        middle = (least + most) / 2
        tried = _rows(words, style, middle)
        if len(tried) > len(rows):
            least = middle
        else:
            rows, most = tried, middle
    return rows


def _rows(words: list[Word], style: Style, width: float) -> list[list[Word]]:
    """Fill line after line; a word that is wider than a line is broken where the line ends."""
    rows: list[list[Word]] = []
    for word in words:
        if rows and width_of([*rows[-1], word], style) <= width:
            rows[-1].append(word)
            continue
        letters = split(word) if width_of([word], style) > width else [word]
        ends = list(accumulate((width_of([letter], style) for letter in letters), initial=0.0))
        first = 0
        while first < len(letters):
            last = max(first + 1, bisect(ends, ends[first] + width) - 1)
            rows.append([join(letters[first:last])])
            first = last
    return rows
