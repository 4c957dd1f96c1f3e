"""Editions, their entries, what judges said of them, and what was decided."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lapak.accounts.models import Account
from lapak.catalog.models import Category, Product
from lapak.db.base import Base
from lapak.regions.models import Region
from lapak.shops.models import Shop


class Programme(Base):
    """How a region's office runs its editions: who answers for them now, its rules as JSON, and its quiet period (both days included)."""

    __tablename__ = "programme"

    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code), primary_key=True)
    steward_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    channel: Mapped[str]
    rules: Mapped[str]
    quiet_from: Mapped[date | None]
    quiet_until: Mapped[date | None]


class Series(Base):
    """A special series of editions with numbers of its own; the main series has no row and an empty slug."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("region_code", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    slug: Mapped[str]
    name: Mapped[str]


class Edition(Base):
    """A region's edition: numbered, themed, dated. A number is used once for good, also by one that was cancelled.

    `rules` is what its judging began under, at `begun_at`. `base` is the address that its messages lead to. The row is also the job
    that draws its kit: asked for under `kit_key`, to be tried at `kit_due_at`, done at `kit_at`.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("region_code", "series", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state IN ('draft', 'scheduled', 'published', 'withdrawn', 'cancelled')", name="state"),
        CheckConstraint("who IN ('market', 'place', 'country')", name="who"),
        CheckConstraint("(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)", name="call"),
        Index("ix_edition_state_publish_at", "state", "publish_at"),
        UniqueConstraint("kit_key"),
        Index("ix_edition_kit_due_at", "kit_due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    series: Mapped[str]
    number: Mapped[int]
    theme: Mapped[str]
    note: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    who: Mapped[str]
    place_code: Mapped[str]
    asks_own_work: Mapped[bool]
    dated: Mapped[date]
    state: Mapped[str]
    curator_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    publish_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    rules: Mapped[str | None]
    tie_seed: Mapped[str]
    published_at: Mapped[datetime | None]
    lot_seed: Mapped[str | None]
    base: Mapped[str]
    kit_key: Mapped[str | None]
    kit_due_at: Mapped[datetime | None]
    kit_tries: Mapped[int]
    kit_at: Mapped[datetime | None]


class Entry(Base):
    """A shop's one entry in an edition. `stall` is drawn at publication, a number and no rank; `place` orders the shortlist.

    `agreed_at` is when its seller said that it takes part: by entering it, by what they allowed before, or asked after a curator put it
    forward; None while such a one has not answered.

    What was shown at publication stays in `shown_name` and `shown_price`. `code` is what blind judges know it by. `seen_version` is the
    listing's version that a curator looked at last: judged, put in, or looked at again; None while nobody did.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("edition_id", "product_id"),
        UniqueConstraint("edition_id", "stall"),
        UniqueConstraint("code"),
        Index("uq_entry_edition_id_shop_id", "edition_id", "shop_id", unique=True, sqlite_where=text("source != 'before'"),
              postgresql_where=text("source != 'before'")),
        CheckConstraint("stall BETWEEN 1 AND 10", name="stall"),
        CheckConstraint("source IN ('seller', 'pool', 'curator', 'before')", name="source"),
        CheckConstraint(
            "standing IN ('entered', 'chosen', 'reserve', 'unchosen', 'unready', 'removed', 'withdrawn')", name="standing",
        ),
        Index("ix_entry_edition_id_standing_place", "edition_id", "standing", "place"),
        Index("ix_entry_shop_id_entered_at", "shop_id", "entered_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey(Edition.id))
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    code: Mapped[str]
    source: Mapped[str]
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey(Account.id))
    agreed_at: Mapped[datetime | None]
    own_work_at: Mapped[datetime | None]
    stays_in_pool: Mapped[bool]
    shares_figures: Mapped[bool]
    standing: Mapped[str]
    place: Mapped[int | None]
    pinned: Mapped[bool | None]
    passed: Mapped[str | None]
    stall: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    is_waved: Mapped[bool]
    was_ready: Mapped[bool | None]
    reason: Mapped[str | None]
    shown_name: Mapped[str]
    shown_price: Mapped[int | None]
    seen_version: Mapped[int | None]


class Score(Base):
    """What one judge gave an entry, as JSON of the rubric's keys; a changed mind is a new row, the old one keeps when it was replaced.

    `names_shop` when they said that a photo showed whose it is: then they did not judge blind.
    """

    __tablename__ = "score"
    __table_args__ = (
        Index("uq_score_entry_id_curator_id", "entry_id", "curator_id", unique=True, sqlite_where=text("replaced_at IS NULL"),
              postgresql_where=text("replaced_at IS NULL")),
        Index("ix_score_curator_id", "curator_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id), index=True)
    curator_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    given: Mapped[str]
    note: Mapped[str]
    names_shop: Mapped[bool]
    given_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class Recusal(Base):
    """A curator who neither judges an entry nor decides on it, because they said so. Whoever runs its shop never may.

    What they gave before does not count.
    """

    __tablename__ = "recusal"

    entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id), primary_key=True)
    curator_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True, index=True)
    reason: Mapped[str]
    declared_at: Mapped[datetime]


class Decision(Base):
    """What was done to an edition or one of its entries, by whom and why; nothing is ever taken out. Without `by_id` the worker did it.

    `stall` is the number that stays empty where one was removed.
    """

    __tablename__ = "edition_decision"
    __table_args__ = (Index("ix_edition_decision_edition_id_id", "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey(Edition.id))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(Entry.id))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    at: Mapped[datetime]
    deed: Mapped[str]
    reason: Mapped[str]
    stall: Mapped[int | None]
