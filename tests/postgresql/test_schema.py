"""PostgreSQL's schema is what the models say, however many start at once, and never in a database that orders text in another way."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, UniqueConstraint

from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.config import Config
from lapak.db.base import Base, db
from lapak.db.postgresql import STARTING
from lapak.db.session import engine_options
from lapak.kernel.errors import Conflict
from tests.conftest import dispose, make_config
from tests.journeys.stage import LAPAK
from tests.postgres import Cluster
from tests.postgresql.conftest import Stage

COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
)


def test_the_migrations_build_what_the_models_say(pg: Stage) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_build_every_check_the_models_ask_for(pg: Stage) -> None:
    kinds = (CheckConstraint, UniqueConstraint)
    wanted = {str(one.name) for table in Base.metadata.tables.values() for one in table.constraints if isinstance(one, kinds) and one.name}
    with db.engine.connect() as connection:
        built = {str(name) for (name,) in connection.exec_driver_sql("SELECT conname FROM pg_constraint")}
    assert sorted(wanted - built) == []


def test_migrating_again_changes_nothing(pg: Stage) -> None:
    with db.engine.connect() as connection:
        before = connection.exec_driver_sql(COLUMNS).all()
    bring_up_to_date(pg[0])
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(COLUMNS).all() == before


def test_two_that_start_at_once_migrate_once(server: Cluster, tmp_path: Path) -> None:
    url = server.new()
    app = create_app(make_config(tmp_path / "one", database_url=url))
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(tmp_path / "other"), "LAPAK_DATABASE_URL": url}
    with psycopg.connect(url, autocommit=True) as gate, ThreadPoolExecutor(1) as pool:
        gate.execute("SELECT pg_advisory_lock(%s)", (STARTING,))
        here = pool.submit(bring_up_to_date, app)
        there = subprocess.Popen([*LAPAK, "migrate"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        until = time.monotonic() + 60
        while gate.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone() != (2,):
            assert time.monotonic() < until
            assert there.poll() is None
            time.sleep(0.02)
        gate.execute("SELECT pg_advisory_unlock(%s)", (STARTING,))
        here.result(60)
        said = there.communicate(timeout=60)[0].decode()
    assert there.returncode == 0, said
    dispose(app)


def test_a_database_that_orders_text_in_another_way_is_refused_whole(server: Cluster, tmp_path: Path) -> None:
    server.run("CREATE DATABASE foreign_order TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    app = create_app(make_config(tmp_path, database_url=server.url("foreign_order")))
    with pytest.raises(Conflict, match="penyandian"):
        bring_up_to_date(app)
    dispose(app)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_any_usual_address_of_a_server_is_understood(scheme: str, tmp_path: Path) -> None:
    config = Config(_env_file=None, data_dir=tmp_path, demo=True, database_url=f"{scheme}://lapak:rahasia@db.example/lapak")
    url = engine_options(config.database)[0]["url"]
    assert (url.drivername, url.host, url.password) == ("postgresql+psycopg", "db.example", "rahasia")
