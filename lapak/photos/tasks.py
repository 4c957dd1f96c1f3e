"""Jobs of photos."""

from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.photos import service


@every("*/20")
def forget_unfinished() -> None:
    """Remove the remains of uploads that a crash cut off."""
    service.forget_unfinished(now=utc_now())
