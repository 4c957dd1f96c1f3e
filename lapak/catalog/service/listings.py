"""Changes to listings, stock and categories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts.rules import Actor
from lapak.catalog import queries
from lapak.catalog.events import ProductChanged, ReviewNoted
from lapak.catalog.models import Category, Product, ProductPhoto, Review, WaitingPhoto, WaitingVersion
from lapak.catalog.rules import (
    MOST_PHOTOS,
    MOST_PRODUCTS,
    NEXT_STEP,
    WITHHELD,
    Draft,
    Freshness,
    Kind,
    Saved,
    State,
    Supply,
    move,
    stock_change,
)
from lapak.checking import queries as checking
from lapak.checking.rules import COLUMNS, Deed, Field, Rule, Source, Standing, Verdict, Version, changes, material, passes
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import Query, alone, changed, transaction
from lapak.kernel.codes import short_code, slug_with_code
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.money import Rupiah
from lapak.kernel.words import say
from lapak.photos import queries as photo_queries
from lapak.photos import service as photo_service
from lapak.photos.models import Photo
from lapak.photos.rules import alt_text
from lapak.shops import policy as shops_policy
from lapak.shops.models import Shop

GONE = say("Produk ini tidak ada.")
LOOSE_PHOTO_LIFE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Aged:
    """Listings of one shop that took a step, for whoever tells its seller; without `phone` and `owner_id` nobody answers there."""

    phone: str
    owner_id: int | None
    region_code: str
    step: Freshness
    names: tuple[str, ...]


def publish(
    draft: Draft, *, photos: Mapping[str, str], by: Actor, now: datetime, once: str | None = None, shop_id: int | None = None,
    source: Source | None = None,
) -> str:  # fmt: skip
    """Put a new listing on sale, at once and "belum dikurasi"; return its slug. Sent twice with the same `once` it is one listing.

    It goes into the person's own shop, or into the shop `shop_id` that they keep for somebody. Moderators look at it while it is on
    sale, unless a rule of the market takes it as checked; `source` is who brings it in, where that is not plain from who acts.

    `photos` are keys in their order, each with what it shows; where that is empty the listing's name stands in.

    Raise NotFound without a shop, Invalid for an unknown category or more than ten photos, Conflict beyond 500 listings.
    """
    with transaction():
        shop = _shop_of(by, shop_id, now=now)
        alone("listing", shop.id, once)
        there = select(Product.slug).where(Product.once == once, Product.shop_id == shop.id)
        if once and (slug := db.session.scalar(there)) is not None:
            return slug
        offered = select(func.count()).where(Product.shop_id == shop.id, Product.state != State.ARCHIVED)
        if (db.session.scalar(offered) or 0) >= MOST_PRODUCTS:
            raise Conflict("Satu lapak paling banyak memuat 500 produk. Arsipkan yang sudah tidak dijual.")
        shown = _photos_of_form(photos, draft.name, shop=shop)
        code = short_code().lower()
        product = Product(
            slug=slug_with_code(draft.name, code), code=code, once=once, shop_id=shop.id, state=State.ACTIVE, created_at=now,
            freshness=Freshness.FRESH, freshness_at=now, confirmed_at=now, on_hand=0, held=0, sold=0, received=0, version=1,
        )  # fmt: skip
        _describe(product, draft, _version_in(draft, shown, shop=shop, category_id=None), now=now)
        product.on_hand = product.received = stock_change(draft, seen=0)
        db.session.add(product)
        db.session.flush()
        _show_photos(product.id, shown)
        rule = _passing(shop, source or _source(shop, by), now=now)
        review = Review(
            product_id=product.id, standing=Standing.CHECKED, revision=1, verdict="", reason="", note="", is_paused=False, is_owed=False
        )
        db.session.add(review)
        if rule:
            _take_as_checked(review, product, by=None, now=now)
        else:
            _send(review, now=now)
        _note(review, Deed.PASSED if rule else Deed.SENT, by=by, rule=rule, now=now)
        announce(ProductChanged(product.id), now=now)
    return product.slug


def edit(
    slug: str, draft: Draft, *, photos: Mapping[str, str], by: Actor, now: datetime, source: Source | None = None,
) -> Saved:  # fmt: skip
    """Change a listing and the order of its photos, and say whether buyers see all of it already.

    What a moderator has to see of a listing that was checked waits beside it, unless a rule of the market lets it through; everything
    else shows at once. Saying again what buyers see takes a waiting version back.

    Raise NotFound for another person's listing, Conflict when fewer units are left than the seller takes away.
    """
    with transaction():
        product, shop = own(slug, by, now=now)
        review = _review_of(product)
        if queries.has_variants(product.id):
            draft = replace(draft, price=product.price, stock=None)  # they have prices and counts of their own
        _change_stock(product, draft)
        shown = _version_of(product)
        asked_photos = _photos_of_form(photos, draft.name, shop=shop, product_id=product.id)
        wanted = _version_in(draft, asked_photos, shop=shop, category_id=product.category_id)
        changed_fields = changes(shown, wanted)
        rule, waits = _judge(review, changed_fields, shop, wanted.price, source=source or _source(shop, by), now=now)
        visible = replace(wanted, **{COLUMNS[field]: getattr(shown, COLUMNS[field]) for field in waits})
        _describe(product, draft, visible, now=now)
        if visible != shown:
            product.version += 1
        _refresh(product, now=now)
        db.session.flush()
        if visible.photos != shown.photos:
            _show_photos(product.id, visible.photos)
        if waits:
            _keep_waiting(review, wanted, _supply(draft), by=by, now=now)
        else:
            _note_shown(review, product, rule, by=by, is_changed=bool(changed_fields), now=now)
        announce(ProductChanged(product.id), now=now)
        if not waits:
            return Saved.SHOWN
        return Saved.WAITING if review.standing == Standing.WAITING else Saved.UNMENDED


def _judge(
    review: Review, changed_fields: frozenset[Field], shop: Shop, price: int, *, source: Source, now: datetime
) -> tuple[Rule | None, frozenset[Field]]:
    """The rule that lets a material change through, and what has to wait; neither for a listing that nobody has checked yet."""
    if review.checked_at is None or review.checked_price is None:
        return None, frozenset()
    waits = material(changed_fields, price=price, checked_price=review.checked_price, rules=checking.rules_of(shop.market_code))
    if not waits:
        return None, waits
    rule = _passing(shop, source, now=now) if review.standing == Standing.CHECKED else None  # what a moderator has begun, one ends
    return (rule, frozenset()) if rule else (None, waits)


def _passing(shop: Shop, source: Source, *, now: datetime) -> Rule | None:
    return passes(source, queries.record_of(shop.id), rules=checking.rules_of(shop.market_code), now=now)


def _source(shop: Shop, by: Actor) -> Source:
    return Source.SELLER if shop.owner_id == by.id else Source.COMPANION


def _note_shown(review: Review, product: Product, rule: Rule | None, *, by: Actor, is_changed: bool, now: datetime) -> None:
    """Note an edit that buyers see at once, whatever waited before."""
    is_withdrawn = _drop_waiting(product.id)
    if not is_changed and not is_withdrawn:
        return
    review.revision += 1
    is_mended = is_changed and review.standing == Standing.ASKED
    if review.checked_at is None or is_mended:  # it shows, or stays withheld, and a moderator sees the newest
        _send(review, now=now)
        _note(review, Deed.SENT, by=by, now=now)
        return
    if is_withdrawn:
        _take_back(review)
    if rule:
        _take_as_checked(review, product, by=None, now=now)
    deed = Deed.PASSED if is_changed else Deed.WITHDRAWN
    _note(review, deed, by=by, rule=(rule or Rule.SMALL) if is_changed else None, now=now)


def note_variants(product: Product, *, by: Actor, now: datetime) -> None:
    """Have a moderator look at a listing that comes in other sizes, tastes or prices now; buyers see them meanwhile."""
    review = _review_of(product)
    review.revision += 1
    if review.standing == Standing.CHECKED:
        _send(review, now=now)
        _note(review, Deed.SENT, by=by, now=now)


def _keep_waiting(review: Review, wanted: Version, supply: Supply, *, by: Actor, now: datetime) -> None:
    """Keep what a seller wants their checked listing to say, for a moderator; the same again changes nothing."""
    waiting = db.session.get(WaitingVersion, review.product_id)
    if waiting is not None and _version_waiting(waiting) == wanted:
        return
    if waiting is None:
        waiting = WaitingVersion(product_id=review.product_id)
        db.session.add(waiting)
    waiting.name, waiting.description, waiting.price = wanted.name, wanted.description, Rupiah(wanted.price)
    waiting.category_id, waiting.kind, waiting.supply = wanted.category_id, wanted.kind, supply
    waiting.unit, waiting.area_served, waiting.sent_at = wanted.unit, wanted.area_served, now
    db.session.flush()
    db.session.execute(delete(WaitingPhoto).where(WaitingPhoto.product_id == review.product_id))
    db.session.add_all(
        WaitingPhoto(product_id=review.product_id, photo_id=photo_id, position=place, alt=alt)
        for place, (photo_id, alt) in enumerate(wanted.photos)
    )
    review.revision += 1
    _send(review, now=now)
    _note(review, Deed.SENT, by=by, now=now)


def withdraw(slug: str, *, by: Actor, now: datetime) -> bool:
    """Take a waiting version back; return whether there was one. Raise NotFound for another person's listing."""
    with transaction():
        product, _shop = own(slug, by, now=now)
        if not _drop_waiting(product.id):
            return False
        review = _review_of(product)
        review.revision += 1
        _take_back(review)
        _note(review, Deed.WITHDRAWN, by=by, now=now)
    return True


