import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lapak.kernel.errors import Invalid
from lapak.photos import rules
from lapak.photos.adapters.darkroom import Darkroom
from tests.payments.codes import drawn
from tests.photos.files import opened, photo, png_of_zeros, saved, scene

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
DIES = (sys.executable, "-c", "import os; os.kill(os.getpid(), 11)")
TALKS_NONSENSE = (
    sys.executable,
    "-c",
    "import socket; s = socket.socket(fileno=0); s.recv(9); s.sendall(b'HTTP/1.1 200 OK' * 99); s.recv(9)",
)
LIES = (
    sys.executable,
    "-c",
    "import socket, struct; s = socket.socket(fileno=0); s.recv(9); b = b'[1, 2]'; s.sendall(struct.pack('>I', len(b)) + b); s.recv(1 << 20)",
)


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    room = Darkroom()
    yield room
    room.close()


def pid_of(room: Darkroom) -> int:
    assert room._child is not None
    return room._child.process.pid


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_one_child_serves_photo_after_photo(darkroom: Darkroom) -> None:
    darkroom.develop(photo())
    first = pid_of(darkroom)
    darkroom.develop(photo("WEBP"))

    assert pid_of(darkroom) == first


def test_the_same_child_reads_codes_and_survives_a_bomb(darkroom: Darkroom) -> None:
    assert darkroom.read_codes(photo()) == []
    first = pid_of(darkroom)
    with pytest.raises(Invalid, match="megapiksel"):
        darkroom.read_codes(png_of_zeros(60_000, 60_000))

    assert darkroom.read_codes(saved(drawn("HALO", 8))) == ["HALO"]
    assert pid_of(darkroom) == first


def test_a_refused_photo_leaves_the_child_in_its_place(darkroom: Darkroom) -> None:
    darkroom.develop(photo())
    first = pid_of(darkroom)
    with pytest.raises(Invalid):
        darkroom.develop(photo()[:500])
    darkroom.develop(photo())

    assert pid_of(darkroom) == first


def test_a_child_is_replaced_after_so_many_photos() -> None:
    room = Darkroom(photos_per_child=2)
    pids = []
    for _ in range(3):
        room.develop(photo())
        pids.append(pid_of(room))
    room.close()

    assert pids[0] == pids[1] != pids[2]
    assert not is_alive(pids[0])
    assert not is_alive(pids[2])


def test_a_child_killed_while_idle_is_replaced_unnoticed(darkroom: Darkroom, caplog: pytest.LogCaptureFixture) -> None:
    darkroom.develop(photo())
    os.kill(pid_of(darkroom), signal.SIGKILL)
    wait_until(lambda: not is_running(pid_of(darkroom)))

    assert darkroom.develop(photo()).width == 640
    assert caplog.messages == []


def test_an_exchange_that_broke_off_leaves_nothing_to_the_next_person(darkroom: Darkroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_line: socket.socket, _into: memoryview) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(socket.socket, "recv_into", interrupted)
        with pytest.raises(KeyboardInterrupt):
            darkroom.develop(photo("PNG", 800, 600))

    assert darkroom.develop(photo()).width == 640


def test_a_child_killed_over_a_photo_is_replaced_and_the_photo_taken(darkroom: Darkroom) -> None:
    killed = kill_while_busy(darkroom, times=1)

    assert darkroom.develop(png_of_zeros(7_000, 5_600)).width == 2560
    assert killed() == 1


def test_a_photo_over_which_children_keep_dying_is_refused(darkroom: Darkroom) -> None:
    killed = kill_while_busy(darkroom, times=2)

    with pytest.raises(Invalid, match="terlalu berat"):
        darkroom.develop(png_of_zeros(7_000, 5_600))
    assert killed() == 2
    assert darkroom.develop(photo()).width == 640


def kill_while_busy(room: Darkroom, *, times: int) -> Callable[[], int]:
    """Kill the room's child as soon as it works on a photo, so many times; returns a function that tells how often it was."""
    room.develop(photo())
    pids: set[int] = set()

    def lurk() -> None:
        end = time.monotonic() + 8
        while len(pids) < times and time.monotonic() < end:
            child = room._child
            if child is not None and not child._is_in_between and child.process.pid not in pids:
                pids.add(child.process.pid)
                os.kill(child.process.pid, signal.SIGKILL)
            time.sleep(0.001)

    lurker = threading.Thread(target=lurk)
    lurker.start()

    def count() -> int:
        lurker.join()
        return len(pids)

    return count


