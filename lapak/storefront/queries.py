"""What the sitemap reads. A chunk is a range of keys, so that it keeps its listings while others come and go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select

from lapak.catalog.models import Category, Product
from lapak.catalog.queries import Filter
from lapak.db.session import Query
from lapak.editions.models import Edition
from lapak.editions.rules import State as EditionState
from lapak.shops.models import Shop

CHUNK = 10_000
"""Keys in a chunk; the protocol allows 50,000 addresses and 50 MB (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap: what its path is filled with, and when its page last changed."""

    name: str | int
    changed_at: datetime | None = None


_EDITIONS = Query(
    select(Edition.number, Edition.published_at)
    .where(Edition.region_code == bindparam("region_code"), Edition.state == EditionState.PUBLISHED)
    .order_by(Edition.number)
    .limit(CHUNK),
    Listed,
)
_CATEGORIES = Query(
    select(Category.slug).where(Category.region_code == bindparam("region_code"), Category.is_active).order_by(Category.id).limit(400),
    Listed,
)


def product_chunks(region_code: str) -> list[Listed]:
    """The chunks with listings on sale, each with its newest change."""
    number = (Product.id - 1) // CHUNK
    statement = select(number, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    return Query(statement.where(*_on_sale(region_code)).group_by(number).order_by(number), Listed).all()


def products(region_code: str, chunk: int) -> list[Listed]:
    """The listings on sale in a chunk, by key."""
    statement = select(Product.slug, Product.updated_at).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    low = chunk * CHUNK
    return Query(statement.where(*_on_sale(region_code), Product.id > low, Product.id <= low + CHUNK).order_by(Product.id), Listed).all()


def shop_chunks(region_code: str) -> list[Listed]:
    """The chunks with shops that sell something."""
    number = (Shop.id - 1) // CHUNK
    statement = select(number, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    return Query(statement.where(*_on_sale(region_code)).group_by(number).order_by(number), Listed).all()


def shops(region_code: str, chunk: int) -> list[Listed]:
    """The shops of a chunk that sell something, by key."""
    low = chunk * CHUNK
    statement = select(Shop.slug, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    chosen = statement.where(*_on_sale(region_code), Shop.id > low, Shop.id <= low + CHUNK)
    return Query(chosen.group_by(Shop.id, Shop.slug).order_by(Shop.id), Listed).all()


def editions(region_code: str) -> list[Listed]:
    """A region's published editions."""
    return _EDITIONS.all(region_code=region_code)


def categories(region_code: str) -> list[Listed]:
    """A region's categories."""
    return _CATEGORIES.all(region_code=region_code)


def _on_sale(region_code: str) -> list[ColumnElement[bool]]:
    return Filter(region_code).conditions()