def decide(slug: str, verdict: Verdict, *, revision: int, reason: str, note: str, by: Actor, now: datetime) -> None:
    """Do to a listing what a moderator decided on the revision they saw.

    A waiting version is approved exactly as it stands, kept for its seller to mend, or dropped; refused without one, or taken down, the
    listing leaves the shelf. Who may decide and who hears of it, the caller sees to.

    Raise NotFound without such a listing, Conflict when it is not at that revision any more.
    """
    with transaction():
        product = db.session.scalars(select(Product).where(Product.slug == slug)).first()
        if product is None:
            raise NotFound(GONE)
        review = _review_of(product)
        here = update(Review).where(Review.product_id == product.id, Review.revision == revision)
        if changed(here.values(revision=revision + 1)) == 0:
            raise Conflict("Produk ini baru saja berubah.")
        db.session.refresh(review)
        waiting = db.session.get(WaitingVersion, product.id)
        was_withheld = product.state == State.WITHHELD
        review.decided_at, review.verdict, review.reason, review.note = now, verdict, reason, note
        review.standing, review.waiting_since = _LEADS_TO[verdict], None
        review.is_owed = verdict is Verdict.ASK and waiting is None and review.checked_at is not None
        if verdict is Verdict.APPROVE:
            if waiting is not None:
                _apply(product, waiting, now=now)
            _take_as_checked(review, product, by=by, now=now)
            if was_withheld:
                product.state, product.updated_at = State.PAUSED if review.is_paused else State.ACTIVE, now
            if was_withheld and not review.is_paused:
                _refresh(product, now=now)
        elif verdict is not Verdict.ASK:
            _refuse(review, product, is_whole=waiting is None or verdict is Verdict.TAKE_DOWN, now=now)
        announce(ProductChanged(product.id), now=now)


