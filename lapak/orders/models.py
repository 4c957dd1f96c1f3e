"""Orders and their lines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.catalog.models import Product
from lapak.db.base import Base
from lapak.kernel.money import Rupiah
from lapak.regions.models import Region
from lapak.shops.models import Shop


class Order(Base):
    """An order. Whoever holds its link opens it by a secret token, of which the hash is kept; both sides call it by its short code.

    The buyer's own token is not kept at all: the link's follows from it (`rules.shared_token`).

    Two people may say that it is done, and neither speaks for the other: the seller (`declared_at`) and the buyer (`received_at`).
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        CheckConstraint("state IN ('placed', 'confirmed', 'completed', 'declined', 'cancelled', 'expired')", name="state"),
        Index("ix_customer_order_shop_id_state_id", "shop_id", "state", "id"),
        Index("ix_customer_order_state_hold_until", "state", "hold_until"),
        Index("ix_customer_order_origin_placed_at", "origin", "placed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id))
    site_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    state: Mapped[str]
    buyer_name: Mapped[str]
    buyer_place: Mapped[str]
    buyer_phone: Mapped[str | None]
    note: Mapped[str]
    origin: Mapped[str]
    placed_at: Mapped[datetime]
    hold_until: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decline: Mapped[str | None]
    decline_note: Mapped[str]


class OrderLine(Base):
    """So many of a listing, at the name and price it had."""

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, index=True)
    name: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Rupiah]
    quantity: Mapped[int]
    is_held: Mapped[bool]
