"""The stage once more, on a PostgreSQL of the tests' own."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.config import Config
from tests import postgres
from tests.conftest import NINE, FreshClient, dispose, hasten, make_config
from tests.factories import Cast, make_cast, open_sites
from tests.postgres import Cluster

Stage = tuple[Flask, Cast]
_names = count()


@pytest.fixture(scope="session")
def server() -> Cluster:
    return postgres.shared()


@pytest.fixture(scope="session")
def peopled_server(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Cast]:
    """The name of a database with Indonesia's regions, two sites and the cast in it; tests copy it."""
    app = hasten(create_app(make_config(tmp_path_factory.mktemp("peopled-server"), database_url=server.create("peopled"))))
    bring_up_to_date(app)
    with app.app_context():
        open_sites()
        cast = make_cast(now=NINE - timedelta(days=30))
    dispose(app)
    return "peopled", cast


@pytest.fixture
def pg_config(server: Cluster, peopled_server: tuple[str, Cast], tmp_path: Path) -> Iterator[Config]:
    name = f"copy_{next(_names)}"
    yield make_config(tmp_path / "pg", database_url=server.create(name, template=peopled_server[0]))
    server.drop(name)


@pytest.fixture
def pg(pg_config: Config, peopled_server: tuple[str, Cast]) -> Iterator[Stage]:
    app = hasten(create_app(pg_config))
    app.test_client_class = FreshClient
    with app.app_context():
        yield app, peopled_server[1]
    dispose(app)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Stage:
    """The same on each of the two databases."""
    if request.param == "sqlite":
        return request.getfixturevalue("app"), request.getfixturevalue("cast")
    stage: Stage = request.getfixturevalue("pg")
    return stage
