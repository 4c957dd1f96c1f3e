"""How shops are paid."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.shops.models import Shop


class PaymentWays(Base):
    """A shop's bank account and its word on cash; `version` counts the changes, its codes' too, so that of two tabs the later is told.

    Without `bank` there is no account; without `takes_cash` its note says nothing.
    """

    __tablename__ = "payment_ways"

    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), primary_key=True, autoincrement=False)
    version: Mapped[int]
    bank: Mapped[str]
    account_number: Mapped[str]
    account_holder: Mapped[str]
    takes_cash: Mapped[bool]
    cash_note: Mapped[str]
    changed_at: Mapped[datetime]


class QrisCode(Base):
    """A shop's static QRIS: the one that buyers see, and perhaps one that waits for the seller's word; both were checked.

    What it says of the merchant stands beside its text, as it was read. `taken_at` is when buyers saw it first. A page knows a code by
    `key`, which never means another one later, as a row's number may.
    """

    __tablename__ = "qris_code"
    __table_args__ = (UniqueConstraint("shop_id", "state"), CheckConstraint("state IN ('current', 'waiting')", name="state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id))
    state: Mapped[str]
    text: Mapped[str]
    name: Mapped[str]
    city: Mapped[str]
    postcode: Mapped[str]
    nmid: Mapped[str]
    size: Mapped[str]
    added_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    added_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class PaymentChange(Base):
    """That where the money goes has changed: who did it, and number and name before and after; rows are added and never changed.

    The number is an NMID, or a bank with an account's last four digits. Empty before the first, and after the last.
    """

    __tablename__ = "payment_change"
    __table_args__ = (CheckConstraint("way IN ('qris', 'transfer')", name="way"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), index=True)
    way: Mapped[str]
    changed_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    changed_at: Mapped[datetime]
    number_before: Mapped[str]
    name_before: Mapped[str]
    number_after: Mapped[str]
    name_after: Mapped[str]


class QrisDraft(Base):
    """The code that somebody showed while opening a shop, until the shop is there; forgotten after a week."""

    __tablename__ = "qris_draft"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True, autoincrement=False)
    text: Mapped[str]
    shown_at: Mapped[datetime] = mapped_column(index=True)
