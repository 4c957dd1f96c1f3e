"""What the public may report, how two versions are held side by side, and what sellers are told. Plain values in and out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from lapak.catalog.rules import Kind
from lapak.checking.rules import FIELD_NAMES, FIXES, REASON_TEXTS, RULE_TEXTS, Deed, Field, Reason, Rule, Verdict
from lapak.kernel.money import format_rupiah
from lapak.kernel.text import clean_line
from lapak.kernel.words import Words, say

REPORT_LENGTH = 500
REPORTS_BY_ORIGIN = (timedelta(hours=1), 20)
"""High, because a mobile carrier puts thousands of people behind one address."""
OPEN_BY_ORIGIN = 5
"""On one listing: one address alone cannot make it look as if the whole town complained."""
OPEN_BY_LISTING = 100
REPORTER_LIFE, UNREAD_LIFE = timedelta(days=30), timedelta(days=365)
"""How long it is kept who reported something, once their report is closed, and at the latest after it came.

An end is the law's (UU 27/2022, art. 16 (2) g), its length ours.
"""


class Trouble(StrEnum):
    """What somebody reports of a listing."""

    FORBIDDEN = "forbidden"
    FRAUD = "fraud"
    MISLEADING = "misleading"
    NOT_OWN = "not_own"
    OFFENSIVE = "offensive"
    OTHER = "other"


TROUBLE_TEXTS = {
    Trouble.FORBIDDEN: say("Barang terlarang atau berbahaya"),
    Trouble.FRAUD: say("Sudah dibayar, barang tidak datang"),
    Trouble.MISLEADING: say("Foto atau keterangan tidak sesuai barangnya"),
    Trouble.NOT_OWN: say("Bukan buatan penjual ini, atau fotonya milik orang lain"),
    Trouble.OFFENSIVE: say("Kata atau gambar tidak pantas"),
    Trouble.OTHER: say("Hal lain"),
}
GRAVE = frozenset({Trouble.FORBIDDEN, Trouble.FRAUD})
"""What somebody may come to harm by: these stand first in the queue."""


class Show(StrEnum):
    """Which part of the queue somebody looks at; written as addresses have it."""

    ALL = "semua"
    REPORTED = "dilaporkan"
    NEW = "baru"
    EDITED = "diubah"
    ASKED = "diminta"


KIND_NAMES = {Kind.GOODS: say("Barang"), Kind.SERVICE: say("Jasa")}
SHOW_NAMES = {
    Show.ALL: say("Semua"),
    Show.REPORTED: say("Dilaporkan"),
    Show.NEW: say("Baru"),
    Show.EDITED: say("Diubah"),
    Show.ASKED: say("Menunggu penjual"),
}
DEED_NAMES = {
    Deed.SENT: say("Dikirim untuk diperiksa"),
    Deed.WITHDRAWN: say("Ubahan ditarik"),
    Deed.PASSED: say("Lolos tanpa diperiksa orang"),
    Deed.APPROVED: say("Disetujui"),
    Deed.ASKED: say("Diminta diperbaiki"),
    Deed.REFUSED: say("Ubahan ditolak"),
    Deed.TAKEN_DOWN: say("Ditarik dari rak"),
    Deed.KEPT: say("Laporan ditutup, produk tetap tampil"),
    Deed.RULES: say("Aturan diubah"),
}
DEEDS_OF = {
    Verdict.APPROVE: frozenset({Deed.APPROVED, Deed.KEPT}),
    Verdict.ASK: frozenset({Deed.ASKED}),
    Verdict.REFUSE: frozenset({Deed.REFUSED, Deed.TAKEN_DOWN}),
    Verdict.TAKE_DOWN: frozenset({Deed.TAKEN_DOWN}),
}
"""What a verdict may come to, by what it was about."""
DECISIONS = frozenset[Deed]().union(*DEEDS_OF.values())
"""What a person decides; the rest happens by sellers and rules."""


def deed_of(verdict: Verdict, *, on_waiting: bool, was_checked: bool) -> Deed:
    """Return what a verdict comes to: refused without a waiting version is taken down, approved without news is kept."""
    if verdict is Verdict.APPROVE:
        return Deed.KEPT if was_checked and not on_waiting else Deed.APPROVED
    if verdict is Verdict.ASK:
        return Deed.ASKED
    return Deed.REFUSED if verdict is Verdict.REFUSE and on_waiting else Deed.TAKEN_DOWN


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text; `is_changed` where the other version does not have them."""

    text: str
    is_changed: bool


def compare(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return two texts in pieces, so that what went and what came can be marked word by word; where lines break counts, spaces do not."""
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    gone: list[Piece] = []
    come: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, [*map(_word, old)], [*map(_word, new)]).get_opcodes():
        gone += _pieces("".join(old[old_from:old_to]), is_changed=tag != "equal")
        come += _pieces("".join(new[new_from:new_to]), is_changed=tag != "equal")
    return gone, come


def _pieces(text: str, *, is_changed: bool) -> list[Piece]:
    """Some words, and the space behind them unmarked."""
    words = text.rstrip()
    return [piece for piece in (Piece(words, is_changed), Piece(text[len(words) :], is_changed=False)) if piece.text]


def _word(token: str) -> str:
    return token.rstrip() + "\n" * token.count("\n")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in two versions, in words; `before` and `after` in pieces."""

    field: Field
    before: Sequence[Piece]
    after: Sequence[Piece]

    @property
    def name(self) -> Words:
        """What the field is called."""
        return FIELD_NAMES[self.field]


def differences(before: Mapping[Field, str], after: Mapping[Field, str]) -> list[Difference]:
    """Return the fields whose words differ, in their order."""
    return [
        Difference(field, *compare(before[field], after[field])) for field in before if field in after and before[field] != after[field]
    ]


def percent(before: int, after: int) -> int:
    """Return by how many percent a price rises (or falls, below 0), rounded to whole ones."""
    return round((after - before) * 100 / before)


def told(deed: Deed, *, brand: str, name: str, reason: str, note: str) -> Words:
    """Return the message to a seller about a decision: what, why, and the one thing to do."""
    known: dict[str, object] = {"brand": brand, "name": name}
    if deed is Deed.APPROVED:
        return say("%(brand)s: %(name)s sudah diperiksa dan disetujui. Pembeli melihat versi itu.", **known)
    why = Reason(reason)
    known |= {"why": REASON_TEXTS[why], "fix": FIXES[why], "note": say(" Pesan pemeriksa: %(note)s", note=clean_line(note)) if note else ""}
    if deed is Deed.ASKED:
        return say(
            "%(brand)s: mohon perbaiki %(name)s. %(why)s. %(fix)s%(note)s Buka dasbor Anda, menu Produk, ubah, lalu simpan.", **known
        )
    if deed is Deed.REFUSED:
        return say("%(brand)s: ubahan %(name)s tidak disetujui, jadi versi yang lama tetap tampil. %(why)s. %(fix)s%(note)s", **known)
    return say(
        "%(brand)s: %(name)s kami tarik dari rak. %(why)s. %(fix)s%(note)s Sesudah diperbaiki di dasbor, menu Produk, "
        "produk itu kami periksa lagi.", **known,
    )  # fmt: skip


def rule_name(rule: str) -> Words:
    """Return what a rule is called."""
    return RULE_TEXTS[Rule(rule)]


def price_words(price: int, unit: str) -> str:
    """Return a price as the log keeps it."""
    return f"{format_rupiah(price)} / {unit}" if unit else format_rupiah(price)
