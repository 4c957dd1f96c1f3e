import errno
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import default_exceptions

from lapak.accounts.models import LoginSession, SignInCode
from lapak.accounts.rules import Actor
from lapak.app import create_app
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from tests.conftest import dispose, make_config
from tests.factories import Cast, make_product
from tests.visiting import check_page
from tests.web.conftest import Fail, Logged

SignIn = Callable[[Actor | None], FlaskClient]
Failing = tuple[Flask, Fail]


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("Tidak ada."), 404),
        (NotAllowed("Bukan untuk Anda."), 403),
        (Conflict("%(name)s habis.", name="Keripik 100%"), 409),
        (Invalid({"name": "Tulis nama", "price": "Tulis harga"}), 422),
        (TooMany("Tunggu.", retry_after=90), 429),
    ],
)
def test_a_refusal_becomes_a_page_with_its_own_words(failing: Failing, refusal: Exception, status: int) -> None:
    app, fail = failing
    fail(refusal)
    answer = app.test_client().get("/uji")

    assert answer.status_code == status
    words = refusal.fields.values() if isinstance(refusal, Invalid) else [str(refusal)]
    assert all(text in check_page(answer.text, "/uji").get_text() for text in words)


def test_too_many_tells_machines_when_to_come_back(failing: Failing) -> None:
    app, fail = failing
    fail(TooMany("Tunggu.", retry_after=90))

    assert app.test_client().get("/uji").headers["Retry-After"] == "90"


def test_words_of_a_refusal_are_escaped(failing: Failing) -> None:
    app, fail = failing
    fail(Conflict("%(name)s habis.", name="<script>alert(1)</script>"))

    assert "<script>alert" not in app.test_client().get("/uji").text


@pytest.mark.parametrize(
    "fault", [RuntimeError("rahasia 0812 2745 0913"), KeyError("rahasia"), ZeroDivisionError(), RecursionError("rahasia")]
)
def test_a_fault_shows_a_code_that_is_in_the_log_and_nothing_else(failing: Failing, log: Logged, fault: Exception) -> None:
    app, fail = failing
    fail(fault)
    answer = app.test_client().get("/uji")
    found = re.search(r"G-[0-9A-Z]{5}", check_page(answer.text, "/uji").get_text())
    assert found
    line = next(line for line in log() if line.get("code") == found[0])

    assert (answer.status_code, line["route"], line["error"]) == (500, "/uji", type(fault).__name__)
    assert not any(word in answer.text for word in ("rahasia", "Traceback", type(fault).__name__, ".py"))
    assert "rahasia" not in str(log())


def test_two_faults_have_two_codes(failing: Failing) -> None:
    app, fail = failing
    for _ in range(2):
        fail(RuntimeError())
    codes = {re.findall(r"G-[0-9A-Z]{5}", app.test_client().get("/uji").text)[0] for _ in range(2)}

    assert len(codes) == 2


def test_a_script_that_asks_for_json_gets_the_sentence_and_the_code(failing: Failing) -> None:
    app, fail = failing
    fail(RuntimeError("rahasia"))
    answer = app.test_client().get("/uji", headers={"Accept": "application/json"})

    assert answer.status_code == 500
    assert answer.json
    assert answer.json["code"].startswith("G-")
    assert "rahasia" not in answer.text


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_is_a_pause_and_no_fault(failing: Failing, number: int) -> None:
    app, fail = failing
    fail(OSError(number, "rahasia"))
    answer = app.test_client().get("/uji")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "rahasia" not in answer.text


def test_a_query_of_ours_that_is_wrong_is_a_fault_and_no_pause(failing: Failing) -> None:
    app, fail = failing
    broken = sqlite3.OperationalError("no such column: rahasia")
    broken.sqlite_errorname = "SQLITE_ERROR"
    fail(OperationalError("SELECT rahasia", {}, broken))

    assert app.test_client().get("/uji").status_code == 500


def test_a_broken_promise_of_the_database_is_a_fault(failing: Failing) -> None:
    app, fail = failing
    fail(IntegrityError("INSERT", {"phone": "+6281227450913"}, Exception("UNIQUE")))

    assert app.test_client().get("/uji").status_code == 500


