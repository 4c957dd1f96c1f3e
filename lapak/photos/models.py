"""Photos."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base


class Photo(Base):
    """A photo somebody sent; its files are kept under `key`. Width, height and size (bytes) are the master's.

    `color` is its dominant colour as "#rrggbb", empty when unknown. `finished_at` is when a job had made the sizes that a request
    does not wait for, after so many `tries`.
    """

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_account_id_created_at", "account_id", "created_at"),
        Index("ix_photo_finished_at_tries", "finished_at", "tries"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    color: Mapped[str]
    tries: Mapped[int]
    finished_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PhotoAttempt(Base):
    """A file that was developed or refused by the darkroom; kept for as long as the limit of uploads looks back."""

    __tablename__ = "photo_attempt"
    __table_args__ = (Index("ix_photo_attempt_account_id_at", "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    at: Mapped[datetime] = mapped_column(index=True)
