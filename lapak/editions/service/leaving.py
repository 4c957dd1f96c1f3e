"""Stalls that leave published editions because their seller no longer agrees to be shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from lapak.db.base import db
from lapak.db.session import changed, transaction
from lapak.editions.models import Edition, Entry
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.deeds import Deed
from lapak.editions.service.desk import note
from lapak.editions.service.kits import SHOWN, order_kit
from lapak.kernel.words import say


def leave(shop_ids: Sequence[int], *, now: datetime) -> None:
    """Take these shops' stalls out of every edition that went out, and have its kit drawn without them.

    The numbers stay empty, and the editions' pages say so without naming anybody; a second time changes nothing.
    """
    theirs = Entry.shop_id.in_(shop_ids), Entry.standing == Standing.CHOSEN
    with transaction():
        found = db.session.execute(
            select(Edition, Entry.id, Entry.stall)
            .join(Entry, Entry.edition_id == Edition.id)
            .where(*theirs, Edition.state.in_(SHOWN))
            .order_by(Edition.id, Entry.id)
        )
        for edition, entry_id, stall in found.all():
            values = {"standing": Standing.REMOVED, "stall": None}
            if changed(update(Entry).where(Entry.id == entry_id, Entry.standing == Standing.CHOSEN).values(values)):
                order_kit(edition, now=now)
                note(edition, Deed.REMOVED, by=None, now=now, reason=say("penjualnya tidak lagi setuju ditampilkan"), stall=stall)
