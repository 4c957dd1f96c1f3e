"""Reads about visits."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from lapak.db.session import Query
from lapak.visits.models import VisitDay
from lapak.visits.rules import Seen

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
