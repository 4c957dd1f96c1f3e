"""A real server under a rush of orders, killed at any moment and started anew; what it promised must be so afterwards."""

import http.client
import itertools
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from lapak.config import Config
from tests import postgres
from tests.crash import market
from tests.crash.market import PLACED, filled
from tests.journeys.stage import LAPAK, free_port, wait_for

WRITERS = 16
CANCELLED = 0.15
"""The part of buyers who take their order back at once."""
HOT = 0.6
"""The part of buyers who want the one product."""
LOAD = (0.05, 0.8)
"""Seconds of a round's rush, from the first order that was answered to the kill."""
WAITS = 30.0
FAULT = 500
LOCKED = re.compile(r"database is locked|database not available|deadlock", re.IGNORECASE)


@dataclass
class Instance:
    """The processes of one instance, killed and started as one."""

    config: Config
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    up: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start the server, its workers and the job worker, and wait until they answer."""
        self.port = free_port()
        environment = {
            **os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(self.config.data_dir), "LAPAK_DATABASE_URL": self.config.database_url,
            "LAPAK_SECRET_KEY": self.config.key.decode(), "LAPAK_TRUSTED_PROXIES": "1", "LAPAK_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*LAPAK, "serve", "--port", str(self.port)], env=environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(f"http://127.0.0.1:{self.port}/readyz")
        self.up.set()

    def kill(self) -> None:
        """Kill every process of the instance at once."""
        assert self.process
        self.up.clear()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in peace."""
        self.up.clear()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=WAITS)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Notes:
    """What buyers were told; each buyer orders once, under a name of their own."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    maybe_cancelled: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    repeated: int = 0


class Crowd:
    """So many buyers at once, one order after the other, until told to leave."""

    def __init__(
        self, instance: Instance, slugs: list[str], *, seed: int, writers: int = WRITERS, cancelled: float = CANCELLED, hot: float = HOT
    ) -> None:
        self.instance, self.slugs, self.cancelled, self.hot = instance, slugs, cancelled, hot
        self.notes, self.leaving, self.outage = Notes(), threading.Event(), threading.Event()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._run, args=(random.Random(f"{seed}/{n}"),), daemon=True) for n in range(writers)]
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Take no new order; wait until each that was sent is answered."""
        self.leaving.set()
        for thread in self._threads:
            thread.join(timeout=WAITS)
        if any(thread.is_alive() for thread in self._threads):
            self.notes.faults.append("a buyer never got an answer")

    def _run(self, chance: random.Random) -> None:
        while not self.leaving.is_set():
            buyer = Buyer(self, f"Pembeli {next(self._numbers)}", chance)
            try:
                buyer.buy()
            except Exception as error:  # noqa: BLE001 - a thread's fault is the test's
                self.notes.faults.append(f"{buyer.name}: {type(error).__name__}: {error}")


