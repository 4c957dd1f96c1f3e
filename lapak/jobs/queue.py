"""The queue of the clock's jobs: huey on a SQLite file beside the database. Its entries are JSON with plain values only, never pickle.

A job that a dead process leaves behind is not run again from here: the clock starts it anew.
"""

import json
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from lapak.jobs.registry import PERIODIC

STOP_WITHIN = 8.0
"""Seconds that the job in hand has to finish after SIGTERM."""
_log = structlog.get_logger("jobs")


class JsonSerializer(Serializer):
    """Turns huey's messages into JSON and back; a message with anything but plain values is refused."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps([_moment_out(value) for value in data]).encode()

    def _deserialize(self, data: bytes) -> Any:
        values = [_moment_in(value) for value in json.loads(data)]
        values[Message._fields.index("args")] = tuple(values[Message._fields.index("args")] or ())
        return Message(*values)


def _moment_out(value: Any) -> Any:
    return {"moment": value.isoformat()} if isinstance(value, datetime) else value


def _moment_in(value: Any) -> Any:
    return datetime.fromisoformat(value["moment"]) if isinstance(value, dict) and set(value) == {"moment"} else value


class PatientConsumer(Consumer):
    """Finishes the job in hand on SIGTERM, however many come: a service manager and `lapak serve` both send one."""

    def _handle_signal(self, signum: int, frame: Any) -> None:
        super()._handle_signal(signum, frame)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Jobs:
    """All registered jobs on one queue; each runs inside the app's context."""

    def __init__(self, path: Path, app: Flask) -> None:
        self.huey = SqliteHuey(filename=str(path), results=False, serializer=JsonSerializer(), fsync=True, strict_fifo=True)
        self._tasks = {
            name: self.huey.periodic_task(crontab(minute=minutes), name=name)(_inside(app, name, job))
            for name, (minutes, job) in PERIODIC.items()
        }

    def consumer(self) -> PatientConsumer:
        """Return what runs the queue until SIGTERM, which is graceful, or SIGINT, which is not."""
        return PatientConsumer(
            self.huey, workers=1, periodic=True, check_worker_health=True, initial_delay=0.1, max_delay=1.0,
            graceful_signal="TERM", shutdown_timeout=STOP_WITHIN,
        )  # fmt: skip

    def enqueue(self, name: str) -> None:
        """Start a job now, besides the clock."""
        self._tasks[name]()


def _inside(app: Flask, name: str, job: Callable[..., Any]) -> Callable[..., Any]:
    def run() -> None:
        with app.app_context():
            try:
                job()
            except Exception:  # noqa: BLE001 - logged with its frames; the clock starts the job again
                _log.exception("job failed", job=name)

    run.__name__ = name.replace(".", "_")
    return run
