"""Who may do what, by role and region. Services and templates ask the same functions."""

from lapak.accounts.rules import ACCOMPANYING, Actor, Role
from lapak.regions.rules import covers


def sells(actor: Actor | None, region_code: str) -> bool:
    """Whether this person sells anywhere; a seller's desk is their own, whatever region is looked at."""
    del region_code
    return actor is not None and any(held.role is Role.SELLER for held in actor.roles)


def may_accompany(actor: Actor | None, region_code: str) -> bool:
    """Whether this person may register sellers of the region and list for them: its companions, officers and admins."""
    return actor is not None and any(actor.holds(role, region_code) for role in ACCOMPANYING)


def serves(actor: Actor | None, region_code: str) -> bool:
    """Whether this person has a desk of products and orders: their own, or those of sellers they accompany."""
    return sells(actor, region_code) or may_accompany(actor, region_code)


def may_curate(actor: Actor | None, region_code: str) -> bool:
    """Whether this person may make editions in the region."""
    return actor is not None and actor.holds(Role.CURATOR, region_code)


def may_moderate(actor: Actor | None, region_code: str) -> bool:
    """Whether this person may decide on the region's listings and on what the public reports of them: its curators and admins."""
    return may_curate(actor, region_code) or may_administer(actor, region_code)


def may_administer(actor: Actor | None, region_code: str) -> bool:
    """Whether this person may invite officials and edit the region's categories and texts."""
    return actor is not None and actor.holds(Role.ADMIN, region_code)


def may_grant(actor: Actor | None, role: Role, *, in_region: str) -> bool:
    """Whether this person may give `role` in a region: admins, inside their own region, and never the seller's own role."""
    if actor is None or role is Role.SELLER:
        return False
    return any(held.role is Role.ADMIN and covers(held.region_code, in_region) for held in actor.roles)
