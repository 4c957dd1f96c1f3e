"""How long an order is held: a clock that runs in its shop's answering hours only, on its place's calendar."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lapak.regions.rules import Distance

LONGEST_HOLD = 14 * 24
HORIZON = 60
"""How many days ahead orders are taken for."""
OFFERED_DAYS = 7
EDITION_SLOT = "edition:"
"""What the names of editions' slots begin with."""
WARN_AFTER = 0.75
"""Of the time to answer; then whoever is to answer is reminded."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a region wants orders handled.

    Hours to answer in, and on an edition's day; days to send money back in; how many days couriers need for each distance, with a margin
    for what they promise. A chat order needs longer than the minutes of a payment (Spree holds for ten). Couriers' days are assumed for
    regular parcels, until a region has measured its own.
    """

    hold_hours: int = 24
    edition_hold_hours: int = 2
    refund_days: int = 3
    days_place: int = 0
    days_province: int = 3
    days_island: int = 4
    days_country: int = 8
    margin_days: int = 2

    def hold(self, *, is_edition_day: bool) -> timedelta:
        """How long an order waits for an answer, counted in answering hours."""
        return timedelta(hours=self.edition_hold_hours if is_edition_day else self.hold_hours)

    def margin(self, distance: Distance) -> int:
        """How many days a courier may be late so far; within a place goods are brought by hand, or not at all."""
        return 0 if distance is Distance.PLACE else self.margin_days

    def courier_days(self, distance: Distance) -> int:
        """How many days a parcel is under way so far."""
        return {
            Distance.PLACE: self.days_place, Distance.PROVINCE: self.days_province, Distance.ISLAND: self.days_island,
            Distance.COUNTRY: self.days_country,
        }[distance]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """A shop's answering hours on its place's clock: from the full hour `opens` until the full hour `shuts` (24 is midnight).

    On a day on which it is closed nobody answers; a closure without end counts for as long as orders are taken ahead.
    """

    opens: int
    shuts: int
    timezone: str
    is_closed: Callable[[date], bool] = field(default=lambda _day: False, compare=False)

    def after(self, start: datetime, span: timedelta) -> datetime:
        """Return the moment when `span` of answering hours has passed since `start`, in UTC."""
        zone, left = ZoneInfo(self.timezone), span
        at = start.astimezone(zone)
        while True:
            opens = datetime.combine(at.date(), time(self.opens), zone)
            shuts = datetime.combine(at.date(), time.min, zone) + timedelta(hours=self.shuts)
            begin = max(at, opens)
            if begin < shuts and not (self.is_closed(at.date()) and (at.date() - start.astimezone(zone).date()).days < HORIZON):
                if left <= shuts - begin:
                    return (begin + left).astimezone(UTC)
                left -= shuts - begin
            at = datetime.combine(at.date() + timedelta(days=1), time.min, zone)


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a shop's day is taken, and how much it can bear (None: any)."""

    taken: int
    most: int | None

    def fits(self, quantity: int) -> bool:
        """Whether so much more can be made."""
        return self.most is None or self.taken + quantity <= self.most


def slot_of(day: date) -> str:
    """Return the name of a day's slot."""
    return day.isoformat()


def edition_slot(edition_id: int) -> str:
    """Return the name of an edition's slot."""
    return f"{EDITION_SLOT}{edition_id}"


def free_days(
    first: date, quantity: int, rooms: Mapping[str, Room], per_day: int | None, *, is_shut: Callable[[date], bool]
) -> Iterator[date]:
    """Yield the days from `first` on, within the horizon, on which a shop is not shut and can make `quantity` more.

    `rooms` are the days of which something is taken, or that bear less or more than others, by the name of their slot.
    """
    for ahead in range(HORIZON):
        day = first + timedelta(days=ahead)
        if rooms.get(slot_of(day), Room(0, per_day)).fits(quantity) and not is_shut(day):
            yield day
