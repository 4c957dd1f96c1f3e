"""The transactional outbox: what happened is written with the change itself, and told afterwards by the worker's relay.

An event is told in one transaction with everything its listeners write, so its telling happens once. A message to a phone is such
a row, one for each recipient: it leaves the house at least once, and only the one in hand can leave twice when a process dies.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Index, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lapak.db.base import Base, UtcDateTime, db
from lapak.db.session import Command, Query, changed, in_transaction, transaction

BATCH = 100
PAUSES = (
    timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=17),
)  # fmt: skip
"""How long to wait after each try; a day in all, then it is given up."""
KEPT = timedelta(days=14)
"""How long rows that wait for nothing are kept: deliveries hold phone numbers."""
_log = structlog.get_logger("outbox")


class OutboxRow(Base):
    """An event that waits to be told, or was; without `next_at` and `told_at` it was given up."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_next_at_id", "next_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[str]
    announced_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Delivery(Base):
    """A message to one phone that waits to be sent, or was; without `next_at` and `sent_at` it was given up."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_next_at_id", "next_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


_ANNOUNCE = Command(lambda: insert(OutboxRow).inline(), "name", "payload", "announced_at", "tries", "next_at", "told_at")
_NOW = bindparam("now", type_=UtcDateTime)
_UNTOLD = Query(
    select(OutboxRow.id, OutboxRow.name, OutboxRow.payload, OutboxRow.tries)
    .where(OutboxRow.next_at <= _NOW)
    .order_by(OutboxRow.id)
    .limit(BATCH),
    lambda *row: row,
)
_UNSENT = Query(
    select(Delivery.id, Delivery.phone, Delivery.text, Delivery.tries)
    .where(Delivery.next_at <= _NOW)
    .order_by(Delivery.next_at, Delivery.id)
    .limit(1),
    lambda *row: row,
)


def announce(event: Any, *, now: datetime) -> None:
    """Write an event (a frozen dataclass of plain values) into the transaction that made it true."""
    if not in_transaction():
        raise RuntimeError("announce outside a transaction")
    _ANNOUNCE.run(name=type(event).__name__, payload=json.dumps(asdict(event)), announced_at=now, tries=0, next_at=now, told_at=None)


def post(phone: str, text: str, *, now: datetime) -> None:
    """Write a message for a phone number (E.164) into the transaction at hand; the worker sends it afterwards.

    For what must reach that phone and nothing else: buyers, who have no account, and secrets such as claim links. News for somebody
    with an account goes through `notices.service.tell`, which posts it here as well.
    """
    if not in_transaction():
        raise RuntimeError("post outside a transaction")
    db.session.add(Delivery(phone=phone, text=text, written_at=now, next_at=now))


def relay(tell: Callable[[str, dict[str, Any]], None], *, now: datetime) -> int:
    """Tell what waits, in order, each event in a transaction with what `tell` writes; return how many were told.

    An event whose telling fails leaves nothing behind, holds up no other and is told again after a growing pause.
    """
    told = 0
    for row_id, name, payload, tries in _UNTOLD.all(now=now):
        try:
            with transaction():
                told += _tell_one(tell, row_id, name, payload, now=now)
        except Exception:  # noqa: BLE001 - whatever a listener raises, other events must be told
            _log.exception("event not told", name=name, outbox=row_id, tries=tries + 1)
            book(OutboxRow, row_id, tries, now=now)
    return told


def _tell_one(tell: Callable[[str, dict[str, Any]], None], row_id: int, name: str, payload: str, *, now: datetime) -> int:
    mine = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.told_at.is_(None)).values(told_at=now, next_at=None)
    if changed(mine):
        tell(name, json.loads(payload))
        return 1
    return 0


def send_next(send: Callable[[str, str], None], *, now: datetime) -> bool:
    """Send the message that has waited longest; return whether there was one.

    The try is booked before it is made: when the process dies in between, the message goes out after the pause.
    """
    found = _UNSENT.first(now=now)
    if found is None:
        return False
    row_id, phone, text, tries = found
    if not book(Delivery, row_id, tries, now=now) or tries >= len(PAUSES):
        return True
    try:
        send(phone, text)
    except Exception as error:  # noqa: BLE001 - whatever a sender raises, the others' messages must go out
        _log.warning("message not sent", delivery=row_id, tries=tries + 1, error=type(error).__name__)
    else:
        with transaction():
            db.session.execute(update(Delivery).where(Delivery.id == row_id).values(sent_at=now, next_at=None))
    return True


def book(table: type[Any], row_id: int, tries: int, *, now: datetime, pauses: Sequence[timedelta] = PAUSES) -> bool:
    """Note one more try of a row and when the next is due; return False when another process was first.

    The row has `id`, `tries` and `next_at`. After the last pause it waits for nothing any more, which is logged.
    """
    next_at = now + pauses[tries] if tries < len(pauses) else None
    with transaction():
        mine = changed(
            update(table)
            .where(table.id == row_id, table.tries == tries, table.next_at.is_not(None))
            .values(tries=tries + 1, next_at=next_at)
        )
    if mine and next_at is None:
        _log.error("given up", table=table.__tablename__, row=row_id, tries=tries)
    return bool(mine)


def forget_done(*, now: datetime) -> None:
    """Delete events and messages that wait for nothing any more and are older than 14 days."""
    with transaction():
        db.session.execute(delete(OutboxRow).where(OutboxRow.next_at.is_(None), OutboxRow.announced_at < now - KEPT))
        db.session.execute(delete(Delivery).where(Delivery.next_at.is_(None), Delivery.written_at < now - KEPT))
