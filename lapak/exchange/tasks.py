"""Jobs of lists."""

from lapak.exchange import service
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now


@every("41")
def forget_old_lists() -> None:
    """Forget lists that were sent long ago."""
    service.forget_old(now=utc_now())