_LEADS_TO = {
    Verdict.APPROVE: Standing.CHECKED, Verdict.ASK: Standing.ASKED, Verdict.REFUSE: Standing.REFUSED, Verdict.TAKE_DOWN: Standing.REFUSED,
}  # fmt: skip


def _refuse(review: Review, product: Product, *, is_whole: bool, now: datetime) -> None:
    _drop_waiting(product.id)
    review.refused_at = now
    if not is_whole:
        review.standing = Standing.CHECKED
        return
    review.checked_at = review.checked_by = review.checked_price = None
    if product.state in {State.ACTIVE, State.PAUSED}:
        review.is_paused = product.state == State.PAUSED
        product.state = State.WITHHELD
    product.updated_at = now


def _apply(product: Product, waiting: WaitingVersion, *, now: datetime) -> None:
    if waiting.kind != product.kind:
        product.kind, product.supply = waiting.kind, waiting.supply
    product.name, product.description = waiting.name, waiting.description
    if not queries.has_variants(product.id):
        product.price = waiting.price
    product.category_id, product.unit, product.area_served = waiting.category_id, waiting.unit, waiting.area_served
    product.updated_at = now
    product.version += 1
    _show_photos(product.id, queries.waiting_photos(product.id))
    _drop_waiting(product.id)


