"""What is ordered: items, their snapshot, and the message that carries an order to its seller."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say

MOST_UNITS = 999
MOST_LINES = 20
"""Different things in one order."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What else a listing said when it was ordered, kept as evidence; `photo` is the key of its face, empty without one."""

    slug: str = ""
    description: str = ""
    category: str = ""
    supply: str = ""
    weight_grams: int | None = None
    shelf_life_days: int | None = None
    produced_on: str = ""
    version: int = 0
    photo: str = ""
    photo_alt: str = ""

    @property
    def made_on(self) -> date | None:
        """The day its batch was made, where that was said."""
        return date.fromisoformat(self.produced_on) if self.produced_on else None

    @property
    def best_before(self) -> date | None:
        """Until when it keeps; None where no batch date or no shelf life was said."""
        if self.made_on is None or self.shelf_life_days is None:
            return None
        return self.made_on + timedelta(days=self.shelf_life_days)

    def as_text(self) -> str:
        """As it is stored: a JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def snapshot_of(text: str) -> Snapshot:
    """Read a stored snapshot; what an older one does not say is empty."""
    said = json.loads(text)
    return Snapshot(**{name: said[name] for name in Snapshot.__dataclass_fields__ if name in said})


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order: what it was called and cost (rupiah) when it was ordered; `variant` is empty where there was none to choose."""

    product_id: int
    name: str
    unit: str
    price: int
    quantity: int
    is_held: bool
    variant: str = ""
    variant_id: int | None = None
    snapshot: str = "{}"
    position: int = 0

    @property
    def total(self) -> int:
        """The line's price in rupiah."""
        return self.price * self.quantity

    @property
    def full_name(self) -> str:
        """Its name with the variant's."""
        return f"{self.name}, {self.variant}" if self.variant else self.name

    @property
    def seen(self) -> Snapshot:
        """What else the listing said then."""
        return snapshot_of(self.snapshot)


def total(items: Sequence[Item]) -> int:
    """Return what items cost in rupiah, before delivery."""
    return sum(item.total for item in items)


def chat_text(
    *, link: str, code: str, items: Sequence[Item], buyer: str, place: str, note: str, postage: int | None = None, ready: str = ""
) -> str:
    """Return the WhatsApp message: the status link first (so that its preview shows), then code, items and total.

    `postage` is in rupiah, None while the seller has not named it; `ready` is the day it was promised for, in words.
    """
    goods = total(items)
    lines = [link, "", say("Pesanan %(code)s", code=code)]
    lines += [f"{item.quantity} x {item.full_name} = {format_rupiah(item.total)}" for item in items]
    if postage is None:
        lines.append(say("Jumlah %(total)s, belum ongkos kirim", total=format_rupiah(goods)))
    elif postage:
        lines.append(
            say("Jumlah %(total)s, sudah dengan ongkos kirim %(postage)s", total=format_rupiah(goods + postage),
                postage=format_rupiah(postage))
        )  # fmt: skip
    else:
        lines.append(say("Jumlah %(total)s", total=format_rupiah(goods)))
    if ready:
        lines.append(say("Siap: %(day)s", day=ready))
    lines += ["", say("Nama: %(name)s", name=buyer)]
    if place:
        lines.append(say("Alamat: %(place)s", place=place))
    if note:
        lines.append(say("Catatan: %(note)s", note=note))
    return "\n".join(lines)
