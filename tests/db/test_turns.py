"""Processes that share a SQLite file write one after the other, each in its turn; a dead one holds up nobody."""

import fcntl
import subprocess
import sys
import threading
import time
from pathlib import Path

from lapak.db.turns import turn

HOLDER = """
import sys, time
from lapak.db.turns import turn
with turn(sys.argv[1], 5):
    print("mine", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time_comes_through(tmp_path: Path) -> None:
    inside, most = list[int](), list[int]()

    def pass_through(number: int) -> None:
        with turn(str(tmp_path / "lapak.db"), 5):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    threads = [threading.Thread(target=pass_through, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (set(most), len(most)) == ({1}, 16)


def test_who_waits_comes_before_who_has_just_written(tmp_path: Path) -> None:
    path, told = str(tmp_path / "lapak.db"), list[str]()

    def other() -> None:
        with turn(path, 5):
            told.append("other")

    thread = threading.Thread(target=other)
    with turn(path, 5):
        thread.start()
        until = time.monotonic() + 5
        while not _is_taken(f"{path}-next") and time.monotonic() < until:
            time.sleep(0.001)
    with turn(path, 5):
        told.append("again")
    thread.join()
    assert told == ["other", "again"]


def _is_taken(path: str) -> bool:
    with Path(path).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_killed_holder_lets_go_and_a_living_one_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = str(tmp_path / "lapak.db")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"mine\n"
    began = time.monotonic()
    with turn(path, 0.05):
        assert time.monotonic() - began >= 0.05
    holder.kill()
    holder.wait()
    began = time.monotonic()
    with turn(path, 5):
        assert time.monotonic() - began < 1
