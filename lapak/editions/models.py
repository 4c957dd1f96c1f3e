"""Editions and their entries."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.catalog.models import Product
from lapak.db.base import Base
from lapak.regions.models import Region


class Edition(Base):
    """A region's edition: numbered, themed, dated."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("region_code", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    number: Mapped[int]
    theme: Mapped[str]
    note: Mapped[str]
    dated: Mapped[date]
    state: Mapped[str]
    curator_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    lot_seed: Mapped[str | None]


class Entry(Base):
    """A listing in an edition; `stall` is drawn at publication, a number and no rank."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("edition_id", "stall"), CheckConstraint("stall BETWEEN 1 AND 10", name="stall"))

    edition_id: Mapped[int] = mapped_column(ForeignKey(Edition.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True, index=True)
    stall: Mapped[int | None]
    picked_at: Mapped[datetime]
    picked_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
