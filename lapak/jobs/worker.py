"""The worker: runs the queue, and beside it the relay that turns announced events into jobs (every half second)."""

import os
import signal
import threading
from collections.abc import Callable

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from lapak.jobs.queue import Jobs
from lapak.jobs.registry import Job, name_of
from lapak.kernel.clock import utc_now

RELAY_EVERY = 0.5
Tell = Callable[..., int]
_log = structlog.get_logger("worker")


class Relay(threading.Thread):
    """Reads the outbox and enqueues what its events call for, until told to stop."""

    def __init__(self, app: Flask, jobs: Jobs, hears: dict[str, list[Job]], relay: Tell, *, parent: int | None) -> None:
        super().__init__(name="relay", daemon=True)
        self.app, self.jobs, self.hears, self.relay, self.parent = app, jobs, hears, relay, parent
        self.stopped = threading.Event()

    def run(self) -> None:
        """Relay until stopped; a fault of the database is logged and tried again."""
        while not self.stopped.wait(RELAY_EVERY):
            if self.parent is not None and os.getppid() != self.parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            try:
                with self.app.app_context():
                    self.relay(self._tell, now=utc_now())
            except SQLAlchemyError as error:
                _log.warning("relay waits for the database", error=type(error).__name__)

    def _tell(self, event: str, keys: dict[str, object]) -> None:
        for job in self.hears.get(event, []):
            self.jobs.enqueue(name_of(job), **keys)


def run(app: Flask, jobs: Jobs, hears: dict[str, list[Job]], relay: Tell, *, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until the process `parent` is gone; jobs in hand are finished first."""
    relay_thread = Relay(app, jobs, hears, relay, parent=parent)
    relay_thread.start()
    consumer = jobs.huey.create_consumer(workers=1, periodic=True, check_worker_health=True, initial_delay=0.1, max_delay=1.0)
    try:
        consumer.run()
    finally:
        relay_thread.stopped.set()
        relay_thread.join(timeout=5)
