"""Entering: sellers answer a call with one listing, change their mind, and say that they are ready."""

from datetime import datetime

from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.catalog.models import Product
from lapak.catalog.rules import State as ProductState
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import transaction
from lapak.editions.events import CallOpened, SellerPutForward
from lapak.editions.models import Edition, Entry
from lapak.editions.queries import calls
from lapak.editions.rules.calendar import CLOSED_ALREADY, Stage, State, Who, may_enter
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.deeds import Deed
from lapak.editions.service.desk import check_stranger, check_unpublished, edition_by, note, stage_of
from lapak.kernel.codes import short_code
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.words import say
from lapak.photos import service as photos
from lapak.shops.models import Shop

ENTRY_CODE_LENGTH = 8


def enter(
    edition_id: int, slug: str, *, is_own_work: bool, stays_in_pool: bool, shares_figures: bool, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Enter one of a seller's listings; entering again while the call is open exchanges it or its answers, and withdrawn ones come back.

    Raise Conflict when the call is closed (by a second, too) or the listing cannot be ordered, Invalid without the declaration or for
    a listing of another kind, NotFound for a listing of somebody else or a call that the shop may not answer.
    """
    with transaction():
        edition, shop = _open_call(edition_id, by, now=now)
        if edition.asks_own_work and not is_own_work:
            raise Invalid({"own_work": say("Centang bahwa ini karya Anda sendiri. Edisi ini tidak menerima barang titipan atau kulakan")})
        choice = calls.choice(shop.id, slug, _kind(edition_id))
        if choice is None:
            raise NotFound("Produk ini tidak ada di antara yang Anda jual.")
        if not choice.is_fitting:
            raise Invalid({"product": say("Produk ini bukan jenis yang dicari edisi ini. Pilih produk lain, atau ubah jenisnya dulu")})
        if not shop.whatsapp:
            raise Conflict("Isi dulu nomor WhatsApp lapak Anda, supaya pembeli dapat memesan.")
        entry = _entry_of(shop, edition)
        if entry is None:
            entry = Entry(edition_id=edition.id, shop_id=shop.id, code=_code(), source="seller", is_waved=False, shown_name="")
            db.session.add(entry)
        entry.product_id, entry.entered_at, entry.entered_by, entry.standing = choice.id, now, by.id, Standing.ENTERED
        entry.seen_version, entry.agreed_at = None, now
        if entry.source == "curator":  # put forward before, and now entered by the seller's own hand
            entry.source = "seller"
        entry.own_work_at = now if is_own_work else None
        entry.stays_in_pool, entry.shares_figures = stays_in_pool, shares_figures


def withdraw(edition_id: int, *, by: Actor, now: datetime) -> None:
    """Take one's entry back while the call is open; twice changes nothing. Raise Conflict once it closed, NotFound without an entry."""
    with transaction():
        edition, shop = _open_call(edition_id, by, now=now)
        _my_entry(edition, shop).standing = Standing.WITHDRAWN


def step_back(edition_id: int, *, by: Actor, now: datetime) -> None:
    """Leave an edition before it is published: a reserve goes out instead. Whom a curator put forward says no by that.

    Raise Conflict once it is published, NotFound without an entry.
    """
    with transaction():
        edition, shop = _edition_and_shop(edition_id, by)
        check_unpublished(edition)
        entry = _my_entry(edition, shop)
        if entry.standing != Standing.WITHDRAWN:
            entry.standing, entry.place = Standing.WITHDRAWN, None
            deed = Deed.DECLINED if entry.source == "curator" and entry.agreed_at is None else Deed.STEPPED_BACK
            note(edition, deed, by=by, now=now, entry_id=entry.id)


def agree(edition_id: int, *, by: Actor, now: datetime) -> None:
    """Note that a seller whom a curator put forward takes part; twice changes nothing. Raise Conflict once they said no, or it is out."""
    with transaction():
        edition, shop = _edition_and_shop(edition_id, by)
        check_unpublished(edition)
        entry = _my_entry(edition, shop)
        if entry.standing == Standing.WITHDRAWN:
            raise Conflict("Anda sudah memilih tidak ikut. Selama pendaftaran dibuka, Anda dapat mendaftarkan produk sendiri.")
        entry.agreed_at = entry.agreed_at or now


def say_ready(edition_id: int, *, is_own_work: bool, by: Actor, now: datetime) -> None:
    """Note a chosen or reserve seller's "siap"; saying it again makes it fresh.

    One whom a curator nominated declares their own work now. Raise Conflict when nobody asked, Invalid without the declaration.
    """
    with transaction():
        edition, shop = _edition_and_shop(edition_id, by)
        entry = _my_entry(edition, shop)
        if edition.state != State.SCHEDULED or entry.standing not in {Standing.CHOSEN, Standing.RESERVE}:
            raise Conflict("Edisi ini tidak sedang menunggu kesiapan Anda. Muat ulang halaman untuk melihat keadaannya.")
        if edition.asks_own_work and entry.own_work_at is None:
            if not is_own_work:
                raise Invalid({"own_work": say("Centang bahwa ini karya Anda sendiri, lalu tekan Saya siap lagi")})
            entry.own_work_at = now
        entry.ready_at, entry.agreed_at = now, entry.agreed_at or now


def nominate(key: str, slug: str, *, region_code: str, by: Actor, now: datetime, base: str = "") -> None:
    """Put a listing from the shelf among an edition's entries, as a curator, and tell its seller; doing it twice changes nothing.

    The seller may say no until it is published. Who allowed this listing to take part in fitting themes has agreed already.
    `base` is the address that the message leads to.

    Raise NotFound for a listing not on sale or of a shop that may not enter, Conflict when its shop has another entry or takes no
    orders, or the edition is settled, NotAllowed for who owns or keeps its shop.
    """
    with transaction():
        edition = edition_by(key, region_code=region_code, by=by)
        if stage_of(edition, now=now) not in {Stage.COMING, Stage.OPEN, Stage.JUDGING}:
            raise Conflict("Daftar edisi ini sudah ditetapkan. Batalkan jadwalnya dulu bila perlu menambah.")
        found = db.session.execute(
            select(Product.id, Shop)
            .join(Shop, Shop.id == Product.shop_id)
            .where(Product.slug == slug, Product.state == ProductState.ACTIVE)
        ).first()
        if found is None or not _may_enter(edition, found[1]):
            raise NotFound("Produk ini tidak dijual di daerah ini, atau lapaknya tidak memenuhi syarat edisi.")
        product_id, shop = found
        check_stranger(shop, by)
        if not shop.whatsapp:
            raise Conflict("Penjual produk ini belum menerima pesanan di sini, jadi belum dapat dipromosikan.")
        there = _entry_of(shop, edition)
        if there is not None:
            if there.product_id == product_id and there.standing != Standing.WITHDRAWN:
                return
            if there.standing == Standing.WITHDRAWN:
                raise Conflict("Penjualnya memilih tidak ikut edisi ini. Ajukan produk dari lapak lain.")
            raise Conflict("Lapak ini sudah punya satu pendaftar di edisi ini. Satu lapak satu produk.")
        allowed = calls.allowed(product_id)
        entry = Entry(
            edition_id=edition.id, shop_id=shop.id, product_id=product_id, code=_code(), source="curator", entered_at=now, entered_by=by.id,
            agreed_at=now if allowed else None, own_work_at=allowed.own_work_at if allowed else None, stays_in_pool=allowed is not None,
            shares_figures=bool(allowed and allowed.shares_figures), standing=Standing.ENTERED, is_waved=False, shown_name="",
        )  # fmt: skip
        db.session.add(entry)
        edition.base = base or edition.base
        db.session.flush()
        note(edition, Deed.NOMINATED, by=by, now=now, entry_id=entry.id)
        announce(SellerPutForward(entry.id), now=now)


def open_calls(*, now: datetime) -> int:
    """Open the calls whose moment has come, once each: those in the pool who fit are entered, sellers who allowed it are told."""
    opened = 0
    for edition_id in calls.to_open(now=now):
        with transaction():
            edition = db.session.get_one(Edition, edition_id)
            if edition.opened_at is not None or edition.state != State.DRAFT:
                continue
            edition.opened_at = now
            note(edition, Deed.OPENED, by=None, now=now)
            _enter_pool(edition, now=now)
            announce(CallOpened(edition.id), now=now)
            opened += 1
    return opened


def _enter_pool(edition: Edition, *, now: datetime) -> None:
    view = calls.by_id(edition.id)
    there = set(db.session.scalars(select(Entry.shop_id).where(Entry.edition_id == edition.id)))
    for one in calls.pool(view, kind_id=edition.category_id or 0) if view else []:
        if one.shop_id in there or (edition.asks_own_work and one.own_work_at is None):
            continue
        entry = Entry(
            edition_id=edition.id, shop_id=one.shop_id, product_id=one.product_id, code=_code(), source="pool", entered_at=now,
            entered_by=one.entered_by, agreed_at=now, own_work_at=one.own_work_at, stays_in_pool=True, shares_figures=one.shares_figures,
            standing=Standing.ENTERED, is_waved=False, shown_name="",
        )  # fmt: skip
        db.session.add(entry)
        db.session.flush()
        announce(SellerPutForward(entry.id), now=now)


def look_next() -> bool:
    """Measure the main photo of an entry that nobody looked at yet, so that its seller learns early what to mend.

    Return whether there was one. Not part of entering: nobody waits for it, and no transaction is held meanwhile.
    """
    key = calls.unmeasured_photo()
    if key is None:
        return False
    photos.measure(key)
    return True


def _open_call(edition_id: int, by: Actor, *, now: datetime) -> tuple[Edition, Shop]:
    edition, shop = _edition_and_shop(edition_id, by)
    if not _may_enter(edition, shop):
        raise NotFound("Edisi ini bukan untuk lapak di tempat Anda.")
    where = stage_of(edition, now=now)
    if where is Stage.COMING:
        raise Conflict("Pendaftaran edisi ini belum dibuka.")
    if where is not Stage.OPEN:
        raise Conflict(CLOSED_ALREADY)
    return edition, shop


def _edition_and_shop(edition_id: int, by: Actor) -> tuple[Edition, Shop]:
    edition = db.session.get(Edition, edition_id)
    shop = db.session.scalars(select(Shop).where(Shop.owner_id == by.id)).first()
    if edition is None or shop is None:
        raise NotFound("Edisi ini tidak ada, atau Anda belum punya lapak.")
    return edition, shop


def _entry_of(shop: Shop, edition: Edition) -> Entry | None:
    # Of two first entries of one shop at the same instant, the second waits here and then finds the first.
    db.session.execute(select(Shop.id).where(Shop.id == shop.id).with_for_update())
    return db.session.scalars(select(Entry).where(Entry.edition_id == edition.id, Entry.shop_id == shop.id)).first()


def _my_entry(edition: Edition, shop: Shop) -> Entry:
    entry = _entry_of(shop, edition)
    if entry is None:
        raise NotFound("Lapak Anda tidak terdaftar di edisi ini.")
    return entry


def _may_enter(edition: Edition, shop: Shop) -> bool:
    return may_enter(
        Who(edition.who), edition.place_code, region=edition.region_code, shop_place=shop.region_code, shop_market=shop.market_code
    )  # fmt: skip


def _kind(edition_id: int) -> str:
    view = calls.by_id(edition_id)
    return view.category if view else ""


def _code() -> str:
    return short_code(ENTRY_CODE_LENGTH).lower()
