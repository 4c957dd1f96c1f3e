"""Jobs of the catalog."""

from lapak.catalog import service
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now


@every("23")
def discard_loose_photos() -> None:
    """Discard photos that were sent and never shown, or taken off a listing."""
    service.discard_loose_photos(now=utc_now())
