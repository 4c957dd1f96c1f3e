"""Changes to shops."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from lapak.accounts import queries as account_queries
from lapak.accounts import service as accounts
from lapak.accounts.policy import may_accompany
from lapak.accounts.rules import Actor, Channel, Purpose
from lapak.db.base import db
from lapak.db.outbox import announce, post
from lapak.db.session import alone, changed, transaction
from lapak.kernel.codes import hash_token, slug_with_code
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.words import say
from lapak.regions.models import Region
from lapak.regions.rules import covers
from lapak.shops import policy, queries
from lapak.shops.events import ShopChanged
from lapak.shops.models import Shop, ShopClaim
from lapak.shops.queries import OfferRow
from lapak.shops.rules import CLAIM_LIFE, HELP_DAYS, SEND_AGAIN_AFTER, WHICH_PLACE, Opening, Origin, claim_token, last_two, market_of

GONE = say("Lapak ini tidak ada.")
NUMBER_USED = say(
    "Nomor ini sudah dipakai sebuah lapak. Bila ini nomornya sendiri, penjual cukup masuk dengan nomor itu. Bila bukan, periksa lagi "
    "nomornya atau pakai nomor lain"
)
DEAD_LINK = say("Tautan ini sudah tidak berlaku. Minta tautan baru kepada pendamping Anda.")


@dataclass(frozen=True, slots=True)
class ShopDraft:
    """What a seller says of their shop."""

    name: str
    region_code: str
    about: str = ""
    whatsapp: str = ""


def open_shop(draft: ShopDraft, *, by: Actor, site_code: str, now: datetime) -> None:
    """Open a person's shop, or rename it while they are still on that page; they become a seller in the same transaction.

    Raise Invalid for a place that the site's region does not cover.
    """
    with transaction():
        _check_place(draft.region_code, site_code=site_code)
        shop = db.session.scalars(select(Shop).where(Shop.owner_id == by.id)).first()
        if shop is None:
            shop = Shop(slug=slug_with_code(draft.name), owner_id=by.id, origin=Origin.SELF, about="", whatsapp=by.phone, created_at=now)
            db.session.add(shop)
        shop.name, shop.region_code, shop.market_code = draft.name, draft.region_code, draft.region_code
        db.session.flush()
        announce(ShopChanged(shop.id), now=now)
        accounts.become_seller(by.id, region_code=shop.market_code, now=now)


def edit_shop(draft: ShopDraft, *, by: Actor, site_code: str, now: datetime) -> None:
    """Change what a shop says of itself; its address stays. Raise NotFound without a shop, Invalid for a foreign place."""
    with transaction():
        shop = db.session.scalars(select(Shop).where(Shop.owner_id == by.id)).first()
        if shop is None:
            raise NotFound("Anda belum punya lapak.")
        if draft.region_code != shop.region_code:
            _check_place(draft.region_code, site_code=site_code)
            if not covers(site_code, shop.market_code):
                raise Invalid({"region_code": say("Pindah daerah hanya lewat situs daerah asal lapak ini")})
            shop.market_code = draft.region_code
        shop.name, shop.region_code, shop.about, shop.whatsapp = draft.name, draft.region_code, draft.about, draft.whatsapp
        announce(ShopChanged(shop.id), now=now)


@dataclass(frozen=True, slots=True)
class SellerDraft:
    """What a companion writes down at a counter: who, their number in E.164, what the shop is called and where it is."""

    seller_name: str
    phone: str
    shop_name: str
    region_code: str


def register(draft: SellerDraft, *, by: Actor, site_code: str, key: bytes, once: str, now: datetime) -> str:
    """Open a shop for somebody who sits opposite and has agreed to the text read to them; return its slug.

    Shop, consent and claim link come together or not at all; sent twice with the same `once` it is one shop.

    Raise NotAllowed for whoever accompanies nobody there, Invalid for a foreign place or a number that a shop answers at already,
    in the same words whosever it is.
    """
    with transaction():
        alone("shop", by.id, once)
        there = db.session.scalar(select(Shop.slug).where(Shop.keeper_id == by.id, Shop.once == once)) if once else None
        if there is not None:
            return there
        _check_accompanied(draft, by=by, site_code=site_code)
        shop = Shop(
            slug=slug_with_code(draft.shop_name), name=draft.shop_name, region_code=draft.region_code, market_code=draft.region_code,
            keeper_id=by.id, origin=Origin.COMPANION, once=once or None, seller_name=draft.seller_name, about="", whatsapp=draft.phone,
            created_at=now,
        )  # fmt: skip
        db.session.add(shop)
        db.session.flush()
        accounts.record_consent(draft.phone, Purpose.SHOP, channel=Channel.COUNTER, by=by, now=now)
        _new_link(shop, by=by, key=key, now=now)
        announce(ShopChanged(shop.id), now=now)
    return shop.slug


def correct(slug: str, draft: SellerDraft, *, by: Actor, site_code: str, now: datetime) -> None:
    """Put right what was written down at the counter, while nobody has claimed the shop. With another number the link dies.

    Raise NotFound unless `by` keeps the shop, Invalid as `register` does.
    """
    with transaction():
        shop = _waiting(slug, by=by, now=now)
        if not policy.keeps(by, shop, now=now):
            raise NotFound(GONE)
        _check_accompanied(draft, by=by, site_code=site_code, but=shop)
        if draft.phone != shop.whatsapp:
            _end_links(shop.id, now=now)
            accounts.correct_consent(shop.whatsapp, draft.phone, by=by)
        shop.seller_name, shop.whatsapp = draft.seller_name, draft.phone
        if draft.region_code != shop.region_code:
            shop.region_code = shop.market_code = draft.region_code
        shop.name = draft.shop_name
        announce(ShopChanged(shop.id), now=now)


def _check_accompanied(draft: SellerDraft, *, by: Actor, site_code: str, but: Shop | None = None) -> None:
    if but is None or draft.region_code != but.region_code:
        _check_place(draft.region_code, site_code=site_code)
        if not may_accompany(by, draft.region_code):
            raise NotAllowed("Anda tidak mendampingi penjual di daerah ini.")
    if (but is None or draft.phone != but.whatsapp) and queries.is_number_used(draft.phone, but=but.id if but else 0):
        raise Invalid({"phone": NUMBER_USED})


def make_link(slug: str, *, by: Actor, key: bytes, now: datetime) -> None:
    """Make a claim link for a shop without owner; the one before it dies. Raise NotFound unless `by` may hand the shop over."""
    with transaction():
        _new_link(_waiting(slug, by=by, now=now), by=by, key=key, now=now)


def send_link(slug: str, text: str, *, by: Actor, now: datetime) -> None:
    """Send the shop's number its link, in a `text` that names it; at most once an hour, however many links are made.

    Raise NotFound unless `by` may hand the shop over, Conflict without number or good link, TooMany within the hour.
    """
    with transaction():
        shop = _waiting(slug, by=by, now=now)
        if not shop.whatsapp or queries.link_of(shop.id, now=now) is None:
            raise Conflict("Tautan belum terkirim. Buat tautan baru dulu, dan pastikan nomor penjual terisi.")
        last = db.session.scalar(select(func.max(ShopClaim.sent_at)).where(ShopClaim.shop_id == shop.id))
        if last is not None and now < last + SEND_AGAIN_AFTER:
            wait = int((last + SEND_AGAIN_AFTER - now).total_seconds()) + 1
            raise TooMany(
                "Tautan baru saja dikirim. Tunggu %(minutes)s menit lagi, atau cetak lembarnya.", retry_after=wait, minutes=-(-wait // 60)
            )
        good = update(ShopClaim).where(ShopClaim.shop_id == shop.id, ShopClaim.used_at.is_(None), ShopClaim.expires_at > now)
        db.session.execute(good.values(sent_at=now))
        post(shop.whatsapp, text, now=now)  # a link that opens the shop to whoever holds it: to its phone alone, in no inbox and no mail


def claim(token: str, *, by: Actor, help_days: int, agrees: bool, now: datetime) -> int:
    """Make `by` the owner of the shop a link offers, and end its keeper's access, or leave it for `help_days`; return the shop's key.

    Of two at once one wins. With the same link again its owner changes nothing.

    Raise NotFound for a link that is not good, NotAllowed when the shop was made for another number, Conflict when this person has
    a shop already, Invalid without consent from somebody who never gave it.
    """
    with transaction():
        offer = queries.offer(token, now=now)
        if offer is None:
            own = queries.owned_by(by.id) if queries.is_claimed_by(by.id, token) else None
            if own is None:
                raise NotFound(DEAD_LINK)
            return own.id
        check_claimant(offer, by=by)
        if not agrees and not account_queries.agrees(by.phone, Purpose.SHOP):
            raise Invalid({"consent": say("Centang kotak ini bila Anda setuju. Tanpa persetujuan, lapak belum dapat diambil")})
        accounts.record_consent(by.phone, Purpose.SHOP, channel=Channel.PAGE, by=by, now=now)
        _pass_on(offer, token, by=by, help_days=help_days, now=now)
    return offer.shop_id


def check_claimant(offer: OfferRow, *, by: Actor) -> None:
    """Raise NotAllowed when a shop was made for another number than this person's, Conflict when they have a shop already."""
    if offer.whatsapp and offer.whatsapp != by.phone:
        raise NotAllowed(
            "Lapak ini dibuat untuk nomor yang berakhir %(digits)s. Keluar, lalu masuk dengan nomor itu. Bila nomornya keliru, minta "
            "pendamping membetulkannya.",
            digits=last_two(offer.whatsapp),
        )
    if queries.owned_by(by.id) is not None:
        raise Conflict(
            "Anda sudah punya lapak, dan satu orang mengelola satu lapak. Minta pendamping memasang produk ini di lapak Anda, atau pakai "
            "nomor lain untuk lapak kedua."
        )


