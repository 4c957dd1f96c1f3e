"""What the public reports, and the log of what happened to listings at the desk."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.catalog.models import Product
from lapak.db.base import Base
from lapak.regions.models import Region

OPEN = text("closed_at IS NULL")


class Report(Base):
    """What somebody says is wrong with a listing; `reporter` is a mark of who, so that each says it once while it is open.

    `phone` is theirs to give, for moderators alone. A while after the report is closed it goes, with `origin` and `reporter`.
    """

    __tablename__ = "listing_report"
    __table_args__ = (
        Index(
            "uq_listing_report_product_id_reporter", "product_id", "reporter", unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index("ix_listing_report_product_id_id", "product_id", "id"),
        Index("ix_listing_report_origin_reported_at", "origin", "reported_at"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="outcome"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    trouble: Mapped[str]
    words: Mapped[str]
    phone: Mapped[str | None]
    reporter: Mapped[str]
    origin: Mapped[str]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class ModerationLog(Base):
    """Something that happened to a listing at the desk, or to the rules (then there is no listing). Rows are added and never changed.

    `by_id` is who did it; nobody did what a `rule` did. `content` is what was decided on, as JSON: what each field said.
    """

    __tablename__ = "moderation_log"
    __table_args__ = (
        Index("ix_moderation_log_product_id_id", "product_id", "id"),
        Index("ix_moderation_log_region_code_deed_id", "region_code", "deed", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    product_id: Mapped[int | None] = mapped_column(ForeignKey(Product.id))
    revision: Mapped[int]
    deed: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    rule: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    content: Mapped[str]
    reports: Mapped[int]
    at: Mapped[datetime]
