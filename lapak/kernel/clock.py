"""Time: UTC inside, a region's own clock outside. `now` is an argument everywhere; this is the one place that asks the machine."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment, with its zone."""
    return datetime.now(UTC)
