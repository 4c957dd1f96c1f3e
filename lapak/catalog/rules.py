"""What a listing may say, and what its numbers mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.money import Rupiah
from lapak.kernel.text import clean_line
from lapak.kernel.words import say

NAME_LENGTH = (3, 80)
DESCRIPTION_LENGTH = 2000
MOST_PHOTOS = 10
MOST_STOCK = 100_000
MOST_PRODUCTS = 500
MOST_VARIANTS = 20
VARIANT_LENGTH = 40
SYNONYMS_LENGTH = 2000
_WORDS = re.compile(r"[^\W_]+")


class Kind(StrEnum):
    """Goods and services are equals: 17 % of the real programme were services (programme.md, 2)."""

    GOODS = "goods"
    SERVICE = "service"


class Supply(StrEnum):
    """How a listing is supplied: from counted stock, made after the order, or as a service."""

    STOCK = "stock"
    MADE_TO_ORDER = "made_to_order"
    SERVICE = "service"


class Reach(StrEnum):
    """How far the goods can travel."""

    PICKUP = "pickup"
    LOCAL = "local"
    ISLAND = "island"
    COUNTRY = "country"


class Storage(StrEnum):
    """How goods have to be kept for as long as their shelf life says."""

    ROOM = "room"
    CHILLED = "chilled"
    FROZEN = "frozen"


class Unit(StrEnum):
    """What a seller counts a day's capacity in."""

    PORTIONS = "portions"
    ORDERS = "orders"


class State(StrEnum):
    """Whether a listing is on sale; a moderator withholds one, and only a moderator puts it back."""

    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"
    WITHHELD = "withheld"


class Freshness(StrEnum):
    """What is done about a listing that nobody confirmed for a while: its seller is asked, it steps back, it pauses."""

    FRESH = "fresh"
    ASKED = "asked"
    STEPPED_BACK = "stepped_back"
    PAUSED = "paused"


MOVES = {
    State.ACTIVE: {State.PAUSED, State.ARCHIVED},
    State.PAUSED: {State.ACTIVE, State.ARCHIVED},
    State.ARCHIVED: {State.ACTIVE},
    State.WITHHELD: {State.ARCHIVED},
}
"""Where sellers may take a listing themselves."""
REACH_NAMES = {
    Reach.PICKUP: say("Ambil di tempat"),
    Reach.LOCAL: say("Antar dalam kota"),
    Reach.ISLAND: say("Kirim sepulau"),
    Reach.COUNTRY: say("Seluruh Indonesia"),
}


STORAGE_NAMES = {
    Storage.ROOM: say("Suhu ruang"),
    Storage.CHILLED: say("Kulkas"),
    Storage.FROZEN: say("Beku"),
}
UNIT_NAMES = {Unit.PORTIONS: say("porsi atau buah"), Unit.ORDERS: say("pesanan")}


ASK_AFTER = timedelta(days=60)
STEP_BACK_AFTER = timedelta(days=14)
PAUSE_AFTER = timedelta(days=16)
NEXT_STEP = {
    Freshness.FRESH: (Freshness.ASKED, ASK_AFTER),
    Freshness.ASKED: (Freshness.STEPPED_BACK, STEP_BACK_AFTER),
    Freshness.STEPPED_BACK: (Freshness.PAUSED, PAUSE_AFTER),
}
"""What follows each state when its seller says nothing, and after how long in it: asked at 60 days, back at 74, paused at 90.

Counted from the step before and not from the last word, so that a clock that jumps costs a listing one step and not all three.
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a seller says of a listing. Amounts: rupiah, grams, days. `stock` is what is ready to sell; None when not counted.

    Without a category the listing gets the one its name speaks of, unless it is not `is_guessable`: its list named one we do not have.
    """

    name: str
    price: Rupiah
    kind: Kind = Kind.GOODS
    supply: Supply = Supply.STOCK
    description: str = ""
    category: str = ""
    is_guessable: bool = True
    stock: int | None = None
    stock_seen: int | None = None
    received_seen: int | None = None
    unit: str = ""
    weight_grams: int | None = None
    shelf_life_days: int | None = None
    prepare_days: int | None = None
    reach: Reach = Reach.LOCAL
    area_served: str = ""
    produced_on: date | None = None
    storage: Storage = Storage.ROOM


def product_name(text: str) -> str:
    """Return a listing's name, cleaned; raise Invalid when it is too short, too long or has no letter."""
    name = clean_line(text)
    shortest, longest = NAME_LENGTH
    if len(name) < shortest or not re.search(r"[^\W\d_]", name):
        raise Invalid({"name": say("Tulis nama produk, misalnya Keripik tempe 150 g")})
    if len(name) > longest:
        raise Invalid({"name": say("Nama produk paling panjang %(most)s huruf. Keterangan lain bisa ditulis nanti", most=longest)})
    return name


class Saved(StrEnum):
    """What became of a seller's change: buyers see it, it waits for a moderator, or it is still what a moderator asked to mend."""

    SHOWN = "shown"
    WAITING = "waiting"
    UNMENDED = "unmended"


WITHHELD = say("Produk ini ditarik pemeriksa. Perbaiki dulu di halaman ubah produk, lalu kirim lagi.")


def move(state: State, to: State) -> State:
    """Return `to`; raise Conflict when the seller of a listing in `state` cannot take it there."""
    if state is State.WITHHELD and to is not State.ARCHIVED:
        raise Conflict(WITHHELD)
    if to not in MOVES[state]:
        raise Conflict("Produk ini sudah berubah. Muat ulang halaman.")
    return to


def suggest(name: str, kinds: Sequence[tuple[str, Sequence[str]]]) -> str | None:
    """Return the slug of the kind that a listing's name speaks of, None when it speaks of none.

    `kinds` are slugs with their words (their name and synonyms). What stands first decides, as the head of an Indonesian name does
    ("kopi kue" is a coffee), and of two that start together the longer one ("kue kering" rather than "kue").
    """
    said = " ".join(_WORDS.findall(name.lower()))
    found = [
        (-at, len(words), slug)
        for slug, phrases in kinds
        for phrase in phrases
        if (words := " ".join(_WORDS.findall(phrase.lower()))) and (at := f" {said} ".find(f" {words} ")) >= 0
    ]
    return max(found)[2] if found else None


def stock_change(draft: Draft, *, seen: int) -> int:
    """Return by how much the seller changes what is ready to sell, having `seen` an older count.

    Only the difference is theirs: setting the count itself would bring back units that buyers took meanwhile.
    """
    if draft.supply is not Supply.STOCK or draft.stock is None:
        return 0
    return draft.stock - seen


NOT_OPEN = say("Penjual ini belum menerima pesanan di sini. Datanya dari daftar pemerintah daerah, dan belum diambil alih penjualnya.")


def why_not_on_sale(state: State, left: int | None, shop_name: str, *, has_number: bool) -> str:
    """Return why a listing cannot be ordered, in words for the buyer; empty when it can."""
    if state is State.ARCHIVED:
        return say("Produk ini tidak dijual lagi.")
    if state is State.WITHHELD:
        return say("Produk ini tidak ditampilkan.")
    if state is State.PAUSED:
        return say("%(shop)s sedang jeda menjual produk ini.", shop=shop_name)
    if not has_number:
        return NOT_OPEN
    return say("Persediaan sedang habis. Lihat produk lain dari penjual ini.") if left == 0 else ""


def like(text: str) -> str:
    """Return a LIKE pattern that finds `text` as written; its % and _ are plain characters (escape "\\")."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
