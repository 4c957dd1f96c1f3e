"""What has to be known to make an order: its shop, what is offered, which days are free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from lapak.catalog import queries as catalog
from lapak.catalog.models import Capacity, Category, Product, ProductPhoto, Variant
from lapak.catalog.queries import FACE, CapacityView
from lapak.catalog.rules import REACH_NAMES, Reach, Supply, Unit
from lapak.catalog.rules import State as ProductState
from lapak.catalog.service.stock import Line
from lapak.db.session import Query
from lapak.editions.queries import public as editions
from lapak.orders.models import OrderSetting, OrderSlot, Postage
from lapak.orders.rules.holding import EDITION_SLOT, HORIZON, Hours, Room, Settings, free_days
from lapak.photos.models import Photo
from lapak.regions.models import SiteRow
from lapak.regions.rules import Distance
from lapak.shops.models import Shop
from lapak.shops.queries import OPENING_COLUMNS
from lapak.shops.rules import Opening

DAYS_TO_MAKE = 1
"""What something made to order takes whose seller never said how long."""
_SETTING_COLUMNS = tuple(getattr(OrderSetting, name) for name in Settings.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Ground:
    """The shop an order goes to, and how its region wants orders handled."""

    shop_name: str
    whatsapp: str
    region_code: str
    timezone: str
    settings: Settings
    capacity: CapacityView
    opening: Opening

    @property
    def takes_orders(self) -> bool:
        """Whether somebody answers there."""
        return bool(self.whatsapp)

    @property
    def hours(self) -> Hours:
        """The shop's answering hours."""
        return Hours(self.opening.answers_from, self.opening.answers_until, self.timezone, self.opening.is_closed)

    def day_of(self, moment: datetime) -> date:
        """The date it is there at a moment."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def today(self, now: datetime) -> date:
        """The date it is there."""
        return self.day_of(now)


@dataclass(frozen=True, slots=True)
class Offered:
    """A listing, or one of its variants, as it is offered at the moment of ordering."""

    name: str
    variant: str
    unit: str
    price: int
    supply: Supply
    reach: Reach
    prepare_days: int | None
    shelf_life_days: int | None
    produced_on: date | None
    has_variants: bool
    slug: str
    description: str
    category: str
    weight_grams: int | None
    version: int
    photo: str
    photo_alt: str
    is_curated: bool

    @property
    def full_name(self) -> str:
        """Its name with the variant's."""
        return f"{self.name}, {self.variant}" if self.variant else self.name

    @property
    def reach_text(self) -> str:
        """How far it is sent, in words."""
        return REACH_NAMES[self.reach]

    @property
    def days_to_make(self) -> int:
        """After how many days it is ready when it is made to order."""
        return DAYS_TO_MAKE if self.prepare_days is None else self.prepare_days


def _ground(shop_name: str, whatsapp: str, region_code: str, timezone: str, *rest: Any) -> Ground:
    known = len(_SETTING_COLUMNS)
    numbers, capacity, opening = rest[:known], rest[known : known + 3], rest[known + 3 :]
    settings = Settings() if numbers[0] is None else Settings(*numbers)
    per_day, unit, per_edition = capacity
    bears = CapacityView() if unit is None else CapacityView(per_day, Unit(unit), per_edition)
    return Ground(shop_name, whatsapp, region_code, timezone, settings, bears, Opening(*opening))


_GROUND = Query(
    select(
        Shop.name, Shop.whatsapp, Shop.region_code, func.coalesce(SiteRow.timezone, "Asia/Jakarta"), *_SETTING_COLUMNS,
        Capacity.per_day, Capacity.unit, Capacity.per_edition, *OPENING_COLUMNS,
    )
    .select_from(Shop)
    .outerjoin(SiteRow, SiteRow.region_code == bindparam("site_code"))
    .outerjoin(OrderSetting, OrderSetting.region_code == bindparam("site_code"))
    .outerjoin(Capacity, Capacity.shop_id == Shop.id)
    .where(Shop.id == bindparam("shop_id")),
    _ground,
)  # fmt: skip
_VARIANTS_OF = select(func.count()).where(Variant.product_id == Product.id, Variant.is_active).correlate(Product).scalar_subquery()
_OFFERED = Query(
    select(
        Product.id, Product.name, Product.unit, Product.price, Product.supply, Product.reach, Product.prepare_days,
        Product.shelf_life_days, Product.produced_on, _VARIANTS_OF, Product.slug, Product.description, func.coalesce(Category.name, ""),
        Product.weight_grams, Product.version, func.coalesce(Photo.key, ""), func.coalesce(Photo.alt, ""),
        Product.curated_at.is_not(None),
    )
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(Product.id.in_(bindparam("ids", expanding=True)), Product.shop_id == bindparam("shop_id"))
    .where(Product.state == ProductState.ACTIVE),
    lambda *row: row,
)  # fmt: skip
_CHOSEN = Query(
    select(Variant.id, Variant.product_id, Variant.name, Variant.price).where(
        Variant.id.in_(bindparam("ids", expanding=True)), Variant.is_active
    ),
    lambda *row: row,
)


