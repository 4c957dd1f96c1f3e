"""Publishing: scheduled, done at the planned second by the worker, once; afterwards only corrected or withdrawn, in public.

Everything a publication changes is one transaction: a process that dies in it leaves the edition as it was, and the next one finishes
it. Two workers meet at the row's state, which only one of them finds "scheduled".
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update

from lapak.accounts.rules import Actor
from lapak.catalog.service import listings as catalog
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import changed, transaction
from lapak.editions.events import EditionPublished, PublicationHeldUp, StallRemoved
from lapak.editions.models import Edition, Entry
from lapak.editions.queries import calls, desk
from lapak.editions.queries.calls import Told
from lapak.editions.queries.desk import EntryRow
from lapak.editions.rules.calendar import State, move
from lapak.editions.rules.choosing import LineUp, Rules, Standing, draw, line_up, read_rules
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import asks_from, is_ready, too_short
from lapak.editions.service.desk import (
    ask_anew,
    check_no_interest,
    check_unpublished,
    count_chosen,
    edition_by,
    entry_by,
    look,
    note,
    rows_of,
    rules_of,
)
from lapak.editions.service.judging import begin
from lapak.editions.service.kits import order_kit
from lapak.editions.service.planning import local_day
from lapak.kernel.codes import token
from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.words import say

LONGEST_NOTICE = timedelta(days=14)
RESERVES_ASKED = 10
_log = structlog.get_logger("editions")
NOBODY_READY = say("Belum ada lapak terpilih yang siap. Edisi tidak diterbitkan; daftar kembali ke meja kurator.")


def schedule(key: str, *, base: str, region_code: str, by: Actor, now: datetime, accepts_short: bool = False) -> None:
    """Settle the list and wait for the planned moment; `base` is the address that messages lead to.

    Raise Conflict with an empty list, Invalid when the planned moment is over, or so near that sellers have less time to answer than the
    rules give them and the curator does not say that they know (`accepts_short`).
    """
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        _settle(edition, base=base, by=by, now=now)
        if edition.publish_at <= now:
            raise Invalid({"publish": say("Waktu terbit sudah lewat. Ubah rencananya, atau terbitkan sekarang")})
        rules = rules_of(edition)
        time = too_short(edition.publish_at, rules, now=now)
        if time and not accepts_short:
            why = say(
                "Penjual hanya punya waktu %(time)s untuk menjawab siap, biasanya %(hours)s jam. Belum dijadwalkan: centang dulu "
                "bahwa Anda tahu, atau undur waktu terbitnya", time=time, hours=rules.ready_hours,
            )  # fmt: skip
            raise Invalid({"accepts_short": why})
        ask_anew(edition)
        note(edition, Deed.SCHEDULED, by=by, now=now)


def recall(key: str, *, region_code: str, by: Actor, now: datetime) -> None:
    """Take a scheduled edition back to the desk; what sellers answered stays. Raise Conflict once it is published."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        edition.state = move(State(edition.state), State.DRAFT)
        note(edition, Deed.RECALLED, by=by, now=now)


