"""What stands on a seller's paper: the sheet of a day, and the labels of parcels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lapak.orders.rules.items import Item

MOST_LABELS = 200
MOST_ON_SHEET = 200
"""Orders of one day that a sheet lists; what comes beyond is told at its head."""


class Format(StrEnum):
    """What labels are printed on, as addresses name it: a label printer's roll (100 x 150 mm), or four on a sheet of A4."""

    ROLL = "100x150"
    SHEET = "a4"


@dataclass(frozen=True, slots=True)
class Label:
    """A parcel's label. `link` is what its QR code says; `phone` is empty where whoever prints has no business with it."""

    code: str
    link: str
    sender: str
    sender_place: str
    recipient: str
    place: str
    address: str
    phone: str
    courier: str
    tracking: str
    contents: tuple[str, ...]
    best_before: str = ""


@dataclass(frozen=True, slots=True)
class SheetTotal:
    """So many of a thing in all, for how many orders."""

    quantity: int
    unit: str
    name: str
    orders: int


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """An order on a day's sheet, in words; `lines` are what to make or pack."""

    code: str
    buyer: str
    where: str
    ready: str
    money: str
    total: str
    note: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's work on paper. `unanswered` are orders that nobody promised yet: they stand apart and are in no total."""

    shop: str
    day: str
    printed: str
    totals: Sequence[SheetTotal]
    orders: Sequence[SheetOrder]
    unanswered: Sequence[SheetOrder] = field(default=())
    is_cut: bool = False


def totals(orders: Iterable[Sequence[Item]]) -> list[SheetTotal]:
    """Return how many of each thing all orders take together, the most first."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for items in orders:
        for item in items:
            key = item.full_name, item.unit
            quantity, count = found.get(key, (0, 0))
            found[key] = quantity + item.quantity, count + 1
    rows = [SheetTotal(quantity, unit, name, count) for (name, unit), (quantity, count) in found.items()]
    return sorted(rows, key=lambda row: (-row.quantity, row.name))


def best_before(items: Iterable[Item]) -> date | None:
    """Return until when all of it keeps: the earliest of what has a batch date and a shelf life; None where nothing has both."""
    days = [day for item in items if (day := item.seen.best_before)]
    return min(days, default=None)


def home_number(phone: str | None) -> str:
    """Return a number (E.164) as it is dialled at home: "+6281227450913" is "0812-2745-0913"; others stay as they are."""
    if not phone or not phone.startswith("+62"):
        return phone or ""
    digits = "0" + phone.removeprefix("+62")
    return "-".join(filter(None, (digits[:4], digits[4:8], digits[8:])))
