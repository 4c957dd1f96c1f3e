"""Taking a shop over, in all rooms it touches at once."""

from datetime import datetime

from lapak.accounts.rules import Actor
from lapak.catalog.service import listings as catalog
from lapak.db.session import transaction
from lapak.shops import service as shops


def claim(token: str, *, by: Actor, help_days: int, agrees: bool, now: datetime) -> None:
    """Make `by` the owner of the shop that a link offers, and of the photos of all it sells, in one transaction.

    Raise what `shops.service.claim` raises.
    """
    with transaction():
        shop_id = shops.claim(token, by=by, help_days=help_days, agrees=agrees, now=now)
        catalog.pass_photos(shop_id, to=by.id)