_SETTINGS = Query(select(*_SETTING_COLUMNS).where(OrderSetting.region_code == bindparam("region_code")), Settings)
_PRICES = Query(
    select(Postage.distance, Postage.price).where(Postage.shop_id == bindparam("shop_id")).limit(4),
    lambda far, price: (Distance(far), price),
)


def settings_of(region_code: str) -> Settings:
    """How a region wants orders handled."""
    return _SETTINGS.first(region_code=region_code) or Settings()


def postages(shop_id: int) -> dict[Distance, int]:
    """What a shop asks for sending, by how far; what its seller names for each order is left out."""
    return dict(_PRICES.all(shop_id=shop_id))


def ground(shop_id: int, *, site_code: str) -> Ground | None:
    """The shop an order goes to, by the rules of the region it is ordered under."""
    return _GROUND.first(shop_id=shop_id, site_code=site_code)


def offered(lines: Sequence[Line], *, shop_id: int) -> dict[tuple[int, int | None], Offered]:
    """What a shop offers of those lines, by listing and variant; what is not on sale, or not that shop's, is left out."""
    variant_ids = [line.variant_id for line in lines if line.variant_id is not None]
    variants = {row[0]: row for row in _CHOSEN.all(ids=variant_ids)} if variant_ids else {}
    products = {row[0]: row for row in _OFFERED.all(ids=[line.product_id for line in lines], shop_id=shop_id)}
    found: dict[tuple[int, int | None], Offered] = {}
    for line in lines:
        product, variant = products.get(line.product_id), variants.get(line.variant_id)
        is_wrong = line.variant_id is not None and (variant is None or variant[1] != line.product_id)
        if product is None or is_wrong:
            continue
        _, name, unit, price, supply, reach, prepare, shelf, produced, count, *rest = product
        said, costs = (variant[2], variant[3]) if variant else ("", price)
        found[line.product_id, line.variant_id] = Offered(
            name, said, unit, costs, Supply(supply), Reach(reach), prepare, shelf, produced, count > 0, *rest
        )
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """What an order would take of its shop's capacity, on no day before `first`."""

    quantity: int
    first: date


def load(
    lines: Sequence[Line], offers: Mapping[tuple[int, int | None], Offered], at: Ground, *, today: date
) -> Load | None:  # fmt: skip
    """What lines take of a shop's capacity; None when all of them lie ready."""
    made = [(line.quantity, offers[line.product_id, line.variant_id]) for line in lines]
    made = [(quantity, offer) for quantity, offer in made if offer.supply is not Supply.STOCK]
    if not made:
        return None
    quantity = 1 if at.capacity.unit is Unit.ORDERS else sum(quantity for quantity, _ in made)
    return Load(quantity, today + timedelta(days=max(offer.days_to_make for _, offer in made)))


def free(wanted: Load, at: Ground, *, shop_id: int) -> list[date]:
    """The days within the horizon on which a shop is open and can still bear a load, soonest first."""
    most = at.capacity.per_day
    taken = catalog.slots_of(shop_id, first=wanted.first, end=wanted.first + timedelta(days=HORIZON))
    rooms = {name: Room(count, most if own is None else own) for name, (count, own) in taken.items()}
    return list(free_days(wanted.first, wanted.quantity, rooms, most, is_shut=at.opening.is_closed))


_EDITION_DAYS = Query(
    select(OrderSlot.name).where(OrderSlot.order_id == bindparam("order_id"), OrderSlot.name.startswith(EDITION_SLOT)).limit(10), str
)


def is_of_edition_day(order_id: int, day: date) -> bool:
    """Whether an order was made on the day one of its editions came out."""
    ids = [int(name.removeprefix(EDITION_SLOT)) for name in _EDITION_DAYS.all(order_id=order_id)]
    return any(published == day for published in editions.days_of(ids)) if ids else False


def price_list(prices: Mapping[Distance, int]) -> str:
    """Return what a shop asks for sending as one word, for a page to show that it has not changed."""
    return ",".join(str(prices.get(far, "-")) for far in Distance)