class Buyer:
    """Somebody with a phone and a network of their own, who presses the button again when nothing comes back."""

    def __init__(self, crowd: Crowd, name: str, chance: random.Random) -> None:
        self.crowd, self.name, self.chance = crowd, name, chance
        self.address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        self.cookie = ""

    def buy(self) -> None:
        """Fill the form of a product's page and send it until there is an answer."""
        notes, slugs = self.crowd.notes, self.crowd.slugs
        path = market.order_path(slugs[0] if self.chance.random() < self.crowd.hot else self.chance.choice(slugs[1:]))
        status, _, page = self._ask("GET", path)
        if status != http.client.OK:
            self._look_at(status, path)
            time.sleep(0.01)
            return
        form = filled(page, self.name)
        status, location, _ = self._ask("POST", path, form)
        self._look_at(status, path)
        if status == http.client.SEE_OTHER and (found := PLACED.search(location)):
            notes.acknowledged[self.name] = found[1]
            if self.chance.random() < self.crowd.cancelled:
                self._cancel(found[1], form["csrf_token"])
        elif status in {http.client.CONFLICT, http.client.SEE_OTHER}:
            notes.refused.add(self.name)
        else:
            notes.faults.append(f"{self.name}: {status} {location}")

    def _cancel(self, token: str, csrf: str) -> None:
        path, tries = market.cancel_path(token), self.crowd.notes.repeated
        self.crowd.notes.maybe_cancelled.add(self.name)
        status, _, _ = self._ask("POST", path, {"csrf_token": csrf})
        self._look_at(status, path)
        if status == http.client.SEE_OTHER:
            self.crowd.notes.cancelled.add(self.name)
        elif status != http.client.CONFLICT or tries == self.crowd.notes.repeated:  # cancelled before the kill, and told only now
            self.crowd.notes.faults.append(f"{self.name}: {status} for taking the order back")

    def _look_at(self, status: int, path: str) -> None:
        self.crowd.notes.answers[status] += 1
        if status >= FAULT or status == http.client.TOO_MANY_REQUESTS:
            self.crowd.notes.faults.append(f"{self.name}: {status} at {path}")

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Ask until somebody answers: status, where to, and the page."""
        while True:
            assert self.crowd.instance.up.wait(WAITS), "the instance stays away"
            began, during = time.perf_counter(), self.crowd.outage.is_set()
            try:
                answer = self._ask_once(method, path, form)
            except (OSError, http.client.HTTPException):
                self.crowd.notes.repeated += form is not None
                time.sleep(0.02)
                continue
            if answer[0] == http.client.SERVICE_UNAVAILABLE and (during or self.crowd.outage.is_set()):
                self.crowd.notes.repeated += form is not None
                time.sleep(0.05)
                continue
            if form is not None:
                self.crowd.notes.seconds.append(time.perf_counter() - began)
            return answer

    def _ask_once(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.crowd.instance.port, timeout=WAITS)
        headers = {"X-Forwarded-For": self.address, "Accept-Encoding": "identity"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return answer.status, answer.getheader("Location") or "", page


@contextmanager
def running(config: Config) -> Iterator[Instance]:
    """An instance on the data of `config`."""
    instance = Instance(config, config.data_dir / "server.log")
    instance.start()
    try:
        yield instance
    finally:
        instance.stop()


def survive(app: Flask, config: Config, slugs: list[str], *, rounds: int, seed: int, server: postgres.Cluster | None = None) -> Notes:
    """Kill the instance in so many rounds under load, and fail when anything that it promised is not so.

    With a PostgreSQL `server` every second round kills that instead, under an instance that goes on.
    """
    chance = random.Random(seed)
    with running(config) as instance:
        crowd = Crowd(instance, slugs, seed=seed)
        for number in range(rounds):
            _wait_for_orders(crowd)
            time.sleep(chance.uniform(*LOAD))
            if server and number % 2:
                _cut_the_power(server, crowd)
            else:
                instance.kill()
                with app.app_context():
                    assert (market.complaints(), number) == ([], number)
                    market.restock(slugs)
                instance.start()
        _wait_for_orders(crowd)
        crowd.leave()
    said = instance.log.read_text(errors="replace")
    notes = crowd.notes
    assert notes.faults[:5] == []
    assert server or not LOCKED.findall(said), said[-2000:]
    with app.app_context():
        assert market.complaints() == []
        _check(notes)
    return notes


def _wait_for_orders(crowd: Crowd) -> None:
    begun, until = len(crowd.notes.acknowledged), time.monotonic() + WAITS
    while len(crowd.notes.acknowledged) < begun + WRITERS // 2:
        assert time.monotonic() < until, (crowd.notes.answers, crowd.notes.faults[:5])
        time.sleep(0.01)


def _cut_the_power(server: postgres.Cluster, crowd: Crowd) -> None:
    crowd.outage.set()
    server.kill()
    time.sleep(0.2)
    server.start()
    time.sleep(0.5)
    crowd.outage.clear()


def _check(notes: Notes) -> None:
    """Hold what the tables say against what buyers were told."""
    there = market.answers()
    assert {name: one.orders for name, one in there.items() if one.orders != 1} == {}, "twice"
    assert notes.acknowledged.keys() - there.keys() == set(), "lost"
    assert there.keys() - notes.acknowledged.keys() == set(), "made, but never told"
    assert notes.refused & there.keys() == set(), "made, though refused"
    assert {name for name in notes.cancelled if there[name].state != "cancelled"} == set(), "not taken back"
    assert {name for name in there.keys() - notes.maybe_cancelled if there[name].state != "placed"} == set(), "changed by nobody"
    assert {name for name, token in notes.acknowledged.items() if market.buyer_of(token) != name} == set(), "the link opens another order"
