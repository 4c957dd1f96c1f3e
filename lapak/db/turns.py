"""Whose turn it is to write, among the processes that share a SQLite file.

SQLite lets a writer that waits look again after pauses of up to 100 ms, and in a rush the process that has just written is always there
first: the others starve. So they queue before it at two locks: who holds the first is next, and who holds the second writes. A process
that dies lets go of both.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOK_EVERY = 0.001
"""Seconds; short, because a write takes a few milliseconds, and only one thread of each process looks."""


@contextmanager
def turn(path: str, patience: float) -> Iterator[None]:
    """Wait for this process's turn to write the database at `path`, at most so many seconds; then SQLite's own lock decides."""
    until = time.monotonic() + patience
    following, writing = (os.open(f"{path}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for name in ("next", "turn"))
    try:
        if _locked(following, until):
            _locked(writing, until)
            fcntl.flock(following, fcntl.LOCK_UN)
        yield
    finally:
        os.close(writing)
        os.close(following)


def _locked(lock: int, until: float) -> bool:
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY)
