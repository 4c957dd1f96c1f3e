"""Judging: scores, changed minds, and judges who step away. Nothing that was given is ever lost."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.editions.models import Edition, Entry, Recusal, Score
from lapak.editions.queries import calls, desk
from lapak.editions.rules.calendar import Stage
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.deeds import Deed
from lapak.editions.service.desk import check_no_interest, edition_by, entry_by, look, note, rows_of, rules_of, stage_of
from lapak.kernel.errors import Conflict


def give(
    key: str, code: str, given: Mapping[str, int], *, remark: str, region_code: str, by: Actor, now: datetime, seen: int | None = None,
    names_shop: bool = False,
) -> None:  # fmt: skip
    """Give an entry one's scores, or change them; the same again changes nothing, and what was given before stays on record.

    The first score closes the call for good and fixes the rules. `seen` is the listing's version that the judge's page showed: who judges
    it has looked at it, and publication takes only that version as checked. `names_shop` says that a photo showed them whose it is, which
    no page can hide: how an edition was chosen tells of how many entries that was so.

    Scores are given blind. Who is not needed by an entry gives it none: they may read its name by now. Scores may be changed until the
    judge has judged all that waits for them; then names open, and what was given blind stands, a slip on the last one too: the page says
    so before, and the median keeps one slip from moving much. Who is asked as third judge later is blind again until they have judged.

    Raise Conflict then, while the call is open, once the list is settled, or when the listing changed since the page; NotAllowed for a
    judge with an interest.
    """
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        entry = entry_by(edition, code)
        _check_judging(edition, now=now)
        check_no_interest(entry, by)
        if entry.standing == Standing.REMOVED:
            raise Conflict("Pendaftar ini sudah ditarik dari edisi.")
        written = json.dumps({name: given[name] for name in sorted(given)})
        mine = (Score.entry_id == entry.id, Score.curator_id == by.id, Score.replaced_at.is_(None))
        there = db.session.scalars(select(Score).where(*mine)).first()
        is_same = there is not None and (there.given, there.note, there.names_shop) == (written, remark, names_shop)
        if not is_same:
            _check_blind(edition, entry, by, now=now)
        look(entry, seen)
        if is_same:
            return
        db.session.execute(update(Score).where(*mine).values(replaced_at=now))
        score = Score(entry_id=entry.id, curator_id=by.id, given=written, note=remark, names_shop=names_shop, given_at=now)
        db.session.add(score)
        begin(edition, by=by, now=now)


def recuse(key: str, code: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Step away from an entry one has an interest in; scores given before do not count any more. Twice changes nothing."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        entry = entry_by(edition, code)
        _check_judging(edition, now=now)
        if db.session.get(Recusal, (entry.id, by.id)) is None:
            db.session.add(Recusal(entry_id=entry.id, curator_id=by.id, reason=reason, declared_at=now))


def begin(edition: Edition, *, by: Actor, now: datetime) -> None:
    """Begin judging, once: from now on nobody enters, and the rules stay what they are."""
    if edition.begun_at is None:
        edition.begun_at, edition.rules = now, desk.programme(edition.region_code).rules.written()
        note(edition, Deed.BEGUN, by=by, now=now)


def _check_blind(edition: Edition, entry: Entry, by: Actor, *, now: datetime) -> None:
    view, rows = calls.by_id(edition.id), rows_of(edition, rules_of(edition))
    row = next((row for row in rows if row.id == entry.id), None)
    if view and row and (why := desk.mine(edition.id, by.id).closed(view, row, rows, now=now)):
        raise Conflict(why)


def _check_judging(edition: Edition, *, now: datetime) -> None:
    where = stage_of(edition, now=now)
    if where in {Stage.COMING, Stage.OPEN}:
        raise Conflict("Penilaian dimulai setelah pendaftaran ditutup.")
    if where is not Stage.JUDGING:
        raise Conflict("Daftar edisi ini sudah ditetapkan, jadi nilai tidak dapat diubah lagi.")
