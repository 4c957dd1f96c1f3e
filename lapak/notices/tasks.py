"""Jobs of notices."""

from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.notices import service


@every("29")
def forget_old() -> None:
    """Forget notices that are half a year old, and addresses that nobody uses."""
    service.forget_old(now=utc_now())
