"""Shops."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.regions.models import Region
from lapak.shops.rules import ANSWERS_FROM, ANSWERS_UNTIL


class Shop(Base):
    """A shop; `whatsapp` is the number buyers write to, in E.164, empty while nobody answers there.

    `region_code` is where the seller is, `market_code` whose market shows and governs the shop: its own place, or another region
    that took the shop in from outside (`rules.market_of`).

    It is run by its owner. While it has none (registered at a counter, or imported), and for as long as the owner lets them,
    a keeper runs it: the companion who registered it, or the official who imported it. `seller_name` is whom the companion sat
    with, kept until that person has an account of their own; `once` is the key of the form that registered the shop.

    It is closed from `closed_from` until `closed_until`, both included, or until its seller opens it again. Between the hours
    `answers_from` and `answers_until` of its place's clock its seller answers; the clock of a held order runs in them only.
    """

    __tablename__ = "shop"
    __table_args__ = (
        UniqueConstraint("keeper_id", "once"),
        CheckConstraint("origin IN ('self', 'companion', 'import')", name="origin"),
        CheckConstraint("owner_id IS NOT NULL OR keeper_id IS NOT NULL", name="run_by_somebody"),
        CheckConstraint("answers_from >= 0 AND answers_from < answers_until AND answers_until <= 24", name="answering_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), index=True)
    market_code: Mapped[str] = mapped_column(ForeignKey(Region.code), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), unique=True)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), index=True)
    keeper_until: Mapped[datetime | None]
    origin: Mapped[str]
    import_key: Mapped[str | None] = mapped_column(unique=True)
    once: Mapped[str | None]
    seller_name: Mapped[str | None]
    about: Mapped[str]
    whatsapp: Mapped[str]
    created_at: Mapped[datetime]
    closed_from: Mapped[date | None]
    closed_until: Mapped[date | None]
    is_busy: Mapped[bool] = mapped_column(default=False)
    answers_from: Mapped[int] = mapped_column(default=ANSWERS_FROM)
    answers_until: Mapped[int] = mapped_column(default=ANSWERS_UNTIL)


class ShopClaim(Base):
    """A link that makes whoever holds it, and answers at the shop's number, its owner; good once, until it expires.

    The link itself is not stored, only its hash; `sent_at` is when it last went to the shop's number as a message.
    """

    __tablename__ = "shop_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
