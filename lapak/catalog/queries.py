"""Reads about listings and categories."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from lapak.catalog.models import Capacity, Category, Product, ProductPhoto, Review, Slot, Variant, WaitingPhoto, WaitingVersion
from lapak.catalog.rules import (
    REACH_NAMES,
    STORAGE_NAMES,
    Freshness,
    Kind,
    Reach,
    State,
    Storage,
    Supply,
    Unit,
    like,
    suggest,
    why_not_on_sale,
)
from lapak.checking.rules import Record, Standing, Verdict
from lapak.db.base import UtcDateTime
from lapak.db.session import AnySelect, Query
from lapak.kernel.paging import Page
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo, to_photo_if_any
from lapak.regions.models import Region
from lapak.regions.rules import Place, short_name, within
from lapak.shops.models import Shop
from lapak.shops.queries import OPENING_COLUMNS
from lapak.shops.rules import Opening

PAGE = 24


@dataclass(frozen=True, slots=True)
class Card:
    """A listing on a shelf. `left` is what is ready to sell, None when it is not counted."""

    id: int
    slug: str
    name: str
    price: int
    is_service: bool
    shop_name: str
    place_name: str
    photo: PhotoView | None
    stall: int | None
    left: int | None
    state: str


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category with the number of listings on sale in it and in those below it; `parent` is the slug of the one above."""

    slug: str
    name: str
    icon: str
    count: int
    id: int
    is_active: bool
    position: int
    parent: str | None
    synonyms: str


@dataclass(frozen=True, slots=True)
class ProductView:
    """A listing with its shop, as its own page, its order page and its owner see it."""

    id: int
    slug: str
    name: str
    description: str
    price: int
    kind: Kind
    supply: Supply
    on_hand: int
    held: int
    sold: int
    received: int
    unit: str
    weight_grams: int | None
    shelf_life_days: int | None
    produced_on: date | None
    storage: Storage
    prepare_days: int | None
    reach: Reach
    area_served: str
    state: State
    is_curated: bool
    updated_at: datetime
    code: str
    category: str | None
    category_name: str | None
    category_region: str | None
    shop_id: int
    shop_slug: str
    shop_name: str
    shop_about: str
    whatsapp: str
    owner_id: int | None
    joined_at: datetime
    region_code: str
    market_code: str
    place_name: str
    shop_products: int
    is_checked: bool
    is_withheld: bool
    opening: Opening
    variant_count: int

    def why_not(self, day: date) -> str:
        """Why it cannot be ordered on a day, in words for the buyer; empty when it can."""
        words = why_not_on_sale(self.state, self.left, self.shop_name, has_number=bool(self.whatsapp))
        return words or self.opening.why_not(day, self.shop_name)

    @property
    def is_service(self) -> bool:
        """Whether this is a service."""
        return self.kind is Kind.SERVICE

    @property
    def is_outside(self) -> bool:
        """Whether its seller is beyond the region whose market shows it."""
        return self.market_code != self.region_code

    @property
    def left(self) -> int | None:
        """What is ready to sell, None when it is not counted."""
        return self.on_hand - self.held if self.supply is Supply.STOCK else None

    @property
    def best_before(self) -> date | None:
        """Until when what lies ready is good; None when nobody said when it was made or how long it keeps."""
        if self.produced_on is None or self.shelf_life_days is None:
            return None
        return self.produced_on + timedelta(days=self.shelf_life_days)

    @property
    def storage_text(self) -> str:
        """How it has to be kept, in words; empty for what keeps anywhere."""
        return "" if self.storage is Storage.ROOM else STORAGE_NAMES[self.storage]

    @property
    def reach_text(self) -> str:
        """How far it goes, in words."""
        return self.area_served if self.is_service else REACH_NAMES[self.reach]


LEFT = case((Product.supply == Supply.STOCK, Product.on_hand - Product.held))
"""What is ready to sell of a listing, NULL where it is not counted."""
IS_WITHHELD = and_(Review.checked_at.is_(None), Review.refused_at.is_not(None))
"""Whether a moderator took a listing off the shelf and nobody has put it back; its seller may have archived it since."""
FACE = and_(ProductPhoto.product_id == Product.id, ProductPhoto.position == 0)
"""What joins a listing to its first photo."""


