"""Choosing: ten from the scores, what a curator decides against them in public, and what those not chosen are told.

Whoever has an interest in an entry decides nothing about it: each of these verbs raises NotAllowed for them.
"""

from datetime import datetime

from sqlalchemy import update

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.editions.models import Edition, Entry
from lapak.editions.queries.desk import EntryRow
from lapak.editions.rules.answers import Reason
from lapak.editions.rules.calendar import Stage
from lapak.editions.rules.choosing import Rules, Standing, check_room, propose
from lapak.editions.rules.deeds import Deed
from lapak.editions.service.desk import check_no_interest, count_chosen, edition_by, entry_by, look, note, rows_of, rules_of, stage_of
from lapak.editions.service.judging import begin
from lapak.kernel.errors import Conflict
from lapak.kernel.words import say

SETTLED = say("Daftar edisi ini sudah ditetapkan. Batalkan jadwalnya dulu bila perlu mengubah.")


def compose(key: str, *, region_code: str, by: Actor, now: datetime) -> int:
    """Compose the list anew from the scores and what curators pinned; return how many were chosen.

    Raise Conflict while the call is open, once the list is settled, or when no entry was judged by enough curators.
    """
    with transaction():
        edition = _choosing(key, region_code=region_code, by=by, now=now)
        begin(edition, by=by, now=now)
        rules = rules_of(edition)
        rows = rows_of(edition, rules)
        judged = [row for row in rows if row.standing is not Standing.REMOVED and (not row.judged.needs or row.pinned)]
        if not judged:
            raise Conflict("Belum ada pendaftar yang cukup dinilai. Lengkapi penilaian dulu.")
        _write(edition, rows, judged, rules)
        note(edition, Deed.PROPOSED, by=by, now=now)
        return count_chosen(edition)


def put_in(key: str, code: str, *, reason: str, region_code: str, by: Actor, now: datetime, seen: int | None = None) -> None:
    """Put an entry onto the list against its score, with a reason everybody can read: whoever does so has looked at it, as `seen`.

    Raise Conflict for an eleventh, or when the listing changed since the page that the curator saw.
    """
    with transaction():
        edition, entry = _entry(key, code, region_code=region_code, by=by, now=now)
        if entry.standing == Standing.CHOSEN and entry.pinned:
            return
        if entry.standing != Standing.CHOSEN:
            check_room(count_chosen(edition))
        look(entry, seen)
        begin(edition, by=by, now=now)
        entry.pinned, entry.passed, entry.standing, entry.place = True, None, Standing.CHOSEN, count_chosen(edition) + 1
        note(edition, Deed.PUT_IN, by=by, now=now, reason=reason, entry_id=entry.id)


def take_out(key: str, code: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Take an entry off the list against its score, with a reason everybody can read; the next reserve follows when composed anew."""
    with transaction():
        edition, entry = _entry(key, code, region_code=region_code, by=by, now=now)
        if entry.pinned is False:
            return
        begin(edition, by=by, now=now)
        entry.pinned, entry.standing, entry.place = False, Standing.ENTERED, None
        note(edition, Deed.TAKEN_OUT, by=by, now=now, reason=reason, entry_id=entry.id)


def unpin(key: str, code: str, *, region_code: str, by: Actor, now: datetime) -> None:
    """Leave an entry to its score again; doing it twice changes nothing."""
    with transaction():
        edition, entry = _entry(key, code, region_code=region_code, by=by, now=now)
        if entry.pinned is not None:
            entry.pinned = None
            note(edition, Deed.UNPINNED, by=by, now=now, entry_id=entry.id)


def give_reason(key: str, code: str, why: Reason | None, *, region_code: str, by: Actor, now: datetime) -> None:
    """Set what a seller is told if they are not published; None leaves it to what was measured and scored."""
    with transaction():
        _edition, entry = _entry(key, code, region_code=region_code, by=by, now=now)
        entry.reason = why


def _write(edition: Edition, rows: list[EntryRow], judged: list[EntryRow], rules: Rules) -> None:
    proposal = propose(
        (row.candidate() for row in judged), rules, seed=edition.tie_seed, is_one_kind=edition.category_id is not None
    )  # fmt: skip
    lists = ((Standing.CHOSEN, proposal.chosen), (Standing.RESERVE, proposal.reserves))
    placed = {entry_id: (standing, place) for standing, ids in lists for place, entry_id in enumerate(ids, start=1)}
    for row in rows:
        if row.standing is Standing.REMOVED:
            continue
        standing, place = placed.get(row.id, (Standing.ENTERED, None))
        values = {"standing": standing, "place": place, "passed": proposal.passed.get(row.id)}
        db.session.execute(update(Entry).where(Entry.id == row.id).values(values))


def _choosing(key: str, *, region_code: str, by: Actor, now: datetime) -> Edition:
    edition = edition_by(key, region_code=region_code, by=by)
    where = stage_of(edition, now=now)
    if where in {Stage.COMING, Stage.OPEN}:
        raise Conflict("Daftar disusun setelah pendaftaran ditutup.")
    if where is not Stage.JUDGING:
        raise Conflict(SETTLED)
    return edition


def _entry(key: str, code: str, *, region_code: str, by: Actor, now: datetime) -> tuple[Edition, Entry]:
    edition = _choosing(key, region_code=region_code, by=by, now=now)
    entry = entry_by(edition, code)
    check_no_interest(entry, by)
    return edition, entry
