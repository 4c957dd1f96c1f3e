"""Shops."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.regions.models import Region


class Shop(Base):
    """A seller's shop; `whatsapp` is the number buyers write to, in E.164."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(Account.id), unique=True)
    about: Mapped[str]
    whatsapp: Mapped[str]
    created_at: Mapped[datetime]