def publish_now(key: str, *, base: str, region_code: str, by: Actor, now: datetime) -> None:
    """Publish without waiting for the planned moment. Raise Conflict with an empty list, or when nobody chosen is ready."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        if edition.state != State.SCHEDULED:
            _settle(edition, base=base, by=by, now=now)
        edition.publish_at = now
        edition.dated = local_day(region_code, now)
        if not _publish(edition, by=by, now=now):
            raise Conflict(NOBODY_READY)


def publish_due(*, now: datetime) -> int:
    """Publish what is due; return how many editions went out or were held up. A fault in one holds up no other."""
    done = 0
    for edition_id in calls.due(now=now):
        try:
            done += _publish_one(edition_id, now=now)
        except Exception:  # noqa: BLE001 - whatever goes wrong with one edition, the others' moment has come
            _log.exception("edition not published", edition=edition_id)
    return done


def _publish_one(edition_id: int, *, now: datetime) -> int:
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        if edition.state != State.SCHEDULED or edition.publish_at > now:
            return 0
        if not _publish(edition, by=None, now=now):
            edition.state = move(State.SCHEDULED, State.DRAFT)
            note(edition, Deed.HELD_UP, by=None, now=now, reason=NOBODY_READY)
            announce(PublicationHeldUp(edition.id), now=now)
    return 1


def _publish(edition: Edition, *, by: Actor | None, now: datetime) -> bool:
    rules = rules_of(edition)
    rows = rows_of(edition, rules)
    chosen, reserves = desk.listed(rows, Standing.CHOSEN), desk.listed(rows, Standing.RESERVE)
    ready = {row.id: is_ready(row.facts, rules, at=edition.publish_at) for row in chosen + reserves}
    lined = line_up(
        [row.candidate() for row in chosen], [row.candidate() for row in reserves], ready, rules,
        is_one_kind=edition.category_id is not None,
    )  # fmt: skip
    if not lined.stalls:
        return False
    mine = update(Edition).where(Edition.id == edition.id, Edition.state == State.SCHEDULED).values(state=State.PUBLISHED, published_at=now)
    if changed(mine) == 0:
        raise Conflict("Edisi ini sudah diterbitkan oleh proses lain.")
    db.session.refresh(edition)
    edition.lot_seed = token()
    by_id = {row.id: row for row in rows}
    _give_stalls(edition, [by_id[entry_id] for entry_id in lined.stalls])
    _answer_the_others(edition, rows, lined, ready, rules)
    for entry_id in lined.unready:
        lacks = ", ".join(one.text for one in by_id[entry_id].missing(rules, edition.publish_at))
        note(edition, Deed.REPLACED, by=None, now=now, entry_id=None, reason=say("Satu lapak belum siap: %(lacks)s", lacks=lacks.lower()))
    catalog.mark_curated({by_id[entry_id].product_id: by_id[entry_id].seen_version for entry_id in lined.stalls}, now=now)
    note(edition, Deed.PUBLISHED, by=by, now=now)
    order_kit(edition, now=now)
    announce(EditionPublished(edition.id), now=now)
    return True


def _give_stalls(edition: Edition, rows: Sequence[EntryRow]) -> None:
    by_slug = {row.slug: row for row in rows}
    for stall, slug in enumerate(draw(list(by_slug), seed=edition.lot_seed or ""), start=1):
        row = by_slug[slug]
        values = {
            "standing": Standing.CHOSEN,
            "stall": stall,
            "shown_name": row.name,
            "shown_price": row.price,
            "was_ready": True,
            "reason": None,
        }
        db.session.execute(update(Entry).where(Entry.id == row.id).values(values))


def _answer_the_others(edition: Edition, rows: Sequence[EntryRow], lined: LineUp, ready: dict[int, bool], rules: Rules) -> None:
    for row in rows:
        if row.id in lined.stalls or row.standing is Standing.REMOVED:
            continue
        is_unready = row.id in lined.unready
        standing = Standing.UNREADY if is_unready else Standing.RESERVE if row.standing is Standing.RESERVE else Standing.UNCHOSEN
        why = row.held_back_by(rules, edition.publish_at) if is_unready else row.reason or row.suggested(rules)
        values = {"standing": standing, "reason": why, "was_ready": ready.get(row.id)}
        db.session.execute(update(Entry).where(Entry.id == row.id).values(values))


def _settle(edition: Edition, *, base: str, by: Actor, now: datetime) -> None:
    edition.state = move(State(edition.state), State.SCHEDULED)
    begin(edition, by=by, now=now)
    if count_chosen(edition) == 0:
        raise Conflict("Edisi masih kosong. Susun dulu daftar lapak yang akan tampil.")
    edition.base = base
    db.session.flush()


def wave(key: str, code: str, *, reason: str, region_code: str, by: Actor, now: datetime, seen: int | None = None) -> None:
    """Let a chosen seller go out though a check is not met, with a reason everybody can read.

    Of a listing that changed since curators looked, that alone is settled: this one has looked again, at the version `seen`. What keeps
    buyers from ordering at all is never waved through. Raise Conflict once published, or when the listing changed since the page,
    NotAllowed for who has an interest in it.
    """
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        check_unpublished(edition)
        entry = entry_by(edition, code)
        check_no_interest(entry, by)
        before = entry.seen_version
        look(entry, seen)
        if before != entry.seen_version:
            note(edition, Deed.LOOKED_AGAIN, by=by, now=now, reason=reason, entry_id=entry.id)
        elif not entry.is_waved:
            entry.is_waved = True
            note(edition, Deed.WAVED, by=by, now=now, reason=reason, entry_id=entry.id)


def correct(key: str, *, theme: str, text: str, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Correct a published edition's theme or note; what it said and why it changed stays readable."""
    with transaction():
        edition = _published(key, region_code=region_code, by=by)
        if (edition.theme, edition.note) == (theme, text):
            return
        for before, after in ((edition.theme, theme), (edition.note, text)):
            if before != after:
                was = say("%(reason)s (sebelumnya: %(before)s)", reason=reason, before=before or say("tanpa catatan"))
                note(edition, Deed.CORRECTED, by=by, now=now, reason=was)
        edition.theme, edition.note = theme, text
        order_kit(edition, now=now)


