"""What is in a basket, seller by seller, as it is offered now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select

from lapak.catalog.models import Product, ProductPhoto, Variant
from lapak.catalog.queries import FACE
from lapak.catalog.rules import Kind, Reach, State, Supply, why_not_on_sale
from lapak.catalog.service.stock import Line
from lapak.db.session import Query
from lapak.kernel.checks import whole_number
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo_if_any
from lapak.shops.models import Shop
from lapak.shops.queries import OPENING_COLUMNS
from lapak.shops.rules import Opening


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a basket. `left` is None where stock is not counted; `why_not` is why it cannot be ordered now, empty when it can."""

    product_id: int
    variant_id: int | None
    slug: str
    name: str
    variant: str
    unit: str
    price: int
    quantity: int
    left: int | None
    is_service: bool
    is_pickup: bool
    why_not: str
    photo: PhotoView | None

    @property
    def field(self) -> str:
        """What its number is called in the page's form."""
        return f"jumlah-{self.product_id}-{self.variant_id or 0}"

    @property
    def total(self) -> int:
        """What it costs in rupiah."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Basket:
    """One seller's part of a basket."""

    shop_id: int
    shop_slug: str
    shop_name: str
    market_code: str
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """What everything that can be ordered costs, in rupiah, before delivery."""
        return sum(row.total for row in self.rows if not row.why_not)

    @property
    def lines(self) -> list[Line]:
        """What can be ordered of it."""
        return [Line(row.product_id, row.quantity, row.price, row.variant_id) for row in self.rows if not row.why_not]

    @property
    def is_service(self) -> bool:
        """Whether all of it are services."""
        return all(row.is_service for row in self.rows)

    @property
    def is_pickup(self) -> bool:
        """Whether some of it is sent nowhere."""
        return any(row.is_pickup for row in self.rows)


_ROWS = Query(
    select(
        Product.id, Variant.id, Product.slug, Product.name, func.coalesce(Variant.name, ""), Product.unit,
        func.coalesce(Variant.price, Product.price), Product.kind, Product.supply, Product.reach, Product.state,
        case((Variant.id.is_(None), Product.on_hand - Product.held), else_=Variant.on_hand - Variant.held),
        Shop.id, Shop.slug, Shop.name, Shop.market_code, Shop.whatsapp, *OPENING_COLUMNS, *PHOTO_COLUMNS,
    )
    .select_from(Product)
    .join(Shop, Shop.id == Product.shop_id)
    .outerjoin(Variant, and_(Variant.product_id == Product.id, Variant.is_active))
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(Product.id.in_(bindparam("ids", expanding=True)), Product.state != State.WITHHELD)
    .order_by(Product.id, Variant.position, Variant.id)
    .limit(600),
    lambda *row: row,
)  # fmt: skip


def filled(lines: Sequence[Line], *, day: date) -> list[Basket]:
    """A basket's lines by seller, in the order they were put there; what is not offered any more at all is left out. One statement."""
    if not lines:
        return []
    found = {(row[0], row[1]): row for row in _ROWS.all(ids=[line.product_id for line in lines])}
    shops: dict[int, Basket] = {}
    for line in lines:
        row = found.get((line.product_id, line.variant_id))
        if row is None:
            continue
        shop_id, shop_slug, shop_name, market_code = row[12:16]
        there = shops[shop_id].rows if shop_id in shops else ()
        shops[shop_id] = Basket(shop_id, shop_slug, shop_name, market_code, (*there, _row(row, line.quantity, day=day)))
    return list(shops.values())


def _row(row: tuple[Any, ...], quantity: int, *, day: date) -> Row:
    id_, variant_id, slug, name, variant, unit, price, kind, supply, reach, state, free, _, _, shop_name, _, whatsapp, *rest = row
    opening, photo = Opening(*rest[:5]), to_photo_if_any(*rest[5:])
    left = free if supply == Supply.STOCK else None
    why_not = why_not_on_sale(State(state), left, shop_name, has_number=bool(whatsapp)) or opening.why_not(day, shop_name)
    return Row(
        id_, variant_id, slug, name, variant, unit, price, quantity, left, kind == Kind.SERVICE,
        reach == Reach.PICKUP, why_not, photo,
    )  # fmt: skip


def quantity(text: str, wanted: str, most: int) -> int:
    """Return how many were asked for, 0 for none; raise Invalid for what is no such number."""
    return int(whole_number(0, most, wanted=wanted)(text) or 0)
