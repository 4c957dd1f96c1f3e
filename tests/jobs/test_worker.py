"""Events become messages, one for each phone, and nothing is lost when a process dies."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select

from lapak.app import HEARS
from lapak.config import Config
from lapak.db.base import db
from lapak.db.outbox import Delivery, OutboxRow, announce, forget_done, post, relay, send_next
from lapak.db.session import Query, transaction
from lapak.editions.events import EditionPublished
from lapak.jobs import worker
from lapak.jobs.queue import Jobs, JsonSerializer
from lapak.jobs.registry import PERIODIC
from lapak.jobs.worker import Relay
from lapak.orders.events import OrderPlaced
from lapak.senders.outbound import NotSent, sender
from tests.factories import Cast, make_edition, make_product


def _untold() -> int:
    return Query(select(func.count()).select_from(OutboxRow).where(OutboxRow.told_at.is_(None)), int).first() or 0


def _written() -> list[str]:
    return Query(select(Delivery.phone).order_by(Delivery.id), str).all()


def _tell(name: str, keys: dict[str, object]) -> None:
    for listener in HEARS[name]:
        listener(**keys)


def _post(now: datetime, *phones: str) -> None:
    with transaction():
        for phone in phones:
            post(phone, "halo", now=now)


@dataclass
class Gateway:
    """Takes messages, but not for everybody; after one phone's message the process is gone."""

    refuses: set[str] = field(default_factory=set)
    dies_after: str = ""
    taken: list[str] = field(default_factory=list)
    asked: int = 0

    def __call__(self, phone: str, _text: str) -> None:
        self.asked += 1
        if phone in self.refuses:
            raise NotSent
        self.taken.append(phone)
        if phone == self.dies_after:
            raise KeyboardInterrupt


def _drain(gateway: Gateway, *, now: datetime) -> None:
    while send_next(gateway, now=now):
        pass


