"""kill -9 of a server under load: every order that was acknowledged is there, none twice, no unit lost or sold twice.

`make test-crash` and `make test-faults` do more rounds. A failure tells its seed: LAPAK_CRASH_SEED repeats its choices.
"""

import os
import random
from pathlib import Path

import pytest
from flask import Flask

from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.config import Config
from lapak.db.base import db
from lapak.kernel.clock import utc_now
from tests import postgres
from tests.conftest import dispose, make_config
from tests.crash.market import open_stalls
from tests.crash.rig import survive
from tests.factories import Cast, make_cast, open_sites

ROUNDS = int(os.environ.get("LAPAK_CRASH_ROUNDS", "3"))
SEED = int(os.environ.get("LAPAK_CRASH_SEED") or random.SystemRandom().randrange(10**6))


@pytest.mark.sqlite
def test_a_killed_server_keeps_its_word_on_sqlite(app: Flask, config: Config, cast: Cast) -> None:
    notes = survive(app, config, open_stalls(cast), rounds=ROUNDS, seed=_told())
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert len(notes.acknowledged) > ROUNDS


def test_a_killed_server_keeps_its_word_on_postgresql_and_so_does_a_killed_database(tmp_path: Path) -> None:
    with postgres.cluster(keeps_its_word=True) as server:
        config = make_config(tmp_path, database_url=server.new())
        app = create_app(config)
        bring_up_to_date(app)
        with app.app_context():
            open_sites()
            slugs = open_stalls(make_cast(now=utc_now()))
        try:
            notes = survive(app, config, slugs, rounds=max(2, ROUNDS // 5), seed=_told(), server=server)
        finally:
            dispose(app)
    assert len(notes.acknowledged) > ROUNDS


def _told() -> int:
    print(f"LAPAK_CRASH_SEED={SEED}")  # noqa: T201
    return SEED
