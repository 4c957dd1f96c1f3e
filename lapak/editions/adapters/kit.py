"""The story kit: what a chosen seller posts, and what chats show of an edition. Plain values in, the bytes of files out.

Nothing here asks a database or a clock, so the same values make the same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from lapak.editions.adapters.cloth import CLOTHS, INK, WHITE, Cloth, lay
from lapak.editions.adapters.frames import frame
from lapak.editions.adapters.letters import words_of
from lapak.editions.adapters.lines import Style
from lapak.editions.adapters.setting import Cell, Row, draw_rows, fit, fit_alike, height_of
from lapak.photos.rules import CARD_SIZE, MOST_CARD_BYTES

STORY_SIZE = (1080, 1920)
STORY_TOP, STORY_BOTTOM = 256, 1576
"""Between them stand words and photo. Phones lay their own signs over 250 pixels above and 340 below (DESIGN.md, "Story card"); the
bounds are multiples of eight, so that no block of the JPEG reaches across."""
STORY_BAND = 108
STORY_QUALITY, SMALL_QUALITY = 90, 65
CARD_EDGE, CARD_BAND, CARD_PHOTO = 48, 42, 570
CARD_QUALITIES = (90, 84, 78, 70, 60, 50, 40, 30, 20, 10)
EDITION_PHOTOS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """Where words stand, from `left` to `right`, in which sizes they are tried, and how high more than one line of them may be."""

    left: int
    right: int
    names: Sequence[Style]
    names_height: float
    prices: Sequence[Style]
    plain_height: float
    plain: Sequence[Style]
    bold: Sequence[Style]
    tight: Sequence[Style]


def _large(*sizes: int) -> list[Style]:
    return [Style(size, weight=800, tracking=-0.04, gap=0.12, leading=1.06) for size in sizes]


def _small(*sizes: int, weight: int = 500, leading: float = 1.3) -> list[Style]:
    return [Style(size, weight=weight, leading=leading) for size in sizes]


STORY = Column(
    72, STORY_SIZE[0] - 72,
    names=_large(92, 84, 76, 68, 60, 52, 44), names_height=212, prices=_large(96, 88, 80, 72, 64, 56),
    plain_height=110, plain=_small(40, 38, 36), bold=_small(40, 38, 36, 34, weight=700), tight=_small(32, 30, 28, weight=700, leading=1.1),
)  # fmt: skip
CARD = Column(
    CARD_PHOTO + CARD_BAND + 40, CARD_SIZE[0] - CARD_EDGE,
    names=_large(64, 58, 52, 46, 42, 38, 34), names_height=215, prices=_large(68, 60, 54, 48, 42, 36, 30),
    plain_height=0, plain=_small(30, 28, 26), bold=_small(28, 26, 24, weight=700), tight=_small(20, weight=700, leading=1.1),
)  # fmt: skip
WIDE = Column(
    CARD_EDGE, CARD_SIZE[0] - CARD_EDGE,
    names=_large(88, 80, 72, 64, 56, 50, 44), names_height=134, prices=(),
    plain_height=0, plain=_small(32, 30, 28), bold=_small(30, 28, 26, weight=700), tight=_small(22, weight=700, leading=1.1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stall:
    """One chosen product: `price` as pages show it ("Rp18.000", "mulai Rp50.000"), `link` without https://, `photo` one of our JPEGs."""

    name: str
    shop: str
    place: str
    price: str
    link: str
    photo: bytes | None


@dataclass(frozen=True, slots=True)
class Banner:
    """What all pictures of an edition say; `theme` is one of `regions.rules.THEMES`.

    `label` is an edition's name and, for a stall, its number ("Edisi 47 · Lapak 5"); `hashtag` may come without its "#".
    """

    brand: str
    theme: str
    label: str
    title: str
    date: str
    hashtag: str


