"""What every change at the desk begins with: the edition that is meant, the right to change it, and a line in its log."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog.models import Product
from lapak.db.base import db
from lapak.editions.models import Decision, Edition, Entry, Recusal
from lapak.editions.queries import calls, desk
from lapak.editions.queries.desk import EntryRow
from lapak.editions.rules.calendar import STATE_NAMES, Stage, State, read_key, stage
from lapak.editions.rules.choosing import Rules, Standing, read_rules
from lapak.editions.rules.deeds import Deed
from lapak.editions.rules.readiness import asks_from
from lapak.kernel.errors import Conflict, NotAllowed, NotFound
from lapak.kernel.words import say
from lapak.shops.models import Shop

NOT_A_CURATOR = say("Hanya kurator daerah ini yang dapat menyusun edisi.")
INTERESTED = say(
    "Anda punya kepentingan di sini: ini lapak Anda, lapak yang Anda kelola, atau Anda sendiri menyatakannya. "
    "Tidak ada yang berubah; kurator lain yang menilai dan memutuskan."
)
GONE = say("Edisi ini tidak ada.")
CHANGED_MEANWHILE = say("Produk ini baru saja diubah penjualnya. Lihat lagi keadaannya sekarang; yang Anda isi belum disimpan.")
NO_ENTRY = say("Pendaftar ini tidak ada di edisi ini, atau sudah mundur.")


def check_curator(by: Actor, region_code: str) -> None:
    """Raise NotAllowed for anybody but the region's curators."""
    if not policy.may_curate(by, region_code):
        raise NotAllowed(NOT_A_CURATOR)


def edition_by(key: str, *, region_code: str, by: Actor) -> Edition:
    """Return the edition that a desk's address means, for one of its curators; raise NotAllowed or NotFound."""
    check_curator(by, region_code)
    named = read_key(key)
    found = None
    if named:
        wanted = (Edition.region_code == region_code, Edition.series == named[0], Edition.number == named[1])
        found = db.session.scalars(select(Edition).where(*wanted)).first()
    if found is None:
        raise NotFound(GONE)
    return found


def stage_of(edition: Edition, *, now: datetime) -> Stage:
    """Return where an edition stands at that moment."""
    return stage(State(edition.state), opens_at=edition.opens_at, closes_at=edition.closes_at, begun_at=edition.begun_at, now=now)


def rules_of(edition: Edition) -> Rules:
    """Return the rules an edition is judged under."""
    return read_rules(edition.rules) if edition.rules else desk.programme(edition.region_code).rules


def rows_of(edition: Edition, rules: Rules) -> list[EntryRow]:
    """Return an edition's entries as its curators see them."""
    view = calls.by_id(edition.id)
    return desk.entries(view, rules) if view else []


def count_chosen(edition: Edition) -> int:
    """Return how many stand on an edition's list."""
    chosen = select(func.count()).where(Entry.edition_id == edition.id, Entry.standing == Standing.CHOSEN)
    return db.session.scalar(chosen) or 0


def entry_by(edition: Edition, code: str) -> Entry:
    """Return an edition's entry by its code; raise NotFound for none and for one that was withdrawn."""
    wanted = (Entry.edition_id == edition.id, Entry.code == code, Entry.standing != Standing.WITHDRAWN)
    found = db.session.scalars(select(Entry).where(*wanted)).first()
    if found is None:
        raise NotFound(NO_ENTRY)
    return found


def check_unpublished(edition: Edition) -> None:
    """Raise Conflict for an edition that was published, withdrawn or cancelled."""
    if edition.state not in {State.DRAFT, State.SCHEDULED}:
        raise Conflict(
            "Edisi ini sudah berubah (%(state)s). Muat ulang halaman untuk melihat keadaannya.", state=STATE_NAMES[State(edition.state)]
        )


def ask_anew(edition: Edition) -> None:
    """Forget "siap" that would be stale when an edition goes out, so that those sellers are asked again."""
    start = asks_from(edition.publish_at, rules_of(edition))
    stale = or_(Entry.ready_at < start, and_(Entry.ready_at.is_(None), Entry.asked_at < start))
    db.session.execute(update(Entry).where(Entry.edition_id == edition.id, stale).values(asked_at=None, ready_at=None))


def check_stranger(shop: Shop, by: Actor) -> None:
    """Raise NotAllowed for who owns or keeps a shop: whether it takes part, others decide."""
    if by.id in {shop.owner_id, shop.keeper_id}:
        raise NotAllowed(INTERESTED)


def check_no_interest(entry: Entry, by: Actor) -> None:
    """Raise NotAllowed for who runs an entry's shop or declared an interest in it: they neither judge it nor decide on it."""
    check_stranger(db.session.get_one(Shop, entry.shop_id), by)
    if db.session.get(Recusal, (entry.id, by.id)) is not None:
        raise NotAllowed(INTERESTED)


def look(entry: Entry, seen: int | None) -> None:
    """Remember which version of its listing a curator looked at: `seen` is what their page showed, None what it is now.

    Raise Conflict when the seller changed it since that page: what nobody saw is never taken as looked at.
    """
    version = db.session.scalar(select(Product.version).where(Product.id == entry.product_id).with_for_update())
    if seen is not None and seen != version:
        raise Conflict(CHANGED_MEANWHILE)
    entry.seen_version = version


def note(
    edition: Edition, deed: Deed, *, by: Actor | None, now: datetime, reason: str = "", entry_id: int | None = None,
    stall: int | None = None,
) -> None:  # fmt: skip
    """Write a line into an edition's log."""
    who = None if by is None else by.id
    db.session.add(Decision(edition_id=edition.id, entry_id=entry_id, by_id=who, at=now, deed=deed, reason=reason, stall=stall))