def _pass_on(offer: OfferRow, token: str, *, by: Actor, help_days: int, now: datetime) -> None:
    link = update(ShopClaim).where(ShopClaim.token_hash == hash_token(token), ShopClaim.used_at.is_(None), ShopClaim.expires_at > now)
    free = update(Shop).where(Shop.id == offer.shop_id, Shop.owner_id.is_(None))
    whose = {"owner_id": by.id, "whatsapp": offer.whatsapp or by.phone, "keeper_until": now + _help(help_days), "seller_name": None}
    name = queries.seller_name(offer.shop_id)
    if changed(link.values(used_at=now)) == 0 or changed(free.values(whose)) == 0:
        raise NotFound(DEAD_LINK)
    accounts.register(by.phone, name=name, now=now)
    accounts.become_seller(by.id, region_code=offer.market_code, now=now)
    announce(ShopChanged(offer.shop_id), now=now)


def let_help(days: int, *, by: Actor, now: datetime) -> None:
    """Let the companion who registered one's shop help for 30 or 90 days from now; 0 ends it at once.

    Raise NotFound without a companion, Invalid for other numbers of days.
    """
    with transaction():
        mine = update(Shop).where(Shop.owner_id == by.id, Shop.keeper_id.is_not(None))
        if changed(mine.values(keeper_until=now + _help(days))) == 0:
            raise NotFound("Lapak Anda tidak punya pendamping.")


