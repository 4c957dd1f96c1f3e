"""What a testimonial may say, where it stands, and why it is refused."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from lapak.kernel.checks import line, paragraphs
from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.words import say

LONGEST_TEXT = 500
LONGEST_NAME = 30
LONGEST_NOTE = 200


class Feeling(StrEnum):
    """How it was, in one plain word; three words need no scale to be explained."""

    HAPPY = "happy"
    FAIR = "fair"
    DISAPPOINTED = "disappointed"


FEELING_TEXTS = {Feeling.HAPPY: say("Puas"), Feeling.FAIR: say("Cukup"), Feeling.DISAPPOINTED: say("Kecewa")}


class State(StrEnum):
    """Where a testimonial or a seller's answer to it stands; only what is shown is read by others."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


DECISIONS = {State.SHOWN, State.REFUSED}
MOVES = {
    State.WAITING: {State.SHOWN, State.REFUSED, State.WITHDRAWN},
    State.SHOWN: {State.REFUSED, State.WITHDRAWN},
    State.REFUSED: {State.SHOWN, State.WAITING, State.WITHDRAWN},
    State.WITHDRAWN: {State.WAITING},
}
"""What was refused or taken back may be written anew, in the same one place: an order never has two testimonials."""


OPEN = {state for state, to in MOVES.items() if State.WAITING in to}
"""Where words may be written anew."""


class Refusal(StrEnum):
    """Why a moderator refuses words; a list, so that the same is refused for the same reason."""

    CONTACT = "contact"
    PRIVATE = "private"
    INSULT = "insult"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


REFUSAL_TEXTS = {
    Refusal.CONTACT: say("Memuat nomor, tautan, atau akun"),
    Refusal.PRIVATE: say("Memuat data pribadi, misalnya alamat atau nama lengkap seseorang"),
    Refusal.INSULT: say("Memuat hinaan atau tuduhan tanpa dasar"),
    Refusal.OFF_TOPIC: say("Bukan tentang pesanan ini"),
    Refusal.OTHER: say("Alasan lain"),
}
CONTACT = say("Hapus nomor telepon, tautan, atau akun dari tulisan ini. Tulisan ini terbuka untuk semua orang")
DECIDED = say(
    "Tulisan ini baru saja diputuskan rekan Anda, atau diubah penulisnya. Keputusan Anda tidak dipakai. Lihat keadaannya di bawah."
)
CANNOT = say("Tulisan ini sudah terkirim atau berubah. Muat ulang halaman untuk melihat keadaannya.")
_NUMBER = re.compile(r"(?<![\d.,])(?:\+?62|0|(?=8))(?:[\s.\-()]{0,3}\d){8,13}")
_LINK = re.compile(
    r"https?:|www\.|\bwa\.me\b|\S@\S|@\w{3,}|\b[\w-]{2,}\.(?:com|net|org|info|biz|shop|store|online|site|link|app|id|co|me|ly|io|my|sg)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def move(state: State, to: State) -> State:
    """Return `to`; raise Conflict when what is in `state` cannot go there."""
    if to not in MOVES[state]:
        raise Conflict(CANNOT)
    return to


def has_contact(text: str) -> bool:
    """Whether a text holds a phone number (however it is spaced), a link, a mail address or an account's name."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_NUMBER.search(plain) or _LINK.search(plain))


def public_text(longest: int, *, wanted: str) -> Callable[[str], str]:
    """A rule for paragraphs that everybody will read: not empty, not too long, without contacts."""
    measured = paragraphs(longest)

    def rule(text: str) -> str:
        said: str = measured(text)
        if not said:
            raise Invalid({"": wanted})
        if has_contact(said):
            raise Invalid({"": CONTACT})
        return said

    return rule


def shown_name(text: str) -> str:
    """Return the first name or initials under which a buyer wants to be read; raise Invalid for none, digits or contacts."""
    name: str = line(LONGEST_NAME, wanted=say("Tulis nama depan atau inisial, misalnya Rina atau R."))(text)
    if _DIGIT.search(name) or has_contact(name):
        raise Invalid({"": say("Nama depan atau inisial saja, tanpa angka")})
    return name


def first_name(name: str) -> str:
    """Return what a buyer's form offers as their name: the first word of how they signed, past a form of address."""
    words = name.split()
    called = [word for word in words if word.lower().strip(".") not in {"bu", "ibu", "pak", "bapak", "mbak", "mas", "kak"}] or words
    return called[0][:LONGEST_NAME] if called else ""
