"""Visits of listings, by day and source."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lapak.catalog.models import Product
from lapak.db.base import Base


class VisitDay(Base):
    """How often a listing's page was opened on a day of its region's calendar, and "Pesan" tapped; nobody is named or recognised."""

    __tablename__ = "visit_day"
    __table_args__ = (CheckConstraint("source IN ('edition', 'search', 'shelf', 'direct')", name="source"),)

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    views: Mapped[int]
    taps: Mapped[int]
