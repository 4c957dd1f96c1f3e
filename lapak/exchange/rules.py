"""What the columns of a list mean, and what a row says; plain Python."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import Words, say
from lapak.photos.rules import MEGABYTE

MOST_ROWS = 100_000
MOST_LIST_BYTES = 40 * MEGABYTE
MOST_PHOTOS = 5_000
MOST_KEPT_BYTES = 200 * MEGABYTE
MOST_UNPACKED_BYTES = 1024 * MEGABYTE
"""What the photos of one import may take on disk, whatever an archive says of itself."""
LIST_KINDS = (".csv", ".tsv", ".txt", ".xlsx")
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif"}
MOST_FAILURES = 5
LONGEST_CELL = 5000
MOST_COLUMNS = 100
_FORMULA = "=+-@\t\r＝＋－＠"
_SPLIT = re.compile(r"[^a-z0-9]+")

COLUMNS = {
    "key": ("kode", "product_id", "id", "sku", "code", "nomor_produk"),
    "name": ("nama", "nama_produk", "produk", "name", "product", "product_name", "title", "judul"),
    "price": ("harga", "price", "price_idr", "harga_rp", "harga_jual"),
    "category": ("kategori", "category", "jenis_produk"),
    "description": ("deskripsi", "keterangan", "description", "uraian"),
    "place": ("kota", "kabupaten", "kabupaten_kota", "kab_kota", "region", "place", "daerah", "lokasi", "city", "location"),
    "shop": ("lapak", "toko", "shop", "store", "usaha", "nama_usaha", "seller", "penjual"),
    "phone": ("telepon", "hp", "whatsapp", "wa", "phone", "no_hp", "nomor_hp", "nomor_whatsapp"),
    "photo": ("foto", "photo", "gambar", "image", "photos", "berkas_foto"),
    "stock": ("stok", "stock", "persediaan", "jumlah"),
    "unit": ("satuan", "unit"),
    "weight": ("berat", "weight", "berat_gram", "weight_grams"),
    "kind": ("jenis", "kind", "barang_jasa", "tipe", "type"),
}
"""What each field is called in lists, in Indonesian and English; the first is what an export calls it."""
IN_ORDER = -1
"""In the place of a photo column: photos go to rows in the order of their names."""
NEEDED = ("name", "price", "place")
NEVER = {"rating", "ratings", "review", "reviews", "review_count", "sold", "terjual", "ulasan", "bintang"}
"""Columns that stay outside whatever they hold: a rating from elsewhere is no testimonial here."""
KINDS_IN_ENGLISH = {
    "food and drink": "makanan minuman camilan kopi", "men's fashion": "busana batik", "women's fashion": "busana batik",
    "muslim fashion": "busana batik", "kids and baby fashion": "busana batik", "household": "perabot kriya", "kitchen": "perabot kriya",
    "party supplies and craft": "kriya kerajinan", "carpentry": "perabot mebel",
}  # fmt: skip
"""What the kinds of English lists are called here, as words for the region's own categories."""


class RunState(StrEnum):
    """How it stands with a list that was sent: to be looked at, tried or taken in by the worker, or over."""

    NEW = "new"
    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


AT_WORK = (RunState.TRYING, RunState.RUNNING)
OPEN = (RunState.NEW, RunState.TRIED, RunState.STOPPED, RunState.FAILED)
"""From where a list may be tried and taken in."""


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "dibuat"
    CHANGED = "diperbarui"
    SAME = "tidak berubah"
    REFUSED = "ditolak"


REPORT_HEADER = ("baris", "nama", "hasil", "catatan")


@dataclass(frozen=True, slots=True)
class Report:
    """A row's outcome; `line` is its line in the list, `notes` say what was left out of a row that went in, or why it did not."""

    line: int
    name: str
    outcome: Outcome
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds which field (by its place, from 0), the columns not used, and whether photos go to rows in their order."""

    columns: Mapping[str, int]
    unused: tuple[str, ...]
    photos_in_order: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Needed fields that no column holds."""
        return tuple(field for field in NEEDED if field not in self.columns)


def guess_mapping(header: Sequence[str], given: Mapping[str, str] | None = None) -> Columns:
    """Return which column holds which field; `given` (field -> column's title) goes before every guess. A column serves once."""
    titles = [_plain(title) for title in header]
    columns: dict[str, int] = {}
    for field, title in (given or {}).items():
        if _plain(title) in titles:
            columns[field] = titles.index(_plain(title))
    for field, names in COLUMNS.items():
        if field not in columns:
            free = (titles.index(name) for name in names if name in titles and titles.index(name) not in columns.values())
            place = next(free, None)
            if place is not None:
                columns[field] = place
    return _columns(columns, header, photos_in_order="photo" not in columns)


def _columns(columns: Mapping[str, int], header: Sequence[str], *, photos_in_order: bool) -> Columns:
    return Columns(columns, tuple(title for place, title in enumerate(header) if place not in columns.values() and title), photos_in_order)


def chosen_columns(header: Sequence[str], chosen: Mapping[str, int | None]) -> Columns:
    """Return the columns that somebody chose by their place; for photos `IN_ORDER` stands for none, one to a row.

    A place that is not there holds nothing. Raise Invalid, by field, for a column that already holds another field.
    """
    columns: dict[str, int] = {}
    twice = {}
    for field in COLUMNS:
        place = chosen.get(field)
        if place is None or not 0 <= place < len(header):
            continue
        if place in columns.values():
            twice[field] = say("Kolom ini sudah dipakai untuk isian lain")
        columns[field] = place
    if twice:
        raise Invalid(twice)
    return _columns(columns, header, photos_in_order=chosen.get("photo") == IN_ORDER)


def row_of(cells: Sequence[str], mapping: Columns) -> dict[str, str]:
    """Return what a row says, by field; a cell that is not there is empty, a formula's guard is taken off."""
    return {field: unguarded(cells[place])[:LONGEST_CELL] if place < len(cells) else "" for field, place in mapping.columns.items()}


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (ASVS 1.2.10): an apostrophe goes before = + - @, a tab or a return."""
    return f"'{text}" if text[:1] and text[0] in _FORMULA else text


def unguarded(text: str) -> str:
    """Take the apostrophe off that `guarded` put there."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in _FORMULA else text


def import_key(fields: Mapping[str, str], place: str) -> str:
    """Return what a row is known by when it comes again: its code, else its name and place."""
    return fields.get("key") or f"{_plain(fields['name'])}|{place}"


def place_key(name: str) -> str:
    """Return a place's name as lists write it, without what differs: "Kab. Tangerang" and "Kabupaten Tangerang" are one."""
    words = _SPLIT.sub(" ", name.lower()).split()
    words = ["kabupaten" if word == "kab" else word for word in words if word not in {"administrasi", "adm"}]
    if words[:2] == ["kota", "jakarta"]:
        words = words[1:]
    return " ".join(words)


def photo_key(name: str) -> str:
    """Return a photo's name as lists write it: letters composed, in any case, without stray spaces."""
    return unicodedata.normalize("NFC", clean_line(name.replace("\\", "/").rpartition("/")[2])).casefold()


def wrong_columns(missing: Sequence[str]) -> Words:
    """Return the sentence for a list that lacks needed columns."""
    names = ", ".join(f"{field} ({'/'.join(COLUMNS[field][:3])})" for field in missing)
    return say("Daftar ini tidak punya kolom: %(names)s. Sebut kolomnya dengan --map, misalnya --map name=Judul", names=names)


def _plain(title: str) -> str:
    return _SPLIT.sub("_", title.strip().lower()).strip("_")