def _review_of(product: Product) -> Review:
    """How a listing stands with moderators; one from before there were any begins as checked."""
    review = db.session.get(Review, product.id, with_for_update=True)
    if review is None:
        review = Review(
            product_id=product.id, standing=Standing.CHECKED, revision=0, checked_at=product.created_at, checked_price=product.price,
            verdict="", reason="", note="", is_paused=False, is_owed=False,
        )  # fmt: skip
        try:
            with db.session.begin_nested():
                db.session.add(review)
        except IntegrityError:  # somebody else began it at the same moment
            return db.session.get_one(Review, product.id, with_for_update=True)
    return review


def _send(review: Review, *, now: datetime) -> None:
    """Put a listing into the queue; one that is there already keeps its place."""
    review.standing, review.waiting_since = Standing.WAITING, review.waiting_since or now
    if not review.is_owed:
        review.verdict = review.reason = review.note = ""


def _take_back(review: Review) -> None:
    """Leave the queue, for what buyers see: that is as it was approved, or still what its seller was asked to mend."""
    review.standing, review.waiting_since = Standing.ASKED if review.is_owed else Standing.CHECKED, None


def _take_as_checked(review: Review, product: Product, *, by: Actor | None, now: datetime) -> None:
    review.standing, review.waiting_since = Standing.CHECKED, None
    review.checked_at, review.checked_price = now, product.price
    if by is not None:  # whom a rule lets through is still somebody whom people approved before
        review.checked_by = by.id


def _note(review: Review, deed: Deed, *, by: Actor | None, rule: Rule | None = None, now: datetime) -> None:
    announce(ReviewNoted(review.product_id, review.revision, deed, by.id if by else None, rule or "", now.isoformat()), now=now)


def _drop_waiting(product_id: int) -> bool:
    db.session.execute(delete(WaitingPhoto).where(WaitingPhoto.product_id == product_id))
    return changed(delete(WaitingVersion).where(WaitingVersion.product_id == product_id)) > 0


def _version_of(product: Product) -> Version:
    photos = tuple((id_, alt or product.name) for id_, alt in queries.shown_photos(product.id))
    return Version(
        product.name, product.description, product.price, product.category_id, product.kind, product.unit, product.area_served, photos
    )


def _version_waiting(waiting: WaitingVersion) -> Version:
    photos = tuple(queries.waiting_photos(waiting.product_id))
    return Version(
        waiting.name, waiting.description, waiting.price, waiting.category_id, waiting.kind, waiting.unit, waiting.area_served, photos
    )