def stop_keeping(phone: str, *, now: datetime) -> list[int]:
    """End what keepers may do for a person who withdrew consent; return their shops' keys, those still unclaimed too."""
    with transaction():
        shops = queries.of_number(phone)
        kept = update(Shop).where(Shop.id.in_(shops), Shop.keeper_id.is_not(None))
        db.session.execute(kept.values(keeper_until=now))
    return shops


def _help(days: int) -> timedelta:
    if days and days not in HELP_DAYS:
        raise Invalid({"days": say("Pilih berapa lama dari daftar")})
    return timedelta(days=days)


def _waiting(slug: str, *, by: Actor, now: datetime) -> Shop:
    shop = db.session.scalars(select(Shop).where(Shop.slug == slug)).first()
    if shop is None or not policy.may_hand_over(by, shop, now=now):
        raise NotFound(GONE)
    return shop


def _new_link(shop: Shop, *, by: Actor, key: bytes, now: datetime) -> None:
    _end_links(shop.id, now=now)
    placeholder = hash_token(fresh_token())  # the secret is derived from the row's own key, which the database gives
    link = ShopClaim(shop_id=shop.id, token_hash=placeholder, created_by=by.id, created_at=now, expires_at=now + CLAIM_LIFE)
    db.session.add(link)
    db.session.flush()
    link.token_hash = hash_token(claim_token(link.id, shop.id, now, key=key))
    db.session.flush()


def _end_links(shop_id: int, *, now: datetime) -> None:
    good = update(ShopClaim).where(ShopClaim.shop_id == shop_id, ShopClaim.used_at.is_(None), ShopClaim.expires_at > now)
    db.session.execute(good.values(expires_at=now))


def open_imported(name: str, place: str, whatsapp: str, *, into: str, key: str, keeper: Actor, now: datetime) -> int:
    """Open a shop that a list speaks of, at a place inside or outside of the region `into` whose market takes it in; return its key.

    An official keeps it until its seller claims it. The same `key` is the same shop.
    """
    with transaction():
        there = db.session.scalar(select(Shop.id).where(Shop.import_key == key))
        if there is not None:
            return there
        shop = Shop(
            slug=slug_with_code(name), name=name, region_code=place, market_code=market_of(place, into), keeper_id=keeper.id,
            origin=Origin.IMPORT, import_key=key, about="", whatsapp=whatsapp, created_at=now,
        )  # fmt: skip
        db.session.add(shop)
        db.session.flush()
        return shop.id


def keep_on(shop_id: int, *, keeper: Actor, now: datetime) -> bool:
    """Let an official keep an imported shop that nobody has claimed and another official kept before; whether that changed anything."""
    with transaction():
        theirs = update(Shop).where(Shop.id == shop_id, Shop.origin == Origin.IMPORT, Shop.owner_id.is_(None), Shop.keeper_id != keeper.id)
        is_changed = changed(theirs.values(keeper_id=keeper.id)) > 0
        if is_changed:
            announce(ShopChanged(shop_id), now=now)
        return is_changed


def _check_place(region_code: str, *, site_code: str) -> None:
    region = db.session.get(Region, region_code)
    if region is None or region.level != 2 or not covers(site_code, region_code):
        raise Invalid({"region_code": WHICH_PLACE})


def set_opening(opening: Opening, *, by: Actor, now: datetime) -> None:
    """Write down when one's shop takes orders. Raise NotFound without a shop."""
    with transaction():
        mine = update(Shop).where(Shop.owner_id == by.id)
        if changed(mine.values(asdict(opening))) == 0:
            raise NotFound("Anda belum punya lapak.")
        shop_id = db.session.scalars(select(Shop.id).where(Shop.owner_id == by.id)).one()
        announce(ShopChanged(shop_id), now=now)
