"""Whether a chosen seller can bear the rush: reposting one who is not ready harms that seller (programme.md, 3 and 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lapak.editions.rules.choosing import PHOTO_SIDE, Rules
from lapak.kernel.words import Words, say
from lapak.shops.rules import Opening

LEAST_SHARPNESS = 90
"""Variance of edges (photos/adapters/meter.py). Of 45 demo and real photos the softest had 110; blurred by 2 pixels, half fell below."""
LEAST_LIGHT = 80
"""Mean brightness of 255. Of the same photos the darkest had 87; at a third of their light all fell below."""
LEAST_TO_ANSWER = timedelta(hours=24)
"""How long somebody who was put forward by others has at least to say yes or no, where the plan leaves that much."""
ALWAYS = Opening()
CHANGED = say("Produk berubah sejak dinilai")
LOOK_AGAIN = say("Kurator perlu melihatnya lagi.")


class Check(StrEnum):
    """What is looked at before publication. Permits join when their room is there."""

    UNCHANGED = "unchanged"
    ON_SALE = "on_sale"
    NUMBER = "number"
    STOCK = "stock"
    CAPACITY = "capacity"
    OPEN = "open"
    ANSWERED = "answered"
    PHOTO = "photo"


NEVER_OVERRULED = frozenset({Check.UNCHANGED, Check.ON_SALE, Check.NUMBER, Check.OPEN})
DAYS_OF_RUSH = 7
"""For how many days after publication a shop has to be able to make at least what the region asks to lie in stock."""
"""What no curator may wave through: nobody looked at what buyers would see, or they could not order at all."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a chosen seller and listing. `left` is None where stock is not counted; sides in pixels.

    `per_day` is how much the shop said it can make or do in a day, None when it did not say; `opening` when it takes orders.
    `sharpness` is None while nobody measured the photo; `is_waved` when a curator lets unmet checks pass; `is_seen` unless its seller
    changed the listing since a curator looked at it last.
    """

    is_on_sale: bool
    has_number: bool
    left: int | None
    ready_at: datetime | None
    photo_side: int | None
    sharpness: int | None
    is_waved: bool = False
    is_seen: bool = True
    per_day: int | None = None
    opening: Opening = ALWAYS


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: met or not, what was found, and the one thing that mends it."""

    check: Check
    is_met: bool
    text: Words
    fix: Words


def findings(facts: Facts, rules: Rules, *, at: datetime) -> list[Finding]:
    """Return every check of a seller for a publication at that moment."""
    found = [] if facts.is_seen else [Finding(Check.UNCHANGED, is_met=False, text=CHANGED, fix=LOOK_AGAIN)]
    on_sale = say("Produk sedang dijual") if facts.is_on_sale else say("Produk sedang tidak dijual")
    takes_orders = say("Lapak menerima pesanan") if facts.has_number else say("Lapak belum menerima pesanan")
    is_answered, hours = answered(facts.ready_at, rules, at=at), rules.ready_hours
    said = (
        say("Penjual menyatakan siap dalam %(hours)s jam terakhir", hours=hours) if is_answered
        else say("Penjual belum menyatakan siap dalam %(hours)s jam terakhir", hours=hours)
    )  # fmt: skip
    found += [
        Finding(Check.ON_SALE, facts.is_on_sale, on_sale, say("Buka kembali penjualan produk ini.")),
        Finding(Check.NUMBER, facts.has_number, takes_orders, say("Isi nomor WhatsApp lapak.")),
        Finding(Check.ANSWERED, is_answered, said, say("Tekan Saya siap di dasbor, menu Edisi.")),
        _photo(facts, rules),
    ]
    if facts.opening.is_busy or facts.opening.is_closed(at.date()):
        fix = say("Buka lapak di dasbor, menu Pesanan, Buka tutup dan kesanggupan.")
        found.insert(1, Finding(Check.OPEN, is_met=False, text=say("Lapak tutup atau sedang penuh saat terbit"), fix=fix))
    if facts.left is None and rules.ready_stock:
        found.insert(-2, _capacity(facts, rules))
    if facts.left is not None and rules.ready_stock:
        text = say("Persediaan %(left)s, paling sedikit %(least)s", left=facts.left, least=rules.ready_stock)
        fix = say("Tambah persediaan menjadi paling sedikit %(least)s.", least=rules.ready_stock)
        found.insert(-2, Finding(Check.STOCK, facts.left >= rules.ready_stock, text, fix))
    return found