def _change_stock(product: Product, draft: Draft) -> None:
    """Add or take away units. `received` moves only here, so a page that saw another `received` is old, or was sent twice."""
    is_counted_already = product.supply == Supply.STOCK and draft.stock_seen is not None
    change = stock_change(draft, seen=draft.stock_seen or 0 if is_counted_already else product.on_hand - product.held)
    if not change:
        return
    seen = draft.received_seen if is_counted_already and draft.received_seen is not None else product.received
    if product.received == seen + change:
        return  # the same page, sent a second time
    mine = update(Product).where(Product.id == product.id, Product.received == seen, Product.on_hand + change >= Product.held)
    if changed(mine.values(on_hand=Product.on_hand + change, received=Product.received + change)) == 0:
        raise Conflict("Persediaan baru saja berubah. Muat ulang halaman untuk melihat sisanya. Perubahan belum disimpan.")


def set_state(slug: str, to: State, *, by: Actor, now: datetime) -> None:
    """Pause, resume or archive a listing; asking twice changes nothing. Raise NotFound for another person's listing."""
    with transaction():
        product, _shop = own(slug, by, now=now)
        if product.state != to:
            state = move(State(product.state), to)
            if to is State.ACTIVE and _review_of(product).is_withheld:
                raise Conflict(WITHHELD)
            product.state, product.updated_at = state, now
            if to is State.ACTIVE:
                _refresh(product, now=now)
            announce(ProductChanged(product.id), now=now)


def confirm(slugs: Sequence[str], *, by: Actor, now: datetime) -> int:
    """Note that a seller still has these listings; paused ones that had gone stale are sold again. Return how many were theirs."""
    with transaction():
        rows = db.session.execute(select(Product, Shop).join(Shop, Shop.id == Product.shop_id).where(Product.slug.in_(slugs))).all()
        mine = [product for product, shop in rows if shops_policy.runs(by, shop, now=now)]
        for product in mine:
            _refresh(product, now=now)
    return len(mine)


def mark_alive(product_ids: Sequence[int], *, now: datetime) -> None:
    """Note that a seller showed they still have these listings, by accepting an order for them."""
    with transaction():
        for product in db.session.scalars(select(Product).where(Product.id.in_(product_ids))):
            if product.state == State.ACTIVE:
                _refresh(product, now=now)


def _refresh(product: Product, *, now: datetime) -> None:
    is_back = product.freshness in {Freshness.STEPPED_BACK, Freshness.PAUSED}
    if product.freshness == Freshness.PAUSED and product.state == State.PAUSED:
        product.state = State.ACTIVE
    product.freshness, product.freshness_at, product.confirmed_at = Freshness.FRESH, now, now
    if is_back:
        announce(ProductChanged(product.id), now=now)


def age_listings(tell: Callable[[Aged], None], *, now: datetime) -> int:
    """Take the next step with listings whose sellers say nothing, shop by shop; return how many stepped.

    `tell` is called inside each shop's transaction, so that its seller is told exactly once of each step.
    """
    stepped = 0
    for state in (Freshness.STEPPED_BACK, Freshness.ASKED, Freshness.FRESH):  # backwards: no listing takes two steps in one run
        to, after = NEXT_STEP[state]
        for shop_id in queries.shops_with_stale(state, before=now - after):
            with transaction():
                stepped += _age(shop_id, state, to, tell, before=now - after, now=now)
    return stepped


def _age(shop_id: int, state: Freshness, to: Freshness, tell: Callable[[Aged], None], *, before: datetime, now: datetime) -> int:
    due = (
        Product.shop_id == shop_id, Product.state == State.ACTIVE, Product.freshness == state, Product.freshness_at <= before,
    )  # fmt: skip
    rows = db.session.execute(select(Product.id, Product.name).where(*due).order_by(Product.id)).all()
    if not rows:
        return 0
    paused = {"state": State.PAUSED} if to is Freshness.PAUSED else {}
    step = update(Product).where(Product.id.in_([row.id for row in rows]), *due).values(freshness=to, freshness_at=now, **paused)
    if changed(step) == 0:
        return 0
    for row in rows:
        announce(ProductChanged(row.id), now=now)
    shop = db.session.get_one(Shop, shop_id)
    tell(Aged(shop.whatsapp, shop.owner_id, shop.market_code, to, tuple(row.name for row in rows)))
    return len(rows)


