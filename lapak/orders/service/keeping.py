"""Keeping evidence of what was ordered, for a later complaint."""

from datetime import datetime, timedelta

import structlog

from lapak.db.session import in_transaction
from lapak.orders.adapters import evidence
from lapak.orders.queries import reading

TRIED_FOR = timedelta(days=1)
"""For how long after an order its pictures are looked for again."""
MOST_AT_ONCE = 500
_log = structlog.get_logger("evidence")


def keep_pictures(order_id: int) -> None:
    """Put the pictures of an order away. What cannot be kept is told in the log: a photo that is gone, a store that fails.

    Files are written outside of transactions: nobody waits for a disk with the database in hand.
    """
    if in_transaction():
        raise RuntimeError("pictures are put away after the transaction")
    _keep(reading.pictures_of(order_id))


def keep_missing(*, now: datetime) -> None:
    """Try again with orders of the last day, whose pictures a full disk or a killed worker left out."""
    _keep(reading.pictures_since(now - TRIED_FOR, limit=MOST_AT_ONCE), is_told=False)


def _keep(pictures: list[reading.Picture], *, is_told: bool = True) -> None:
    for picture in pictures:
        try:
            is_kept = evidence.put_away(picture.code, picture.position, picture.photo)
        except OSError as error:
            _log.warning("picture not kept", order=picture.code, position=picture.position, error=type(error).__name__)
            continue
        if not is_kept and is_told:
            _log.warning("picture gone before it was kept", order=picture.code, position=picture.position)
