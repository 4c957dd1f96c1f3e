"""A person's news, where else it goes, and what of it is still on its way."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account, LoginSession
from lapak.db.base import Base


class Notice(Base):
    """One piece of news in somebody's inbox. `site_code` is the region it is from, `link` the path of the page it is about."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account_id_id", "account_id", "id"),
        Index("ix_notice_account_id_read_at", "account_id", "read_at"),
        Index("ix_notice_written_at", "written_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    kind: Mapped[str]
    text: Mapped[str]
    link: Mapped[str]
    site_code: Mapped[str]
    written_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MailAddress(Base):
    """An e-mail address that somebody gave: asked, then confirmed, then ended. One of each person's is in use.

    Links that confirm or end it are derived from `seed`; their hashes are stored.
    """

    __tablename__ = "mail_address"
    __table_args__ = (
        Index("ix_mail_address_account_id", "account_id"),
        Index("ix_mail_address_address_asked_at", "address", "asked_at"),
        CheckConstraint("ended_because IN ('', 'owner', 'letter', 'refused', 'replaced')", name="ended_because"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    address: Mapped[str]
    site_code: Mapped[str]
    seed: Mapped[str]
    confirm_hash: Mapped[str] = mapped_column(unique=True)
    stop_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str]


class PushDevice(Base):
    """A browser that shows news. It belongs to one session: signed out, it is sent nothing."""

    __tablename__ = "push_device"
    __table_args__ = (Index("ix_push_device_account_id", "account_id"), Index("ix_push_device_session_id", "session_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    session_id: Mapped[int] = mapped_column(ForeignKey(LoginSession.id, ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    auth: Mapped[str]
    added_at: Mapped[datetime]


class Mute(Base):
    """News of one kind that somebody does not want by one channel."""

    __tablename__ = "notice_mute"
    __table_args__ = (CheckConstraint("channel IN ('mail', 'push')", name="channel"),)

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)


class Errand(Base):
    """A letter or push message that waits to be sent, or was; without `next_at` and `sent_at` it was given up.

    To an address or a device, never both; without a notice it asks for an address to be confirmed.
    """

    __tablename__ = "notice_errand"
    __table_args__ = (
        CheckConstraint("(address_id IS NULL) <> (device_id IS NULL)", name="one_place"),
        UniqueConstraint("notice_id", "address_id"),
        UniqueConstraint("notice_id", "device_id"),
        Index("ix_notice_errand_next_at_id", "next_at", "id"),
        Index("ix_notice_errand_address_id", "address_id"),
        Index("ix_notice_errand_device_id", "device_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey(Notice.id, ondelete="CASCADE"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey(MailAddress.id, ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey(PushDevice.id, ondelete="CASCADE"))
    written_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