def mark_curated(seen: Mapping[int, int | None], *, now: datetime) -> None:
    """Note that curators chose these listings, each with the version they looked at, for a published edition.

    Where the market's rules say so, that is a check as well: of what they looked at. What its seller changed since waits like any other.
    """
    with transaction():
        db.session.execute(update(Product).where(Product.id.in_(seen), Product.curated_at.is_(None)).values(curated_at=now))
        unchecked = select(Review, Product, Shop.market_code).join(Product, Product.id == Review.product_id)
        unchecked = unchecked.join(Shop, Shop.id == Product.shop_id).where(
            Product.id.in_(seen), Review.checked_at.is_(None), Review.standing == Standing.WAITING, Product.state == State.ACTIVE
        )
        for review, product, market_code in db.session.execute(unchecked.with_for_update(of=[Review, Product])).all():
            if product.version == seen[product.id] and checking.rules_of(market_code).curated_pass:
                review.revision += 1
                _take_as_checked(review, product, by=None, now=now)
                _note(review, Deed.PASSED, by=None, rule=Rule.CURATED, now=now)


def _shop_of(by: Actor, shop_id: int | None, *, now: datetime) -> Shop:
    which = Shop.owner_id == by.id if shop_id is None else Shop.id == shop_id
    shop = db.session.scalars(select(Shop).where(which)).first()
    if shop is None or not shops_policy.runs(by, shop, now=now):
        raise NotFound("Anda belum punya lapak.")
    return shop


def own(slug: str, by: Actor, *, now: datetime) -> tuple[Product, Shop]:
    """Return a listing and its shop for whoever runs it; raise NotFound for anybody else."""
    row = db.session.execute(select(Product, Shop).join(Shop, Shop.id == Product.shop_id).where(Product.slug == slug)).first()
    if row is None or not shops_policy.runs(by, row[1], now=now):
        raise NotFound(GONE)
    return row[0], row[1]


def _version_in(draft: Draft, photos: tuple[tuple[int, str], ...], *, shop: Shop, category_id: int | None) -> Version:
    """What a draft says, its category found; `category_id` is the listing's so far."""
    found = _category_id(draft.category, region_code=shop.market_code, current=category_id)
    if found is None and draft.is_guessable and (guess := queries.suggested_category(draft.name, shop.market_code)):
        found = _category_id(guess.slug, region_code=shop.market_code, current=None)
    return Version(draft.name, draft.description, draft.price, found, draft.kind, draft.unit, draft.area_served, photos)


def _supply(draft: Draft) -> Supply:
    return Supply.SERVICE if draft.kind is Kind.SERVICE else draft.supply


def _describe(product: Product, draft: Draft, version: Version, *, now: datetime) -> None:
    """Have a listing say what `version` says, and of `draft` whatever else it says."""
    if version.kind == draft.kind:
        product.supply = _supply(draft)
    product.kind, product.category_id = version.kind, version.category_id
    product.name, product.description, product.price = version.name, version.description, Rupiah(version.price)
    product.unit, product.area_served = version.unit, version.area_served
    product.weight_grams, product.shelf_life_days = draft.weight_grams, draft.shelf_life_days
    product.produced_on, product.storage = draft.produced_on, draft.storage
    product.prepare_days, product.reach, product.updated_at = draft.prepare_days, draft.reach, now


def _category_id(slug: str, *, region_code: str, current: int | None) -> int | None:
    if not slug:
        return None
    owners = [region_code, region_code.partition(".")[0]]
    found = select(Category.id).where(
        Category.slug == slug, Category.region_code.in_(owners), or_(Category.is_active, Category.id == current)
    )
    category_id = db.session.scalar(found.order_by(Category.region_code.desc()))
    if category_id is None:
        raise Invalid({"category": say("Pilih kategori dari daftar")})
    return category_id


