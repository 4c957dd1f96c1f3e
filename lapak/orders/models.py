"""Orders, their lines, what they hold and what happened to them; how regions and shops want them handled."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.catalog.models import Product, Variant
from lapak.db.base import Base
from lapak.kernel.money import Rupiah
from lapak.regions.models import Region
from lapak.shops.models import Shop


class Order(Base):
    """An order. Whoever holds its link opens it by a secret token, of which the hash is kept; both sides call it by its short code.

    The buyer's own token is not kept at all: the link's follows from it (`rules.tokens.shared_token`).

    What it costs is `goods_total` and `postage`, which is None until the seller names it; the buyer owes it once `accepted_at` is set.
    Both sides may say that money went over, and neither speaks for the other: the buyer (`paid_said_at`) and the seller (`money_at`);
    likewise that all is done: the seller (`declared_at`) and the buyer (`received_at`).

    A refused order that was paid waits as "refunding" until its buyer says that `refund_amount` is back; it is due at `refund_due_at`.
    `buyer_region` is the kabupaten or kota the goods go to, None where it is not known or not needed. Whoever is to answer is reminded
    at `warn_at`, which is None once that was done.
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        CheckConstraint(
            "state IN ('placed', 'confirmed', 'paid', 'sent', 'completed', 'declined', 'cancelled', 'expired', 'refunding', 'refunded')",
            name="state",
        ),
        CheckConstraint("delivery IN ('sent', 'pickup', 'service')", name="delivery"),
        CheckConstraint("postage >= 0", name="postage"),
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
    buyer_region: Mapped[str | None] = mapped_column(ForeignKey(Region.code))
    address: Mapped[str]
    buyer_phone: Mapped[str | None]
    note: Mapped[str]
    delivery: Mapped[str]
    origin: Mapped[str]
    source: Mapped[str]
    ready_on: Mapped[date | None]
    goods_total: Mapped[Rupiah]
    postage: Mapped[Rupiah | None]
    pays_by: Mapped[str]
    courier: Mapped[str]
    tracking: Mapped[str]
    placed_at: Mapped[datetime]
    hold_until: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    paid_said_at: Mapped[datetime | None]
    money_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decline: Mapped[str | None]
    decline_note: Mapped[str]
    refund_amount: Mapped[Rupiah | None]
    refund_due_at: Mapped[datetime | None]
    refund_sent_at: Mapped[datetime | None]


class OrderLine(Base):
    """So many of a listing or of one of its variants, at the name and price it had.

    `snapshot` is what else the listing said then, as JSON (`rules.items.Snapshot`): evidence for a later complaint.
    """

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey(Variant.id))
    name: Mapped[str]
    variant: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Rupiah]
    quantity: Mapped[int]
    is_held: Mapped[bool]
    snapshot: Mapped[str]


class OrderSlot(Base):
    """What an order took of its shop's capacity, by the slot's name; giving it back takes the row away."""

    __tablename__ = "order_slot"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]


class OrderEvent(Base):
    """What happened to an order, and who did it; both sides read all of it."""

    __tablename__ = "order_event"
    __table_args__ = (
        CheckConstraint("who IN ('buyer', 'seller', 'keeper', 'clock')", name="who"),
        Index("ix_order_event_order_id_id", "order_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    at: Mapped[datetime]
    deed: Mapped[str]
    who: Mapped[str]
    note: Mapped[str]


class OrderGuess(Base):
    """Somebody typed an order's short code and four digits: where from (hashed) and for which order; kept to slow guessing down."""

    __tablename__ = "order_guess"
    __table_args__ = (Index("ix_order_guess_origin_at", "origin", "at"), Index("ix_order_guess_code_at", "code", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    code: Mapped[str]
    at: Mapped[datetime]


class OrderSetting(Base):
    """How a region wants orders handled; without a row the defaults of `rules.settings` hold. Hours, and days."""

    __tablename__ = "order_setting"

    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), primary_key=True)
    hold_hours: Mapped[int]
    edition_hold_hours: Mapped[int]
    refund_days: Mapped[int]
    days_place: Mapped[int]
    days_province: Mapped[int]
    days_island: Mapped[int]
    days_country: Mapped[int]
    margin_days: Mapped[int]


class Postage(Base):
    """What a shop asks for sending an order so far, in rupiah; without a row its seller names it for each order."""

    __tablename__ = "postage"
    __table_args__ = (
        CheckConstraint("distance IN ('place', 'province', 'island', 'country')", name="distance"),
        CheckConstraint("price >= 0", name="price"),
    )

    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), primary_key=True)
    distance: Mapped[str] = mapped_column(primary_key=True)
    price: Mapped[Rupiah]
