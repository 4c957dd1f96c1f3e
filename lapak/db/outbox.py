"""The transactional outbox: what happened is written with the change itself, and told afterwards by the worker's relay.

An event that was announced is told at least once, even when a process dies between the commit and the telling.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lapak.db.base import Base, db
from lapak.db.session import Query, in_transaction, transaction

BATCH = 100


class OutboxRow(Base):
    """An event that waits to be told, or was."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_told_at_id", "told_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[str]
    announced_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


_UNTOLD = Query(
    select(OutboxRow.id, OutboxRow.name, OutboxRow.payload).where(OutboxRow.told_at.is_(None)).order_by(OutboxRow.id).limit(BATCH),
    lambda *row: row,
)


def announce(event: Any, *, now: datetime) -> None:
    """Write an event (a frozen dataclass of plain values) into the transaction that made it true."""
    if not in_transaction():
        raise RuntimeError("announce outside a transaction")
    db.session.add(OutboxRow(name=type(event).__name__, payload=json.dumps(asdict(event)), announced_at=now))


def relay(tell: Callable[[str, dict[str, Any]], None], *, now: datetime) -> int:
    """Tell what waits, in order, and mark it told; return how many. `tell` must bear hearing an event twice."""
    rows = _UNTOLD.all()
    for _, name, payload in rows:
        tell(name, json.loads(payload))
    if rows:
        with transaction():
            db.session.execute(update(OutboxRow).where(OutboxRow.id.in_([row[0] for row in rows])).values(told_at=now))
    return len(rows)