def _photos_of_form(photos: Mapping[str, str], name: str, *, shop: Shop, product_id: int = 0) -> tuple[tuple[int, str], ...]:
    """The rows of photos by their keys, each with what it is to say: what was typed, what it said, or the listing's name.

    Raise Invalid for more than ten, for what is not the shop's, and for what another listing shows or wants to show.
    """
    if len(photos) > MOST_PHOTOS:
        raise Invalid({"photos": say("Paling banyak %(most)s foto untuk satu produk", most=MOST_PHOTOS)})
    mine = select(Photo.key, Photo.id, Photo.alt).where(Photo.key.in_(photos), Photo.account_id.in_((shop.owner_id, shop.keeper_id)))
    found = {key: (id_, alt) for key, id_, alt in Query(mine, lambda *row: row).all()}
    if any(key not in found for key in photos):
        raise Invalid({"photos": say("Ada foto yang tidak ditemukan. Unggah lagi fotonya")})
    ids = [id_ for id_, _ in found.values()]
    for table in (ProductPhoto, WaitingPhoto):
        if db.session.scalar(select(table.photo_id).where(table.photo_id.in_(ids), table.product_id != product_id).limit(1)) is not None:
            raise Invalid({"photos": say("Foto ini sudah dipakai produk lain. Unggah foto yang baru")})
    if shop.owner_id is not None:  # what a keeper adds is the owner's at once
        db.session.execute(update(Photo).where(Photo.key.in_(photos)).values(account_id=shop.owner_id))
    return tuple((found[key][0], alt_text(photos[key] or found[key][1] or name)) for key in photos)


def _show_photos(product_id: int, photos: Sequence[tuple[int, str]]) -> None:
    db.session.execute(delete(ProductPhoto).where(ProductPhoto.product_id == product_id))
    db.session.add_all(ProductPhoto(product_id=product_id, photo_id=id_, position=place) for place, (id_, _) in enumerate(photos))
    for id_, alt in photos:
        db.session.execute(update(Photo).where(Photo.id == id_, Photo.alt != alt).values(alt=alt))


def pass_photos(shop_id: int, *, to: int) -> None:
    """Give the photos of a shop's listings to the account that owns the shop now."""
    with transaction():
        for table in (ProductPhoto, WaitingPhoto):
            shown = select(table.photo_id).join(Product, Product.id == table.product_id).where(Product.shop_id == shop_id)
            db.session.execute(update(Photo).where(Photo.id.in_(shown)).values(account_id=to))


def pause_all(shop_ids: Sequence[int], *, now: datetime) -> None:
    """Take everything these shops have on sale off the shelves; what a moderator withholds does not come back by itself either."""
    with transaction():
        for product in db.session.scalars(select(Product).where(Product.shop_id.in_(shop_ids), Product.state == State.ACTIVE)):
            product.state, product.updated_at = State.PAUSED, now
            announce(ProductChanged(product.id), now=now)
        withheld = select(Product.id).where(Product.shop_id.in_(shop_ids), Product.state == State.WITHHELD)
        db.session.execute(update(Review).where(Review.product_id.in_(withheld)).values(is_paused=True))


def discard_unused(keys: Sequence[str], *, by: Actor) -> None:
    """Discard those of `keys` that are this person's own and that no listing shows; leave all others as they are.

    Raise OSError when the store fails: see `photos.service.discard`.
    """
    for photo in photo_queries.by_keys(keys, by.id):
        _discard_loose(photo.key)


def discard_loose_photos(*, now: datetime) -> int:
    """Discard photos older than two days that no listing shows, at most 500, oldest first; return how many went.

    Raise OSError when the store fails: see `photos.service.discard`.
    """
    return sum(_discard_loose(key) for key in queries.loose_photos(before=now - LOOSE_PHOTO_LIFE))


def _discard_loose(key: str) -> bool:
    """Discard a photo unless a listing has taken it, or somebody discarded it, since it was looked up."""
    with transaction():
        if not queries.is_loose(key):
            return False
        photo_service.discard(key)
    return True
