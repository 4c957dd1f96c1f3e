"""Changes to listings, stock and categories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog import queries
from lapak.catalog.events import CategoryChanged, ProductChanged
from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.catalog.rules import MOST_PHOTOS, MOST_PRODUCTS, NEXT_STEP, Draft, Freshness, Kind, State, Supply, move, stock_change
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import Query, changed, transaction
from lapak.kernel.codes import short_code, slug_with_code, slugify
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.kernel.words import say
from lapak.photos import queries as photo_queries
from lapak.photos import service as photo_service
from lapak.photos.models import Photo
from lapak.shops import policy as shops_policy
from lapak.shops.models import Shop

GONE = say("Produk ini tidak ada.")
LOOSE_PHOTO_LIFE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Aged:
    """Listings of one shop that took a step, for whoever tells its seller; `phone` is empty when nobody answers there."""

    phone: str
    region_code: str
    step: Freshness
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a listing, at the price the buyer saw (rupiah; None when none was shown)."""

    product_id: int
    quantity: int
    price_seen: int | None = None


def publish(
    draft: Draft, *, photos: Mapping[str, str], by: Actor, now: datetime, once: str | None = None, shop_id: int | None = None,
) -> str:  # fmt: skip
    """Put a new listing on sale, at once and "belum dikurasi"; return its slug. Sent twice with the same `once` it is one listing.

    It goes into the person's own shop, or into the shop `shop_id` that they keep for somebody.

    `photos` are keys in their order, each with what it shows; where that is empty the listing's name stands in.

    Raise NotFound without a shop, Invalid for an unknown category or more than ten photos, Conflict beyond 500 listings.
    """
    with transaction():
        shop = _shop_of(by, shop_id, now=now)
        there = select(Product.slug).where(Product.once == once, Product.shop_id == shop.id)
        if once and (slug := db.session.scalar(there)) is not None:
            return slug
        offered = select(func.count()).where(Product.shop_id == shop.id, Product.state != State.ARCHIVED)
        if (db.session.scalar(offered) or 0) >= MOST_PRODUCTS:
            raise Conflict("Satu lapak paling banyak memuat 500 produk. Arsipkan yang sudah tidak dijual.")
        code = short_code().lower()
        product = Product(
            slug=slug_with_code(draft.name, code), code=code, once=once, shop_id=shop.id, state=State.ACTIVE, created_at=now,
            freshness=Freshness.FRESH, freshness_at=now, confirmed_at=now, on_hand=0, held=0, sold=0, received=0,
        )  # fmt: skip
        _describe(product, draft, shop=shop, now=now)
        product.on_hand = product.received = stock_change(draft, seen=0)
        db.session.add(product)
        db.session.flush()
        _arrange_photos(product, photos, shop=shop)
        announce(ProductChanged(product.id), now=now)
    return product.slug


