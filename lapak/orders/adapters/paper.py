"""fpdf2's PDF behind plain values: labels and the sheet of a day, in the market's own open fonts.

Latin letters are text; a name in a script whose letters have to be joined (Arabic, Javanese) is drawn by the story kit's letters and stands
on the paper as a picture with that text as its alternative. No font of the machine is asked.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageDraw

from lapak.editions.adapters.letters import MOST_LETTERS, Word, words_of
from lapak.editions.adapters.lines import Style
from lapak.editions.adapters.setting import fit
from lapak.kernel.words import say
from lapak.orders.rules.papers import Format, Label, Sheet, SheetOrder, SheetTotal

if TYPE_CHECKING:
    from fpdf import FPDF

Speak = Callable[[str], str]
"""Says a sentence of the domain in the reader's language."""
DOTS = 300
"""Dots per inch of what is drawn as a picture: what label printers have at most."""
MILLIMETRE, POINT = DOTS / 25.4, DOTS / 72
TO_MM = 25.4 / 72
FOLDER = Path(__file__).parent.parent / "fonts"
LATIN = ("latin", "latin-ext", "vietnamese")
WEIGHTS = {"": 500, "B": 800}
LEADING = 1.24
GAP, FOR_WORDS = 0.09, 0.965
"""What is added between words, as a part of the size, and the part of a line that is then left for the words themselves."""
NOTHING = "-"
ROLL, A4 = (100, 150), (210, 297)
EDGE = 5
QR_SIDE = 32
TITLE = say("Label pesanan")
MARGIN = 15
FOOT = 18