def card_columns(stall: SQLColumnExpression[Any] | None = None) -> AnySelect:
    """The columns of a `Card` and the joins behind them, for any room that shows listings."""
    stall_column = null() if stall is None else stall
    return (
        select(
            Product.id, Product.slug, Product.name, Product.price, Product.kind, Shop.name, Region.name,
            stall_column, LEFT, Product.state, *PHOTO_COLUMNS,
        )
        .select_from(Product)
        .join(Shop, Shop.id == Product.shop_id)
        .join(Region, Region.code == Shop.region_code)
        .outerjoin(ProductPhoto, FACE)
        .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    )  # fmt: skip


def to_card(
    id_: int, slug: str, name: str, price: int, kind: str, shop: str, place: str,
    stall: int | None, left: int | None, state: str, *photo: Any,
) -> Card:  # fmt: skip
    """Pour a row of `card_columns` into a `Card`."""
    return Card(id_, slug, name, price, kind == Kind.SERVICE, shop, short_name(place), to_photo_if_any(*photo), stall, left, state)


def _in_region(region_code: str) -> ColumnElement[bool]:
    low, high = within(region_code)
    return and_(Shop.market_code >= low, Shop.market_code < high)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a buyer looks for: words, a category, a place, goods or services; empty means any."""

    region_code: str
    words: str = ""
    category: str = ""
    place: str = ""
    kind: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL. Search is a plain LIKE over name, description, shop and place, until an index of words replaces it."""
        found = [Product.state == State.ACTIVE, _in_region(self.region_code)]
        if self.place:
            found.append(Shop.region_code == self.place)
        if self.category:
            chosen = select(Category.id).where(Category.region_code == self.region_code, Category.slug == self.category)
            below = select(Category.id).where(Category.parent_id == chosen.scalar_subquery())
            found.append(or_(Product.category_id == chosen.scalar_subquery(), Product.category_id.in_(below)))
        if self.kind:
            found.append(Product.kind == self.kind)
        for word in self.words.split()[:6]:
            pattern = like(word)
            found.append(
                or_(*(column.ilike(pattern, escape="\\") for column in (Product.name, Product.description, Shop.name, Region.name)))
            )
        return found


def shelf(wanted: Filter, *, after: int | None = None, limit: int = PAGE) -> Page[Card]:
    """A page of listings on sale, newest first, starting after the listing with key `after`."""
    statement = card_columns().where(*wanted.conditions()).order_by(Product.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Product.id < after)
    cards = Query(statement, to_card).all()
    return Page(cards[:limit], cards[limit - 1].id if len(cards) > limit else None)


_CARDS = Query(card_columns().where(Product.id.in_(bindparam("ids", expanding=True)), Product.state == State.ACTIVE), to_card)


def cards(ids: Sequence[int]) -> list[Card]:
    """Those of `ids` that are on sale, in that order."""
    found = {card.id: card for card in _CARDS.all(ids=list(ids))} if ids else {}
    return [found[id_] for id_ in ids if id_ in found]


def count(wanted: Filter) -> int:
    """How many listings a filter finds."""
    statement = (
        select(func.count())
        .select_from(Product)
        .join(Shop, Shop.id == Product.shop_id)
        .join(Region, Region.code == Shop.region_code)
        .where(*wanted.conditions())
    )
    return Query(statement, int).first() or 0


