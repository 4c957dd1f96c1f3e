"""What counts as a photo, how large it may be, and what is said to somebody whose file does not fit. Plain Python."""

import math
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import Words, say

MEGABYTE = 1024 * 1024
MOST_BYTES = 15 * MEGABYTE
MOST_PIXELS = 40_000_000
MOST_SCANS = 100
MOST_SEGMENTS = 2000
SHORTEST_SIDE = 200
ALT_LENGTH = 150
UPLOADS = (timedelta(hours=1), 300)
MOST_CODES = 6
"""How many QR codes in one picture are looked at."""

MASTER_SIDE = 2560
MASTER_QUALITY = 85
WIDTHS = (160, 320, 640, 960, 1280)
FIRST_WIDTHS = (640, 320)
"""What a request waits for, so that a page can show the photo at once; the rest is made later."""
JPEG_QUALITY = 78
WEBP_QUALITY = 75
WEBP_METHOD = 2
AVIF_QUALITY = 55
AVIF_SPEED = 9

CARD = "card.jpg"
CARD_SIZE = (1200, 630)
MOST_CARD_BYTES = 300_000
CARD_QUALITIES = (JPEG_QUALITY, 60, 45, 30)
MOST_PREVIEW_PIXELS = 470_000
"""At our quality even a picture of noise has no more than 300 KB then."""

MASTER = "master.jpg"
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
PUBLIC_TYPES = {CARD: "image/jpeg", **{f"{width}.{kind}": mime for width in WIDTHS for kind, mime in TYPES.items()}}
FIRST_FILES = (MASTER, *(f"{width}.{kind}" for width in FIRST_WIDTHS for kind in ("jpg", "webp")))
FILES = (MASTER, *PUBLIC_TYPES)

# fmt: off
PALETTE = (
    "0c0e0a", "161110", "1f1611", "1a1a20", "500b0c", "391f19", "1b3418", "34302b", "632c0b", "5a483f", "49513f", "24656e",
    "2060b0", "c02828", "704090", "675733", "76512d", "7c4c51", "5f6623", "656c16", "65683f", "208080", "92603a", "409040",
    "7b7261", "946f4e", "92733f", "bb6616", "a17039", "9f753c", "907761", "8a7e6c", "d86090", "95887d", "e87020", "949391",
    "8c97a1", "bb9250", "aba7a1", "8fb4c8", "bfaf9b", "f0c030", "c6c5be", "c3c4ce", "dcc2af", "dddddb", "e7e3e0", "e1e8e8",
)
# fmt: on
"""The colours that stand where a photo is still on its way, as "rrggbb"; lapak.css has a class for each (`.w0`, `.w1`, …), since a page's
own styles are forbidden. Forty are gathered from what real photos of goods show most of; the rest are plain bright ones."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 720))
"""How long to wait after the first, second, … failed try to make a photo's further sizes; after the last of them it is given up."""

