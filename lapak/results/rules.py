"""The arithmetic of before and after: two windows, two groups, means with their counts, and what is not shown and why.

Listings are chosen when they do well, and afterwards fall back towards their usual; so a figure before and after says nothing alone.
It stands beside the same figure of listings that were ready and waited in reserve.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from lapak.kernel.money import format_count
from lapak.kernel.words import say

DAYS = 7
SETTLING = timedelta(days=DAYS)
"""How long after a window its orders may still be taken on, finished and received: as long for the one before as for the one after."""
FEWEST_SHOPS = 3
"""With fewer, one of them could read off another's figures, and everybody the figures of a single one."""
STEADY_SHOPS = 10
"""With fewer, the mean is said to hang on single shops."""
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened to listings in a window: pages opened, "Pesan" tapped, and orders made in it by how far they came.

    Buyers made them and say that they received them; sellers took them on and say that they are done.
    """

    views: int = 0
    taps: int = 0
    placed: int = 0
    confirmed: int = 0
    declared: int = 0
    received: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))


LABELS = {
    "views": say("Halaman produk dibuka"),
    "taps": say("Tombol Pesan ditekan"),
    "placed": say("Pesanan dibuat pembeli"),
    "confirmed": say("Pesanan disanggupi penjual"),
    "declared": say("Pesanan selesai menurut penjual"),
    "received": say("Pesanan diterima menurut pembeli"),
}


ORDERS = ("placed", "confirmed", "declared", "received")
SETTLING_ORDERS = ORDERS[1:]
"""What is still said of orders after their window is over."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days on the region's calendar, the first included and `end` not, and the same as moments.

    Orders made in it count as taken on, finished or received when that was said before `settled_at`.
    """

    first: date
    end: date
    starts_at: datetime
    ends_at: datetime
    settled_at: datetime

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A listing that went out with an edition or was ready and did not; its figures are empty unless its shop agreed to be counted."""

    shop: int
    is_out: bool
    agreed: bool
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Group:
    """Listings whose shops agreed, looked at together, out of so many before anybody was asked; sums are None where they are not shown."""

    listings: int
    shops: int
    of: int
    before: Figures | None
    after: Figures | None

    @property
    def is_hidden(self) -> bool:
        """Whether there are too few shops to show anything, or it is too early."""
        return self.before is None

    @property
    def is_early(self) -> bool:
        """Whether there are shops enough, and nothing is shown because one may still leave."""
        return self.is_hidden and self.shops >= FEWEST_SHOPS

    @property
    def is_small(self) -> bool:
        """Whether its figures are shown and still hang on single shops."""
        return not self.is_hidden and self.shops < STEADY_SHOPS


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one group, before and after: sums, and how many listings they are spread over."""

    before: int
    after: int
    listings: int
    scale: Fraction
    """The greatest mean of all that is drawn beside it, in any group and window; all figures of orders share theirs."""

    @property
    def before_mean(self) -> str:
        """The mean before, per listing: "12,4"."""
        return decimal(Fraction(self.before, self.listings))

    @property
    def after_mean(self) -> str:
        """The mean after, per listing."""
        return decimal(Fraction(self.after, self.listings))

    @property
    def before_bar(self) -> int:
        """How long the bar before is, in hundredths of the longest."""
        return self._bar(self.before)

    @property
    def after_bar(self) -> int:
        """How long the bar after is."""
        return self._bar(self.after)

    @property
    def difference(self) -> Fraction:
        """How much more per listing after than before."""
        return Fraction(self.after - self.before, self.listings)

    def _bar(self, total: int) -> int:
        return round(100 * Fraction(total, self.listings) / self.scale) if self.scale else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both groups; a group that is hidden has none. `is_final` says whether both windows are counted to their end."""

    name: str
    label: str
    published: Change | None
    reserves: Change | None
    is_final: bool

    @property
    def beyond(self) -> str:
        """How much more per listing the published rose than the reserves, with its sign; empty unless both are shown and final."""
        if self.published is None or self.reserves is None or not self.is_final:
            return ""
        more = self.published.difference - self.reserves.difference
        return decimal(more, signed=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known at `now` of listings that went out at `at`, and of those that waited in reserve."""

    at: datetime
    now: datetime
    before: Window
    after: Window
    published: Group
    reserves: Group

    @property
    def is_over(self) -> bool:
        """Whether the days after are all over; until then they are fewer than those before."""
        return self.now >= self.after.ends_at

    @property
    def is_settled(self) -> bool:
        """Whether what became of the orders will not change any more."""
        return self.now >= self.after.settled_at

    @property
    def days_over(self) -> int:
        """How many of the days after are over."""
        return max(0, min(DAYS, (self.now - self.after.starts_at) // timedelta(days=1)))

    @property
    def is_empty(self) -> bool:
        """Whether nobody's figures may be counted at all."""
        return not self.published.listings and not self.reserves.listings

    @property
    def is_shown(self) -> bool:
        """Whether at least one group shows figures."""
        return not (self.published.is_hidden and self.reserves.is_hidden)

    @property
    def is_compared(self) -> bool:
        """Whether both groups show figures."""
        return not (self.published.is_hidden or self.reserves.is_hidden)

    @property
    def rows(self) -> list[Row]:
        """The figures, one after another, those of the groups side by side."""
        return [self._row(field.name) for field in fields(Figures)]

    def _row(self, name: str) -> Row:
        drawn = ORDERS if name in ORDERS else (name,)
        scale = max((mean for one in drawn for mean in _means(one, self.published, self.reserves)), default=Fraction(0))
        is_final = self.is_settled if name in SETTLING_ORDERS else self.is_over
        return Row(name, LABELS[name], _change(name, self.published, scale), _change(name, self.reserves, scale), is_final)


def windows(at: datetime, *, timezone: str) -> tuple[Window, Window]:
    """Return the seven days before the day of publication, and the seven that begin with it, on the region's calendar.

    Visits are counted by the day, so the day of publication counts whole as one of those after, for both groups alike.
    """
    zone = ZoneInfo(timezone)
    day = at.astimezone(zone).date()
    return _window(day - timedelta(days=DAYS), zone), _window(day, zone)


def _window(first: date, zone: ZoneInfo) -> Window:
    end = first + timedelta(days=DAYS)
    starts_at, ends_at = (datetime.combine(day, time.min, zone) for day in (first, end))
    return Window(first, end, starts_at, ends_at, ends_at + SETTLING)


def group(entered: Sequence[Counted], *, is_complete: bool = True) -> Group:
    """Return listings as a group: the sums of those that agreed, or none when they belong to too few shops.

    Nor any while a listing may still leave the group (`is_complete`): what the sums lose with it would be that one's figures.
    """
    agreed = [one for one in entered if one.agreed]
    owners = {one.shop for one in agreed}
    if len(owners) < FEWEST_SHOPS or not is_complete:
        return Group(len(agreed), len(owners), len(entered), None, None)
    before, after = (sum(figures, Figures()) for figures in ((one.before for one in agreed), (one.after for one in agreed)))
    return Group(len(agreed), len(owners), len(entered), before, after)


def _means(name: str, *groups: Group) -> list[Fraction]:
    return [
        Fraction(getattr(figures, name), one.listings) for one in groups for figures in (one.before, one.after) if figures is not None
    ]  # fmt: skip


def _change(name: str, group: Group, scale: Fraction) -> Change | None:
    if group.before is None or group.after is None:
        return None
    return Change(getattr(group.before, name), getattr(group.after, name), group.listings, scale)


def decimal(value: Fraction, *, signed: bool = False) -> str:
    """Write a number with one decimal the Indonesian way, halves away from zero: 1240.25 -> "1.240,3"; `signed` adds + or a minus."""
    tenths = int(abs(value) * 10 + Fraction(1, 2))
    sign = "" if not tenths or not (signed or value < 0) else MINUS if value < 0 else "+"
    return f"{sign}{format_count(tenths // 10)},{tenths % 10}"
