"""When a change of a listing waits for a moderator, what a moderator may say of it, and the words for both. Plain values in and out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lapak.kernel.errors import Invalid
from lapak.kernel.words import Words, say

NOTE_LENGTH = 500
TOLD_FOR = timedelta(days=14)
"""How long a seller's pages go on telling that a change was refused."""


class Standing(StrEnum):
    """What a listing, or its waiting change, waits for: a moderator, its seller, or nothing any more."""

    WAITING = "waiting"
    CHECKED = "checked"
    ASKED = "asked"
    REFUSED = "refused"


class Field(StrEnum):
    """What moderators look at. Stock, weight, shelf life, days and reach are the seller's alone and never wait."""

    NAME = "name"
    DESCRIPTION = "description"
    CATEGORY = "category"
    PHOTOS = "photos"
    KIND = "kind"
    PRICE = "price"
    UNIT = "unit"
    AREA = "area_served"


COLUMNS = {field: "category_id" if field is Field.CATEGORY else field.value for field in Field}
"""Where a `Version` holds each field."""
FIELD_NAMES = {
    Field.NAME: say("Nama"),
    Field.DESCRIPTION: say("Keterangan"),
    Field.CATEGORY: say("Jenis"),
    Field.PHOTOS: say("Foto"),
    Field.KIND: say("Barang atau jasa"),
    Field.PRICE: say("Harga"),
    Field.UNIT: say("Satuan"),
    Field.AREA: say("Daerah layanan"),
}


class Verdict(StrEnum):
    """What a moderator decides: it may stay, its seller is to mend it, the change is refused, the whole listing leaves the shelf."""

    APPROVE = "approve"
    ASK = "ask"
    REFUSE = "refuse"
    TAKE_DOWN = "take_down"


class Deed(StrEnum):
    """What happened to a listing on its way through the desk, as the log calls it."""

    SENT = "sent"
    WITHDRAWN = "withdrawn"
    PASSED = "passed"
    APPROVED = "approved"
    ASKED = "asked"
    REFUSED = "refused"
    TAKEN_DOWN = "taken_down"
    KEPT = "kept"
    RULES = "rules"


class Reason(StrEnum):
    """Why a moderator asks or refuses; a list, so that sellers get one fix each and the office can count."""

    UNCLEAR_PHOTO = "unclear_photo"
    WRONG_PHOTO = "wrong_photo"
    NUMBER_IN_PHOTO = "number_in_photo"
    NOT_OWN = "not_own"
    PRICE = "price"
    UNCLEAR_TEXT = "unclear_text"
    MISLEADING = "misleading"
    WRONG_KIND = "wrong_kind"
    FORBIDDEN = "forbidden"
    OFFENSIVE = "offensive"
    OTHER = "other"


REASON_TEXTS = {
    Reason.UNCLEAR_PHOTO: say("Foto tidak jelas"),
    Reason.WRONG_PHOTO: say("Foto tidak sesuai dengan barangnya"),
    Reason.NUMBER_IN_PHOTO: say("Nomor telepon atau tulisan di foto"),
    Reason.NOT_OWN: say("Bukan produk sendiri"),
    Reason.PRICE: say("Harga tidak wajar"),
    Reason.UNCLEAR_TEXT: say("Nama atau keterangan kurang jelas"),
    Reason.MISLEADING: say("Keterangan menyesatkan"),
    Reason.WRONG_KIND: say("Jenis tidak sesuai"),
    Reason.FORBIDDEN: say("Barang terlarang"),
    Reason.OFFENSIVE: say("Kata atau gambar tidak pantas"),
    Reason.OTHER: say("Alasan lain"),
}
FIXES = {
    Reason.UNCLEAR_PHOTO: say("Ganti dengan foto yang terang dan tajam: satu produk, dekat jendela, latar polos."),
    Reason.WRONG_PHOTO: say("Foto barang yang benar-benar akan dikirim ke pembeli, lalu pakai sebagai foto utama."),
    Reason.NUMBER_IN_PHOTO: say("Pasang foto tanpa nomor dan tulisan. Pembeli sudah menemukan nomor Anda di tombol pesan."),
    Reason.NOT_OWN: say("Pasang hanya yang Anda buat, tanam, atau kerjakan sendiri, dengan foto Anda sendiri."),
    Reason.PRICE: say("Tulis harga satu satuan dalam rupiah, lalu hitung lagi nolnya."),
    Reason.UNCLEAR_TEXT: say("Tulis nama barang dan ukurannya, misalnya Keripik tempe 150 g, lalu bahan dan rasanya di keterangan."),
    Reason.MISLEADING: say("Hapus yang tidak dapat Anda buktikan, misalnya janji sembuh atau izin yang belum ada."),
    Reason.WRONG_KIND: say("Pilih jenis yang sesuai dari daftar, supaya pembeli menemukannya."),
    Reason.FORBIDDEN: say("Barang ini tidak boleh dijual di sini. Arsipkan, lalu pasang produk yang lain."),
    Reason.OFFENSIVE: say("Hapus kata atau gambar itu, lalu kirim lagi."),
    Reason.OTHER: say("Ikuti pesan pemeriksa, lalu kirim lagi."),
}