def test_any_http_error_has_a_page_of_ours(failing: Failing) -> None:
    app, fail = failing
    for status in (400, 401, 404, 405, 410, 413, 415, 418, 501, 503):
        fail(default_exceptions[status]())
        answer = app.test_client().get("/uji")
        assert answer.status_code == status
        assert check_page(answer.text, "/uji").select("main h1")


def test_an_error_page_wears_the_regions_design(client: FlaskClient) -> None:
    page = check_page(client.get("/d/pariaman/tidak-ada").text, "404")

    assert page.select("html")[0]["data-wilayah"] == "pariaman"
    assert page.select("main a")[0]["href"] == "/d/pariaman/"


# A database that is away


def lose_patience(app: Flask) -> None:
    """Let the app wait 50 ms for a lock instead of five seconds; its connections must not be open yet."""
    for engine in db.engines.values():
        engine.dispose()

        @event.listens_for(engine, "connect")
        def _hurry(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout = 50")


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Hold the database's write lock from outside."""
    with closing(sqlite3.connect(config.data_dir / "lapak.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def codes() -> int:
    return Query(select(func.count()).select_from(SignInCode), int).all()[0]


@pytest.mark.sqlite
def test_a_locked_database_is_said_and_heals_by_itself(app: Flask, config: Config, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    lose_patience(app)
    with locked(config):
        answer = client.post("/masuk", data={"phone": "0812 2745 0999"})
        page = check_page(answer.text, "/masuk")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "belum tersimpan" in page.get_text()
    assert codes() == 0
    assert client.post("/masuk", data={"phone": "0812 2745 0999"}).status_code == 303


@pytest.mark.sqlite
def test_pages_are_read_while_somebody_writes(app: Flask, config: Config, cast: Cast, sign_in: SignIn) -> None:
    seller, slug = sign_in(cast.seller), make_product(cast.seller, now=utc_now())
    lose_patience(app)
    with locked(config):
        answers = [seller.get(path).status_code for path in ("/", f"/produk/{slug}", "/cari?q=keripik", "/dasbor", "/readyz")]

    assert answers == [200] * 5


@pytest.mark.sqlite
def test_somebody_who_returns_to_a_locked_database_gets_a_page_too(app: Flask, config: Config, cast: Cast, sign_in: SignIn) -> None:
    seller = sign_in(cast.seller)
    with transaction():
        db.session.execute(update(LoginSession).values(seen_at=utc_now() - timedelta(hours=1)))
    lose_patience(app)
    with locked(config):
        answer = seller.get("/dasbor")
    assert answer.status_code == 503
    assert check_page(answer.text, "/dasbor").select("main h1")
    assert seller.get("/dasbor").status_code == 200


@pytest.mark.sqlite
def test_a_database_that_is_gone_is_said_on_every_page(app: Flask, config: Config, cast: Cast, sign_in: SignIn) -> None:
    seller = sign_in(cast.seller)
    dispose(app)
    (config.data_dir / "lapak.db").rename(config.data_dir / "away.db")
    (config.data_dir / "lapak.db").mkdir()
    for path, client in (("/", seller), ("/dasbor", seller), ("/cari?q=x", app.test_client())):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
        check_page(answer.text, path)
    assert (seller.get("/healthz").status_code, seller.get("/readyz").status_code) == (200, 503)


def test_an_instance_without_tables_lives_and_is_not_ready(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = create_app(make_config(tmp_path_factory.mktemp("empty")))
    client = app.test_client()

    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)
    dispose(app)


def test_an_instance_without_a_site_says_so(app: Flask, client: FlaskClient) -> None:
    with transaction():
        db.session.execute(db.text("DELETE FROM category"))
        db.session.execute(db.text("DELETE FROM site"))
    answer = client.get("/")

    assert answer.status_code == 503
    assert (client.get("/readyz").status_code, client.get("/d/jateng/").status_code) == (200, 404)
    check_page(answer.text, "/")