def labels(wanted: Sequence[Label], *, paper: Format, speak: Speak) -> bytes:
    """Return labels as a PDF: one on a page of 100 x 150 mm, or four on a page of A4 with lines to cut along."""
    pdf = _document(ROLL if paper is Format.ROLL else A4, title=speak(TITLE), author=wanted[0].sender if wanted else "")
    width, height = ROLL if paper is Format.ROLL else (A4[0] / 2, A4[1] / 2)
    on_page = 1 if paper is Format.ROLL else 4
    for number, label in enumerate(wanted):
        at = number % on_page
        if at == 0:
            pdf.add_page()
            _cuts(pdf, paper)
        _Label(pdf, label, x=at % 2 * width, y=at // 2 * height, width=width, height=height, speak=speak).draw()
    return bytes(pdf.output())


def sheet(day: Sheet, *, speak: Speak) -> bytes:
    """Return the sheet of a day as a PDF on A4: totals by product first, then order by order, each with a box to tick."""
    pdf = _document(A4, title=f"{speak(say('Lembar kerja'))} {day.day}", author=day.shop)
    _DaySheet(pdf, day, speak).draw()
    return bytes(pdf.output())


def _document(size: tuple[int, int], *, title: str, author: str) -> "FPDF":
    from fpdf import FPDF  # noqa: PLC0415 - 0.2 s that only paper needs

    pdf = FPDF(unit="mm", format=size)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang("id")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(0, 0, 0)
    pdf.c_margin = 0
    for family in LATIN:
        for style, weight in WEIGHTS.items():
            pdf.add_font(family, style, FOLDER / f"plus-jakarta-sans-{family}-{weight}-normal.woff2")
    pdf.set_fallback_fonts(list(LATIN[1:]), exact_match=False)
    return pdf


class _Pen:
    """Writes blocks of text at a place, in lines that fit, and says how high they were."""

    def __init__(self, pdf: "FPDF") -> None:
        self.pdf = pdf

    def write(
        self, text: str, x: float, y: float, width: float, *, size: float, bold: bool = False, most: int = 1, least: float = 0,
        align: str = "L", grey: bool = False, is_dry: bool = False,
    ) -> float:  # fmt: skip
        """Write a text in at most so many lines, in sizes down to `least`, cut with "…" if even that does not help.

        Return the height it took, in millimetres; 0 for an empty text.
        """
        if not text:
            return 0.0
        plain, is_shaped = _readable(text)
        if is_shaped:
            return self._picture(text, x, y, width, size=size, least=least or size, bold=bold, most=most, is_dry=is_dry)
        self.pdf.set_text_color(90 if grey else 0)
        while True:
            self.pdf.set_font(LATIN[0], "B" if bold else "", size)
            lines = self._broken(plain or NOTHING, width)
            if len(lines) <= most or size <= (least or size):
                break
            size = max(size - 1, least)
        if len(lines) > most:
            lines = [*lines[: most - 1], self._ended(lines[most - 1], width)]
        high = size * TO_MM * LEADING
        if not is_dry:
            for number, line in enumerate(lines):
                self._line_of(line, x, y + number * high, width, high, size=size, is_right=align == "R")
        return high * len(lines)

    def _line_of(self, line: str, x: float, y: float, width: float, high: float, *, size: float, is_right: bool) -> None:
        """Write a line with more air between its words than the font has, as the pages do (DESIGN.md, "Type")."""
        gap = GAP * size * TO_MM
        if is_right:
            x += width - self.pdf.get_string_width(line) - line.count(" ") * gap
        for word in _with_spaces(line):
            self.pdf.set_xy(x, y)
            self.pdf.cell(0, high, word)
            x += self.pdf.get_string_width(word) + gap

    def _broken(self, text: str, width: float) -> list[str]:
        width *= FOR_WORDS
        if self.pdf.get_string_width(text) <= width:
            return [text]
        found = self.pdf.multi_cell(width, 5, text, align="L", dry_run=True, output="LINES")
        return [line.rstrip() for line in cast("list[str]", found)]

    def _ended(self, line: str, width: float) -> str:
        while line and self.pdf.get_string_width(f"{line}…") > width * FOR_WORDS:
            line = line[:-1]
        return f"{line.rstrip(' ,.;:-')}…"

    def _picture(
        self, text: str, x: float, y: float, width: float, *, size: float, least: float, bold: bool, most: int, is_dry: bool
    ) -> float:  # fmt: skip
        sizes = [Style(round(one * POINT), weight=800 if bold else 500) for one in _down(size, least)]
        drawn = _drawn(text[:MOST_LETTERS], tuple(sizes), round(width * MILLIMETRE), ceil(most * size * POINT * LEADING * 1.3))
        if drawn is None:
            return 0.0
        wide, high = drawn.width / MILLIMETRE, drawn.height / MILLIMETRE
        if not is_dry:
            self.pdf.image(drawn, x=x, y=y + 0.5, w=wide, h=high, alt_text=text)
        return high + 1.5


def _with_spaces(line: str) -> list[str]:
    """The words of a line, each with the space after it, so that the text can be copied out again."""
    words = line.split(" ")
    return [*(f"{word} " for word in words[:-1]), words[-1]]


def _down(size: float, least: float) -> Iterator[float]:
    while size > least:
        yield size
        size -= 1
    yield least


@lru_cache(maxsize=64)
def _drawn(text: str, sizes: tuple[Style, ...], width: int, height: int) -> Image.Image | None:
    block = fit(text, sizes, width, height)
    if not block.lines:
        return None
    picture = Image.new("L", (ceil(block.width) + 2, ceil(block.height) + 2), 255)
    block.draw(ImageDraw.Draw(picture), 1, 1, "black")
    return picture


def _words(text: str) -> Iterator[Word]:
    """The words of a text of any length; the letters' own reader takes so many at a time."""
    chunk: list[str] = []
    for word in text.split():
        if chunk and sum(map(len, chunk)) + len(chunk) + len(word) > MOST_LETTERS:
            yield from words_of(" ".join(chunk))
            chunk = []
        chunk.append(word)
    yield from words_of(" ".join(chunk))


@lru_cache(maxsize=2048)
def _readable(text: str) -> tuple[str, bool]:
    """Return a text with the letters that our fonts have, and whether some of them have to be joined."""
    words = list(_words(text))
    is_shaped = any(piece.face.needs_shaping for word in words for piece in word)
    return " ".join("".join(piece.text for piece in word) for word in words), is_shaped


@lru_cache(maxsize=512)
def _qr(text: str) -> bytes:
    import segno  # noqa: PLC0415 - only labels need it

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=6, border=0)
    return out.getvalue()


def _cuts(pdf: "FPDF", paper: Format) -> None:
    """Dashed lines between the labels of a sheet."""
    if paper is Format.ROLL:
        return
    pdf.set_draw_color(150)
    pdf.set_line_width(0.15)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(A4[0] / 2, 0, A4[0] / 2, A4[1])
    pdf.line(0, A4[1] / 2, A4[0], A4[1] / 2)
    pdf.set_dash_pattern()


