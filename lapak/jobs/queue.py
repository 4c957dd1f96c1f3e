"""The queue: huey on a SQLite file beside the database. Messages are JSON with plain keys only, never pickle."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from huey import SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer

from lapak.jobs.registry import PERIODIC, TASKS

RETRIES = 5
RETRY_DELAY = 10
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


class Jobs:
    """All registered jobs on one queue; each runs inside the app's context."""

    def __init__(self, path: Path, app: Flask) -> None:
        self.huey = SqliteHuey(filename=str(path), results=False, serializer=JsonSerializer(), fsync=True, strict_fifo=True)
        self._tasks = {
            name: self.huey.task(name=name, retries=RETRIES, retry_delay=RETRY_DELAY)(_inside(app, name, job))
            for name, job in TASKS.items()
        }
        for name, (minutes, job) in PERIODIC.items():
            self.huey.periodic_task(crontab(minute=minutes), name=name)(_inside(app, name, job))

    def enqueue(self, name: str, **keys: Any) -> None:
        """Put a job into the queue."""
        self._tasks[name](**keys)


def _inside(app: Flask, name: str, job: Callable[..., Any]) -> Callable[..., Any]:
    def run(**keys: Any) -> None:
        with app.app_context():
            try:
                job(**keys)
            except Exception:
                _log.exception("job failed", job=name, keys=keys)
                raise

    run.__name__ = name.replace(".", "_")
    return run
