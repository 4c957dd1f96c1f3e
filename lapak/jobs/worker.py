"""The worker: runs the jobs of the clock, and beside them the relay, which tells announced events and sends their messages."""

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence

import structlog
from flask import Flask

from lapak.jobs.queue import STOP_WITHIN, Jobs
from lapak.jobs.registry import Job
from lapak.kernel.clock import utc_now

RELAY_EVERY = 0.5
AFTER_FAULT = 5.0
_log = structlog.get_logger("worker")


class Relay(threading.Thread):
    """Tells events and sends messages, one at a time, until told to stop. When it ends for another reason, so does the process."""

    def __init__(
        self,
        app: Flask,
        hears: Mapping[str, Sequence[Job]],
        relay: Callable[..., int],
        send_next: Callable[..., bool],
        *,
        parent: int | None,
    ) -> None:
        super().__init__(name="relay", daemon=True)
        self.app, self.hears, self.relay, self.send_next, self.parent = app, hears, relay, send_next, parent
        self.stopped = threading.Event()

    def run(self) -> None:
        """Work until stopped; a fault is logged and the work goes on."""
        pause = RELAY_EVERY
        try:
            while not self.stopped.wait(pause) and not self._is_orphan():
                pause = self._round()
        finally:
            if not self.stopped.is_set():
                os.kill(os.getpid(), signal.SIGTERM)

    def _round(self) -> float:
        try:
            with self.app.app_context():
                now = utc_now()
                self.relay(self._tell, now=now)
                return 0.0 if self.send_next(now=now) else RELAY_EVERY
        except Exception:  # noqa: BLE001 - a thread that ends would leave messages unsent
            _log.exception("relay failed")
            return AFTER_FAULT

    def _tell(self, event: str, keys: dict[str, object]) -> None:
        for listener in self.hears.get(event, []):
            listener(**keys)

    def _is_orphan(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent


def run(jobs: Jobs, relay: Relay) -> None:
    """Work until SIGTERM, SIGINT or the end of the relay.

    SIGTERM lets the job in hand and the message in hand finish, within eight seconds each. What SIGINT or SIGKILL cuts off is
    not lost: messages wait in the database, and the clock starts its jobs again.
    """
    relay.start()
    try:
        jobs.consumer().run()
    finally:
        relay.stopped.set()
        relay.join(timeout=STOP_WITHIN)