class _Label(_Pen):
    """One label in its rectangle: who sends, to whom in the largest letters, the code with its QR, and what is inside."""

    def __init__(self, pdf: "FPDF", label: Label, *, x: float, y: float, width: float, height: float, speak: Speak) -> None:
        super().__init__(pdf)
        self.label, self.speak = label, speak
        self.x, self.y, self.width, self.bottom = x + EDGE, y + EDGE, width - 2 * EDGE, y + height - EDGE

    def draw(self) -> None:
        y = self._from(self.y)
        y = self._to(self._rule(y))
        y = self._code(self._rule(max(y, self.y + 66)))
        self._contents(self._rule(y))

    def _from(self, y: float) -> float:
        y += self._small(say("Dari"), y)
        y += self.write(self.label.sender, self.x, y, self.width, size=12, bold=True, most=2, least=9)
        return y + self.write(self.label.sender_place, self.x, y, self.width, size=9)

    def _to(self, y: float) -> float:
        label = self.label
        y += self._small(say("Kepada"), y)
        y += self.write(label.recipient, self.x, y, self.width, size=22, bold=True, most=2, least=13) + 0.5
        y += self.write(label.place, self.x, y, self.width, size=14, bold=True, most=2, least=11) + 0.5
        y += self.write(label.address, self.x, y, self.width, size=12, most=5, least=9)
        return y + self.write(label.phone, self.x, y + 0.5, self.width, size=13, bold=True)

    def _code(self, y: float) -> float:
        label, words = self.label, self.width - QR_SIDE - 4
        self.pdf.image(io.BytesIO(_qr(label.link)), x=self.x + self.width - QR_SIDE, y=y + 1, w=QR_SIDE, h=QR_SIDE)
        at = y + self._small(say("Pesanan"), y)
        at += self.write(label.code, self.x, at, words, size=26, bold=True, least=14) + 1
        at += self.write(label.courier, self.x, at, words, size=11, bold=True, most=2, least=8)
        self.write(label.tracking, self.x, at, words, size=10, most=2, least=7)
        return y + QR_SIDE + 2

    def _contents(self, y: float) -> None:
        end = self.bottom
        if self.label.best_before:
            text = self.speak(say("Baik sebelum %(day)s", day=self.label.best_before))
            end -= self.write(text, self.x, 0, self.width, size=11, bold=True, most=2, least=9, is_dry=True)
            self.write(text, self.x, end, self.width, size=11, bold=True, most=2, least=9)
        y += self._small(say("Isi"), y)
        for number, line in enumerate(self.label.contents):
            left = len(self.label.contents) - number
            high = self.write(line, self.x, y, self.width, size=9, most=2, is_dry=True)
            more = 9 * TO_MM * LEADING if left > 1 else 0
            if y + high + more > end:
                self.write(self.speak(say("dan %(count)s lagi", count=left)), self.x, y, self.width, size=9, grey=True)
                return
            y += self.write(line, self.x, y, self.width, size=9, most=2)

    def _small(self, text: str, y: float) -> float:
        return self.write(self.speak(text), self.x, y, self.width, size=7.5, grey=True)

    def _rule(self, y: float) -> float:
        self.pdf.set_draw_color(0)
        self.pdf.set_line_width(0.3)
        self.pdf.line(self.x, y + 1.5, self.x + self.width, y + 1.5)
        return y + 3


