"""How values read on a page: money, counts and moments, the Indonesian way and in the region's zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date as _babel_date
from babel.dates import format_timedelta as _babel_span
from flask import Flask, g

from lapak.kernel.money import format_count, format_rupiah
from lapak.web.texts import translated

LOCALE = "id"


def install(app: Flask) -> None:
    """Register the filters."""
    named: dict[str, Callable[..., Any]] = {
        "rupiah": format_rupiah, "count": format_count, "date": long_date, "moment": moment, "clock": clock, "month": month,
        "translated": translated, "span": span,
    }  # fmt: skip
    app.jinja_env.filters.update(named)


def long_date(value: date | datetime) -> str:
    """Minggu, 22 November 2026."""
    return str(_babel_date(_here(value), "EEEE, d MMMM y", locale=LOCALE))


def month(value: date | datetime) -> str:
    """November 2026."""
    return str(_babel_date(_here(value), "MMMM y", locale=LOCALE))


def moment(value: datetime) -> str:
    """22 November 2026, 15.06 WIB."""
    return f"{_babel_date(_here(value), 'd MMMM y', locale=LOCALE)}, {clock(value)}"


def span(value: timedelta) -> str:
    """2 jam."""
    return str(_babel_span(value, locale=LOCALE, threshold=1.2))


def clock(value: datetime) -> str:
    """15.06 WIB."""
    return f"{_here(value):%H.%M} {g.site.zone}"


def _here(value: date | datetime) -> Any:
    return g.site.local(value) if isinstance(value, datetime) else value
