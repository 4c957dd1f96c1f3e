"""Figures of a shop put side by side, and the bars that draw them. Plain arithmetic."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from lapak.orders.rules.counting import OrderCount, ProductSales
from lapak.visits.rules import Seen, Source

SPANS = (7, 30, 90)
"""Over how many days, today included, figures are shown."""
USUAL = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a day, a source or a listing; money in rupiah, of completed and of promised orders."""

    views: int = 0
    taps: int = 0
    orders: int = 0
    done: int = 0
    promised: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(
            self.views + other.views, self.taps + other.taps, self.orders + other.orders, self.done + other.done,
            self.promised + other.promised,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """A shop's figures: of all days together, each day (also those on which nothing happened), each source, each listing."""

    total: Figures
    days: tuple[tuple[date, Figures], ...]
    sources: tuple[tuple[Source, Figures], ...]
    products: tuple[tuple[str, Figures], ...]


def summary(
    days: Sequence[date], visits: Iterable[tuple[date, Source, Seen]], orders: Iterable[OrderCount],
    seen: Iterable[tuple[int, str, Seen]], sold: Iterable[ProductSales],
) -> Summary:  # fmt: skip
    """Put counts side by side."""
    by_day = dict.fromkeys(days, Figures())
    by_source = dict.fromkeys(Source, Figures())
    parts = [(day, source, Figures(views=one.views, taps=one.taps)) for day, source, one in visits]
    parts += [(one.day, one.source, Figures(orders=one.orders, done=one.done, promised=one.promised)) for one in orders]
    for day, source, figures in parts:
        if day in by_day:
            by_day[day] += figures
            by_source[source] += figures
    listings: dict[int, tuple[str, Figures]] = {}
    named = [(key, name, Figures(views=one.views, taps=one.taps)) for key, name, one in seen]
    named += [(one.product_id, one.name, Figures(orders=one.orders, done=one.done, promised=one.promised)) for one in sold]
    for key, name, figures in named:
        listings[key] = name, listings.get(key, (name, Figures()))[1] + figures
    products = sorted(listings.values(), key=lambda row: (-row[1].orders, -row[1].views, row[0]))
    return Summary(sum(by_day.values(), Figures()), tuple(by_day.items()), tuple(by_source.items()), tuple(products))


def days_until(today: date, span: int) -> list[date]:
    """Return so many days, today the last."""
    return [today - timedelta(days=back) for back in range(span - 1, -1, -1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, or the part of one that stands on another; lengths in the picture's own units, from its top left corner."""

    x: float
    y: float
    width: float
    height: float
    is_second: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of so many days in a picture of `width` by `height`; `top` is the value of the upper line, `marks` are days to name below."""

    width: int
    height: int
    floor: float
    top: int
    bars: tuple[Bar, ...]
    marks: tuple[tuple[float, date, str], ...]


VALUES: dict[str, Callable[[Figures], int]] = {name: attrgetter(name) for name in ("views", "taps", "orders", "done", "promised")}
"""What a chart can draw, by name."""
CEILING, FLOOR = 22, 26
"""What stays free above the bars, and below them for the days."""


def chart(
    days: Sequence[tuple[date, Figures]], first: Callable[[Figures], int], second: Callable[[Figures], int] | None = None, *,
    width: int, height: int = 190,
) -> Chart:  # fmt: skip
    """Draw a bar for each day; what `second` says stands on top of what `first` says, on the same scale."""
    sums = [(first(figures), second(figures) if second else 0) for _, figures in days]
    top = round_up(max((one + other for one, other in sums), default=0))
    step, room = width / max(len(days), 1), height - CEILING - FLOOR
    bars = []
    for at, (one, other) in enumerate(sums):
        below = 0.0
        for value, is_second in ((one, False), (other, True)):
            if value:
                high = max(value / top * room, 1.5)
                bars.append(
                    Bar(
                        _round(at * step + step * 0.12), _round(height - FLOOR - below - high), _round(step * 0.76), _round(high), is_second
                    )
                )
                below += high
    last = len(days) - 1
    places = sorted({0, last // 2, last}) if days else []
    marks = tuple((_round((at + 0.5) * step), days[at][0], _anchor(at, last, step)) for at in places)
    return Chart(width, height, height - FLOOR, top, tuple(bars), marks)


def _anchor(at: int, last: int, step: float) -> str:
    if step > 60 or 0 < at < last:
        return "middle"
    return "start" if at == 0 else "end"


def _round(value: float) -> float:
    return round(value, 2)


def round_up(value: int) -> int:
    """Return the next number that reads well on an axis: one digit and zeros; at least 1."""
    power = 1
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if value <= step * power:
                return step * power
        power *= 10


def best_day(days: Sequence[tuple[date, Figures]], value: Callable[[Figures], int]) -> tuple[date, int] | None:
    """Return the day with the most, the first of several; None when nothing happened."""
    day, most = max(((day, value(figures)) for day, figures in days), key=lambda row: row[1], default=(None, 0))
    return (day, most) if day is not None and most else None
