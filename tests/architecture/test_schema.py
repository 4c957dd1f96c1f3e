"""The schema: built by migrations, described by models, loaded only when asked for."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import BigInteger, Table, Text
from sqlalchemy.exc import IntegrityError

from lapak.app import create_app
from lapak.catalog import queries as catalog
from lapak.cli import MIGRATIONS, bring_up_to_date
from lapak.db.base import Base, UtcDateTime, db
from tests.conftest import dispose, make_config

MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


def test_the_migrations_build_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.sqlite
def test_the_migrations_build_every_check_the_models_ask_for(app: Flask) -> None:
    wanted = {str(one.name) for table in Base.metadata.tables.values() for one in table.constraints if one.name}
    with db.engine.connect() as connection:
        built = " ".join(str(row[0]) for row in connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))

    assert sorted(name for name in wanted if name not in built) == []


@pytest.mark.sqlite
def test_migrating_again_changes_nothing(app: Flask) -> None:
    with db.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all()
    bring_up_to_date(app)
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all() == before


def test_the_migrations_are_one_line_without_branches() -> None:
    script = ScriptDirectory(str(MIGRATIONS))

    assert len(script.get_heads()) == 1
    assert all(not revision.is_branch_point for revision in script.walk_revisions())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_relationship_loads_by_itself(model: type) -> None:
    relationships = model.__mapper__.relationships  # type: ignore[attr-defined]

    assert [one.key for one in relationships if one.lazy != "raise"] == []


@pytest.mark.parametrize("table", list(Base.metadata.sorted_tables), ids=lambda table: table.name)
def test_moments_keep_their_zone_and_money_is_large_whole_numbers(table: Table) -> None:
    for column in table.columns:
        kind = column.type
        assert not (type(kind).__name__ == "DateTime" and not isinstance(kind, UtcDateTime)), column
        assert column.name != "price" or isinstance(kind, BigInteger)
        assert not (type(kind).__name__ == "String" and not isinstance(kind, Text)), column
        assert type(kind).__name__ not in {"Float", "Numeric", "PickleType"}, column


def bring_up_from(revision: str, statements: str, app: Flask) -> None:
    """Fill a database of an older revision, then do to it what a new release does at its start."""
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(alembic, revision)
    with db.engine.begin() as connection:
        for statement in statements.strip().splitlines():
            connection.exec_driver_sql(statement)
    bring_up_to_date(app)


@pytest.mark.sqlite
def test_a_market_of_the_first_release_keeps_everything(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path))
    with app.app_context():
        bring_up_from("0001", FIRST_RELEASE, app)
        with db.engine.begin() as connection:
            row = connection.exec_driver_sql("SELECT code, freshness, confirmed_at = updated_at, name FROM product").all()
            shop = connection.exec_driver_sql("SELECT owner_id, origin, market_code FROM shop").all()
            photo = connection.exec_driver_sql("SELECT due_at = created_at, tries FROM photo").all()
            kept = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    dispose(app)

    assert row == [("7kq2mf", "fresh", 1, "Keripik")]
    assert shop == [(1, "self", "33.74")]
    assert photo == [(1, 0)]
    assert kept == 1


@pytest.mark.sqlite
def test_shops_that_an_import_took_in_from_outside_join_its_market_and_the_index_hears_of_it(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path))
    with app.app_context():
        bring_up_from("0003", WITH_AN_IMPORT, app)
        with db.engine.begin() as connection:
            shops = connection.exec_driver_sql("SELECT id, market_code FROM shop ORDER BY id").all()
            told = connection.exec_driver_sql("SELECT product_id FROM search_change").all()
    dispose(app)

    assert shops == [(1, "33"), (2, "33.74")]
    assert told == [(1,)]


@pytest.mark.sqlite
def test_listings_from_before_moderators_count_as_checked_and_may_be_withheld(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path))
    with app.app_context():
        bring_up_from("0003", WITH_AN_IMPORT, app)
        product = catalog.by_slug("k-abcdef")
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE product SET state = 'withheld'")
            with pytest.raises(IntegrityError):
                connection.exec_driver_sql("UPDATE product SET state = 'sold'")
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    dispose(app)

    assert product
    assert product.is_checked
    assert sound == "ok"


@pytest.mark.sqlite
def test_orders_that_were_done_keep_the_sellers_word_and_nobody_speaks_for_the_buyer(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path))
    with app.app_context():
        bring_up_from("0005", WITH_ORDERS, app)
        with db.engine.begin() as connection:
            orders = connection.exec_driver_sql("SELECT state, declared_at = ended_at, received_at FROM customer_order ORDER BY id").all()
    dispose(app)

    assert orders == [("completed", 1, None), ("declined", None, None)]


WITH_ORDERS = """
INSERT INTO region VALUES ('33', 'Jawa Tengah', 1), ('33.74', 'Kota Semarang', 2)
INSERT INTO account (id, phone, name, created_at) VALUES (1, '+6281227450913', 'Bu Darmi', '2026-11-01 02:00:00')
INSERT INTO shop (id, slug, name, region_code, market_code, owner_id, origin, about, whatsapp, created_at) VALUES (1, 'a-abcdef', 'A', '33.74', '33.74', 1, 'self', '', '', '2026-11-01 02:00:00')
INSERT INTO customer_order (id, code, token_hash, shop_id, site_code, state, buyer_name, buyer_place, note, origin, placed_at, hold_until, ended_at, decline_note) VALUES (1, 'A', 'a', 1, '33', 'completed', 'Rina', '', '', '', '2026-11-01 02:00:00', '2026-11-02 02:00:00', '2026-11-03 02:00:00', ''), (2, 'B', 'b', 1, '33', 'declined', 'Rina', '', '', '', '2026-11-01 02:00:00', '2026-11-02 02:00:00', '2026-11-03 02:00:00', '')
"""
WITH_AN_IMPORT = """
INSERT INTO region VALUES ('33', 'Jawa Tengah', 1), ('33.74', 'Kota Semarang', 2), ('32.73', 'Kota Bandung', 2)
INSERT INTO account (id, phone, name, created_at) VALUES (1, '+628112700102', 'Bayu', '2026-11-01 02:00:00')
INSERT INTO shop (id, slug, name, region_code, keeper_id, origin, import_key, about, whatsapp, created_at) VALUES (1, 'a-abcdef', 'A', '32.73', 1, 'import', '33|32.73|a', '', '', '2026-11-01 02:00:00'), (2, 'b-abcdef', 'B', '33.74', 1, 'import', '33|33.74|b', '', '', '2026-11-01 02:00:00')
INSERT INTO product (id, slug, code, shop_id, kind, supply, name, description, price, on_hand, held, sold, received, unit, reach, area_served, state, freshness, freshness_at, confirmed_at, created_at, updated_at) VALUES (1, 'k-abcdef', 'abcdef', 1, 'goods', 'made_to_order', 'K', '', 9000, 0, 0, 0, 0, '', 'local', '', 'active', 'fresh', '2026-11-01 02:00:00', '2026-11-01 02:00:00', '2026-11-01 02:00:00', '2026-11-01 02:00:00')
"""
FIRST_RELEASE = """
INSERT INTO region VALUES ('33', 'Jawa Tengah', 1), ('33.74', 'Kota Semarang', 2)
INSERT INTO account VALUES (1, '+6281227450913', 'Bu Darmi', '2026-11-01 02:00:00')
INSERT INTO shop VALUES (1, 'bu-darmi-abcdef', 'Bu Darmi', '33.74', 1, '', '+6281227450913', '2026-11-01 02:00:00')
INSERT INTO category VALUES (1, '33', 'camilan', 'Camilan', 'cookie', 1, 1)
INSERT INTO photo VALUES (1, 'k', 1, 'Keripik', 9, 9, 9, '2026-11-01 02:00:00')
INSERT INTO product VALUES (1, 'keripik-7kq2mf', NULL, 1, 1, 'goods', 'made_to_order', 'Keripik', '', 9000, 0, 0, 0, 0, '', NULL, NULL, NULL, 'local', '', 'active', NULL, '2026-11-01 02:00:00', '2026-11-02 02:00:00')
INSERT INTO product_photo VALUES (1, 1, 0)
"""
