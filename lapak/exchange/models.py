"""Imports that the worker takes in, slice by slice, and what became of their rows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.db.base import Base
from lapak.exchange.rules import RunState
from lapak.regions.models import Region

_STATES = ", ".join(f"'{state}'" for state in RunState)


class ImportRun(Base):
    """A list that an admin sent, called `name` on their computer; its rows and photos lie in the folder `key`.

    `header` are its titles and `columns` says which of them holds which field, both as JSON. `done` of `total` rows are taken in, up to the
    byte `position` of the kept rows; the next slice may begin at `due_at`, None while nobody waits for one. `failures` counts slices that
    broke off since the last that did not.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_import_run_region_code_id", "region_code", "id"),
        Index("ix_import_run_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    name: Mapped[str]
    header: Mapped[str]
    columns: Mapped[str]
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int]
    position: Mapped[int]
    photos: Mapped[int]
    failures: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ImportRow(Base):
    """What became of a row, by its line in the list as it was sent."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_run_id_outcome_line", "run_id", "outcome", "line"),)

    run_id: Mapped[int] = mapped_column(ForeignKey(ImportRun.id), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    outcome: Mapped[str]
    notes: Mapped[str]
