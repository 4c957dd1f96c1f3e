"""What PostgreSQL is stricter with is taken as SQLite takes it: a strange value finds nothing, and is no fault."""

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from lapak.catalog import queries as catalog
from lapak.catalog.models import Product
from lapak.db.base import db
from lapak.db.session import Query, read_connection
from lapak.kernel.clock import utc_now
from lapak.regions.models import Region
from tests.factories import make_product
from tests.postgresql.conftest import Stage


def test_readers_cannot_write(either: Stage) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        read_connection().execute(insert(Region).values(code="99", name="Tidak ada", level=1))


def test_text_with_nulls_finds_nothing(either: Stage) -> None:
    assert catalog.by_slug("keripik\x00") is None


@pytest.mark.parametrize("number", [2**31, 2**63 - 1])
def test_a_number_that_no_key_can_have_finds_nothing(either: Stage, number: int) -> None:
    assert Query(select(Product.id).where(Product.id == number), int).all() == []


def test_sums_of_money_are_whole_numbers(either: Stage) -> None:
    for _ in range(2):
        make_product(either[1].seller, now=utc_now())
    (total,) = Query(select(func.sum(Product.price)), lambda value: value).all()
    assert (total, type(total)) == (36000, int)


def test_the_second_engine_reads_what_the_first_wrote(pg: Stage) -> None:
    slug = make_product(pg[1].seller, now=utc_now())
    assert catalog.by_slug(slug)
    assert {engine.dialect.name for engine in db.engines.values()} == {"postgresql"}
