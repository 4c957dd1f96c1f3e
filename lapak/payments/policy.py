"""Who may see and set how a shop is paid: where the money goes is the owner's word alone."""

from datetime import datetime

from lapak.accounts.rules import Actor
from lapak.shops import policy as shops
from lapak.shops.policy import Run


def may_set_ways(actor: Actor | None, shop: Run) -> bool:
    """Whether this person may say how a shop is paid: its owner. Nobody, while it waits for one.

    A keeper lists and answers for the seller, yet must never be able to lead the money elsewhere; no official can either.
    """
    return actor is not None and shop.owner_id == actor.id


def may_see_ways(actor: Actor | None, shop: Run, *, now: datetime) -> bool:
    """Whether this person may look at how a shop is paid at its desk: its owner, and its keeper while their time lasts, to help."""
    return shops.runs(actor, shop, now=now)
