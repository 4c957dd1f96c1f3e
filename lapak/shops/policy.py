"""Who runs a shop."""

from datetime import datetime
from typing import Protocol

from lapak.accounts import policy as accounts
from lapak.accounts.rules import ACCOMPANYING, Actor


class Run(Protocol):
    """What decides: a row of the table, or a shop as pages see it."""

    @property
    def market_code(self) -> str:
        """The region whose market governs it."""

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
    """Whether this person may list and change what the shop sells: its owner, or its keeper while their time and their office last."""
    if actor is None:
        return False
    return shop.owner_id == actor.id or keeps(actor, shop, now=now)


def keeps(actor: Actor | None, shop: Run, *, now: datetime) -> bool:
    """Whether this person keeps the shop for somebody; whoever is no companion, officer or admin any more keeps none."""
    if actor is None or shop.keeper_id != actor.id or not any(held.role in ACCOMPANYING for held in actor.roles):
        return False
    return shop.keeper_until is None or now < shop.keeper_until


def may_hand_over(actor: Actor | None, shop: Run, *, now: datetime) -> bool:
    """Whether this person may give a claim link for a shop without owner: its keeper, or an admin of its region."""
    return shop.owner_id is None and (keeps(actor, shop, now=now) or accounts.may_administer(actor, shop.market_code))
