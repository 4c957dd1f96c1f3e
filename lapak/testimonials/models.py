"""What buyers said of their orders, and what sellers answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.orders.models import Order
from lapak.shops.models import Shop


class Judged:
    """Words that a moderator decides on. `version` grows with every change, so that nobody decides on what they have not read."""

    state: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    written_at: Mapped[datetime]
    refusal: Mapped[str | None]
    refusal_note: Mapped[str]
    decided_at: Mapped[datetime | None]

    @declared_attr
    def decided_by(self) -> Mapped[int | None]:
        """Who decided last."""
        return mapped_column(ForeignKey(Account.id))


class Testimonial(Judged, Base):
    """What the buyer of an order says of it; one to an order. Taken back, its words and its name are gone and the row stays."""

    __tablename__ = "testimonial"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'shown', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("feeling IN ('happy', 'fair', 'disappointed')", name="feeling"),
        Index("ix_testimonial_shop_id_state_id", "shop_id", "state", "id"),
        Index("ix_testimonial_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id))
    feeling: Mapped[str]
    name: Mapped[str]


class Reply(Judged, Base):
    """What the seller answers to a testimonial; one to each."""

    __tablename__ = "testimonial_reply"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'shown', 'refused')", name="state"),
        Index("ix_testimonial_reply_state_testimonial_id", "state", "testimonial_id"),
    )

    testimonial_id: Mapped[int] = mapped_column(ForeignKey(Testimonial.id), primary_key=True)