def _until(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def _relaying(app: Flask, relay: Callable[..., int]) -> Iterator[Relay]:
    thread = Relay(app, HEARS, relay, partial(send_next, lambda phone, text: sender().send(phone, text)), parent=None)
    thread.start()
    try:
        yield thread
    finally:
        thread.stopped.set()
        thread.join()


def _published(cast: Cast) -> None:
    """An edition goes out; what else was announced on the way is of no matter here."""
    make_edition(cast.curator, [make_product(cast.seller, now=datetime.now(UTC))], now=datetime.now(UTC))
    with transaction():
        db.session.execute(delete(OutboxRow).where(OutboxRow.name != "EditionPublished"))


def test_an_event_is_told_once_and_in_order(app: Flask, cast: Cast) -> None:
    _published(cast)
    told: list[str] = []
    for _ in range(2):
        relay(lambda name, _keys: told.append(name), now=datetime.now(UTC))
    assert told == ["EditionPublished"]


def test_an_event_whose_telling_fails_leaves_nothing_and_is_told_again_after_a_pause(app: Flask, cast: Cast) -> None:
    _published(cast)
    now = datetime.now(UTC)

    def fail(_name: str, _keys: dict[str, object]) -> None:
        post("+62811", "half", now=now)
        raise OSError

    assert relay(fail, now=now) == 0
    assert _untold() == 1
    assert _written() == []
    assert relay(_tell, now=now + timedelta(seconds=9)) == 0
    assert relay(_tell, now=now + timedelta(seconds=10)) == 1
    assert len(_written()) == 1


def test_an_event_that_cannot_be_told_holds_up_no_other(app: Flask, cast: Cast) -> None:
    now = datetime.now(UTC)
    with transaction():
        db.session.execute(delete(OutboxRow))
        announce(EditionPublished(edition_id=1), now=now)
        announce(OrderPlaced(order_id=1), now=now)
    told = []

    def tell(name: str, _keys: dict[str, object]) -> None:
        if name == "EditionPublished":
            raise ValueError
        told.append(name)

    assert relay(tell, now=now) == 1
    assert told == ["OrderPlaced"]


def test_a_recipient_whose_message_fails_does_not_double_the_others(app: Flask) -> None:
    now = datetime.now(UTC)
    _post(now, "+62811", "+62812", "+62813")
    gateway = Gateway(refuses={"+62812"})
    _drain(gateway, now=now)
    assert gateway.taken == ["+62811", "+62813"]
    gateway.refuses.clear()
    _drain(gateway, now=now + timedelta(seconds=9))
    assert gateway.taken == ["+62811", "+62813"]
    _drain(gateway, now=now + timedelta(seconds=10))
    assert gateway.taken == ["+62811", "+62813", "+62812"]


def test_a_process_killed_while_sending_repeats_only_the_message_in_hand(app: Flask) -> None:
    now = datetime.now(UTC)
    _post(now, "+62811", "+62812")
    gateway = Gateway(dies_after="+62812")
    with pytest.raises(KeyboardInterrupt):
        _drain(gateway, now=now)
    gateway.dies_after = ""
    _drain(gateway, now=now + timedelta(seconds=10))
    assert gateway.taken == ["+62811", "+62812", "+62812"]


def test_a_message_is_tried_with_growing_pauses_and_given_up_after_a_day(app: Flask) -> None:
    start = datetime.now(UTC)
    _post(start, "+62811")
    gateway = Gateway(refuses={"+62811"})
    tried, now = [], start
    while (due := Query(select(Delivery.next_at), lambda moment: moment).first()) is not None:
        now = due
        before = gateway.asked
        send_next(gateway, now=now)
        if gateway.asked > before:
            tried.append((now - start).total_seconds())
    assert tried == [0, 10, 70, 670, 4270, 25870]
    assert now - start > timedelta(days=1)
    assert not send_next(gateway, now=now + timedelta(days=30))


def test_done_rows_go_after_two_weeks_and_waiting_ones_stay(app: Flask, cast: Cast) -> None:
    _published(cast)
    now = datetime.now(UTC)
    relay(_tell, now=now)
    forget_done(now=now + timedelta(days=15))
    assert len(_written()) == 1
    _drain(Gateway(), now=now + timedelta(minutes=1))
    forget_done(now=now + timedelta(days=13))
    assert len(_written()) == 1
    with transaction():
        announce(OrderPlaced(order_id=1), now=now)
    _hourly_job(now + timedelta(days=15))
    assert _written() == []
    assert Query(select(OutboxRow.name), str).all() == ["OrderPlaced"]


def _hourly_job(now: datetime) -> None:
    """What the hourly job does, at another time."""
    with time_machine.travel(now, tick=False):
        PERIODIC["accounts.tasks.forget_old"][1]()


def test_a_published_edition_reaches_its_sellers(app: Flask, cast: Cast, config: Config) -> None:
    _published(cast)
    box = config.data_dir / "demo-inbox.jsonl"
    with _relaying(app, relay):
        assert _until(lambda: bool(Query(select(Delivery.id).where(Delivery.sent_at.is_not(None)), int).all()))
    (message,) = [line for line in box.read_text().splitlines() if "tampil di Edisi 1" in line]
    assert "+6281227450913" in message


def test_a_fault_of_any_kind_does_not_end_the_relay(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_FAULT", 0.01)
    faults: list[Exception] = [sqlite3.OperationalError("disk I/O error"), ValueError("odd"), OSError()]
    rounds: list[int] = []

    def faulty(_tell: object, *, now: datetime) -> int:
        rounds.append(1)
        if faults:
            raise faults.pop()
        return 0

    with _relaying(app, faulty) as thread:
        assert _until(lambda: len(rounds) >= 5)
        assert thread.is_alive()


def test_the_process_ends_with_its_relay(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, how: ended.append((pid, how)))
    thread = Relay(app, HEARS, relay, lambda **_keys: False, parent=1_000_000)
    thread.run()
    assert ended == [(os.getpid(), signal.SIGTERM)]


def test_entries_of_the_queue_are_plain_json(app: Flask, config: Config) -> None:
    jobs = Jobs(config.data_dir / "jobs.db", app)
    jobs.enqueue("orders.tasks.expire_orders")
    raw = jobs.huey.storage.dequeue()
    assert "orders.tasks.expire_orders" in str(json.loads(raw))
    assert JsonSerializer().deserialize(raw).kwargs == {}


@pytest.mark.parametrize("poison", [b"\x80\x04\x95cos\nsystem\n.", b"not json", b"{}"])
def test_a_message_that_is_not_ours_is_refused_without_running(poison: bytes) -> None:
    with pytest.raises((ValueError, KeyError, IndexError, TypeError)):
        JsonSerializer().deserialize(poison)


def _worker(config: Config, code: str = "") -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "LAPAK_DEMO": "1",
        "LAPAK_DATA_DIR": str(config.data_dir),
        "LAPAK_SECRET_KEY": "k" * 40,
        "LAPAK_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-c", f"import sys; sys.modules['rich'] = None\nfrom lapak.app import main\n{code}\nmain()", "worker"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def test_a_killed_worker_is_replaced_and_finishes_the_work(app: Flask, cast: Cast, config: Config) -> None:
    box = Path(config.data_dir / "demo-inbox.jsonl")
    _published(cast)
    for round_ in range(2):
        killed = _worker(config)
        time.sleep(0.3 * (round_ + 1))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    last = _worker(config)
    until = time.monotonic() + 25
    while (not box.exists() or "tampil di Edisi 1" not in box.read_text()) and time.monotonic() < until:
        time.sleep(0.1)
    last.terminate()
    assert last.wait(timeout=10) == 0
    assert "tampil di Edisi 1" in box.read_text()


SLOW_JOB = """
import time
from pathlib import Path
from lapak.jobs.registry import PERIODIC
def slow():
    Path({folder!r}, "begun").touch()
    until = time.monotonic() + 5
    while not Path({folder!r}, "go on").exists() and time.monotonic() < until:
        time.sleep(0.02)
    Path({folder!r}, "finished").touch()
PERIODIC["orders.tasks.expire_orders"] = ("*/5", slow)
"""


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_asked_to_stop_finishes_the_job_in_hand(app: Flask, config: Config, times: int) -> None:
    Jobs(config.data_dir / "jobs.db", app).enqueue("orders.tasks.expire_orders")
    process = _worker(config, SLOW_JOB.format(folder=str(config.data_dir)))
    assert _until((config.data_dir / "begun").exists)
    for _ in range(times):
        process.terminate()
        time.sleep(0.3)
    assert process.poll() is None
    (config.data_dir / "go on").touch()
    assert process.wait(timeout=10) == 0
    assert (config.data_dir / "finished").exists()


SLOW_SENDER = """
import time
from lapak.senders.demo import DemoInbox
send = DemoInbox.send
def slow(self, to, text):
    self.path.with_name("begun").touch()
    until = time.monotonic() + 5
    while not self.path.with_name("go on").exists() and time.monotonic() < until:
        time.sleep(0.02)
    send(self, to, text)
DemoInbox.send = slow
"""


def test_a_worker_asked_to_stop_finishes_the_message_in_hand_and_begins_no_other(app: Flask, config: Config) -> None:
    _post(datetime.now(UTC), "+62811", "+62812")
    process = _worker(config, SLOW_SENDER)
    assert _until((config.data_dir / "begun").exists)
    process.terminate()
    time.sleep(0.3)
    assert process.poll() is None
    (config.data_dir / "go on").touch()
    assert process.wait(timeout=10) == 0
    assert Query(select(Delivery.phone).where(Delivery.sent_at.is_not(None)), str).all() == ["+62811"]
    assert len((config.data_dir / "demo-inbox.jsonl").read_text().splitlines()) == 1