def edit(slug: str, draft: Draft, *, photos: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Change a listing and the order of its photos.

    Raise NotFound for another person's listing, Conflict when fewer units are left than the seller takes away.
    """
    with transaction():
        product, shop = _own(slug, by, now=now)
        _change_stock(product, draft)
        _describe(product, draft, shop=shop, now=now)
        _refresh(product, now=now)
        db.session.flush()
        _arrange_photos(product, photos, shop=shop)
        announce(ProductChanged(product.id), now=now)


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
        product, _shop = _own(slug, by, now=now)
        if product.state != to:
            product.state, product.updated_at = move(State(product.state), to), now
            if to is State.ACTIVE:
                _refresh(product, now=now)
            announce(ProductChanged(product.id), now=now)


def hold(lines: Sequence[Line], *, shop_id: int) -> None:
    """Set units aside for an order, all lines or none; listings without counted stock need no hold.

    Rows are taken in ascending key, so two orders cannot wait for each other. Raise Conflict naming what is left.
    """
    with transaction():
        for line in sorted(lines, key=lambda line: line.product_id):
            on_sale = (Product.id == line.product_id, Product.shop_id == shop_id, Product.state == State.ACTIVE)
            free = update(Product).where(*on_sale, Product.supply == Supply.STOCK, Product.on_hand - Product.held >= line.quantity)
            if changed(free.values(held=Product.held + line.quantity)) == 1:
                continue
            row = db.session.execute(select(Product.name, Product.supply, Product.on_hand - Product.held).where(*on_sale)).first()
            if row is None:
                raise Conflict("Produk ini sedang tidak dijual.")
            name, supply, left = row
            if supply == Supply.STOCK:
                raise Conflict(
                    "%(name)s tinggal %(left)s. Kurangi jumlahnya, lalu pesan lagi." if left else "%(name)s baru saja habis.",
                    name=name, left=left,
                )  # fmt: skip


def release(lines: Sequence[Line]) -> None:
    """Give held units back to the shelf."""
    with transaction():
        for line in sorted(lines, key=lambda line: line.product_id):
            db.session.execute(update(Product).where(Product.id == line.product_id).values(held=Product.held - line.quantity))


def sell(lines: Sequence[Line]) -> None:
    """Turn held units into sold ones: on_hand and held fall together."""
    with transaction():
        for line in sorted(lines, key=lambda line: line.product_id):
            db.session.execute(
                update(Product)
                .where(Product.id == line.product_id)
                .values(on_hand=Product.on_hand - line.quantity, held=Product.held - line.quantity, sold=Product.sold + line.quantity)
            )


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
    tell(Aged(shop.whatsapp, shop.market_code, to, tuple(row.name for row in rows)))
    return len(rows)


def mark_curated(product_ids: Sequence[int], *, now: datetime) -> None:
    """Note that curators chose these listings for a published edition."""
    with transaction():
        db.session.execute(update(Product).where(Product.id.in_(product_ids), Product.curated_at.is_(None)).values(curated_at=now))


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """What an admin says of a category; `parent` is the slug of the one above it, empty at the top; `synonyms` one a line."""

    name: str
    icon: str
    parent: str = ""
    synonyms: str = ""
    position: int | None = None
    is_active: bool = True


def add_category(draft: CategoryDraft, *, region_code: str, by: Actor, now: datetime) -> None:
    """Add a category at the end of a region's list; raise Conflict when it has one of that name, Invalid for a wrong parent."""
    with transaction():
        _check_admin(by, region_code)
        slug = slugify(draft.name) or "kategori"
        if db.session.scalar(select(Category.id).where(Category.region_code == region_code, Category.slug == slug)) is not None:
            raise Conflict("Kategori dengan nama ini sudah ada.")
        last = db.session.scalar(select(func.max(Category.position)).where(Category.region_code == region_code)) or 0
        row = Category(
            region_code=region_code, slug=slug, name=draft.name, icon=draft.icon, synonyms=draft.synonyms,
            position=draft.position or last + 1, is_active=draft.is_active,
        )  # fmt: skip
        row.parent_id = _parent_id(draft.parent, row, region_code=region_code)
        db.session.add(row)
        db.session.flush()
        announce(CategoryChanged(row.id), now=now)


def edit_category(slug: str, draft: CategoryDraft, *, region_code: str, by: Actor, now: datetime) -> None:
    """Rename, move, hide or show a category; its address stays. Raise NotFound outside the region, Invalid for a wrong parent."""
    with transaction():
        _check_admin(by, region_code)
        row = db.session.scalars(select(Category).where(Category.region_code == region_code, Category.slug == slug)).first()
        if row is None:
            raise NotFound("Kategori ini tidak ada.")
        row.parent_id = _parent_id(draft.parent, row, region_code=region_code)
        row.name, row.icon, row.synonyms = draft.name, draft.icon, draft.synonyms
        row.position, row.is_active = draft.position or 0, draft.is_active
        announce(CategoryChanged(row.id), now=now)


def _parent_id(slug: str, row: Category, *, region_code: str) -> int | None:
    if not slug:
        return None
    above = db.session.scalars(select(Category).where(Category.region_code == region_code, Category.slug == slug)).first()
    has_children = row.id is not None and db.session.scalar(select(Category.id).where(Category.parent_id == row.id).limit(1)) is not None
    if above is None or above.parent_id is not None or above.id == row.id or has_children:
        raise Invalid({"parent": say("Pilih jenis utama dari daftar. Jenis bertingkat dua saja.")})
    return above.id


def _check_admin(by: Actor, region_code: str) -> None:
    if not policy.may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat mengubah kategori.")


def _shop_of(by: Actor, shop_id: int | None, *, now: datetime) -> Shop:
    which = Shop.owner_id == by.id if shop_id is None else Shop.id == shop_id
    shop = db.session.scalars(select(Shop).where(which)).first()
    if shop is None or not shops_policy.runs(by, shop, now=now):
        raise NotFound("Anda belum punya lapak.")
    return shop


def _own(slug: str, by: Actor, *, now: datetime) -> tuple[Product, Shop]:
    row = db.session.execute(select(Product, Shop).join(Shop, Shop.id == Product.shop_id).where(Product.slug == slug)).first()
    if row is None or not shops_policy.runs(by, row[1], now=now):
        raise NotFound(GONE)
    return row[0], row[1]


def _describe(product: Product, draft: Draft, *, shop: Shop, now: datetime) -> None:
    product.category_id = _category_id(draft.category, region_code=shop.market_code, current=product.category_id)
    if product.category_id is None and draft.is_guessable and (guess := queries.suggested_category(draft.name, shop.market_code)):
        product.category_id = _category_id(guess.slug, region_code=shop.market_code, current=None)
    product.kind, product.supply = draft.kind, Supply.SERVICE if draft.kind is Kind.SERVICE else draft.supply
    product.name, product.description, product.price = draft.name, draft.description, draft.price
    product.unit, product.weight_grams, product.shelf_life_days = draft.unit, draft.weight_grams, draft.shelf_life_days
    product.prepare_days, product.reach, product.area_served = draft.prepare_days, draft.reach, draft.area_served
    product.updated_at = now


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


def _arrange_photos(product: Product, photos: Mapping[str, str], *, shop: Shop) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Invalid({"photos": say("Paling banyak %(most)s foto untuk satu produk", most=MOST_PHOTOS)})
    mine = select(Photo.key, Photo.id, Photo.alt).where(Photo.key.in_(photos), Photo.account_id.in_((shop.owner_id, shop.keeper_id)))
    found = {key: (id_, alt) for key, id_, alt in Query(mine, lambda *row: row).all()}
    if any(key not in found for key in photos):
        raise Invalid({"photos": say("Ada foto yang tidak ditemukan. Unggah lagi fotonya")})
    db.session.execute(delete(ProductPhoto).where(ProductPhoto.product_id == product.id))
    taken = set(db.session.scalars(select(ProductPhoto.photo_id).where(ProductPhoto.photo_id.in_([id_ for id_, _ in found.values()]))))
    if taken:
        raise Invalid({"photos": say("Foto ini sudah dipakai produk lain. Unggah foto yang baru")})
    if shop.owner_id is not None:  # what a keeper adds is the owner's at once
        db.session.execute(update(Photo).where(Photo.key.in_(photos)).values(account_id=shop.owner_id))
    db.session.add_all(ProductPhoto(product_id=product.id, photo_id=found[key][0], position=place) for place, key in enumerate(photos))
    for key in photos:
        said = photos[key] or found[key][1] or product.name
        if said != found[key][1]:
            photo_service.describe(key, said)


def pass_photos(shop_id: int, *, to: int) -> None:
    """Give the photos of a shop's listings to the account that owns the shop now."""
    with transaction():
        shown = select(ProductPhoto.photo_id).join(Product, Product.id == ProductPhoto.product_id).where(Product.shop_id == shop_id)
        db.session.execute(update(Photo).where(Photo.id.in_(shown)).values(account_id=to))


def pause_all(shop_ids: Sequence[int], *, now: datetime) -> None:
    """Take everything these shops have on sale off the shelves."""
    with transaction():
        for product in db.session.scalars(select(Product).where(Product.shop_id.in_(shop_ids), Product.state == State.ACTIVE)):
            product.state, product.updated_at = State.PAUSED, now
            announce(ProductChanged(product.id), now=now)


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
