"""What orders take from shops and give back: counted units, and what a shop can make or do in a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, cast, exists, func, or_, select, update

from lapak.catalog.models import Capacity, Product, Slot, Variant
from lapak.catalog.rules import State, Supply, Unit
from lapak.db.base import db
from lapak.db.session import Command, changed, insertion, transaction
from lapak.kernel.errors import Conflict
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say

CHANGED = say("%(name)s baru saja diubah penjualnya. Pesanan belum dibuat. Muat ulang halaman, lalu pesan lagi.")


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a listing or one of its variants, at the price the buyer saw (rupiah; None when none was shown).

    `is_counted` says whether it was counted stock when it was looked at; None for who did not look.
    """

    product_id: int
    quantity: int
    price_seen: int | None = None
    variant_id: int | None = None
    is_counted: bool | None = None


class Short(Conflict):
    """Fewer units are left than were asked for: `left` of `line`."""

    def __init__(self, line: Line, name: str, left: int) -> None:
        self.line, self.left = line, left
        text = "%(name)s tinggal %(left)s. Kurangi jumlahnya, lalu pesan lagi." if left else "%(name)s baru saja habis."
        super().__init__(text, name=name, left=left)


class Full(Conflict):
    """A slot of a shop's capacity is full."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        super().__init__("Hari itu tidak cukup lagi untuk pesanan ini. Pesanan belum dibuat. Hari kosong berikutnya sudah dipilihkan.")


_WANTED, _PRICE = bindparam("wanted", type_=Integer), bindparam("costs", type_=BigInteger)
_KEY = bindparam("key", type_=Integer)
_HOLD_PRODUCT = Command(
    lambda: (
        update(Product)
        .where(Product.id == _KEY, Product.shop_id == bindparam("in_shop"), Product.state == State.ACTIVE.value)
        .where(Product.supply == Supply.STOCK.value, Product.on_hand - Product.held >= _WANTED)
        .where(or_(cast(_PRICE, BigInteger).is_(None), Product.price == _PRICE))
        .values(held=Product.held + _WANTED)
    )
)
_HOLD_VARIANT = Command(
    lambda: (
        update(Variant)
        .where(Variant.id == _KEY, Variant.product_id == bindparam("of_product"), Variant.is_active)
        .where(exists().where(Product.id == bindparam("of_product"), Product.supply == Supply.STOCK.value))
        .where(Variant.on_hand - Variant.held >= _WANTED, or_(cast(_PRICE, BigInteger).is_(None), Variant.price == _PRICE))
        .values(held=Variant.held + _WANTED)
    )
)


def hold(lines: Sequence[Line], *, shop_id: int) -> None:
    """Set units aside for an order, all lines or none; listings without counted stock need no hold.

    All orders take variants before listings, each in ascending key, so that no two wait for each other. Raise Short naming what is
    left, Conflict for what is not on sale, or costs something else than the buyer saw.
    """
    with transaction():
        for line in _variants(lines):
            values = {"key": line.variant_id, "of_product": line.product_id, "wanted": line.quantity, "costs": line.price_seen}
            if _HOLD_VARIANT.run(**values).rowcount == 0:
                _check_variant(line)
        for line in _products(lines):
            wanted = {"key": line.product_id, "in_shop": shop_id, "wanted": line.quantity, "costs": line.price_seen}
            if _HOLD_PRODUCT.run(**wanted).rowcount == 0:
                _check_product(line, shop_id=shop_id)
            elif line.is_counted is False:
                raise Conflict(CHANGED, name=_name_of(line.product_id))


def _check_product(line: Line, *, shop_id: int) -> None:
    on_sale = (Product.id == line.product_id, Product.shop_id == shop_id, Product.state == State.ACTIVE)
    said = select(Product.name, Product.price, Product.supply, Product.on_hand - Product.held)
    row = db.session.execute(said.where(*on_sale)).first()
    if row is None:
        raise Conflict("Produk ini sedang tidak dijual.")
    _check(line, *row)


def _check_variant(line: Line) -> None:
    mine = (Variant.id == line.variant_id, Variant.product_id == line.product_id, Variant.is_active)
    what = select(Product.name, Variant.name, Variant.price, Product.supply, Variant.on_hand - Variant.held)
    row = db.session.execute(what.join(Product, Product.id == Variant.product_id).where(*mine)).first()
    if row is None:
        raise Conflict("Pilihan ini sedang tidak dijual. Pilih yang lain.")
    product, name, price, supply, left = row
    _check(line, f"{product}, {name}", price, supply, left)


def _check(line: Line, name: str, price: int, supply: str, left: int) -> None:
    """Say why nothing was held; uncounted things need no hold."""
    if line.price_seen is not None and line.price_seen != price:
        raise Conflict("Harga %(name)s berubah menjadi %(price)s. Periksa, lalu pesan lagi.", name=name, price=format_rupiah(price))
    if line.is_counted is not None and line.is_counted != (supply == Supply.STOCK):
        raise Conflict(CHANGED, name=name)
    if supply == Supply.STOCK:
        raise Short(line, name, left)


def _name_of(product_id: int) -> str:
    return db.session.scalar(select(Product.name).where(Product.id == product_id)) or ""


def release(lines: Sequence[Line]) -> None:
    """Give held units back to the shelf; those of a variant that is not sold any more leave it."""
    with transaction():
        for table, key, quantity in _counted(lines):
            db.session.execute(update(table).where(table.id == key).values(held=table.held - quantity))
        for line in lines:
            if line.variant_id is None:  # counted before there were variants: there is no row on the shelf for it any more
                has_variants = exists().where(Variant.product_id == Product.id, Variant.is_active)
                _take_off(Product, line.quantity, Product.id == line.product_id, has_variants)
        for line in _variants(lines):
            if _take_off(Variant, line.quantity, Variant.id == line.variant_id, Variant.is_active.is_(False)):
                _take_off(Product, line.quantity, Product.id == line.product_id)


def _take_off(table: type[Product | Variant], quantity: int, *where: ColumnElement[bool]) -> bool:
    """Take units off the shelf as if they had never been received, where that holds; return whether it did."""
    fewer = {"on_hand": table.on_hand - quantity, "received": table.received - quantity}
    return changed(update(table).where(*where).values(fewer)) > 0


def sell(lines: Sequence[Line]) -> None:
    """Turn held units into sold ones: on_hand and held fall together."""
    with transaction():
        for table, key, quantity in _counted(lines):
            taken = {"on_hand": table.on_hand - quantity, "held": table.held - quantity, "sold": table.sold + quantity}
            db.session.execute(update(table).where(table.id == key).values(taken))


def _variants(lines: Sequence[Line]) -> list[Line]:
    return sorted((line for line in lines if line.variant_id is not None), key=lambda line: line.variant_id or 0)


def _products(lines: Sequence[Line]) -> list[Line]:
    """What is wanted of each listing, all its variants together; a price only where it has no variants."""
    wanted: dict[int, Line] = {}
    for line in lines:
        there = wanted.get(line.product_id)
        price = line.price_seen if line.variant_id is None else None
        quantity = line.quantity + (there.quantity if there else 0)
        wanted[line.product_id] = Line(line.product_id, quantity, price, is_counted=line.is_counted)
    return [line for _, line in sorted(wanted.items())]


def _counted(lines: Sequence[Line]) -> list[tuple[type[Product | Variant], int, int]]:
    variants: list[tuple[type[Product | Variant], int, int]] = [
        (Variant, line.variant_id, line.quantity) for line in _variants(lines) if line.variant_id is not None
    ]
    return variants + [(Product, line.product_id, line.quantity) for line in _products(lines)]


def take(slots: Mapping[str, int], limits: Mapping[str, int | None], *, shop_id: int) -> None:
    """Take so much of each of a shop's slots, all or none; a slot without a limit only counts. Raise Full for one that is full.

    A day that has a limit of its own goes by that.
    """
    with transaction():
        for name, quantity in sorted(slots.items()):
            db.session.execute(insertion(Slot).values(shop_id=shop_id, name=name, taken=0, most=None).on_conflict_do_nothing())
            usual = limits[name]
            limit = Slot.most if usual is None else func.coalesce(Slot.most, usual)
            free = update(Slot).where(Slot.shop_id == shop_id, Slot.name == name, limit.is_(None) | (Slot.taken + quantity <= limit))
            if changed(free.values(taken=Slot.taken + quantity)) == 0:
                raise Full(name)


def give_back(slots: Mapping[str, int], *, shop_id: int) -> None:
    """Give back what an order took of a shop's slots."""
    with transaction():
        for name, quantity in sorted(slots.items()):
            mine = update(Slot).where(Slot.shop_id == shop_id, Slot.name == name)
            db.session.execute(mine.values(taken=Slot.taken - quantity))


def set_capacity(shop_id: int, *, per_day: int | None, unit: Unit, per_edition: int | None) -> None:
    """Write down what a shop can bear: in a day, in portions or orders, and in orders of one edition; None means any."""
    with transaction():
        fresh = insertion(Capacity).values(shop_id=shop_id, per_day=per_day, unit=unit, per_edition=per_edition)
        more = {"per_day": per_day, "unit": unit, "per_edition": per_edition}
        db.session.execute(fresh.on_conflict_do_update(index_elements=["shop_id"], set_=more))


def set_day(shop_id: int, name: str, most: int | None) -> None:
    """Write down what a shop can bear on one day; None means as on any other. What is taken already stays taken."""
    with transaction():
        fresh = insertion(Slot).values(shop_id=shop_id, name=name, taken=0, most=most)
        db.session.execute(fresh.on_conflict_do_update(index_elements=["shop_id", "name"], set_={"most": most}))
