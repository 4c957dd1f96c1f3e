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


class Loop(threading.Thread):
    """Works round after round until told to stop. When it ends for another reason, so does the process."""

    def __init__(self, name: str, app: Flask, work: Callable[[], float], *, parent: int | None) -> None:
        """Call `work` inside the app's context; it returns how many seconds to wait before the next round."""
        super().__init__(name=name, daemon=True)
        self.app, self.work, self.parent = app, work, parent
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
                return self.work()
        except Exception:  # noqa: BLE001 - a thread that ends would leave its work undone
            _log.exception(f"{self.name} failed")
            return AFTER_FAULT

    def _is_orphan(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent


class Relay(Loop):
    """Tells events and sends messages, one at a time."""

    def __init__(
        self,
        app: Flask,
        hears: Mapping[str, Sequence[Job]],
        relay: Callable[..., int],
        send_next: Callable[..., bool],
        *,
        parent: int | None,
    ) -> None:
        super().__init__("relay", app, self._tell_and_send, parent=parent)
        self.hears, self.relay, self.send_next = hears, relay, send_next

    def _tell_and_send(self) -> float:
        now = utc_now()
        self.relay(self._tell, now=now)
        return 0.0 if self.send_next(now=now) else RELAY_EVERY

    def _tell(self, event: str, keys: dict[str, object]) -> None:
        for listener in self.hears.get(event, []):
            listener(**keys)


def run(jobs: Jobs, loops: Sequence[Loop]) -> None:
    """Work until SIGTERM, SIGINT or the end of a loop.

    SIGTERM lets the job in hand and the message in hand finish, within eight seconds each. What SIGINT or SIGKILL cuts off is
    not lost: messages wait in the database, and the clock starts its jobs again.
    """
    for loop in loops:
        loop.start()
    try:
        jobs.consumer().run()
    finally:
        for loop in loops:
            loop.stopped.set()
        for loop in loops:
            loop.join(timeout=STOP_WITHIN)
