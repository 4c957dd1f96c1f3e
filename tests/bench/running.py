"""What it is like to run: the first answer after a start, and memory at rest."""

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.bench.measure import Figure, family, pss
from tests.journeys.stage import LAPAK, free_port

STARTS = 4
AT_REST = 4.0


def figures(folder: Path, _products: int) -> list[Figure]:
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(folder), "LAPAK_LOG_LEVEL": "ERROR"}
    subprocess.run([*LAPAK, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    starts = [_start(environment) for _ in range(STARTS)]
    seconds = min(taken for taken, _ in starts[1:])  # the first one compiles the templates
    return [
        Figure("start, first answer", seconds, "s", 1.5),
        Figure("memory at rest, server and two workers", starts[-1][1]["pages"], "MB PSS", 250),
        Figure("memory at rest, job worker", starts[-1][1]["jobs"], "MB PSS", 300),
    ]


def _start(environment: dict[str, str]) -> tuple[float, dict[str, float]]:
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen([*LAPAK, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.01)
        seconds = time.monotonic() - began
        time.sleep(AT_REST)
        jobs = [pid for pid in family(process.pid) if b"--beside" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        below = {pid for job in jobs for pid in family(job)}
        pages = [pid for pid in family(process.pid) if pid not in below]
        return seconds, {"pages": sum(map(pss, pages)), "jobs": sum(map(pss, below))}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
