"""`lapak serve` as an operator meets it: Ctrl-C ends everything, and what is killed comes back."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lapak.config import Config
from tests.journeys.stage import LAPAK, free_port, wait_for

SOON = 12.0


@pytest.fixture
def server(config: Config) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_LOG_LEVEL": "ERROR", "PORT": str(port)}
    process = subprocess.Popen([*LAPAK, "serve"], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_for(f"http://127.0.0.1:{port}/readyz")
    yield process, f"http://127.0.0.1:{port}"
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _family(process: subprocess.Popen[bytes], word: str) -> set[int]:
    """The processes of the server's session whose command line holds `word`."""
    found = set()
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.getsid(int(folder.name)) == process.pid and word in (folder / "cmdline").read_text():
                found.add(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _until(is_so: Callable[[], object]) -> bool:
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(("how", "everyone"), [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)])
def test_one_request_ends_every_process(server: tuple[subprocess.Popen[bytes], str], how: signal.Signals, everyone: bool) -> None:
    process, _url = server
    assert _until(lambda: _family(process, "worker"))
    (os.killpg if everyone else os.kill)(process.pid, how)
    assert process.wait(timeout=SOON) == 0
    assert _until(lambda: not _family(process, ""))


def test_a_killed_job_worker_comes_back(server: tuple[subprocess.Popen[bytes], str]) -> None:
    process, _url = server
    assert _until(lambda: _family(process, "--beside"))
    (first,) = _family(process, "--beside")
    os.kill(first, signal.SIGKILL)
    assert _until(lambda: _family(process, "--beside") - {first})


def test_a_killed_page_worker_is_replaced_and_the_site_stays_up(server: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = server
    pages = {pid for pid in _family(process, "serve") if pid != process.pid}
    os.kill(max(pages), signal.SIGKILL)
    answers = [httpx.get(f"{url}/healthz", timeout=5).status_code for _ in range(20)]
    assert answers.count(200) >= 19
    assert _until(lambda: {pid for pid in _family(process, "serve") if pid != process.pid} - pages)
