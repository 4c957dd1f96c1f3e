"""Time: UTC inside, a region's own clock outside. `now` is an argument everywhere; this is the one place that asks the machine."""

from datetime import UTC, date, datetime

from lapak.kernel.errors import Invalid
from lapak.kernel.words import say

YEARS = range(2000, 2101)


def utc_now() -> datetime:
    """Return the present moment, with its zone."""
    return datetime.now(UTC)


def calendar_day(text: str, *, field: str) -> date:
    """Read a date written as 2026-11-29 or 29-11-2026; raise Invalid for anything else or a year no programme reaches."""
    said = text.strip().replace("/", "-").replace(".", "-")
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            day = datetime.strptime(said, form).date()  # noqa: DTZ007 - a date, not a moment
        except ValueError:
            continue
        if day.year in YEARS and said.isascii():
            return day
    raise Invalid({field: say("Tulis tanggal, misalnya 29-11-2026")})


_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def spoken_day(day: date) -> str:
    """Return a day as a message says it: "Senin, 30 November 2026"."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"
