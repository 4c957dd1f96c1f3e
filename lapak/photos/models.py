"""Photos."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base


class Photo(Base):
    """A photo somebody sent; its files are kept under `key`. Width, height and size (bytes) are the master's.

    `color` is what it shows most of, as "#rrggbb", empty when unknown; `light` (mean brightness of 255) and `sharpness` (variance of its
    edges) are measured when somebody wants to know. The sizes that a request does not wait for are made when the
    moment `due_at` has come; after so many `tries` they were finished, or given up: then nothing is due.
    """

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_account_id_created_at", "account_id", "created_at"),
        Index("ix_photo_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    color: Mapped[str]
    light: Mapped[int | None]
    sharpness: Mapped[int | None]
    tries: Mapped[int]
    due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PhotoAttempt(Base):
    """A file that was developed or refused by the darkroom; kept for as long as the limit of uploads looks back."""

    __tablename__ = "photo_attempt"
    __table_args__ = (Index("ix_photo_attempt_account_id_at", "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    at: Mapped[datetime] = mapped_column(index=True)
