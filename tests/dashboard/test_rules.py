"""Figures side by side, and the bars that draw them."""

from datetime import date, timedelta

import pytest

from lapak.dashboard import rules
from lapak.dashboard.rules import VALUES, Figures, best_day, chart, days_until, round_up, summary
from lapak.orders.rules.counting import OrderCount, ProductSales
from lapak.orders.rules.states import State
from lapak.visits.rules import Seen, Source

TODAY = date(2026, 11, 25)
DAYS = days_until(TODAY, 7)


def test_a_span_ends_today() -> None:
    assert (DAYS[0], DAYS[-1], len(DAYS)) == (date(2026, 11, 19), TODAY, 7)


def test_visits_and_orders_of_a_day_stand_together_and_quiet_days_stay() -> None:
    found = summary(
        DAYS, [(TODAY, Source.SEARCH, Seen(9, 3)), (TODAY, Source.EDITION, Seen(1, 0))],
        [OrderCount(TODAY, Source.SEARCH, State.COMPLETED, 2, 50000), OrderCount(TODAY, Source.DIRECT, State.SENT, 1, 7000),
         OrderCount(TODAY, Source.DIRECT, State.CANCELLED, 1, 9000)],
        [(1, "Keripik", Seen(10, 3))], [ProductSales(1, "Keripik", 2, 4, 40000, 0), ProductSales(2, "Lumpia", 1, 1, 0, 6000)],
    )  # fmt: skip
    assert found.total == Figures(10, 3, 4, 50000, 7000)
    assert dict(found.days)[TODAY] == found.total
    assert [figures for day, figures in found.days if day != TODAY] == [Figures()] * 6
    assert dict(found.sources)[Source.SEARCH] == Figures(9, 3, 2, 50000, 0)
    assert dict(found.sources)[Source.SHELF] == Figures()
    assert found.products == (("Keripik", Figures(10, 3, 2, 40000, 0)), ("Lumpia", Figures(0, 0, 1, 0, 6000)))


def test_a_count_outside_of_the_days_is_not_counted() -> None:
    assert summary(DAYS, [(TODAY + timedelta(days=1), Source.DIRECT, Seen(9, 9))], [], [], []).total == Figures()


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (3, 3), (51, 60), (206, 300), (7, 8), (9, 10), (100, 100), (1_200_000, 2_000_000)]
)
def test_an_axis_ends_at_a_number_that_reads_well(value: int, top: int) -> None:
    assert round_up(value) == top


@pytest.mark.parametrize("span", rules.SPANS)
@pytest.mark.parametrize("width", [340, 640])
def test_bars_stay_inside_the_picture_and_stand_on_its_floor(span: int, width: int) -> None:
    days = [(day, Figures(done=number * 1000, promised=500)) for number, day in enumerate(days_until(TODAY, span))]
    picture = chart(days, VALUES["done"], VALUES["promised"], width=width)
    assert picture.top >= (span - 1) * 1000 + 500
    for bar in picture.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= width
        assert bar.y >= rules.CEILING - 0.1
        assert bar.y + bar.height <= picture.floor + 0.1
    assert len(picture.bars) == 2 * span - 1  # the first day has nothing done
    assert [mark[1] for mark in picture.marks][-1] == TODAY


def test_the_smallest_number_can_still_be_seen() -> None:
    picture = chart([(TODAY, Figures(views=1)), (TODAY, Figures(views=100_000))], VALUES["views"], width=340)
    assert picture.bars[0].height >= 1


def test_the_best_day_is_the_first_of_equals_and_none_where_nothing_was() -> None:
    days = [(day, Figures(views=3 if number in {2, 4} else 1)) for number, day in enumerate(DAYS)]
    assert best_day(days, VALUES["views"]) == (DAYS[2], 3)
    assert best_day([(TODAY, Figures())], VALUES["views"]) is None
    assert best_day([], VALUES["views"]) is None
