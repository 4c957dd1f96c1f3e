import pytest

from lapak.accounts.policy import may_administer, may_curate, may_grant, sells
from lapak.accounts.rules import OFFICIAL_ROLES, Actor, Held, Role


def person(*roles: Held) -> Actor:
    return Actor(1, "Ema", "+628112700101", 1, roles)


def test_a_stranger_may_nothing() -> None:
    assert not sells(None, "33")
    assert not may_curate(None, "33")
    assert not may_administer(None, "33")
    assert not any(may_grant(None, role, in_region="33") for role in Role)


def test_a_seller_sells_whatever_region_is_looked_at() -> None:
    assert sells(person(Held(Role.SELLER, "33.15")), "13.77")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CURATOR])
def test_only_curators_curate(role: Role) -> None:
    assert may_curate(person(Held(Role.CURATOR, "33")), "33")
    assert not may_curate(person(Held(role, "33")), "33")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_admins_administer(role: Role) -> None:
    assert may_administer(person(Held(Role.ADMIN, "33")), "33")
    assert not may_administer(person(Held(role, "33")), "33")


@pytest.mark.parametrize(("place", "may"), [("33", True), ("33.74", True), ("13.77", False), ("3", False), ("331", False)])
def test_an_admin_grants_inside_the_own_region(place: str, may: bool) -> None:
    admin = person(Held(Role.ADMIN, "33"))

    assert all(may_grant(admin, role, in_region=place) is may for role in OFFICIAL_ROLES)


def test_nobody_grants_the_sellers_role() -> None:
    assert not may_grant(person(Held(Role.ADMIN, "33")), Role.SELLER, in_region="33")


def test_a_leader_grants_nothing() -> None:
    assert not any(may_grant(person(Held(Role.LEADER, "33")), role, in_region="33") for role in Role)
