"""The stage of every test: an app on a fresh database, a standing cast, factories, and `visit()`, which looks at each page."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from compileall import compile_dir
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, event
from werkzeug.test import TestResponse

import lapak
from lapak.accounts.rules import Actor
from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.config import Config
from lapak.db.base import db
from lapak.photos.adapters.darkroom import DARKROOM, LATER
from lapak.search.adapters import Writer
from lapak.search.adapters import index as search_index
from lapak.search.service import rebuild
from tests import postgres
from tests.factories import Cast, make_cast, open_sites
from tests.market import Market, open_market
from tests.spreading import Spreading
from tests.visiting import Visit, count_queries, signed_in

NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Nine in the morning, WIB, on a Tuesday."""


def pytest_configure(config: pytest.Config) -> None:
    """Compile our modules once: many tests start the program itself, whose every process would, where nothing compiled is kept."""
    if not hasattr(config, "workerinput"):
        compile_dir(Path(lapak.__file__).parent, quiet=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what says something of SQLite alone where the whole run is on PostgreSQL."""
    if postgres.ASKED and (left_out := [item for item in items if item.get_closest_marker("sqlite")]):
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("sqlite")]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading:
    return Spreading(config, log)


def pytest_collection_finish() -> None:
    """Spare the collector what stays until the end anyway, and call it less often: each app that a test builds is full of circles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


def make_config(data_dir: Path, **changes: object) -> Config:
    """Settings of a test's own; the environment of whoever runs the tests has no say."""
    values: dict[str, object] = {"data_dir": data_dir, "demo": True, "secret_key": "k" * 40, "port": 8000, "log_level": "ERROR", **changes}
    if postgres.ASKED:
        values.setdefault("database_url", postgres.url_of(data_dir))
    return Config(_env_file=None, **values)  # type: ignore[arg-type]


def drop_data(folder: Path) -> None:
    """Remove a folder's database where it is not in the folder."""
    if postgres.ASKED:
        postgres.shared().drop(postgres.name_of(folder))


def copy_data(source: Path, target: Path) -> None:
    """A data folder of one's own; only the static files are shared, which bear their content in their names and never change."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("static"))
    (target / "static").symlink_to(source / "static")
    if postgres.ASKED:
        postgres.shared().create(postgres.name_of(target), template=postgres.name_of(source))


class KeptTemplates(BytecodeCache):
    """Templates compiled once, for every app of this process."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = KeptTemplates()
DIALECTS: dict[tuple[str | None, str], Dialect] = {}
STATEMENTS: dict[object, object] = {}


def hasten(app: Flask) -> Flask:
    """Have an app use what those before it compiled, templates and statements, and write without waiting for the disk: no test cuts the power."""
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        for name, engine in db.engines.items():
            known = (name, engine.dialect.name)
            if known not in DIALECTS:
                engine.connect().close()  # a dialect asks its first connection what the database can do
            engine.dialect = DIALECTS.setdefault(known, engine.dialect)
            engine.update_execution_options(compiled_cache=STATEMENTS)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
    return app


@pytest.fixture(scope="session")
def template_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database built once by the real migrations, with Indonesia's regions and two sites; tests copy it."""
    folder = tmp_path_factory.mktemp("template")
    app = hasten(create_app(make_config(folder)))
    bring_up_to_date(app)
    with app.app_context():
        open_sites()
    dispose(app)
    return folder / "lapak.db"


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory, template_db: Path) -> tuple[Path, Cast]:
    """The same with the standing cast in it, who joined thirty days ago."""
    folder = tmp_path_factory.mktemp("peopled") / "data"
    copy_data(template_db.parent, folder)
    app = hasten(create_app(make_config(folder)))
    with app.app_context():
        cast = make_cast(now=NINE - timedelta(days=30))
    dispose(app)
    return folder, cast


@pytest.fixture
def config(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, template_db: Path) -> Iterator[Config]:
    folder = request.getfixturevalue("peopled")[0] if {"cast", "either"} & set(request.fixturenames) else template_db.parent
    copy_data(folder, tmp_path / "data")
    config = make_config(tmp_path / "data")
    if postgres.ASKED:
        monkeypatch.setenv("LAPAK_DATABASE_URL", config.database)  # for the processes that a test starts
    yield config
    drop_data(tmp_path / "data")


@pytest.fixture(scope="session", autouse=True)
def _no_child_outlives_the_tests() -> Iterator[None]:
    yield
    DARKROOM.close()
    LATER.close()
    postgres.shut()


class FreshClient(FlaskClient):
    """A client whose every request has an app context of its own, as on a server; the test's own context stays outside."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = hasten(create_app(config))
    app.test_client_class = FreshClient
    with app.app_context():
        yield app
    dispose(app)


@pytest.fixture
def reindex(app: Flask, config: Config) -> Callable[[], None]:
    """Call it to have the index of words say what the database says."""

    def run() -> None:
        rebuild(Writer(config.index))
        search_index()._looked = 0.0  # the next search looks again at once

    return run


def dispose(app: Flask) -> None:
    """Close an app's connections, so that no test leaves one behind."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, template_db: Path) -> Iterator[Market]:
    """A whole market, one for all tests of a file; each leaves it as it found it."""
    data = tmp_path_factory.mktemp("market") / "data"
    copy_data(template_db.parent, data)
    with open_market(hasten(create_app(make_config(data)))) as market:
        yield market
    drop_data(data)


@pytest.fixture
def now() -> datetime:
    return NINE


@pytest.fixture
def cast(app: Flask, peopled: tuple[Path, Cast]) -> Cast:
    """Seller, other seller, curator, admin of Jawa Tengah, and the same of Pariaman."""
    return peopled[1]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Actor | None], FlaskClient]:
    """A client in which somebody has just signed in (None: a stranger)."""

    return partial(signed_in, app)


@pytest.fixture
def visit(app: Flask) -> Visit:
    return Visit(app)


@pytest.fixture
def queries(app: Flask) -> Callable[[], count_queries]:
    return lambda: count_queries(app)