def categories(region_code: str, *, with_hidden: bool = False, is_counted: bool = True) -> list[CategoryView]:
    """A region's categories in their order, children after their parent, each with the number of listings on sale in that region.

    Counting reads every listing on sale; who has the numbers elsewhere asks for none (`is_counted=False`: all are 0).
    """
    on_sale = (
        select(Product.category_id, func.count().label("n"))
        .join(Shop, Shop.id == Product.shop_id)
        .where(Product.state == State.ACTIVE, _in_region(region_code))
        .group_by(Product.category_id)
        .subquery()
    )
    above = aliased(Category)
    statement = (
        select(
            Category.slug, Category.name, Category.icon, func.coalesce(on_sale.c.n, 0) if is_counted else literal(0), Category.id,
            Category.is_active, Category.position,
            above.slug, Category.synonyms,
        )
        .outerjoin(above, above.id == Category.parent_id)
        .where(Category.region_code == region_code)
        .order_by(Category.position, Category.id)
        .limit(400)
    )  # fmt: skip
    if is_counted:
        statement = statement.outerjoin(on_sale, on_sale.c.category_id == Category.id)
    return _as_tree(Query(statement if with_hidden else statement.where(Category.is_active), CategoryView).all())


def _as_tree(rows: list[CategoryView]) -> list[CategoryView]:
    below: dict[str, list[CategoryView]] = {}
    for row in rows:
        if row.parent:
            below.setdefault(row.parent, []).append(row)
    tree: list[CategoryView] = []
    for row in rows:
        if not row.parent:
            children = below.pop(row.slug, [])
            tree += [replace(row, count=row.count + sum(child.count for child in children)), *children]
    return tree + [row for hidden in below.values() for row in hidden]


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category that a seller may choose: its name below its parent's, and the words that speak of it."""

    slug: str
    name: str
    words: tuple[str, ...]
    is_active: bool


_ABOVE = aliased(Category)
_CHOICES = Query(
    select(Category.region_code, Category.slug, Category.name, Category.is_active, _ABOVE.name, Category.synonyms)
    .outerjoin(_ABOVE, _ABOVE.id == Category.parent_id)
    .where(Category.region_code.in_((bindparam("place"), bindparam("province"))))
    .order_by(
        func.length(Category.region_code).desc(),
        func.coalesce(_ABOVE.position, Category.position),
        func.coalesce(_ABOVE.id, Category.id),
        _ABOVE.id.is_not(None),
        Category.position,
        Category.id,
    )
    .limit(800),
    lambda *row: row,
)


def category_choices(region_code: str, *, current: str | None = None) -> list[CategoryChoice]:
    """What a seller in that kabupaten or kota chooses from: the categories of the place itself, or else of its province.

    Whatever site the desk is opened under; a hidden category stays on offer for the listing that has it (`current`).
    """
    rows = _CHOICES.all(place=region_code, province=region_code.partition(".")[0])
    return [
        CategoryChoice(slug, f"{above} · {name}" if above else name, (name, *synonyms.splitlines()), is_active)
        for region, slug, name, is_active, above, synonyms in rows
        if region == rows[0][0] and (is_active or slug == current)
    ]


def suggested_category(name: str, region_code: str) -> CategoryChoice | None:
    """The category that a listing's name speaks of, by the words of the categories on offer in that place."""
    choices = [choice for choice in category_choices(region_code) if choice.is_active]
    slug = suggest(name, [(choice.slug, choice.words) for choice in choices])
    return next((choice for choice in choices if choice.slug == slug), None)


def places(region_code: str) -> list[Place]:
    """The kabupaten and kota with listings on sale, by name, each with their number."""
    statement = (
        select(Region.code, Region.name, func.count())
        .select_from(Product)
        .join(Shop, Shop.id == Product.shop_id)
        .join(Region, Region.code == Shop.region_code)
        .where(Product.state == State.ACTIVE, _in_region(region_code))
        .group_by(Region.code, Region.name)
        .limit(600)
    )
    found = Query(statement, lambda code, name, n: Place(code, short_name(name), n)).all()
    return sorted(found, key=lambda place: place.name.removeprefix("Kota "))


