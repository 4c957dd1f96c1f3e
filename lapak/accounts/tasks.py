"""Jobs of accounts."""

from lapak.accounts import service
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now


@every("17")
def forget_old() -> None:
    """Delete one-time codes and sessions that are of no use any more."""
    service.forget_old(now=utc_now())