NO_FILE = say("Pilih satu foto dulu.")
TOO_LARGE = say("Foto ini lebih dari %(most)s MB. Kecilkan dulu, lalu kirim lagi.", most=MOST_BYTES // MEGABYTE)
UNMEASURABLE = -1
"""Stands for the light and the sharpness of a photo whose file could not be read."""
TOO_MANY_PIXELS = say("Foto ini lebih dari %(most)s megapiksel. Kecilkan dulu, lalu kirim lagi.", most=MOST_PIXELS // 1_000_000)
TOO_HEAVY = say("Foto ini terlalu berat untuk diolah. Simpan ulang sebagai JPG biasa, lalu kirim lagi.")
BUSY = say("Sedang banyak foto yang masuk, jadi foto ini belum tersimpan. Coba lagi sebentar lagi.")
TOO_MANY_UPLOADS = say("Anda sudah mengirim banyak foto dalam satu jam ini. Coba lagi satu jam lagi.")
SIGN_IN_FIRST = say("Masuk dulu, lalu kirim lagi fotonya.")
GONE = say("Foto ini tidak ada atau sudah dihapus.")
NO_PLACE = say("Geser kotaknya di dalam foto, lalu potong lagi.")

_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")


class Kind(StrEnum):
    """The formats that are taken in, by the names their readers have in Pillow."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    AVIF = "AVIF"
    HEIF = "HEIF"


@dataclass(frozen=True, slots=True)
class Developed:
    """What the darkroom made of a photo: the master's size in pixels, its colour as "#rrggbb", and the bytes of files by their names.

    `codes` are the texts of the QR codes in it, where they were asked for.
    """

    width: int
    height: int
    color: str
    files: dict[str, bytes]
    codes: list[str] = field(default_factory=list)


class TooLarge(Invalid):
    """A file of more bytes than we take."""


def check_size(size: int) -> None:
    """Raise TooLarge for more bytes than we take, Invalid for none."""
    if size > MOST_BYTES:
        shown = f"{math.ceil(size * 10 / MEGABYTE) / 10:.1f}".replace(".", ",")
        sentence = say(
            "Foto ini %(size)s MB. Paling besar %(most)s MB. Kecilkan dulu, lalu kirim lagi.", size=shown, most=MOST_BYTES // MEGABYTE
        )
        raise TooLarge({"photo": sentence})
    if size == 0:
        raise Invalid({"photo": say("Berkas foto ini kosong. Pilih foto lain.")})


def check_sides(width: int, height: int) -> None:
    """Raise Invalid for a picture that is too large to decode, too small to show, or a mere strip."""
    if width * height > MOST_PIXELS:
        raise Invalid({"photo": TOO_MANY_PIXELS})
    if min(width, height) < SHORTEST_SIDE:
        sentence = say(
            "Foto ini hanya %(width)s × %(height)s piksel. Kirim foto yang sisinya paling sedikit %(least)s piksel.",
            width=width, height=height, least=SHORTEST_SIDE,
        )  # fmt: skip
        raise Invalid({"photo": sentence})
    if min(fit(width, height, MASTER_SIDE)) < SHORTEST_SIDE:
        raise Invalid({"photo": say("Foto ini terlalu panjang dan sempit. Potong dulu di ponsel, lalu kirim lagi.")})


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the size whose longer side is at most `side`, in the same proportions; never a larger one."""
    longer = max(width, height)
    if longer <= side:
        return width, height
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


def narrow(width: int, height: int, wanted: int) -> tuple[int, int]:
    """Return the size that is at most `wanted` wide, in the same proportions; never a larger one."""
    return (wanted, max(1, round(height * wanted / width))) if width > wanted else (width, height)


def sizes(master: int, *, is_finished: bool) -> list[tuple[int, int]]:
    """Return the sizes that a photo has, as (the width its files are named after, their true width), smallest first.

    No size is wider than the master, of that width in pixels: the first name that reaches it stands for it.
    """
    found = []
    for name in WIDTHS if is_finished else sorted(FIRST_WIDTHS):
        found.append((name, min(name, master)))
        if name >= master:
            break
    return found


def largest(master: int, *, is_finished: bool) -> str:
    """Return the name of the widest JPEG that pages may show, for a master of that width in pixels."""
    return f"{sizes(master, is_finished=is_finished)[-1][0]}.jpg"


def later_files(master: int) -> list[str]:
    """Return the names of all files that are made after the request, for a master of that width in pixels."""
    names = [f"{name}.{kind}" for name, _width in sizes(master, is_finished=True) for kind in TYPES]
    return [*(name for name in names if name not in FIRST_FILES), CARD]


def preview(width: int, height: int, *, is_finished: bool) -> tuple[str, int, int]:
    """Return the file that stands for a photo outside of our pages, with its size; width and height are the master's.

    Chats show no preview of more than about 300 KB (programme.md, 7); before the card is made, it is the larger JPEG that stays below.
    """
    if is_finished:
        return CARD, *CARD_SIZE
    found = [(f"{wanted}.jpg", *narrow(width, height, wanted)) for wanted in FIRST_WIDTHS]
    return next((size for size in found if size[1] * size[2] <= MOST_PREVIEW_PIXELS), found[-1])


def square(width: int, height: int, at: int) -> tuple[int, int, int, int]:
    """Return the largest square of a picture as (left, top, right, bottom), `at` percent along its longer side.

    Raise Invalid for a place that is not from 0 to 100.
    """
    if not 0 <= at <= 100:
        raise Invalid({"photo": NO_PLACE})
    side = min(width, height)
    left, top = round((width - side) * at / 100), round((height - side) * at / 100)
    return left, top, left + side, top + side


def is_square(width: int, height: int) -> bool:
    """Whether there is nothing to cut off."""
    return abs(width - height) <= 1


def tint(color: str) -> int:
    """Return which colour of `PALETTE` is nearest to "#rrggbb"; -1 for a photo whose colour is not known."""
    if not color:
        return -1
    red, green, blue = bytes.fromhex(color[1:])
    return min(range(len(PALETTE)), key=lambda at: _distance(PALETTE[at], red, green, blue))


def _distance(color: str, red: int, green: int, blue: int) -> int:
    r, g, b = bytes.fromhex(color)
    return 3 * (r - red) ** 2 + 6 * (g - green) ** 2 + (b - blue) ** 2


def kind_of(data: bytes) -> Kind:
    """Return the format that the first bytes claim; raise Invalid, naming what it is instead, for anything we do not take."""
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        return _iso_kind(data)
    raise Invalid({"photo": next((text for pattern, text in _OTHERS if pattern.match(data)), _UNKNOWN)})


def _iso_kind(data: bytes) -> Kind:
    # ISO 14496-12: the box's length, "ftyp", the major brand, a version, then the compatible brands.
    length = min(int.from_bytes(data[:4]), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, length - 3, 4))]
    if brands[0] == b"crx ":
        raise Invalid({"photo": _RAW})
    for brand in brands:
        if brand in {b"avif", b"avis"}:
            return Kind.AVIF
        if brand in {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}:
            return Kind.HEIF
    if {b"mif1", b"msf1"} & set(brands):
        return Kind.HEIF
    raise Invalid({"photo": _VIDEO})