_SHOP_PRODUCTS = (
    select(func.count())
    .where(Product.shop_id == Shop.id, Product.state == State.ACTIVE)
    .correlate(Shop)
    .scalar_subquery()
)  # fmt: skip
_VARIANT_COUNT = (
    select(func.count())
    .where(Variant.product_id == Product.id, Variant.is_active)
    .correlate(Product)
    .scalar_subquery()
)  # fmt: skip
_PRODUCT = (
    select(
        Product.id, Product.slug, Product.name, Product.description, Product.price, Product.kind, Product.supply, Product.on_hand,
        Product.held, Product.sold, Product.received, Product.unit, Product.weight_grams, Product.shelf_life_days,
        Product.produced_on, Product.storage, Product.prepare_days, Product.reach, Product.area_served, Product.state, Product.curated_at,
        Product.updated_at, Product.code, Category.slug, Category.name, Category.region_code, Shop.id,
        Shop.slug, Shop.name, Shop.about, Shop.whatsapp, Shop.owner_id, Shop.created_at, Shop.region_code, Shop.market_code,
        Region.name, _SHOP_PRODUCTS, or_(Review.product_id.is_(None), Review.checked_at.is_not(None)), IS_WITHHELD,
        null(), _VARIANT_COUNT, *OPENING_COLUMNS,
    )
    .select_from(Product)
    .join(Shop, Shop.id == Product.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(Review, Review.product_id == Product.id)
)  # fmt: skip


def _to_product(*row: Any) -> ProductView:
    fields = ProductView.__dataclass_fields__
    values = dict(zip(fields, row[: len(fields)], strict=True))
    values.update(
        opening=Opening(*row[len(fields) :]), storage=Storage(values["storage"]),
        kind=Kind(values["kind"]), supply=Supply(values["supply"]), reach=Reach(values["reach"]), state=State(values["state"]),
        is_curated=values["is_curated"] is not None, place_name=short_name(values["place_name"]),
    )  # fmt: skip
    return ProductView(**values)


_BY_SLUG = Query(_PRODUCT.where(Product.slug == bindparam("slug")), _to_product)
_BY_CODES = Query(
    select(Product.code, Product.slug, Shop.market_code)
    .join(Shop, Shop.id == Product.shop_id)
    .where(Product.code.in_(bindparam("codes", expanding=True)))
    .limit(10),
    lambda *row: row,
)
_PHOTOS = Query(
    select(*PHOTO_COLUMNS)
    .join(ProductPhoto, ProductPhoto.photo_id == Photo.id)
    .where(ProductPhoto.product_id == bindparam("product_id"))
    .order_by(ProductPhoto.position)
    .limit(10),
    to_photo,
)
_MINE = Query(
    card_columns()
    .where(Product.shop_id == bindparam("shop_id"))
    .order_by(case((Product.state == State.ARCHIVED, 1), else_=0), Product.id.desc())
    .limit(500),
    to_card,
)
_OF_SHOP = Query(
    card_columns().where(Product.shop_id == bindparam("shop_id"), Product.state == State.ACTIVE).order_by(Product.id.desc()).limit(100),
    to_card,
)
_MORE = Query(
    card_columns()
    .where(Product.shop_id == bindparam("shop_id"), Product.state == State.ACTIVE, Product.id != bindparam("product_id"))
    .order_by(Product.id.desc())
    .limit(5),
    to_card,
)
_FIGURES = Query(
    select(func.count(), func.count(func.distinct(Shop.region_code)))
    .select_from(Shop)
    .where(
        exists().where(Product.shop_id == Shop.id, Product.state == State.ACTIVE),
        Shop.market_code >= bindparam("low"),
        Shop.market_code < bindparam("high"),
    ),
    lambda shops, regions: (shops, regions),
)


def by_slug(slug: str) -> ProductView | None:
    """A listing by its public name, on sale or not."""
    return _BY_SLUG.first(slug=slug)


def by_codes(codes: Sequence[str]) -> tuple[str, str] | None:
    """The listing that somebody means who typed the first code or something like the others, as (slug, region code).

    None when there is no such listing, or when it could be one of several.
    """
    found = _BY_CODES.all(codes=codes) if codes else []
    meant = [row for row in found if row[0] == codes[0]] or found
    return meant[0][1:] if len(meant) == 1 else None


def photos_of(product_id: int) -> list[PhotoView]:
    """A listing's photos in their order."""
    return _PHOTOS.all(product_id=product_id)


def mine(shop_id: int) -> list[Card]:
    """All of a shop's listings for its owner, archived ones last."""
    return _MINE.all(shop_id=shop_id)


def of_shop(shop_id: int) -> list[Card]:
    """A shop's listings on sale, newest first, at most a hundred."""
    return _OF_SHOP.all(shop_id=shop_id)


def more_of_shop(shop_id: int, *, than: int) -> list[Card]:
    """Up to five other listings of a shop."""
    return _MORE.all(shop_id=shop_id, product_id=than)


def shops_and_places(region_code: str) -> tuple[int, int]:
    """How many shops have something on sale, and in how many kabupaten and kota."""
    low, high = within(region_code)
    return _FIGURES.first(low=low, high=high) or (0, 0)


_UNSORTED = Query(
    select(Product.slug, Product.name)
    .where(Product.shop_id == bindparam("shop_id"), Product.state == State.ACTIVE, Product.category_id.is_(None))
    .order_by(Product.id.desc())
    .limit(1),
    lambda slug, name: (slug, name),
)


def unsorted(shop_id: int) -> tuple[str, str] | None:
    """A listing of the shop that no category leads to, as (slug, name), newest first."""
    return _UNSORTED.first(shop_id=shop_id)


_STALE_SHOPS = Query(
    select(Product.shop_id)
    .where(
        Product.freshness == bindparam("state"),
        Product.freshness_at <= bindparam("before", type_=UtcDateTime),
        Product.state == State.ACTIVE,
    )
    .distinct()
    .order_by(Product.shop_id)
    .limit(500),
    int,
)
_UNCONFIRMED = Query(
    select(Product.slug, Product.name, Product.freshness)
    .where(Product.shop_id == bindparam("shop_id"), Product.state != State.ARCHIVED, Product.freshness != Freshness.FRESH)
    .order_by(Product.id)
    .limit(500),
    lambda slug, name, freshness: Unconfirmed(slug, name, Freshness(freshness)),
)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A listing whose seller was asked whether they still have it."""

    slug: str
    name: str
    freshness: Freshness


def shops_with_stale(state: Freshness, *, before: datetime) -> list[int]:
    """The shops with listings on sale that have been in that state since before that moment, the first 500."""
    return _STALE_SHOPS.all(state=state, before=before)


def unconfirmed(shop_id: int) -> list[Unconfirmed]:
    """The shop's listings that wait for a word from their seller, paused ones too."""
    return _UNCONFIRMED.all(shop_id=shop_id)


@dataclass(frozen=True, slots=True)
class ReviewView:
    """How a listing stands with moderators, as its seller and they see it; `is_waiting` when a version of it waits beside what buyers see.

    The last verdict has a reason and the moderator's own words.
    """

    standing: Standing
    revision: int
    waiting_since: datetime | None
    checked_at: datetime | None
    refused_at: datetime | None
    decided_at: datetime | None
    verdict: Verdict | None
    reason: str
    note: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A version that waits beside what buyers see."""

    name: str
    description: str
    price: int
    category: str | None
    category_name: str | None
    kind: Kind
    supply: Supply
    unit: str
    area_served: str
    sent_at: datetime


_REVIEW = (
    select(
        Review.standing, Review.revision, Review.waiting_since, Review.checked_at, Review.refused_at, Review.decided_at, Review.verdict,
        Review.reason, Review.note, WaitingVersion.product_id.is_not(None),
    )
    .select_from(Review)
    .outerjoin(WaitingVersion, WaitingVersion.product_id == Review.product_id)
)  # fmt: skip


def _to_review(*row: Any) -> ReviewView:
    values = dict(zip(ReviewView.__dataclass_fields__, row, strict=True))
    verdict = values["verdict"]
    return ReviewView(**{**values, "standing": Standing(values["standing"]), "verdict": Verdict(verdict) if verdict else None})


def _to_waiting(
    name: str, description: str, price: int, category: str, category_name: str, kind: str, supply: str, *rest: Any
) -> WaitingView:
    return WaitingView(name, description, price, category, category_name, Kind(kind), Supply(supply), *rest)


BEFORE_MODERATORS = ReviewView(Standing.CHECKED, 0, None, None, None, None, None, "", "", False)
_REVIEW_OF = Query(_REVIEW.where(Review.product_id == bindparam("product_id")), _to_review)
_TOLD = Query(
    _REVIEW.add_columns(Product.slug)
    .join(Product, Product.id == Review.product_id)
    .where(
        Product.shop_id == bindparam("shop_id"),
        or_(
            Review.standing != Standing.CHECKED,
            and_(Review.verdict == Verdict.REFUSE, Review.decided_at > bindparam("since", type_=UtcDateTime)),
        ),
    )
    .limit(500),
    lambda *row: (row[-1], _to_review(*row[:-1])),
)
_WAITING = Query(
    select(
        WaitingVersion.name, WaitingVersion.description, WaitingVersion.price, Category.slug, Category.name, WaitingVersion.kind,
        WaitingVersion.supply, WaitingVersion.unit, WaitingVersion.area_served, WaitingVersion.sent_at,
    )
    .outerjoin(Category, Category.id == WaitingVersion.category_id)
    .where(WaitingVersion.product_id == bindparam("product_id")),
    _to_waiting,
)  # fmt: skip
_RECORD = Query(
    select(func.count(Review.checked_by), func.max(Review.refused_at))
    .join(Product, Product.id == Review.product_id)
    .where(Product.shop_id == bindparam("shop_id")),
    Record,
)
_SHOWN_PHOTOS = Query(
    select(Photo.id, Photo.alt)
    .join(ProductPhoto, ProductPhoto.photo_id == Photo.id)
    .where(ProductPhoto.product_id == bindparam("product_id"))
    .order_by(ProductPhoto.position)
    .limit(10),
    lambda id_, alt: (id_, alt),
)
_WAITING_ROWS = Query(
    select(WaitingPhoto.photo_id, WaitingPhoto.alt)
    .where(WaitingPhoto.product_id == bindparam("product_id"))
    .order_by(WaitingPhoto.position)
    .limit(10),
    lambda id_, alt: (id_, alt),
)
_WAITING_PHOTOS = Query(
    select(Photo.key, WaitingPhoto.alt, *PHOTO_COLUMNS[2:])
    .join(WaitingPhoto, WaitingPhoto.photo_id == Photo.id)
    .where(WaitingPhoto.product_id == bindparam("product_id"))
    .order_by(WaitingPhoto.position)
    .limit(10),
    to_photo,
)


def review_of(product_id: int) -> ReviewView:
    """How a listing stands with moderators; one from before there were any counts as checked."""
    return _REVIEW_OF.first(product_id=product_id) or BEFORE_MODERATORS


def to_tell(shop_id: int, *, since: datetime) -> dict[str, ReviewView]:
    """The shop's listings, by slug, of which its seller should hear: what waits, what to mend, what was refused since then."""
    return dict(_TOLD.all(shop_id=shop_id, since=since))


def waiting_of(product_id: int) -> WaitingView | None:
    """The version of a listing that waits for a moderator, or for its seller to mend it."""
    return _WAITING.first(product_id=product_id)


def offered(product: ProductView, review: ReviewView) -> ProductView:
    """A listing as its seller last said it: what waits, if anything does, over what buyers see."""
    waiting = waiting_of(product.id) if review.is_waiting else None
    if waiting is None:
        return product
    supply = waiting.supply if waiting.kind is not product.kind else product.supply
    return replace(
        product, name=waiting.name, description=waiting.description, price=waiting.price, category=waiting.category,
        category_name=waiting.category_name, kind=waiting.kind, supply=supply, unit=waiting.unit, area_served=waiting.area_served,
    )  # fmt: skip


def waiting_photos_of(product_id: int) -> list[PhotoView]:
    """The photos of the version that waits, in their order, with what they are to say."""
    return _WAITING_PHOTOS.all(product_id=product_id)


def offered_photos_of(product_id: int, review: ReviewView) -> list[PhotoView]:
    """A listing's photos as its seller last put them: those of the version that waits if one does, else those that buyers see."""
    return waiting_photos_of(product_id) if review.is_waiting else photos_of(product_id)


def record_of(shop_id: int) -> Record:
    """How a shop fared with moderators."""
    return _RECORD.first(shop_id=shop_id) or Record(0, None)


def shown_photos(product_id: int) -> list[tuple[int, str]]:
    """The rows of a listing's photos, each with what it shows, in their order."""
    return _SHOWN_PHOTOS.all(product_id=product_id)


def waiting_photos(product_id: int) -> list[tuple[int, str]]:
    """The rows of the photos of the version that waits, each with what it is to say, in their order."""
    return _WAITING_ROWS.all(product_id=product_id)


_LOOSE = select(Photo.key).where(~exists().where(ProductPhoto.photo_id == Photo.id), ~exists().where(WaitingPhoto.photo_id == Photo.id))
_LOOSE_BEFORE = Query(_LOOSE.where(Photo.created_at < bindparam("before")).order_by(Photo.id).limit(500), str)
_IS_LOOSE = Query(_LOOSE.where(Photo.key == bindparam("key")), str)


def loose_photos(*, before: datetime) -> list[str]:
    """Keys of photos from before that moment that no listing shows or wants to show, oldest first, at most 500."""
    return _LOOSE_BEFORE.all(before=before)


def is_loose(key: str) -> bool:
    """Whether there is such a photo, and no listing shows it or wants to."""
    return _IS_LOOSE.first(key=key) is not None


@dataclass(frozen=True, slots=True)
class VariantView:
    """A size or taste of a listing; `left` is what is ready to sell, None where stock is not counted."""

    id: int
    name: str
    price: int
    on_hand: int
    held: int
    received: int
    is_active: bool
    left: int | None


_VARIANTS = Query(
    select(
        Variant.id, Variant.name, Variant.price, Variant.on_hand, Variant.held, Variant.received, Variant.is_active,
        case((Product.supply == Supply.STOCK, Variant.on_hand - Variant.held)),
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.product_id == bindparam("product_id"))
    .order_by(Variant.position, Variant.id)
    .limit(60),
    VariantView,
)  # fmt: skip


def variants_of(product_id: int) -> list[VariantView]:
    """A listing's variants in their order, those not on sale too."""
    return _VARIANTS.all(product_id=product_id)


_HAS_VARIANTS = Query(select(Variant.id).where(Variant.product_id == bindparam("product_id"), Variant.is_active).limit(1), int)


def has_variants(product_id: int) -> bool:
    """Whether a listing comes in variants."""
    return _HAS_VARIANTS.first(product_id=product_id) is not None


@dataclass(frozen=True, slots=True)
class CapacityView:
    """What a shop can bear: in a day, in portions or orders, and in orders of one edition; None means any."""

    per_day: int | None = None
    unit: Unit = Unit.PORTIONS
    per_edition: int | None = None


_CAPACITY = Query(
    select(Capacity.per_day, Capacity.unit, Capacity.per_edition).where(Capacity.shop_id == bindparam("shop_id")),
    lambda per_day, unit, per_edition: CapacityView(per_day, Unit(unit), per_edition),
)
_SLOTS = Query(
    select(Slot.name, Slot.taken, Slot.most)
    .where(Slot.shop_id == bindparam("shop_id"), Slot.name >= bindparam("first"), Slot.name < bindparam("end"))
    .order_by(Slot.name)
    .limit(400),
    lambda *row: row,
)


def capacity_of(shop_id: int) -> CapacityView:
    """What a shop said that it can bear."""
    return _CAPACITY.first(shop_id=shop_id) or CapacityView()


def slots_of(shop_id: int, *, first: date, end: date) -> dict[str, tuple[int, int | None]]:
    """What is taken of a shop's days from one until before another, and what each can bear of its own; untouched days are left out."""
    return {name: (taken, most) for name, taken, most in _SLOTS.all(shop_id=shop_id, first=first.isoformat(), end=end.isoformat())}
