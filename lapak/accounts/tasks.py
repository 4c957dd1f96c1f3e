"""Jobs of accounts."""

from lapak.accounts import service
from lapak.db import outbox
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now


@every("17")
def forget_old() -> None:
    """Delete one-time codes, sessions, told events and sent messages that are of no use any more."""
    now = utc_now()
    service.forget_old(now=now)
    outbox.forget_done(now=now)
