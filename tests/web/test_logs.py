import logging
import time
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from lapak.app import create_app
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import READ
from lapak.web.logs import mask
from tests.conftest import FreshClient, dispose
from tests.web.conftest import Fail, Logged


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hubungi 0812 2745 0913 ya", "hubungi [phone] ya"),
        ("+6281227450913", "[phone]"),
        ("6281227450913", "[phone]"),
        ("0812-2745-0913", "[phone]"),
        ("081227450913", "[phone]"),
        ("NIK 3374012345678901", "NIK [number]"),
        ("tulis ke ema@jatengprov.go.id", "tulis ke [mail]"),
        ("Rp18.000 untuk 24 bungkus", "Rp18.000 untuk 24 bungkus"),
        ("2026-11-24T02:00:00", "2026-11-24T02:00:00"),
        ("", ""),
    ],
)
def test_numbers_and_addresses_of_people_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", ["8" * 100_000, "0812 " * 20_000, "a@" * 50_000, "a." * 50_000 + "@", "+62" * 30_000])
def test_masking_is_quick_whatever_the_text(text: str) -> None:
    start = time.process_time()
    mask(text)
    assert time.process_time() - start < 0.5


@pytest.fixture
def told(log: Logged, config: Config) -> Iterator[tuple[Flask, Logged]]:
    app = create_app(config.model_copy(update={"log_level": "INFO"}))
    app.test_client_class = FreshClient
    yield app, log
    dispose(app)


def test_a_request_is_one_line_with_its_route_and_without_what_was_typed(told: tuple[Flask, Logged]) -> None:
    app, log = told
    app.test_client().get("/pesanan/rahasia-rahasia?kirim=0812")
    (line,) = log()

    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", "/pesanan/<token>", 404)
    assert line["ms"] >= 0
    assert not {"rahasia", "0812"} & {str(value) for value in line.values()}
    assert "rahasia" not in str(line)


def test_a_path_without_a_route_is_not_repeated(told: tuple[Flask, Logged]) -> None:
    app, log = told
    app.test_client().get("/rahasia%0d%0ainjected")

    assert [line["route"] for line in log()] == [None]
    assert "rahasia" not in str(log())


def test_signing_in_leaves_neither_number_nor_code_in_the_log(told: tuple[Flask, Logged]) -> None:
    app, log = told
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/masuk", data={"phone": "0812 2745 0999"})
    with app.app_context():
        text = app.extensions["sender"].newest(1)[0].text
    client.post("/masuk/kode", data={"code": "123456"})

    assert len(log()) == 2
    assert not [word for word in ("0999", "123456", text) if word in str(log())]


def test_a_line_break_in_a_value_begins_no_line(told: tuple[Flask, Logged]) -> None:
    _, log = told
    structlog.get_logger("test").warning("odd", value='a\r\n{"event": "forged"}', phone="0812 2745 0913", deep={"x": ["081227450913"]})

    assert [(line["event"], line["value"], line["phone"], line["deep"]) for line in log()] == [
        ("odd", 'a\r\n{"event": "forged"}', "[phone]", {"x": ["[phone]"]})
    ]


def test_lines_of_other_libraries_are_json_and_masked_too(told: tuple[Flask, Logged]) -> None:
    _, log = told
    logging.getLogger("somebody.else").warning("sent to %s", "0812 2745 0913")

    assert [line["event"] for line in log()] == ["sent to [phone]"]


def test_a_fault_is_logged_by_its_frames(failing: tuple[Flask, Fail], log: Logged) -> None:
    app, fail = failing
    fail(RuntimeError("rahasia"))
    app.test_client().get("/uji")
    line = next(line for line in log() if line["event"] == "unexpected")

    assert line["trace"][-1].startswith("conftest.py:")
    assert "rahasia" not in str(line)


def _fail_with(text: str) -> None:
    raise ValueError(text)


@pytest.mark.parametrize("logger", ["structlog", "standard library"])
def test_an_exception_is_logged_by_its_type_and_frames_whoever_logs_it(told: tuple[Flask, Logged], logger: str) -> None:
    _, log = told
    try:
        _fail_with("tidak terkirim ke 0812 2745 0913, rahasia")
    except ValueError:
        (structlog.get_logger("test") if logger == "structlog" else logging.getLogger("somebody.else")).exception("failed")
    (line,) = log()

    assert (line["event"], line["error"]) == ("failed", "ValueError")
    assert line["trace"][-1].startswith("test_logs.py:")
    assert line["trace"][-1].endswith(" _fail_with")
    assert not [word for word in ("0913", "rahasia", "Traceback") if word in str(line)]


@pytest.mark.parametrize("bind", [None, READ])
def test_a_database_error_does_not_repeat_what_was_asked(told: tuple[Flask, Logged], bind: str | None) -> None:
    app, _ = told
    with app.app_context(), db.engines[bind].connect() as connection, pytest.raises(SQLAlchemyError) as caught:
        connection.execute(sql("SELECT nothing FROM nowhere WHERE phone = :phone"), {"phone": "+6281227450913"})

    assert "0913" not in str(caught.value)