class _DaySheet(_Pen):
    """A day's sheet, page after page."""

    BOX = 4.5
    INSET = 8.0

    def __init__(self, pdf: "FPDF", day: Sheet, speak: Speak) -> None:
        super().__init__(pdf)
        self.day, self.speak, self.y, self.width = day, speak, 0.0, A4[0] - 2 * MARGIN
        self.pdf.alias_nb_pages("{banyak}")

    def draw(self) -> None:
        self._page()
        self.y += self.write(self.day.shop, MARGIN, self.y, self.width, size=11, bold=True)
        self.y += self.write(self.day.day, MARGIN, self.y, self.width, size=22, bold=True, least=16) + 1
        self.y += self.write(self.day.printed, MARGIN, self.y, self.width, size=9, grey=True) + 4
        if self.day.is_cut:
            self._say(say("Hari ini lebih banyak dari yang muat di lembar ini. Sisanya ada di dasbor, menu Pesanan."))
        if not self.day.orders:
            self._say(say("Tidak ada pesanan yang sudah Anda sanggupi untuk hari ini."))
        else:
            self._heading(say("Jumlah per produk"))
            for row in self.day.totals:
                self._total(row)
            self._heading(say("Pesanan satu per satu"))
            for order in self.day.orders:
                self._order(order)
        if self.day.unanswered:
            self._heading(say("Belum Anda jawab, tidak ikut dijumlah"))
            for order in self.day.unanswered:
                self._order(order)

    def _page(self) -> None:
        self.pdf.add_page()
        self.y = MARGIN
        foot = self.speak(say("Halaman %(page)s dari %(pages)s", page=self.pdf.page_no(), pages="{banyak}"))
        self.write(foot, MARGIN, A4[1] - 11, 60, size=8, grey=True)
        self.write(self.day.day, MARGIN, A4[1] - 11, self.width, size=8, grey=True, align="R")

    def _room(self, high: float) -> None:
        if self.y + high > A4[1] - FOOT:
            self._page()

    def _say(self, text: str) -> None:
        self.y += self.write(self.speak(text), MARGIN, self.y, self.width, size=11, most=3) + 3

    def _heading(self, text: str) -> None:
        self._room(26)
        self.y += 3
        self.y += self.write(self.speak(text), MARGIN, self.y, self.width, size=13, bold=True) + 2

    def _tick(self, y: float) -> None:
        self.pdf.set_draw_color(0)
        self.pdf.set_line_width(0.35)
        self.pdf.rect(MARGIN, y + 0.6, self.BOX, self.BOX)

    def _total(self, row: SheetTotal) -> None:
        count = f"{row.quantity} {row.unit}".strip()
        name, wide = MARGIN + self.INSET + 38, self.width - self.INSET - 38 - 30
        high = max(6.0, self.write(row.name, name, 0, wide, size=11, most=3, is_dry=True))
        self._room(high + 2)
        self._tick(self.y)
        self.write(count, MARGIN + self.INSET, self.y, 36, size=13, bold=True, least=8)
        self.write(row.name, name, self.y + 0.5, wide, size=11, most=3)
        orders = self.speak(say("%(count)s pesanan", count=row.orders))
        self.write(orders, MARGIN + self.width - 30, self.y + 0.8, 30, size=9, grey=True, align="R")
        self.y += high + 1.5
        self._line()

    def _line(self) -> None:
        self.pdf.set_draw_color(200)
        self.pdf.set_line_width(0.15)
        self.pdf.line(MARGIN, self.y, MARGIN + self.width, self.y)
        self.y += 1.5

    def _order(self, order: SheetOrder) -> None:
        self._room(self._lay(order, is_dry=True) + 3)
        self._tick(self.y)
        self.y += self._lay(order, is_dry=False) + 1.5
        self._line()

    def _lay(self, order: SheetOrder, *, is_dry: bool) -> float:
        """Write an order and return its height; written dry, it only says how high it would be."""
        x, wide, side = MARGIN + self.INSET, self.width - self.INSET - 50, 48.0
        right, y, beside = MARGIN + self.width - side, self.y, self.y
        y += self.write(order.buyer, x, y, wide, size=12, bold=True, most=2, least=10, is_dry=is_dry)
        y += self.write(order.where, x, y, wide, size=9, most=3, is_dry=is_dry)
        beside += self.write(order.code, right, beside, side, size=12, bold=True, align="R", is_dry=is_dry)
        beside += self.write(order.total, right, beside, side, size=10, bold=True, align="R", is_dry=is_dry)
        beside += self.write(order.money, right, beside, side, size=8.5, most=3, align="R", is_dry=is_dry)
        beside += self.write(order.ready, right, beside, side, size=8.5, bold=True, most=2, align="R", is_dry=is_dry)
        y += 0.8
        for line in order.lines:
            y += self.write(line, x, y, wide, size=11, most=3, is_dry=is_dry)
        if order.note:
            y += 0.8 + self.write(self.speak(say("Catatan: %(note)s", note=order.note)), x, y + 0.8, wide, size=10, most=6, is_dry=is_dry)
        return max(y, beside) - self.y
