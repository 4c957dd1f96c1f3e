"""Apps with a few routes that fail on purpose, and their log as lines of JSON."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from lapak.app import create_app
from lapak.config import Config
from lapak.web import errors
from lapak.web.access import public
from tests.conftest import FreshClient, dispose

Fail = Callable[[Exception], None]
Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """What is logged by an app that is made after this, as dictionaries. Loggers keep their first stream, so they are made anew."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    vars(errors._log).pop("bind", None)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines() if line.startswith("{")]
    vars(errors._log).pop("bind", None)


@pytest.fixture
def failing(log: Logged, config: Config) -> Iterator[tuple[Flask, Fail]]:
    """An app whose route `/uji` raises what a test asks it to."""
    app = create_app(config.model_copy(update={"log_level": "INFO"}))
    app.test_client_class = FreshClient
    wanted: list[Exception] = []

    @app.route("/uji", methods=["GET", "POST"])
    @public
    def fail() -> str:
        raise wanted.pop()

    yield app, wanted.append
    dispose(app)
