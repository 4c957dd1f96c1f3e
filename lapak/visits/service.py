"""Writing visits down."""

from collections.abc import Mapping

from lapak.db.base import db
from lapak.db.session import insertion, transaction
from lapak.visits.models import VisitDay
from lapak.visits.rules import Key, Seen


def record(counts: Mapping[Key, Seen]) -> None:
    """Add counts to what their days have already, all of them in one transaction."""
    if not counts:
        return
    fresh = insertion(VisitDay)
    more = {name: VisitDay.__table__.c[name] + fresh.excluded[name] for name in ("views", "taps")}
    statement = fresh.on_conflict_do_update(index_elements=["product_id", "day", "source"], set_=more)
    rows = [{**key._asdict(), "views": seen.views, "taps": seen.taps} for key, seen in sorted(counts.items())]
    with transaction():
        db.session.execute(statement, rows)
