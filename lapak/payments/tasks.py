"""Jobs of payments."""

from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.payments import service


def use_draft(shop_id: int) -> None:
    """Give a new shop the code that its owner showed while opening it."""
    service.use_draft(shop_id, now=utc_now())


@every("17")
def forget_drafts() -> None:
    """Forget the codes of people who opened no shop."""
    service.forget_drafts(now=utc_now())