def answered(ready_at: datetime | None, rules: Rules, *, at: datetime) -> bool:
    """Whether a seller's "siap" is fresh enough for a publication at that moment; one from a clock ahead of ours counts too."""
    return ready_at is not None and at - ready_at <= timedelta(hours=rules.ready_hours)


def is_ready(facts: Facts, rules: Rules, *, at: datetime) -> bool:
    """Whether a seller may go out: all checks met, or those that may be are waved through by a curator with a reason."""
    return not missing(facts, rules, at=at)


def missing(facts: Facts, rules: Rules, *, at: datetime) -> list[Finding]:
    """Return the checks that hold a seller back."""
    unmet = [one for one in findings(facts, rules, at=at) if not one.is_met]
    return [one for one in unmet if not facts.is_waved or one.check in NEVER_OVERRULED]


def concern(photo_side: int | None, light: int | None) -> str:
    """Return what a photo would be marked down for, in words for its seller before they enter; empty when nothing."""
    if photo_side is None:
        return say("Belum ada foto: tambah dulu supaya dinilai baik")
    if photo_side < PHOTO_SIDE:
        return say("Foto terlalu kecil untuk terbit: ganti sebelum terpilih")
    return say("Foto agak gelap: sebaiknya foto ulang") if light is not None and light < LEAST_LIGHT else ""


def asks_from(publish_at: datetime, rules: Rules) -> datetime:
    """Return from when sellers are asked whether they are ready: an earlier answer would be stale at publication."""
    return publish_at - timedelta(hours=rules.ready_hours)


def too_short(publish_at: datetime, rules: Rules, *, now: datetime) -> str:
    """Return how little time sellers would have to say that they are ready, in words; empty where it is what the rules give them."""
    return span(publish_at - now) if asks_from(publish_at, rules) < now else ""


def span(left: timedelta) -> Words:
    """Return how long something lasts, in words: "5 jam 40 menit", "40 menit"; whole minutes, none below 0."""
    minutes = max(0, left // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say("%(minutes)s menit", minutes=rest)
    return say("%(hours)s jam %(minutes)s menit", hours=hours, minutes=rest) if rest else say("%(hours)s jam", hours=hours)


def answer_by(closes_at: datetime | None, publish_at: datetime, rules: Rules, *, asked_at: datetime) -> datetime | None:
    """Return by when a seller whose listing was put forward at `asked_at` is asked to answer.

    That is the end of the call, else when those chosen are asked whether they are ready, each if it is a day away; else publication, or
    None when the plan's moment for that is over.
    """
    for moment in (closes_at, asks_from(publish_at, rules)):
        if moment is not None and moment - asked_at >= LEAST_TO_ANSWER:
            return moment
    return publish_at if publish_at > asked_at else None


def _capacity(facts: Facts, rules: Rules) -> Finding:
    """Whether a seller who makes to order said how much they can make, and it is enough for the rush."""
    is_met = facts.per_day is not None and facts.per_day * DAYS_OF_RUSH >= rules.ready_stock
    fix = say("Isi berapa yang sanggup dibuat sehari di dasbor, menu Pesanan, Buka tutup dan kesanggupan.")
    if facts.per_day is None:
        text = say("Belum menyebut berapa yang sanggup dibuat sehari")
    else:
        text = say("Sanggup membuat %(most)s sehari, perlu %(least)s dalam sepekan", most=facts.per_day, least=rules.ready_stock)
    return Finding(Check.CAPACITY, is_met, text, fix)


def _photo(facts: Facts, rules: Rules) -> Finding:
    fix = say("Ganti foto utama: terang, tajam, sisi panjang paling sedikit %(side)s piksel.", side=rules.photo_side)
    if facts.photo_side is None:
        return Finding(Check.PHOTO, is_met=False, text=say("Belum ada foto"), fix=fix)
    if facts.photo_side < rules.photo_side:
        text = say("Foto %(now)s piksel, perlu %(side)s", now=facts.photo_side, side=rules.photo_side)
        return Finding(Check.PHOTO, is_met=False, text=text, fix=fix)
    is_sharp = facts.sharpness is None or facts.sharpness >= LEAST_SHARPNESS
    return Finding(Check.PHOTO, is_sharp, say("Foto tajam dan cukup besar") if is_sharp else say("Foto kurang tajam"), fix)
