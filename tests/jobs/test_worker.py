"""Events become jobs, jobs become messages, and nothing is lost when a process dies."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lapak.app import HEARS
from lapak.config import Config
from lapak.db.outbox import OutboxRow, relay
from lapak.db.session import Query
from lapak.jobs.queue import Jobs, JsonSerializer
from lapak.jobs.worker import Relay
from tests.factories import Cast, make_edition, make_product


def _untold() -> int:
    return Query(select(func.count()).select_from(OutboxRow).where(OutboxRow.told_at.is_(None)), int).first() or 0


def _published(cast: Cast) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=datetime.now(UTC))], now=datetime.now(UTC))


def test_an_event_is_told_once_and_in_order(app: Flask, cast: Cast) -> None:
    _published(cast)
    told: list[str] = []
    for _ in range(2):
        relay(lambda name, _keys: told.append(name), now=datetime.now(UTC))
    assert told == ["EditionPublished"]


def test_an_event_whose_telling_fails_is_told_again(app: Flask, cast: Cast) -> None:
    _published(cast)

    def fail(_name: str, _keys: dict[str, object]) -> None:
        raise OSError

    with pytest.raises(OSError):
        relay(fail, now=datetime.now(UTC))
    assert _untold() == 1


def test_a_published_edition_reaches_its_sellers(app: Flask, cast: Cast, config: Config) -> None:
    _published(cast)
    jobs = Jobs(config.data_dir / "jobs.db", app)
    thread = Relay(app, jobs, HEARS, relay, parent=None)
    thread.start()
    task = None
    until = time.monotonic() + 5
    while task is None and time.monotonic() < until:
        task = jobs.huey.dequeue()
        time.sleep(0.02)
    thread.stopped.set()
    thread.join()
    assert task is not None
    jobs.huey.execute(task)
    box = (config.data_dir / "demo-inbox.jsonl").read_text()
    assert "tampil di Edisi 1" in box
    assert "+6281227450913" in box


def test_messages_in_the_queue_are_plain_json(app: Flask, config: Config) -> None:
    jobs = Jobs(config.data_dir / "jobs.db", app)
    jobs.enqueue("editions.tasks.tell_sellers", edition_id=7)
    raw = jobs.huey.storage.dequeue()
    assert {"edition_id": 7} in json.loads(raw)
    assert JsonSerializer().deserialize(raw).kwargs == {"edition_id": 7}


@pytest.mark.parametrize("poison", [b"\x80\x04\x95cos\nsystem\n.", b"not json", b"{}"])
def test_a_message_that_is_not_ours_is_refused_without_running(poison: bytes) -> None:
    with pytest.raises((ValueError, KeyError, IndexError, TypeError)):
        JsonSerializer().deserialize(poison)


def test_a_killed_worker_is_replaced_and_finishes_the_work(app: Flask, cast: Cast, config: Config) -> None:
    environment = {
        **os.environ,
        "LAPAK_DEMO": "1",
        "LAPAK_DATA_DIR": str(config.data_dir),
        "LAPAK_SECRET_KEY": "k" * 40,
        "LAPAK_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-c", "from lapak.app import main; main()", "worker"]
    box = Path(config.data_dir / "demo-inbox.jsonl")
    _published(cast)
    for round_ in range(3):
        worker = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        if round_ < 2:
            time.sleep(0.3 * (round_ + 1))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            continue
        until = time.monotonic() + 15
        while (not box.exists() or "tampil di Edisi 1" not in box.read_text()) and time.monotonic() < until:
            time.sleep(0.1)
        worker.terminate()
        assert worker.wait(timeout=10) == 0
    assert "tampil di Edisi 1" in box.read_text()
