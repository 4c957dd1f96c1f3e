"""Who runs a shop."""

from datetime import datetime
from typing import Protocol

from lapak.accounts.rules import Actor


class Run(Protocol):
    """What decides: a row of the table, or a shop as pages see it."""

    @property
    def owner_id(self) -> int | None:
        """The seller; None until somebody claims the shop."""

    @property
    def keeper_id(self) -> int | None:
        """The companion or official who runs it beside or instead of the owner."""

    @property
    def keeper_until(self) -> datetime | None:
        """When the keeper's time ends; None while the shop waits for its owner."""


def runs(actor: Actor | None, shop: Run, *, now: datetime) -> bool:
    """Whether this person may list and change what the shop sells: its owner, or its keeper while their time lasts."""
    if actor is None:
        return False
    return shop.owner_id == actor.id or (shop.keeper_id == actor.id and (shop.keeper_until is None or now < shop.keeper_until))
