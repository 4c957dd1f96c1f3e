"""Listings, their photos, how they stand with moderators, and a region's categories."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.catalog.rules import Storage
from lapak.db.base import Base
from lapak.kernel.money import Rupiah
from lapak.photos.models import Photo
from lapak.regions.models import Region
from lapak.shops.models import Shop


class Category(Base):
    """A kind of listing, as a region calls it; `synonyms` are further words for it, one a line. A tree of two levels."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("region_code", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    slug: Mapped[str]
    name: Mapped[str]
    icon: Mapped[str]
    synonyms: Mapped[str]
    position: Mapped[int]
    is_active: Mapped[bool]


class Product(Base):
    """A listing: goods or a service. Counted stock obeys `0 <= held <= on_hand` and `on_hand + sold = received`.

    Of a listing in variants the four counts are the sums of its variants', and its price is the lowest of them.

    `version` goes up whenever what buyers see of it and moderators look at changes: who remembers it can tell whether it is still the same.
    """

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("shop_id", "once"),
        CheckConstraint("held BETWEEN 0 AND on_hand", name="held"),
        CheckConstraint("on_hand + sold = received", name="received"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("kind IN ('goods', 'service')", name="kind"),
        CheckConstraint("supply IN ('stock', 'made_to_order', 'service')", name="supply"),
        CheckConstraint("state IN ('active', 'paused', 'archived', 'withheld')", name="state"),
        CheckConstraint("reach IN ('pickup', 'local', 'island', 'country')", name="reach"),
        CheckConstraint("storage IN ('room', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("freshness IN ('fresh', 'asked', 'stepped_back', 'paused')", name="freshness"),
        Index("ix_product_freshness_freshness_at", "freshness", "freshness_at"),
        Index("ix_product_state_id", "state", "id"),
        Index("ix_product_shop_id_state_id", "shop_id", "state", "id"),
        Index("ix_product_category_id_state_id", "category_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    once: Mapped[str | None]
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id))
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    kind: Mapped[str]
    supply: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    price: Mapped[Rupiah]
    on_hand: Mapped[int]
    held: Mapped[int]
    sold: Mapped[int]
    received: Mapped[int]
    unit: Mapped[str]
    weight_grams: Mapped[int | None]
    shelf_life_days: Mapped[int | None]
    produced_on: Mapped[date | None]
    storage: Mapped[str] = mapped_column(default=Storage.ROOM)
    prepare_days: Mapped[int | None]
    reach: Mapped[str]
    area_served: Mapped[str]
    state: Mapped[str]
    freshness: Mapped[str]
    freshness_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    curated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]


class Variant(Base):
    """A size or taste of a listing, with its own price and its own counts, which obey what a listing's do."""

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("product_id", "name"),
        CheckConstraint("held BETWEEN 0 AND on_hand", name="held"),
        CheckConstraint("on_hand + sold = received", name="received"),
        CheckConstraint("price > 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    name: Mapped[str]
    price: Mapped[Rupiah]
    position: Mapped[int]
    is_active: Mapped[bool]
    on_hand: Mapped[int]
    held: Mapped[int]
    sold: Mapped[int]
    received: Mapped[int]


class Capacity(Base):
    """How much a shop can make or do for one day: so many portions, or so many orders; for one edition, so many orders. None: any."""

    __tablename__ = "capacity"
    __table_args__ = (
        CheckConstraint("unit IN ('portions', 'orders')", name="unit"),
        CheckConstraint("per_day > 0", name="per_day"),
        CheckConstraint("per_edition > 0", name="per_edition"),
    )

    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), primary_key=True)
    per_day: Mapped[int | None]
    unit: Mapped[str]
    per_edition: Mapped[int | None]


class Slot(Base):
    """How much of a shop's capacity is taken on a day ("2026-11-30") or by an edition ("edition:46"); `most` overrules for that day."""

    __tablename__ = "slot"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken"), CheckConstraint("most >= 0", name="most"))

    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    taken: Mapped[int]
    most: Mapped[int | None]


class ProductPhoto(Base):
    """A listing's photos in their order; the first is its face."""

    __tablename__ = "product_photo"
    __table_args__ = (UniqueConstraint("photo_id"), Index("ix_product_photo_product_id_position", "product_id", "position"))

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey(Photo.id), primary_key=True)
    position: Mapped[int]


class Review(Base):
    """How a listing stands with moderators. A listing without a row was on sale before there were any, and counts as checked.

    `revision` counts everything that happens here: a decision names the one it was made on. What people see was last taken as right at
    `checked_at`, at that price, by a rule or a person; never approved, or taken down since, it is None. `checked_by` is the last person who
    approved it. `waiting_since` is when a moderator's turn began. `reason` and `note` are the last verdict's, for its seller. A withheld
    listing comes back `is_paused` when its seller had paused it, or withdrew their consent meanwhile. `is_owed` when a moderator asked to
    mend what buyers see: until the next verdict that stands behind whatever the seller sends and takes back.
    """

    __tablename__ = "listing_review"
    __table_args__ = (
        CheckConstraint("standing IN ('waiting', 'checked', 'asked', 'refused')", name="standing"),
        CheckConstraint("(standing = 'waiting') = (waiting_since IS NOT NULL)", name="waiting"),
        Index("ix_listing_review_waiting_since", "waiting_since", sqlite_where=text("waiting_since IS NOT NULL"),
              postgresql_where=text("waiting_since IS NOT NULL")),
    )  # fmt: skip

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    standing: Mapped[str]
    revision: Mapped[int]
    waiting_since: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    checked_price: Mapped[Rupiah | None]
    refused_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    verdict: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    is_paused: Mapped[bool]
    is_owed: Mapped[bool]

    @property
    def is_withheld(self) -> bool:
        """Whether a moderator took the listing off the shelf and nobody has put it back."""
        return self.checked_at is None and self.refused_at is not None


class WaitingVersion(Base):
    """What the seller of a checked listing wants it to say, while buyers go on seeing the checked version."""

    __tablename__ = "waiting_version"
    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("kind IN ('goods', 'service')", name="kind"),
        CheckConstraint("supply IN ('stock', 'made_to_order', 'service')", name="supply"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    price: Mapped[Rupiah]
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    kind: Mapped[str]
    supply: Mapped[str]
    unit: Mapped[str]
    area_served: Mapped[str]
    sent_at: Mapped[datetime]


class WaitingPhoto(Base):
    """The photos of a waiting version in their order, each with what it is to say; those shown already may be among them."""

    __tablename__ = "waiting_photo"
    __table_args__ = (UniqueConstraint("photo_id"),)

    product_id: Mapped[int] = mapped_column(ForeignKey(WaitingVersion.product_id), primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey(Photo.id), primary_key=True)
    position: Mapped[int]
    alt: Mapped[str]
