"""Rules of checking, as data."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.regions.models import Region


class CheckingRules(Base):
    """A region's rules, once somebody changed them; `material` names fields, separated by commas."""

    __tablename__ = "checking_rules"
    __table_args__ = (
        CheckConstraint("price_percent BETWEEN 0 AND 100", name="price_percent"),
        CheckConstraint("trusted_after BETWEEN 0 AND 1000", name="trusted_after"),
        CheckConstraint("trusted_days BETWEEN 1 AND 3650", name="trusted_days"),
    )

    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), primary_key=True)
    material: Mapped[str]
    price_percent: Mapped[int]
    trusted_after: Mapped[int]
    trusted_days: Mapped[int]
    companions_pass: Mapped[bool]
    imports_pass: Mapped[bool]
    curated_pass: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
