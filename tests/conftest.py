"""The stage of every test: an app on a fresh database, a standing cast, factories, and `visit()`, which looks at each page."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from lapak.accounts.rules import Actor
from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.config import Config
from lapak.db.base import db
from lapak.search.adapters import Writer
from lapak.search.adapters import index as search_index
from lapak.search.service import rebuild
from tests.factories import Cast, make_cast, open_sites
from tests.market import Market, open_market
from tests.visiting import Visit, count_queries, signed_in

NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Nine in the morning, WIB, on a Tuesday."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


def make_config(data_dir: Path, **changes: object) -> Config:
    """Settings of a test's own; the environment of whoever runs the tests has no say."""
    values: dict[str, object] = {"data_dir": data_dir, "demo": True, "secret_key": "k" * 40, "port": 8000, "log_level": "ERROR", **changes}
    return Config(_env_file=None, **values)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def template_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database built once by the real migrations, with Indonesia's regions and two sites; tests copy it."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(make_config(folder))
    bring_up_to_date(app)
    with app.app_context():
        open_sites()
    dispose(app)
    return folder / "lapak.db"


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory, template_db: Path) -> tuple[Path, Cast]:
    """The same with the standing cast in it, who joined thirty days ago."""
    folder = tmp_path_factory.mktemp("peopled") / "data"
    shutil.copytree(template_db.parent, folder)
    app = create_app(make_config(folder))
    with app.app_context():
        cast = make_cast(now=NINE - timedelta(days=30))
    dispose(app)
    return folder, cast


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path, template_db: Path) -> Config:
    folder = request.getfixturevalue("peopled")[0] if "cast" in request.fixturenames else template_db.parent
    shutil.copytree(folder, tmp_path / "data")
    return make_config(tmp_path / "data")


class FreshClient(FlaskClient):
    """A client whose every request has an app context of its own, as on a server; the test's own context stays outside."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once, not once per test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("bytecode")))


@pytest.fixture
def app(config: Config, bytecode: FileSystemBytecodeCache) -> Iterator[Flask]:
    app = create_app(config)
    app.test_client_class = FreshClient
    app.jinja_env.bytecode_cache = bytecode
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
def market(tmp_path_factory: pytest.TempPathFactory, template_db: Path, bytecode: FileSystemBytecodeCache) -> Iterator[Market]:
    """A whole market, one for all tests of a file; each leaves it as it found it."""
    data = tmp_path_factory.mktemp("market") / "data"
    shutil.copytree(template_db.parent, data)
    with open_market(make_config(data)) as market:
        market.app.jinja_env.bytecode_cache = bytecode
        yield market


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
