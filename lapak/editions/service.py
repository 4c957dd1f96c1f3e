"""Changes to editions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog import service as catalog
from lapak.catalog.models import Product
from lapak.catalog.rules import State as ProductState
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import transaction
from lapak.editions.events import EditionPublished
from lapak.editions.models import Edition, Entry
from lapak.editions.rules import MOST_ENTRIES, State, draw, move
from lapak.kernel.codes import token
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.kernel.words import say
from lapak.regions.rules import covers
from lapak.shops.models import Shop

NOT_A_CURATOR = say("Hanya kurator daerah ini yang dapat menyusun edisi.")


@dataclass(frozen=True, slots=True)
class EditionDraft:
    """What a curator says of an edition."""

    number: int
    theme: str
    note: str
    date: date


def create(draft: EditionDraft, *, region_code: str, by: Actor, now: datetime) -> None:
    """Begin an edition; raise Invalid when the region has one of that number."""
    with transaction():
        _check_curator(by, region_code)
        edition = Edition(region_code=region_code, state=State.DRAFT, curator_id=by.id, created_at=now)
        db.session.add(edition)
        _describe(edition, draft)


def describe(number: int, draft: EditionDraft, *, region_code: str, by: Actor) -> None:
    """Change a draft's number, theme, note or date; raise Conflict once it is published."""
    with transaction():
        edition = _draft(number, region_code, by)
        _describe(edition, draft)


def pick(number: int, slug: str, *, region_code: str, by: Actor, now: datetime) -> None:
    """Put a listing into a draft; doing it twice changes nothing.

    Raise NotFound for a listing that is not on sale in the region, Conflict for an eleventh.
    """
    with transaction():
        edition = _draft(number, region_code, by)
        found = db.session.execute(
            select(Product.id, Shop.market_code, Shop.whatsapp)
            .join(Shop, Shop.id == Product.shop_id)
            .where(Product.slug == slug, Product.state == ProductState.ACTIVE)
        ).first()
        if found is None or not covers(region_code, found[1]):
            raise NotFound("Produk ini tidak dijual di daerah ini.")
        if db.session.get(Entry, (edition.id, found[0])) is not None:
            return
        if not found[2]:
            raise Conflict("Penjual produk ini belum menerima pesanan di sini, jadi belum dapat dipromosikan.")
        if _entries(edition.id) >= MOST_ENTRIES:
            raise Conflict("Edisi sudah berisi sepuluh lapak. Keluarkan satu sebelum menambah.")
        db.session.add(Entry(edition_id=edition.id, product_id=found[0], picked_at=now, picked_by=by.id))


def drop(number: int, slug: str, *, region_code: str, by: Actor) -> None:
    """Take a listing out of a draft; doing it twice changes nothing."""
    with transaction():
        edition = _draft(number, region_code, by)
        chosen = select(Product.id).where(Product.slug == slug).scalar_subquery()
        db.session.execute(delete(Entry).where(Entry.edition_id == edition.id, Entry.product_id == chosen))


def publish(number: int, *, region_code: str, by: Actor, now: datetime) -> None:
    """Publish a draft for good: draw the stalls by lot, mark the listings as curated, announce it.

    Raise Conflict when it is empty, already published, or holds a listing that left the shelf.
    """
    with transaction():
        edition = _draft(number, region_code, by)
        rows = db.session.execute(
            select(Product.id, Product.slug, Product.name, Product.state, Shop.market_code)
            .join(Shop, Shop.id == Product.shop_id)
            .join(Entry, Entry.product_id == Product.id)
            .where(Entry.edition_id == edition.id)
        ).all()
        if not rows:
            raise Conflict("Edisi masih kosong. Pilih dulu lapak yang akan tampil.")
        if gone := [row.name for row in rows if row.state != ProductState.ACTIVE or not covers(region_code, row.market_code)]:
            raise Conflict("%(name)s sudah tidak dijual di daerah ini. Keluarkan dari daftar, lalu terbitkan lagi.", name=gone[0])
        seed = token()
        ids = {row.slug: row.id for row in rows}
        for stall, slug in enumerate(draw(list(ids), seed=seed), start=1):
            db.session.execute(update(Entry).where(Entry.edition_id == edition.id, Entry.product_id == ids[slug]).values(stall=stall))
        edition.state, edition.published_at, edition.lot_seed = move(State.DRAFT, State.PUBLISHED), now, seed
        catalog.mark_curated(list(ids.values()), now=now)
        announce(EditionPublished(edition.id), now=now)


def _draft(number: int, region_code: str, by: Actor) -> Edition:
    _check_curator(by, region_code)
    edition = db.session.scalars(select(Edition).where(Edition.region_code == region_code, Edition.number == number)).first()
    if edition is None:
        raise NotFound("Edisi ini tidak ada.")
    move(State(edition.state), State.PUBLISHED)
    return edition


def _entries(edition_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Entry.edition_id == edition_id)) or 0


def _describe(edition: Edition, draft: EditionDraft) -> None:
    edition.number, edition.theme, edition.note, edition.dated = draft.number, draft.theme, draft.note, draft.date
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid({"number": say("Edisi %(number)s sudah ada. Pakai nomor lain", number=draft.number)}) from error


def _check_curator(by: Actor, region_code: str) -> None:
    if not policy.may_curate(by, region_code):
        raise NotAllowed(NOT_A_CURATOR)
