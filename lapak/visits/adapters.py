"""Counting in the process that answers, and a timer that writes the counts down: no page waits for it.

A server that stops writes what it still holds; one that is killed loses the last seconds. A database that cannot be written to now is
tried again, and no page ever fails over a count.
"""

import os
import threading
from collections.abc import Callable, Mapping
from multiprocessing.util import Finalize

import structlog
from flask import Flask, current_app, g, request, session
from sqlalchemy.exc import OperationalError

from lapak.visits.rules import WORDS, Key, Seen, Source, Tally, is_person, source_named, source_of

WRITE_EVERY = 5.0
"""Seconds from the first count that waits until it is written."""
MOST_AT_ONCE = 2_000
"""Rows of one transaction, so that it stays short."""
FIRST = 0
"""Before anything else that ends with the process."""
_log = structlog.get_logger("visits")


class Counter:
    """The counts of one process. They are written when told to, and by a timer once `keep_writing` was called."""

    def __init__(self, app: Flask, write: Callable[[Mapping[Key, Seen]], None]) -> None:
        self.app, self.write, self.every = app, write, 0.0
        self.tally, self._writing = Tally(), threading.Lock()
        self._timer: threading.Timer | None = None
        self._winding, self._pid = threading.Lock(), 0

    def add(self, key: Key, seen: Seen) -> None:
        """Count, and see to it that it will be written."""
        self.tally.add(key, seen)
        if self.every and self._timer is None:
            self._wind()

    def flush(self) -> None:
        """Write what waits; what cannot be written now waits on."""
        with self._writing, self.app.app_context():
            while counts := self.tally.take(MOST_AT_ONCE):
                try:
                    self.write(counts)
                except OperationalError as error:
                    self.tally.give_back(counts)
                    _log.warning("visits wait", rows=len(counts), error=type(error.orig).__name__)
                    return
                except Exception:  # noqa: BLE001 - counts may be lost, but neither a page nor the counts after them
                    _log.exception("visits lost", rows=len(counts))

    def _wind(self) -> None:
        with self._winding:
            if self._timer is not None:
                return
            # The process that counts may be a fork of the one that built the app; only here is it known which one it is.
            if self._pid != os.getpid():
                self._pid = os.getpid()
                Finalize(None, self.flush, exitpriority=FIRST)
            self._timer = threading.Timer(self.every, self._ring)
            self._timer.daemon = True
            self._timer.start()

    def _ring(self) -> None:
        self._timer = None
        self.flush()
        if len(self.tally):
            self._wind()


def install(app: Flask, write: Callable[[Mapping[Key, Seen]], None]) -> None:
    """Give the app a counter, whose counts go to `write`."""
    app.extensions["visits"] = Counter(app, write)


def keep_writing(app: Flask) -> None:
    """Have the app's counts written every few seconds and at the end of the process: what a server asks for, and no test."""
    app.extensions["visits"].every = WRITE_EVERY


def note_view(product_id: int) -> None:
    """Count that somebody opened a listing's page, if it was somebody."""
    _note(product_id, came_from(), Seen(views=1))


def note_tap(product_id: int) -> None:
    """Count that somebody went on to a listing's order form."""
    _note(product_id, source_named(request.args.get("dari", "")), Seen(taps=1))


def came_from() -> Source:
    """Where the request at hand came from."""
    return source_of(request.referrer or "", host=request.host)


def named() -> str | None:
    """How an address tells where the request at hand came from; None for outside."""
    return WORDS.get(came_from())


def _note(product_id: int, source: Source, seen: Seen) -> None:
    headers = request.headers
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    # Whoever is signed in sells or decides here: a seller's look at their own listing is no visit.
    is_known = bool(session.get("_user_id"))
    if is_known or not is_person(request.method, headers.get("User-Agent", ""), purpose, headers.get("Cache-Control", "")):
        return
    counter: Counter = current_app.extensions["visits"]
    counter.add(Key(product_id, g.site.today(g.now), source), seen)