def story(stall: Stall, banner: Banner) -> bytes:
    """Return a JPEG of 1080 x 1920 with one product and one price; the photo takes the room that the words leave."""
    cloth = CLOTHS[banner.theme]
    sheet = Image.new("RGB", STORY_SIZE, cloth.ground)
    canvas = ImageDraw.Draw(sheet)
    width, height = STORY_SIZE
    for edge in (0, height - STORY_BAND):
        lay(sheet, cloth, (0, edge, width, edge + STORY_BAND), tile=STORY_BAND)
    left, right = STORY.left, STORY.right
    top = _head(canvas, cloth, banner, STORY, STORY_TOP) + 24
    rows = [*_words(stall, banner, cloth, STORY), *_offer(stall, cloth, STORY)]
    words = STORY_BOTTOM - height_of(rows)
    frame(sheet, (left, top), (right - left, round(words) - 40 - top), stall.photo, cloth, radius=14, tile=312)
    draw_rows(canvas, words, rows)
    return _jpeg(sheet, (STORY_QUALITY,))


def card(stall: Stall, banner: Banner) -> bytes:
    """Return a JPEG of 1200 x 630 and at most 300 KB, as chats show it beside a link: the photo, and what it is."""
    cloth = CLOTHS[banner.theme]
    sheet = Image.new("RGB", CARD_SIZE, cloth.ground)
    canvas = ImageDraw.Draw(sheet)
    height = CARD_SIZE[1]
    if frame(sheet, (0, 0), (CARD_PHOTO, height), stall.photo, cloth, radius=0, tile=190):
        lay(sheet, cloth, (CARD_PHOTO, 0, CARD_PHOTO + CARD_BAND, height), tile=CARD_BAND)
    top = _head(canvas, cloth, banner, CARD, CARD_EDGE) + 40
    offer = _offer(stall, cloth, CARD)
    draw_rows(canvas, top, _words(stall, banner, cloth, CARD))
    draw_rows(canvas, height - CARD_EDGE - height_of(offer), offer)
    return _jpeg(sheet, CARD_QUALITIES)


def edition_card(photos: Sequence[bytes], banner: Banner) -> bytes:
    """Return a JPEG of 1200 x 630 and at most 300 KB: an edition with the photos of up to five stalls, the motif where there are fewer."""
    cloth = CLOTHS[banner.theme]
    sheet = Image.new("RGB", CARD_SIZE, cloth.ground)
    canvas = ImageDraw.Draw(sheet)
    width, height = CARD_SIZE
    left, right = WIDE.left, WIDE.right
    lay(sheet, cloth, (0, 0, width, 40), tile=40)
    top = _head(canvas, cloth, banner, WIDE, 76)
    side = (right - left - 4 * 16) // EDITION_PHOTOS
    bottom = height - CARD_EDGE - side
    for photo in photos[:EDITION_PHOTOS]:
        frame(sheet, (left, bottom), (side, side), photo, cloth, radius=8, tile=104)
        left += side + 16
    if left < right:
        frame(sheet, (left, bottom), (right - left, side), None, cloth, radius=8, tile=104)
    tag = banner.hashtag.removeprefix("#")
    title = fit(banner.title, WIDE.names, right - WIDE.left, WIDE.names_height)
    date = fit(_dotted(banner.date, f"#{tag}" if tag else ""), WIDE.plain, right - WIDE.left)
    rows = [Row(0, (Cell(title, WIDE.left, WHITE),)), Row(22, (Cell(date, WIDE.left, cloth.second),))]
    draw_rows(canvas, top + (bottom - top - height_of(rows)) / 2, rows)
    return _jpeg(sheet, CARD_QUALITIES)


def small(picture: bytes) -> bytes:
    """Return one of our JPEGs at a quarter of its size, for pages that show it before it is fetched whole."""
    with Image.open(io.BytesIO(picture)) as whole:
        return _jpeg(whole.reduce(4), (SMALL_QUALITY,))