@pytest.mark.parametrize("command", [DIES, TALKS_NONSENSE, LIES], ids=["dies", "nonsense", "lies"])
def test_a_child_that_cannot_work_refuses_photos_in_good_time(command: tuple[str, ...]) -> None:
    room, start = Darkroom(command, seconds=5), time.monotonic()

    with pytest.raises(Invalid, match="terlalu berat"):
        room.develop(photo())

    assert room._child is None
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("size", [1000, rules.MOST_BYTES])
def test_a_child_that_hangs_is_killed_when_the_time_is_up(size: int) -> None:
    room, start = Darkroom(SLEEPS, seconds=0.4), time.monotonic()

    with pytest.raises(Invalid, match="terlalu berat"):
        room.develop(bytes(size))

    assert 0.4 <= time.monotonic() - start < 1.5
    assert room._child is None


def test_after_a_hanging_child_the_next_photo_is_developed(darkroom: Darkroom) -> None:
    darkroom.develop(photo())
    os.kill(pid_of(darkroom), signal.SIGSTOP)
    darkroom._seconds = 0.4
    with pytest.raises(Invalid, match="terlalu berat"):
        darkroom.develop(photo())
    darkroom._seconds = 10

    assert darkroom.develop(photo()).width == 640


def test_who_waits_too_long_for_others_is_told_so() -> None:
    room, start = Darkroom(SLEEPS, seconds=0.5), time.monotonic()

    def send(_number: int) -> str:
        with pytest.raises(Invalid) as refused:
            room.develop(photo())
        return refused.value.fields["photo"]

    with ThreadPoolExecutor(5) as pool:
        said = set(pool.map(send, range(5)))

    assert rules.BUSY in said
    assert said <= {rules.BUSY, rules.TOO_HEAVY}
    assert time.monotonic() - start < 2


def test_many_threads_each_get_their_own_photo(darkroom: Darkroom) -> None:
    sizes = [(240 + 4 * number, 220 + 4 * number) for number in range(16)]

    def send(size: tuple[int, int]) -> bool:
        done = darkroom.develop(saved(scene(*size)))
        return {(done.width, done.height), *(opened(data).size for data in done.files.values())} == {size}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, sizes))


def test_no_secret_of_the_parent_reaches_the_child(darkroom: Darkroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAPAK_SECRET_KEY", "s" * 40)
    darkroom.develop(photo())

    assert b"LAPAK" not in Path(f"/proc/{pid_of(darkroom)}/environ").read_bytes()


def test_the_child_holds_nothing_open_but_its_line(darkroom: Darkroom) -> None:
    darkroom.develop(photo())
    fds = sorted(Path(f"/proc/{pid_of(darkroom)}/fd").iterdir())

    assert [fd.name for fd in fds] == ["0", "1", "2"]
    assert str(fds[0].readlink()).startswith("socket:")


def test_the_child_is_bounded_in_memory_files_and_time(darkroom: Darkroom) -> None:
    darkroom.develop(photo())
    lines = Path(f"/proc/{pid_of(darkroom)}/limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:].split()[0] for line in lines}

    assert 512 * 2**20 < int(limits["Max address space"]) < 1024 * 2**20
    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert 12 <= int(limits["Max cpu time"]) <= 14


def test_a_decoder_that_spins_dies_even_without_a_parent() -> None:
    spin = "from lapak.photos.adapters import develop as d; d.CPU_SECONDS = 1; d._bound_time()\nwhile True: pass"

    assert subprocess.run([sys.executable, "-c", spin], timeout=10, check=False).returncode == -signal.SIGXCPU


def test_the_child_goes_when_its_parent_does() -> None:
    code = (
        "import io, os, sys; from PIL import Image; from lapak.photos.adapters.darkroom import DARKROOM\n"
        "out = io.BytesIO(); Image.new('RGB', (300, 300)).save(out, 'JPEG'); DARKROOM.develop(out.getvalue())\n"
        "print(DARKROOM._child.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    pid = int(parent.stdout)

    wait_until(lambda: not is_running(pid))


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether a process works on; one that ended and waits for its new parent to notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
