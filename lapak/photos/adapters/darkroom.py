"""The darkroom: photos of strangers are opened in a child process, one at a time, watched by the clock.

Each web worker keeps one child, started at its first photo; the job worker keeps one that steps back for everybody else. A child that
hangs is killed, one that died is replaced.
"""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from lapak.kernel.children import environment
from lapak.kernel.errors import Invalid
from lapak.kernel.words import say
from lapak.photos import rules
from lapak.photos.adapters import frames

SECONDS = 10.0
PHOTOS_PER_CHILD = 200
COMMAND = (sys.executable, "-P", "-m", "lapak.photos.adapters.develop")
NICENESS = 10

_log = logging.getLogger(__name__)
Order = dict[str, Any]


class Darkroom:
    """One child and the lock before its door; safe to share between threads.

    An order takes at most twice `seconds`: once waiting for others, once for its own photo.
    """

    def __init__(
        self, command: Sequence[str] = COMMAND, *, seconds: float = SECONDS, photos_per_child: int = PHOTOS_PER_CHILD, niceness: int = 0
    ) -> None:
        self._command = ("nice", "-n", str(niceness), *command) if niceness else command
        self._seconds = seconds
        self._photos_per_child = photos_per_child
        self._door = threading.Lock()
        self._child: _Child | None = None

    def develop(self, data: bytes, *, square_at: int | None = None) -> rules.Developed:
        """Return the files of `rules.FIRST_FILES`; raise Invalid for a file that cannot be a photo, or that the child cannot bear.

        `square_at` cuts out a square first, so many percent along the longer side.
        """
        return self._answer({"do": "develop", "square_at": square_at}, data)

    def finish(self, master: bytes) -> rules.Developed:
        """Return the files of `rules.later_files`; raise Invalid for a master that cannot be read, or that the child cannot bear."""
        return self._answer({"do": "finish"}, master)

    def read_codes(self, data: bytes) -> list[str]:
        """Return what the QR codes in a picture say, at most `rules.MOST_CODES` of them; raise Invalid as `develop` does."""
        return self._answer({"do": "read"}, data).codes

    def _answer(self, order: Order, data: bytes) -> rules.Developed:
        if not self._door.acquire(timeout=self._seconds):
            raise Invalid({"photo": rules.BUSY})
        try:
            return self._patiently(order, data, until=time.monotonic() + self._seconds)
        finally:
            self._door.release()

    def close(self) -> None:
        """End the child; the next photo starts another."""
        with self._door:
            self._end()

    def _patiently(self, order: Order, data: bytes, *, until: float) -> rules.Developed:
        # Twice, because a child that was killed from outside says nothing against the photo.
        for _ in range(2):
            child = self._started()
            try:
                return child.answer(order, data, until=until)
            except TimeoutError:
                self._end()
                _log.warning("a photo took longer than %s seconds", self._seconds)
                break
            except (EOFError, OSError, ValueError) as error:
                self._end()
                _log.warning("the darkroom's child died (%s, exit code %s)", type(error).__name__, child.process.returncode)
        raise Invalid({"photo": rules.TOO_HEAVY})

    def _started(self) -> "_Child":
        if self._child and (not self._child.is_waiting() or self._child.photos >= self._photos_per_child):
            self._end()
        if self._child is None:
            self._child = _Child(self._command)
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.end()
        self._child = None


class _Child:
    def __init__(self, command: Sequence[str]) -> None:
        self.photos = 0
        self._is_in_between = True
        self.line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment(), cwd="/", start_new_session=True
            )

    def answer(self, order: Order, data: bytes, *, until: float) -> rules.Developed:
        self.photos += 1
        self._is_in_between = False
        for message in (json.dumps(order).encode(), data):
            frames.send(self.line, message, until=until)
        match json.loads(frames.receive(self.line, until=until)):
            case {"refused": str(text), "values": dict(values), "why": str(why)}:
                self._is_in_between = True
                _log.info("a photo was refused (%s)", why)
                raise Invalid({"photo": say(text, **values)})
            case {"codes": list(codes)} if all(isinstance(code, str) for code in codes):
                self._is_in_between = True
                return rules.Developed(0, 0, "", {}, codes)
            case {"width": int(width), "height": int(height), "color": str(color), "names": list(names)} if set(names) <= set(rules.FILES):
                files = {name: frames.receive(self.line, until=until) for name in names}
                self._is_in_between = True
                return rules.Developed(width, height, color, files)
        raise ValueError("not an answer of ours")

    def is_waiting(self) -> bool:
        # An exchange that broke off half-way would hand its leftovers to the next person.
        return self._is_in_between and self.process.poll() is None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.line.close()


DARKROOM = Darkroom()
LATER = Darkroom(niceness=NICENESS)
"""For what nobody waits for: it yields to every page."""
