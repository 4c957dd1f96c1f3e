"""Kinds of listings: a tree of two levels, further words for each, and a guess from a listing's name."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from lapak.catalog import queries
from lapak.catalog.queries import Filter
from lapak.catalog.rules import suggest
from lapak.catalog.service import categories as service
from lapak.catalog.service.categories import CategoryDraft
from lapak.kernel.errors import Invalid, NotAllowed
from tests.factories import JATENG, Cast, make_product

KINDS = [
    ("camilan", ("Camilan", "jajan")),
    ("keripik", ("Keripik & kerupuk", "keripik", "kripik", "rempeyek")),
    ("kue", ("Kue & roti", "kue", "kue kering")),
    ("kopi", ("Kopi", "kopi")),
]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Keripik tempe Bu Darmi, 150 g", "keripik"),
        ("KRIPIK singkong", "keripik"),
        ("Kue kering nastar", "kue"),
        ("Kopi kue", "kopi"),
        ("Jajan pasar", "camilan"),
        ("Sepatu kulit", None),
        ("Keripiknya enak", None),
        ("", None),
        ("%_\\'\"", None),
    ],
)
def test_a_name_suggests_its_kind(name: str, slug: str | None) -> None:
    assert suggest(name, KINDS) == slug


def add(cast: Cast, now: datetime, name: str, parent: str = "", synonyms: str = "") -> None:
    service.add_category(CategoryDraft(name, "cookie", parent, synonyms), region_code=JATENG, by=cast.admin, now=now)


def test_a_listing_without_a_kind_gets_the_one_its_name_speaks_of(cast: Cast, now: datetime) -> None:
    add(cast, now, "Keripik", parent="camilan", synonyms="kripik\npeyek")
    slug = make_product(cast.seller, now=now, name="Peyek kacang", category="")
    other = make_product(cast.seller, now=now, name="Sepatu kulit", category="")

    assert [found.category for found in (queries.by_slug(slug), queries.by_slug(other)) if found] == ["keripik", None]


def test_a_parent_shows_what_its_children_hold(cast: Cast, now: datetime) -> None:
    add(cast, now, "Keripik", parent="camilan")
    make_product(cast.seller, now=now, name="Keripik tempe", category="keripik")
    make_product(cast.seller, now=now, name="Getuk", category="camilan")

    assert [(row.slug, row.parent, row.count) for row in queries.categories(JATENG)] == [("camilan", None, 2), ("keripik", "camilan", 1)]
    assert queries.count(Filter(JATENG, category="camilan")) == 2
    assert queries.count(Filter(JATENG, category="keripik")) == 1


def test_the_tree_has_two_levels(cast: Cast, now: datetime) -> None:
    add(cast, now, "Keripik", parent="camilan")
    with pytest.raises(Invalid):
        add(cast, now, "Keripik tempe", parent="keripik")
    with pytest.raises(Invalid):
        add(cast, now, "Lain", parent="tidak-ada")
    for parent in ("camilan", "keripik"):
        with pytest.raises(Invalid):
            service.edit_category("camilan", CategoryDraft("Camilan", "cookie", parent), region_code=JATENG, by=cast.admin, now=now)


def test_categories_of_another_region_are_out_of_reach(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        service.add_category(CategoryDraft("Baru", "cookie"), region_code=JATENG, by=cast.far_curator, now=now)


def test_a_seller_chooses_from_the_tree_of_the_shops_own_place(cast: Cast, now: datetime) -> None:
    add(cast, now, "Keripik", parent="camilan")

    assert [choice.name for choice in queries.category_choices("33.74")] == ["Camilan", "Camilan · Keripik"]
    assert [choice.name for choice in queries.category_choices("13.77")] == ["Camilan"]
    assert queries.category_choices("11.01") == []


def test_a_seller_is_told_the_kind_while_typing(cast: Cast, now: datetime, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(cast.seller)

    assert client.get("/dasbor/jenis?nama=Camilan+pedas").json == {"slug": "camilan", "name": "Camilan"}
    assert client.get("/dasbor/jenis?nama=%00%25_").json == {"slug": "", "name": ""}
