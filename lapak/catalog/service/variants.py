"""Changes to a listing's variants: sizes and tastes with their own prices and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from lapak.accounts.rules import Actor
from lapak.catalog.events import ProductChanged
from lapak.catalog.models import Product, Variant
from lapak.catalog.rules import MOST_VARIANTS, Supply
from lapak.catalog.service.listings import note_variants, own
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import changed, transaction
from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.money import Rupiah
from lapak.kernel.words import say

BETWEEN = "\x1f"
"""Ends a name that a row bears for a moment only."""
MOVED = say("Persediaan baru saja berubah. Muat ulang halaman untuk melihat sisanya. Perubahan belum disimpan.")


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """What a seller says of a variant: price in rupiah, `stock` what is ready to sell (None where it is not counted).

    `variant_id` is None for a new one; `stock_seen` and `received_seen` are what the page showed of one that is there.
    """

    name: str
    price: Rupiah
    stock: int | None = None
    variant_id: int | None = None
    stock_seen: int = 0
    received_seen: int = 0


def set_variants(slug: str, drafts: Sequence[VariantDraft], *, by: Actor, now: datetime) -> None:
    """Have a listing come in just these variants, in this order; without any it is one thing again.

    Units of a variant that is left out, and units counted before there were any, leave the shelf; what orders hold stays held. Raise
    NotFound for another person's listing, Invalid for two of one name, Conflict when orders took units meanwhile.
    """
    if len(drafts) > MOST_VARIANTS:
        raise Invalid({"variants": say("Paling banyak %(most)s pilihan", most=MOST_VARIANTS)})
    if len({draft.name.casefold() for draft in drafts}) < len(drafts):
        raise Invalid({"variants": say("Ada dua pilihan dengan nama yang sama")})
    with transaction():
        product, _shop = own(slug, by, now=now)
        rows = db.session.scalars(select(Variant).where(Variant.product_id == product.id).order_by(Variant.id).with_for_update()).all()
        there = {row.id: row for row in rows}
        claimed = {draft.variant_id for draft in drafts}
        names = {row.name.casefold(): row for row in there.values() if row.id not in claimed}
        before = [(row.name, row.price, row.is_active) for row in there.values()]
        if not any(row.is_active for row in there.values()) and drafts:
            _empty_shelf(product)
        mine = [_row_of(draft, product, there, names) for draft in drafts]
        _name_anew(dict(zip([row.id for row, _ in mine], drafts, strict=True)), there)
        for position, (draft, (row, is_new)) in enumerate(zip(drafts, mine, strict=True)):
            is_replay = not is_new and draft.variant_id is None and row.is_active  # the page that made it, sent once more
            starts = is_new or not row.is_active
            row.price, row.position, row.is_active = draft.price, position, True
            db.session.flush()
            if product.supply == Supply.STOCK and draft.stock is not None and not is_replay:
                seen = (row.on_hand - row.held, row.received) if starts else (draft.stock_seen, draft.received_seen)
                _count(row, draft.stock - seen[0], seen=seen[1])
        kept = {row.id for row, _ in mine}
        for row in there.values():
            if row.id not in kept and row.is_active:
                row.is_active = False
                db.session.flush()
                _count(row, row.held - row.on_hand, seen=row.received)
        _sum_up(product)
        rows = db.session.scalars(select(Variant).where(Variant.product_id == product.id).order_by(Variant.id)).all()
        after = [(row.name, row.price, row.is_active) for row in rows]
        if before != after:
            product.version += 1
            note_variants(product, by=by, now=now)
        product.updated_at = now
        announce(ProductChanged(product.id), now=now)


def _row_of(draft: VariantDraft, product: Product, there: dict[int, Variant], names: dict[str, Variant]) -> tuple[Variant, bool]:
    """The row that a draft is about, and whether it is new."""
    row = there.get(draft.variant_id or 0) or names.get(draft.name.casefold())
    if row is not None:
        return row, False
    row = Variant(product_id=product.id, name=f"{draft.name}{BETWEEN}", price=draft.price, position=0, is_active=True)
    row.on_hand = row.held = row.sold = row.received = 0
    db.session.add(row)
    db.session.flush()
    return row, True


def _name_anew(drafts: dict[int, VariantDraft], there: dict[int, Variant]) -> None:
    """Give rows the names of their drafts; those that swap names, or take one that was given up, must not meet half-way."""
    taken = {draft.name.casefold() for draft in drafts.values()}
    for row in there.values():
        if row.id not in drafts and row.name.casefold() in taken:
            row.name = f"{row.name} ({row.id})"
        elif row.id in drafts and row.name != drafts[row.id].name:
            row.name = f"{row.id}{BETWEEN}"
    db.session.flush()
    for row_id, draft in drafts.items():
        db.session.get_one(Variant, row_id).name = draft.name
    db.session.flush()


def _empty_shelf(product: Product) -> None:
    """Take the units off the shelf that were counted while the listing was one thing."""
    free = product.on_hand - product.held
    mine = update(Product).where(Product.id == product.id, Product.on_hand == product.on_hand, Product.held == product.held)
    if changed(mine.values(on_hand=Product.on_hand - free, received=Product.received - free)) == 0:
        raise Conflict(MOVED)
    db.session.refresh(product)


def _count(row: Variant, change: int, *, seen: int) -> None:
    """Add or take away units of a variant and of its listing; a page that saw another `received` is old, or was sent twice."""
    if change == 0 or row.received == seen + change:
        return
    mine = update(Variant).where(Variant.id == row.id, Variant.received == seen, Variant.on_hand + change >= Variant.held)
    if changed(mine.values(on_hand=Variant.on_hand + change, received=Variant.received + change)) == 0:
        raise Conflict(MOVED)
    its = update(Product).where(Product.id == row.product_id)
    db.session.execute(its.values(on_hand=Product.on_hand + change, received=Product.received + change))
    db.session.refresh(row)


def _sum_up(product: Product) -> None:
    """Show the lowest price; the counts followed one by one."""
    lowest = db.session.scalar(select(func.min(Variant.price)).where(Variant.product_id == product.id, Variant.is_active))
    db.session.refresh(product)
    if lowest is not None:
        product.price = Rupiah(lowest)