def has_too_many_scans(jpeg: bytes) -> bool:
    """Whether a JPEG asks its decoder for more than 100 passes over the whole picture (security.md, 4.3), or for endless segments."""
    scans, at = 0, 2
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(jpeg, at)
        if found is None or jpeg[found.end() - 1] == _END:
            return False
        scans += jpeg[found.end() - 1] == _SCAN
        if scans > MOST_SCANS:
            return True
        at = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2])
    return True


def unreadable(kind: Kind) -> Words:
    """Return the sentence for a file whose first bytes promise a photo that cannot be read."""
    if kind is Kind.HEIF:
        return say("Foto HEIC ini rusak atau terpotong. Buka di ponsel, simpan sebagai JPG, lalu kirim lagi.")
    return say("Foto ini rusak atau terpotong saat dikirim. Kirim ulang, atau pilih foto lain.")


def alt_text(text: str) -> str:
    """Return what a photo shows, in one clean line, cut at 150 characters: often it is filled in from a longer name."""
    return clean_line(text)[:ALT_LENGTH].strip()


def is_key(text: str) -> bool:
    """Whether `text` could be a photo's key."""
    return _KEY.fullmatch(text) is not None


_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_END = 0xD9
_SCAN = 0xDA
_RAW = say("Foto RAW atau TIFF belum bisa dipakai. Simpan sebagai JPG, lalu kirim lagi.")
_VIDEO = say("Ini video, bukan foto. Kirim foto dari kamera atau galeri Anda.")
_UNKNOWN = say("Berkas ini bukan foto yang kami kenal. Kirim foto JPG, PNG, WebP, AVIF, atau HEIC.")
_OTHERS = [
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), text)
    for pattern, text in (
        (rb"GIF8", say("Gambar GIF tidak bisa dipakai. Kirim foto JPG atau PNG.")),
        (rb"(?:\xef\xbb\xbf)?\s*%PDF", say("Ini berkas PDF, bukan foto. Foto barangnya dengan kamera, lalu kirim.")),
        (
            rb"(?:\xef\xbb\xbf)?\s*<.{0,2000}?<svg\b|(?:\xef\xbb\xbf)?\s*<svg\b",
            say("Gambar SVG tidak bisa dipakai. Kirim foto JPG atau PNG."),
        ),
        (rb"(?:\xef\xbb\xbf)?\s*<", say("Ini halaman web, bukan foto. Simpan dulu fotonya, lalu kirim.")),
        (rb"II\*\0|MM\0\*|II\x2b\0|FUJIFILM", _RAW),
        (rb"\x1a\x45\xdf\xa3|RIFF.{4}AVI |\x00\x00\x01[\xb3\xba]|OggS|.{4}(?:moov|mdat|wide|free|skip)", _VIDEO),
        (rb"BM|8BPS", say("Gambar BMP atau PSD belum bisa dipakai. Simpan sebagai JPG, lalu kirim lagi.")),
        (rb"PK\x03\x04", say("Ini dokumen atau berkas ZIP, bukan foto. Kirim fotonya satu per satu.")),
    )
]
