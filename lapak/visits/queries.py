"""Reads about visits."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from lapak.catalog.models import Product
from lapak.db.session import Query
from lapak.visits.models import VisitDay
from lapak.visits.rules import Seen, Source

MOST_DAYS = 92
_SUMS = Query(
    select(VisitDay.product_id, func.sum(VisitDay.views), func.sum(VisitDay.taps))
    .where(VisitDay.product_id.in_(bindparam("product_ids", expanding=True)))
    .where(VisitDay.day >= bindparam("first"), VisitDay.day < bindparam("end"))
    .group_by(VisitDay.product_id),
    lambda product_id, views, taps: (product_id, Seen(int(views), int(taps))),
)


def sums(product_ids: Sequence[int], *, first: date, end: date) -> dict[int, Seen]:
    """What was seen of listings from one day until before another, from all sources; listings that nobody opened are left out."""
    return dict(_SUMS.all(product_ids=list(product_ids), first=first, end=end)) if product_ids else {}


_OF_SHOP = (
    select(VisitDay.day, VisitDay.source, func.sum(VisitDay.views), func.sum(VisitDay.taps))
    .join(Product, Product.id == VisitDay.product_id)
    .where(Product.shop_id == bindparam("shop_id"), VisitDay.day >= bindparam("first"), VisitDay.day < bindparam("end"))
)
_BY_DAY = Query(
    _OF_SHOP.group_by(VisitDay.day, VisitDay.source).order_by(VisitDay.day, VisitDay.source).limit(MOST_DAYS * len(Source)),
    lambda day, source, views, taps: (day, Source(source), Seen(int(views), int(taps))),
)
_BY_PRODUCT = Query(
    _OF_SHOP.with_only_columns(Product.id, Product.name, func.sum(VisitDay.views), func.sum(VisitDay.taps))
    .group_by(Product.id, Product.name)
    .order_by(func.sum(VisitDay.views).desc(), Product.id)
    .limit(bindparam("limit")),
    lambda product_id, name, views, taps: (product_id, name, Seen(int(views), int(taps))),
)


def by_day(shop_id: int, *, first: date, end: date) -> list[tuple[date, Source, Seen]]:
    """What was seen of a shop's listings, by day and source, from one day until before another, at most `MOST_DAYS` later."""
    return _BY_DAY.all(shop_id=shop_id, first=first, end=end)


def by_product(shop_id: int, *, first: date, end: date, limit: int) -> list[tuple[int, str, Seen]]:
    """What was seen of each of a shop's listings in those days, the most opened first."""
    return _BY_PRODUCT.all(shop_id=shop_id, first=first, end=end, limit=limit)
