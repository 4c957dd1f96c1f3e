"""How far goods go, and whether they would live through the journey."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lapak.catalog.rules import Reach
from lapak.orders.rules.holding import Settings
from lapak.regions.rules import Distance

FARTHEST = {Reach.PICKUP: None, Reach.LOCAL: Distance.PLACE, Reach.ISLAND: Distance.ISLAND, Reach.COUNTRY: Distance.COUNTRY}
"""How far a seller sends; None: not at all."""
_ORDER = list(Distance)


class Travel(StrEnum):
    """How goods would arrive: well, hardly fresh, or spoiled."""

    GOOD = "good"
    TIGHT = "tight"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How goods would arrive, by how many days of their shelf life are left when they set out, and how long they travel."""

    travel: Travel
    days_left: int
    days_under_way: int


def goes(reach: Reach, distance: Distance) -> bool:
    """Whether a seller who sends as far as `reach` sends so far."""
    farthest = FARTHEST[reach]
    return farthest is not None and _ORDER.index(distance) <= _ORDER.index(farthest)


def freshness(
    shelf_life_days: int | None, produced_on: date | None, *, sent_on: date, courier_days: int, margin_days: int
) -> Freshness | None:  # fmt: skip
    """Return how goods would arrive that are sent on a day; None when nobody says how long they keep.

    Made to order (no `produced_on`) they set out fresh. They must keep longer than the journey and a margin (orders.md, 6).
    """
    if shelf_life_days is None:
        return None
    best_before = (produced_on or sent_on) + timedelta(days=shelf_life_days)
    left = (best_before - sent_on).days
    if left > courier_days + margin_days:
        return Freshness(Travel.GOOD, left, courier_days)
    return Freshness(Travel.TIGHT if left > courier_days else Travel.SPOILED, left, courier_days)


def farthest(
    reach: Reach, shelf_life_days: int | None, produced_on: date | None, *, sent_on: date, settings: Settings
) -> Distance | None:  # fmt: skip
    """Return how far goods can be sent and arrive well; None when they cannot be sent at all."""
    found = None
    for distance in _ORDER:
        if not goes(reach, distance):
            break
        days = settings.courier_days(distance)
        fresh = freshness(shelf_life_days, produced_on, sent_on=sent_on, courier_days=days, margin_days=settings.margin(distance))
        if fresh is not None and fresh.travel is not Travel.GOOD:
            break
        found = distance
    return found