def remove(key: str, code: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Take one stall out of a published edition; its number stays empty and the reason is public."""
    with transaction():
        edition = _published(key, region_code=region_code, by=by)
        entry = entry_by(edition, code)
        if entry.standing != Standing.CHOSEN:
            raise Conflict("Lapak ini tidak tampil di edisi ini.")
        stall, entry.standing, entry.stall = entry.stall, Standing.REMOVED, None
        order_kit(edition, now=now)
        note(edition, Deed.REMOVED, by=by, now=now, entry_id=entry.id, reason=reason, stall=stall)
        announce(StallRemoved(entry.id, reason), now=now)


def draw_kit(key: str, *, base: str, region_code: str, by: Actor, now: datetime) -> None:
    """Have a published edition's kit drawn anew, with links that begin with `base`; one that waits to be drawn is left to it."""
    with transaction():
        edition = _published(key, region_code=region_code, by=by)
        if edition.kit_due_at is None:
            edition.base = base
            order_kit(edition, now=now)


def unpublish(key: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Withdraw a published edition: its page says that and why; a withdrawn one stays so. Raise Conflict for any other."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        if edition.state == State.WITHDRAWN:
            return
        move(State(edition.state), State.WITHDRAWN)
        if _turn(edition, State.PUBLISHED, State.WITHDRAWN):
            note(edition, Deed.WITHDRAWN, by=by, now=now, reason=reason)


def restore(key: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Show a withdrawn edition again, as it was; a published one stays so. Raise Conflict for any other."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        if edition.state == State.PUBLISHED:
            return
        if edition.state != State.WITHDRAWN:
            raise Conflict("Hanya edisi yang ditarik dapat ditampilkan lagi.")
        if _turn(edition, State.WITHDRAWN, State.PUBLISHED):
            note(edition, Deed.RESTORED, by=by, now=now, reason=reason)


def _turn(edition: Edition, before: State, to: State) -> bool:
    # Of two clicks at the same instant, one finds the state it read.
    return changed(update(Edition).where(Edition.id == edition.id, Edition.state == before).values(state=to)) == 1


def ask_sellers(tell: Callable[[Told], None], *, now: datetime) -> int:
    """Ask the chosen and the first reserves of what is scheduled whether they are ready, as soon as an answer would be fresh enough.

    `tell` is called in each one's own transaction, so that everybody is asked exactly once. Return how many were asked.
    """
    asked = 0
    for one in calls.to_ask(now=now, ahead=LONGEST_NOTICE, first=RESERVES_ASKED):
        if now < asks_from(one.publish_at, read_rules(one.rules)):
            continue
        with transaction():
            mine = update(Entry).where(Entry.id == one.entry_id, Entry.asked_at.is_(None)).values(asked_at=now)
            told = calls.told_one(one.entry_id) if changed(mine) else None
            if told is not None:
                tell(told)
                asked += 1
    return asked


def _published(key: str, *, region_code: str, by: Actor) -> Edition:
    edition = edition_by(key, region_code=region_code, by=by)
    if edition.state != State.PUBLISHED:
        raise Conflict("Hanya edisi yang sudah terbit dapat dikoreksi.")
    return edition
