"""A server that stops writes the visits it still holds."""

import os
import signal
import subprocess
from datetime import UTC, datetime

import httpx
from flask import Flask
from sqlalchemy import func, select

from lapak.config import Config
from lapak.db.session import Query
from lapak.visits.models import VisitDay
from tests.factories import Cast, make_product
from tests.journeys.stage import LAPAK, free_port, wait_for

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"}


def test_a_server_that_is_asked_to_stop_loses_no_visit(app: Flask, config: Config, cast: Cast) -> None:
    slug, port = make_product(cast.seller, now=datetime.now(UTC)), free_port()
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_LOG_LEVEL": "ERROR", "PORT": str(port)}
    process = subprocess.Popen([*LAPAK, "serve"], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        for _ in range(20):  # a connection for each, so that both processes answer
            assert httpx.get(f"http://127.0.0.1:{port}/produk/{slug}", headers=PHONE).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert Query(select(func.coalesce(func.sum(VisitDay.views), 0)), int).all() == [20]