class Source(StrEnum):
    """Who brings a listing in or changes it: its seller, a companion for them, or an office's list."""

    SELLER = "seller"
    COMPANION = "companion"
    IMPORT = "import"


class Rule(StrEnum):
    """What let a change through without a person."""

    SMALL = "small"
    TRUSTED = "trusted"
    COMPANION = "companion"
    IMPORT = "import"
    CURATED = "curated"


RULE_TEXTS = {
    Rule.SMALL: say("Perubahan kecil"),
    Rule.TRUSTED: say("Penjual tepercaya"),
    Rule.COMPANION: say("Diisi pendamping"),
    Rule.IMPORT: say("Dari daftar pengelola"),
    Rule.CURATED: say("Dipilih kurator untuk edisi"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """A region's rules. Who has `trusted_after` listings approved by people (0: nobody) and none refused in `trusted_days` is trusted.

    A change of the fields in `material` waits; of the price, one beyond `price_percent` of the price that was last checked.
    """

    material: frozenset[Field] = frozenset(Field)
    price_percent: int = 10
    trusted_after: int = 3
    trusted_days: int = 90
    companions_pass: bool = False
    imports_pass: bool = True
    curated_pass: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """A listing as moderators see it; `photos` are keys of rows in their order, each with what it shows."""

    name: str
    description: str
    price: int
    category_id: int | None
    kind: str
    unit: str
    area_served: str
    photos: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """How a shop fared at the desk: listings that people approved, and when anything was refused last."""

    approved: int
    refused_at: datetime | None


def changes(before: Version, after: Version) -> frozenset[Field]:
    """Return what differs between two versions of a listing."""
    return frozenset(field for field, column in COLUMNS.items() if getattr(before, column) != getattr(after, column))


def material(changed: frozenset[Field], *, price: int, checked_price: int, rules: Rules) -> frozenset[Field]:
    """Return which of the changes have to wait.

    A price is measured against the one last checked and not against yesterday's, or it would creep.
    """
    found = changed & rules.material
    if abs(price - checked_price) * 100 <= checked_price * rules.price_percent:
        return found - {Field.PRICE}
    return found


def is_trusted(record: Record, *, rules: Rules, now: datetime) -> bool:
    """Whether a shop's listings pass without a person."""
    if not rules.trusted_after or record.approved < rules.trusted_after:
        return False
    return record.refused_at is None or now - record.refused_at > timedelta(days=rules.trusted_days)


def passes(source: Source, record: Record, *, rules: Rules, now: datetime) -> Rule | None:
    """Return the rule that lets a new listing or a material change through, None when a person has to look."""
    if source is Source.IMPORT and rules.imports_pass:
        return Rule.IMPORT
    if source is Source.COMPANION and rules.companions_pass:
        return Rule.COMPANION
    return Rule.TRUSTED if is_trusted(record, rules=rules, now=now) else None


def check_words(verdict: Verdict, reason: Reason | None, note: str) -> None:
    """Raise Invalid unless whoever asks or refuses says why, and what to do where the reason alone does not tell."""
    if verdict is Verdict.APPROVE:
        return
    if reason is None:
        raise Invalid({"reason": say("Pilih satu alasan. Penjual membacanya bersama cara memperbaikinya")})
    if reason is Reason.OTHER and not note:
        raise Invalid({"note": say("Tulis alasannya dan apa yang harus diubah penjual")})


def explain(reason: str, note: str) -> tuple[Words, Words, str]:
    """Return the reason in words, what to do about it, and the moderator's own words."""
    why = Reason(reason or Reason.OTHER)
    return REASON_TEXTS[why], FIXES[why], note
