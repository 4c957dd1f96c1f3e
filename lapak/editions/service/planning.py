"""Planning: the calendar of editions, their series, and how a region runs its programme."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog.models import Category
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import transaction
from lapak.editions.events import EditionCancelled
from lapak.editions.models import Edition, Programme, Series
from lapak.editions.queries import desk
from lapak.editions.rules.calendar import Plan, Stage, State, check, move, series_slug
from lapak.editions.rules.choosing import Rules
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import too_short
from lapak.editions.service.desk import ask_anew, check_curator, edition_by, note, rules_of, stage_of
from lapak.kernel.codes import token
from lapak.kernel.errors import Conflict, Invalid, NotAllowed
from lapak.kernel.words import say
from lapak.regions.queries import site_for

AGAIN = timedelta(minutes=2)
NOT_AN_ADMIN = say("Hanya pengelola daerah ini yang dapat mengubah program edisi.")


def plan(what: Plan, *, region_code: str, by: Actor, now: datetime, base: str = "") -> None:
    """Begin an edition; the same plan sent again by the same curator begins no other. Its messages lead to the address `base`.

    Raise Invalid when the region used its number before, or its dates do not fit.
    """
    with transaction():
        check_curator(by, region_code)
        if _is_begun(what, region_code=region_code, by=by, now=now):
            return
        edition = Edition(
            region_code=region_code, state=State.DRAFT, curator_id=by.id, created_at=now, tie_seed=token(), base=base, kit_tries=0
        )
        _describe(edition, what, now=now)
        db.session.add(edition)
        _flush(what.number)
        note(edition, Deed.PLANNED, by=by, now=now)


def change(key: str, what: Plan, *, region_code: str, by: Actor, now: datetime) -> None:
    """Change a plan that is not published; raise Conflict afterwards, Invalid for what the call's sellers rely on.

    Once the call is open its number, series, kind and who may enter stay; its end may only move later.
    """
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        move(State(edition.state), State.CANCELLED)
        if stage_of(edition, now=now) is not Stage.COMING and edition.opens_at is not None:
            _check_promises(edition, what)
        if what.publish_at != edition.publish_at and what.publish_at <= now:
            raise Invalid({"publish": say("Waktu terbit sudah lewat. Untuk menerbitkan sekarang, pakai tombol di halaman kesiapan")})
        time = too_short(what.publish_at, rules_of(edition), now=now)
        if edition.state == State.SCHEDULED and what.publish_at < edition.publish_at and time:
            raise Invalid({"publish": say(
                "Edisi ini sudah dijadwalkan, dan waktu ini menyisakan %(time)s bagi penjual untuk menjawab siap. Batalkan jadwalnya dulu, "
                "lalu jadwalkan lagi", time=time,
            )})  # fmt: skip
        _describe(edition, what, now=now)
        _flush(what.number)
        if edition.state == State.SCHEDULED:
            ask_anew(edition)
        note(edition, Deed.CHANGED, by=by, now=now)


def cancel(key: str, *, reason: str, region_code: str, by: Actor, now: datetime) -> None:
    """Cancel an edition for good; its number is never used again and its page says so. Raise Conflict once it was published."""
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        edition.state = move(State(edition.state), State.CANCELLED)
        note(edition, Deed.CANCELLED, by=by, now=now, reason=reason)
        announce(EditionCancelled(edition.id), now=now)


def hand_over(to: int, *, region_code: str, by: Actor, now: datetime) -> None:
    """Give the programme and every unpublished edition to another curator, in one step.

    Raise NotAllowed for anybody but admins and the present steward, Invalid for somebody who does not curate here.
    """
    with transaction():
        row = _programme(region_code)
        if not (policy.may_administer(by, region_code) or (row.steward_id == by.id and policy.may_curate(by, region_code))):
            raise NotAllowed(NOT_AN_ADMIN)
        if to not in {account_id for account_id, _name in desk.curators(region_code, now=now)}:
            raise Invalid({"to": say("Pilih kurator daerah ini dari daftar")})
        row.steward_id = to
        running = (Edition.region_code == region_code, Edition.state.in_([State.DRAFT, State.SCHEDULED]))
        for edition in db.session.scalars(select(Edition).where(*running)):
            note(edition, Deed.HANDED_OVER, by=by, now=now)
        db.session.execute(update(Edition).where(*running).values(curator_id=to))


def set_programme(
    rules: Rules, *, channel: str, quiet: tuple[date | None, date | None], region_code: str, by: Actor,
) -> None:  # fmt: skip
    """Set a region's rules of choosing, its channel and its quiet period (both days included; None for none).

    Editions whose judging began keep the rules they began under. Raise NotAllowed for anybody but admins, Invalid for half a period.
    """
    with transaction():
        if not policy.may_administer(by, region_code):
            raise NotAllowed(NOT_AN_ADMIN)
        start, end = quiet
        if (start is None) != (end is None) or (start and end and end < start):
            raise Invalid({"quiet_until": say("Isi hari pertama dan hari terakhir masa tenang, atau kosongkan keduanya")})
        row = _programme(region_code)
        row.rules, row.channel, row.quiet_from, row.quiet_until = rules.written(), channel, start, end


def add_series(name: str, *, region_code: str, by: Actor) -> None:
    """Begin a special series with numbers of its own; raise NotAllowed for anybody but admins, Conflict when there is one of that name."""
    with transaction():
        if not policy.may_administer(by, region_code):
            raise NotAllowed(NOT_AN_ADMIN)
        slug = series_slug(name)
        if db.session.scalar(select(Series.id).where(Series.region_code == region_code, Series.slug == slug)) is not None:
            raise Conflict("Seri dengan nama ini sudah ada.")
        db.session.add(Series(region_code=region_code, slug=slug, name=name))


def _programme(region_code: str) -> Programme:
    row = db.session.get(Programme, region_code)
    if row is None:
        row = Programme(region_code=region_code, channel="", rules=Rules().written())
        db.session.add(row)
    return row


def _is_begun(what: Plan, *, region_code: str, by: Actor, now: datetime) -> bool:
    """Whether this curator planned just this a moment ago: a second click, or a page sent again."""
    same = (Edition.region_code == region_code, Edition.series == what.series, Edition.number == what.number, Edition.curator_id == by.id)
    fresh = (Edition.state == State.DRAFT, Edition.created_at > now - AGAIN)
    there = db.session.scalars(select(Edition).where(*same, *fresh)).first()
    return there is not None and (there.theme, there.publish_at, there.opens_at) == (what.theme, what.publish_at, what.opens_at)


def _check_promises(edition: Edition, what: Plan) -> None:
    category = db.session.scalar(select(Category.slug).where(Category.id == edition.category_id)) or ""
    promised = (edition.series, edition.number, category, edition.who, edition.place_code, edition.opens_at)
    if (what.series, what.number, what.category, what.who, what.place, what.opens_at) != promised:
        raise Invalid({"opens": say("Pendaftaran sudah dibuka: nomor, jenis, syarat peserta, dan waktu buka tidak dapat diubah lagi")})
    if what.closes_at is None or edition.closes_at is None or what.closes_at < edition.closes_at:
        raise Invalid({"closes": say("Waktu tutup hanya dapat diundur, karena penjual sudah mengandalkannya")})
    if edition.begun_at is not None and what.closes_at != edition.closes_at:
        raise Invalid({"closes": say("Penilaian sudah dimulai, jadi pendaftaran tidak dapat dibuka lagi")})


def _describe(edition: Edition, what: Plan, *, now: datetime) -> None:
    check(what, covered=edition.region_code)
    if what.publish_at <= now and edition.opens_at is None and what.opens_at is not None:
        raise Invalid({"publish": say("Waktu terbit sudah lewat")})
    if what.series and _series(edition.region_code, what.series) is None:
        raise Invalid({"series": say("Pilih seri dari daftar")})
    category = (Category.region_code == edition.region_code, Category.slug == what.category)
    edition.category_id = db.session.scalar(select(Category.id).where(*category)) if what.category else None
    if what.category and edition.category_id is None:
        raise Invalid({"category": say("Pilih jenis dari daftar")})
    edition.series, edition.number, edition.theme, edition.note = what.series, what.number, what.theme, what.note
    edition.who, edition.place_code, edition.asks_own_work = what.who, what.place, what.asks_own_work
    edition.opens_at, edition.closes_at, edition.publish_at = what.opens_at, what.closes_at, what.publish_at
    edition.dated = local_day(edition.region_code, what.publish_at)


def local_day(region_code: str, moment: datetime) -> date:
    """Return which day a moment is in a region."""
    site = site_for(region_code)
    return site.today(moment) if site else moment.astimezone(ZoneInfo("Asia/Jakarta")).date()


def _series(region_code: str, slug: str) -> int | None:
    return db.session.scalar(select(Series.id).where(Series.region_code == region_code, Series.slug == slug))


def _flush(number: int) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid({"number": say("Nomor %(number)s sudah pernah dipakai. Pakai nomor lain", number=number)}) from error
