"""Jobs of the desk."""

from datetime import datetime

from lapak.checking.rules import Deed
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.moderation import service


def write_down(product_id: int, revision: int, deed: str, by_id: int | None, rule: str, at: str) -> None:
    """Write into the log what sellers and rules did."""
    service.note(product_id, revision=revision, deed=Deed(deed), by_id=by_id, rule=rule, at=datetime.fromisoformat(at))


@every("53")
def forget_reporters() -> None:
    """Forget who wrote reports that are settled or old."""
    service.forget_reporters(now=utc_now())