def qr(address: str) -> bytes:
    """Return a PNG of a QR code (level M, quiet zone of four modules) of at least 720 pixels: 3 cm at 600 dpi."""
    import segno  # noqa: PLC0415 - only the kit's job needs it

    code, out = segno.make_qr(address, error="m"), io.BytesIO()
    code.save(out, kind="png", scale=-(-720 // code.symbol_size(border=4)[0]), border=4)
    return out.getvalue()


def _head(canvas: ImageDraw.ImageDraw, cloth: Cloth, banner: Banner, column: Column, top: int) -> int:
    """Draw the edition's tag and the market's name, the tag from `top` on; return where it ends.

    A name that finds no room beside the tag stands on two smaller lines, or is left out: the link says it too.
    """
    room = column.right - column.left
    for style in column.bold:
        pad, bottom = round(style.size * 0.7), top + round(style.size * 1.9)
        label = fit(banner.label, [style, *column.tight], room - 2 * pad)
        end = column.left + round(label.width) + 2 * pad
        brand = fit(banner.brand, [style], column.right - end - pad)
        if label.lines and label.lines[0].style == style and not brand.is_cut:
            break
    else:
        brand = fit(banner.brand, column.tight, column.right - end - pad, bottom - top)
    canvas.rectangle((column.left, top, end - 1, bottom - 1), cloth.accent)
    label.draw(canvas, column.left + pad, (top + bottom - label.ascent) / 2, INK)
    if not brand.is_cut:
        brand.draw(canvas, column.right, (top + bottom - brand.ascent - brand.depth) / 2, WHITE, from_right=True)
    return bottom


def _words(stall: Stall, banner: Banner, cloth: Cloth, column: Column) -> list[Row]:
    """Return the name, and the shop and its place on one line, or on two when they are long.

    A name that no font has letters for is left out: then the shop stands for it, or the edition.
    """
    said = [text for text in (stall.name, stall.shop, stall.place) if words_of(text)]
    name, *others = said or [banner.title]
    room = column.right - column.left
    rows = [Row(0, (Cell(fit(name, column.names, room, column.names_height), column.left, WHITE),))]
    below = fit_alike([_dotted(*others)], column.plain, room)
    if any(block.is_cut for block in below):
        below = fit_alike(others, column.plain, room, column.plain_height)
    for number, block in enumerate(block for block in below if block.lines):
        rows.append(Row(column.plain[0].size * (0.35 if number else 0.6), (Cell(block, column.left, cloth.second),)))
    return rows


def _offer(stall: Stall, cloth: Cloth, column: Column) -> list[Row]:
    """Return the price, what stands before its "Rp" smaller, with the link beside it, or below when there is no room."""
    room, size = column.right - column.left, column.bold[0].size
    start = fit(stall.price.partition("Rp")[0] if "Rp" in stall.price else "", column.bold, room / 2)
    indent = start.width + size * 0.5 if start.lines else 0
    price = fit(stall.price[stall.price.find("Rp") :] if start.lines else stall.price, column.prices, room - indent)
    cells = (Cell(start, column.left, cloth.accent), Cell(price, column.left + indent, cloth.accent))
    beside = fit(stall.link, column.bold, room - indent - price.width - size)
    if not beside.is_cut:
        return [Row(size, (*cells, Cell(beside, column.right, WHITE, from_right=True)))]
    below = fit(stall.link, column.bold, room, 3 * size)
    return [Row(size, cells), Row(size * 0.6, (Cell(below, column.left, WHITE),))]


def _dotted(*texts: str) -> str:
    return " · ".join(text for text in texts if words_of(text))


def _jpeg(sheet: Image.Image, qualities: Sequence[int]) -> bytes:
    """Save with the first quality that keeps a card below its bound; the colour of letters keeps its full sharpness."""
    for quality in qualities:
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 70 else 2)
        if len(out.getvalue()) <= MOST_CARD_BYTES:
            break
    return out.getvalue()
