"""A process that is killed anywhere in a publication leaves the old state whole, and the next finishes it once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lapak.config import Config
from lapak.db.outbox import OutboxRow
from lapak.db.session import Query
from lapak.editions.models import Entry
from lapak.editions.queries import public
from lapak.editions.rules.calendar import Plan, State
from lapak.editions.service import choosing, entering, kits, planning, publishing
from tests.factories import JATENG, WHY, Cast, edition_rows, make_product

KILLED = """
import os, signal
from lapak.app import create_app
from lapak.config import Config
from lapak.db.base import db
from lapak.editions.service import publishing
from lapak.kernel.clock import utc_now
def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
{patch}
with create_app(Config()).app_context():
    publishing.publish_due(now=utc_now())
"""
AFTER_COMMIT = """
commit = db.session.commit
def commit_and_die():
    commit()
    die()
db.session.commit = commit_and_die
"""
POINTS = [
    "publishing.line_up", "publishing.draw", "publishing._answer_the_others", "publishing.catalog.mark_curated", "publishing.announce",
    "db.session.commit",
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_publication_killed_before_its_commit_has_not_begun_and_happens_once(app: Flask, cast: Cast, config: Config, point: str) -> None:
    _schedule(cast)
    assert _killed(config, f"{point} = die") == (State.SCHEDULED, 0, 0)
    assert [publishing.publish_due(now=datetime.now(UTC)) for _ in range(2)] == [1, 0]
    assert _state() == (State.PUBLISHED, 2, 1)


def test_a_publication_killed_after_its_commit_is_done_and_not_done_again(app: Flask, cast: Cast, config: Config) -> None:
    _schedule(cast)
    assert _killed(config, AFTER_COMMIT) == (State.PUBLISHED, 2, 1)
    assert publishing.publish_due(now=datetime.now(UTC)) == 0
    assert _state() == (State.PUBLISHED, 2, 1)
    assert kits.make_next(now=datetime.now(UTC))


def _schedule(cast: Cast) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    planning.plan(Plan(1, "Teman ngopi sore", "", before + timedelta(minutes=30)), region_code=JATENG, by=cast.curator, now=before)
    for seller in (cast.seller, cast.other_seller):
        entering.nominate("1", make_product(seller, now=before), region_code=JATENG, by=cast.curator, now=before)
    for row in edition_rows():
        choosing.put_in("1", row.code, reason=WHY, region_code=JATENG, by=cast.curator, now=before)
        publishing.wave("1", row.code, reason=WHY, region_code=JATENG, by=cast.curator, now=before)
    publishing.schedule("1", base="", region_code=JATENG, by=cast.curator, now=before, accepts_short=True)


def _killed(config: Config, patch: str) -> tuple[State, int, int]:
    """Publish in a process that is killed where `patch` says; return what it left."""
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_SECRET_KEY": "k" * 40}
    ended = subprocess.run([sys.executable, "-c", KILLED.format(patch=patch)], env=environment, stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == -signal.SIGKILL
    return _state()


def _state() -> tuple[State, int, int]:
    """What became of the edition: its state, stalls that were drawn, announcements that were written."""
    edition = public.by_number(JATENG, 1)
    assert edition
    drawn = Query(select(func.count(Entry.stall)), int).first() or 0
    announced = Query(select(func.count()).select_from(OutboxRow).where(OutboxRow.name == "EditionPublished"), int).first() or 0
    return edition.state, drawn, announced
