"""What a shop may be called, and the address that opens a chat with it."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from lapak.kernel.clock import spoken_day
from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.regions.rules import covers


class Origin(StrEnum):
    """How a shop came here: opened by its seller, registered by a companion at a counter, or imported from a list."""

    SELF = "self"
    COMPANION = "companion"
    IMPORT = "import"


class Keeping(StrEnum):
    """How it stands between a shop and the companion who registered it."""

    WAITING = "waiting"
    HELPING = "helping"
    TAKEN = "taken"
    ENDED = "ended"


WHICH_PLACE = say("Pilih kabupaten atau kota dari daftar")
NAME_LENGTH = (2, 60)
ABOUT_LENGTH = 600
CLAIM_LIFE = timedelta(days=30)
SEND_AGAIN_AFTER = timedelta(hours=1)
HELP_DAYS = (30, 90)


ANSWERS_FROM, ANSWERS_UNTIL = 6, 21
"""The hours in which a seller answers who never said otherwise."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When a shop takes orders: not on the days of a closure, both included and open-ended without `closed_until`, nor while it is busy.

    Between the full hours `answers_from` and `answers_until` its seller answers.
    """

    closed_from: date | None = None
    closed_until: date | None = None
    is_busy: bool = False
    answers_from: int = ANSWERS_FROM
    answers_until: int = ANSWERS_UNTIL

    def is_closed(self, day: date) -> bool:
        """Whether the shop is closed on a day."""
        return self.closed_from is not None and self.closed_from <= day and (self.closed_until is None or day <= self.closed_until)

    def opens_on(self, day: date) -> date | None:
        """The day a shop that is closed on `day` opens again; None when it is open, or nobody says when."""
        return self.closed_until + timedelta(days=1) if self.closed_until and self.is_closed(day) else None

    def why_not(self, day: date, shop_name: str) -> str:
        """Why no order is taken on a day, in words for the buyer; empty when one is."""
        if self.is_closed(day):
            opens = self.opens_on(day)
            if opens is None:
                return say("%(shop)s sedang tutup. Produknya tetap dapat dilihat.", shop=shop_name)
            return say("%(shop)s sedang tutup dan buka lagi %(day)s.", shop=shop_name, day=spoken_day(opens))
        return say("%(shop)s sedang penuh pesanan. Coba lagi besok, atau lihat produk lain.", shop=shop_name) if self.is_busy else ""


def keeping(
    *, owner_id: int | None, keeper_until: datetime | None, claimed_at: datetime | None, now: datetime,
) -> Keeping:  # fmt: skip
    """Return how it stands: waiting for its seller, helping with their leave, taken over, or ended after a leave or a withdrawal."""
    if owner_id is None:
        return Keeping.WAITING if keeper_until is None or now < keeper_until else Keeping.ENDED
    if keeper_until is not None and now < keeper_until:
        return Keeping.HELPING
    had_leave = keeper_until is not None and claimed_at is not None and keeper_until > claimed_at
    return Keeping.ENDED if had_leave else Keeping.TAKEN


def market_of(place: str, into: str) -> str:
    """Return whose market shows and governs a shop that the region `into` takes in: its own place's, or that region's when it is outside.

    A region's programme may help sellers beyond its border; they then belong to its market alone, and say where they are.
    """
    return place if covers(into, place) else into


def claim_token(link_id: int, shop_id: int, made_at: datetime, *, key: bytes) -> str:
    """Return a claim link's secret (192 bits), derived so that its sheet can be printed again though only its hash is stored."""
    digest = hmac.new(key, f"claim:{link_id}:{shop_id}:{made_at.astimezone(UTC).isoformat()}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def last_two(phone: str) -> str:
    """Return the two digits of a number that its owner recognises it by and nobody else learns it from."""
    return phone[-2:]


def shop_name(text: str) -> str:
    """Return a shop's name, cleaned; raise Invalid when it is too short or too long."""
    name = clean_line(text)
    shortest, longest = NAME_LENGTH
    if len(name) < shortest:
        raise Invalid({"name": say("Tulis nama lapak Anda, paling sedikit 2 huruf")})
    if len(name) > longest:
        raise Invalid({"name": say("Nama lapak paling panjang %(most)s huruf", most=longest)})
    return name


def chat_link(whatsapp: str, text: str) -> str:
    """Return the wa.me address of a chat with `text` filled in (developers.facebook.com, click to chat: digits only, no plus)."""
    return f"https://wa.me/{whatsapp.removeprefix('+')}?text={quote(text, safe='')}"
