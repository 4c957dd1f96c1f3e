"""What a rush of orders costs: beside a raw loop on the same tables in the same minute, and as buyers of one product feel it.

The raw loop is one thread and the driver alone: it writes an order's row and takes the unit from the product, nothing more. An order of
ours also looks whether its form came before, at the buyer's pace, the price and the shop, and writes its lines and its news.
"""

import json
import os
import re
import secrets
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event, update

from lapak.app import create_app
from lapak.catalog.models import Product
from lapak.cli import bring_up_to_date
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.kernel.clock import utc_now
from tests import postgres
from tests.bench.measure import Figure
from tests.conftest import dispose, make_config
from tests.crash import market
from tests.crash.rig import LOCKED, WRITERS, Crowd, running
from tests.factories import make_cast, open_sites

PROCESSES = 2
SECONDS = 4.0
PAIRS = 3
PLENTY = 10**6
RUSH = 60.0
Recorded = list[tuple[str, Any]]


def figures(folder: Path, _products: int) -> list[Figure]:
    return [*_throughput(folder / "speed"), *_rush(folder / "rush"), *_hot_row(folder / "hot")]


def _opened(config: Config) -> tuple[Flask, list[str]]:
    app = create_app(config)
    bring_up_to_date(app)
    with app.app_context():
        open_sites()
        return app, market.open_stalls(make_cast(now=utc_now()))


def _endless(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Product).values(on_hand=PLENTY, received=PLENTY))


def _throughput(folder: Path) -> list[Figure]:
    config = make_config(folder)
    app, slugs = _opened(config)
    _endless(app)
    order = _essence(_record(app, slugs[0]))
    dispose(app)
    pairs = []
    for _ in range(PAIRS):
        raw = _raw_sqlite(folder / "lapak.db", order)
        ours, _ = _ours(config, slugs[0])
        pairs.append((ours / raw, ours, raw))
    ratio, ours, raw = sorted(pairs)[len(pairs) // 2]
    told = f"{ours:.0f} of {raw:.0f}/s; pairs {', '.join(f'{one[0]:.2f}' for one in sorted(pairs))}"
    print(f"orders on SQLite: {told}", file=sys.stderr)  # noqa: T201
    return [Figure("orders/s, 16 threads FULL / raw one-thread loop", ratio, "ratio", 0.5, is_floor=True)]


def _rush(folder: Path) -> list[Figure]:
    """Sixteen buyers at once over HTTP, until the one product is sold out; then none more."""
    config = make_config(folder)
    app, slugs = _opened(config)
    with running(config) as instance:
        crowd = Crowd(instance, slugs, seed=11, cancelled=0.0, hot=1.0)
        until = time.monotonic() + RUSH
        while len(crowd.notes.acknowledged) < market.HOT_UNITS and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1.0)
        crowd.leave()
    notes, said = crowd.notes, instance.log.read_text(errors="replace")
    with app.app_context():
        there, wrong = market.answers(), market.complaints()
    dispose(app)
    oversold = max(0, len(there) - market.HOT_UNITS)
    lost = len(notes.acknowledged.keys() - there.keys())
    doubled = sum(one.orders - 1 for one in there.values())
    print(f"rush: {len(there)} orders, {len(notes.refused)} refused, {dict(notes.answers)}", *notes.faults[:3], file=sys.stderr)  # noqa: T201
    return [
        Figure("orders, p99 of 16 buyers of one product", statistics.quantiles(notes.seconds, n=100)[-1], "s", 2.0),
        Figure("orders oversold, lost, doubled", oversold + lost + doubled + len(wrong), "orders", 0),
        Figure("orders that met a locked database", len(LOCKED.findall(said)) + len(notes.faults), "errors", 0),
    ]


def _hot_row(folder: Path) -> list[Figure]:
    """The statements of one of our orders on PostgreSQL in the order they have, and with the product's row taken first."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.cluster(keeps_its_word=True))
        url = server.new()
        app, slugs = _opened(make_config(folder, database_url=url))
        stack.callback(dispose, app)
        _endless(app)
        order = _essence(_record(app, slugs[0]))
        pairs = [(_raw_postgresql(url, order), _raw_postgresql(url, order[::-1])) for _ in range(PAIRS)]
    as_it_is, reverse = sorted(pairs, key=lambda pair: pair[0] / pair[1])[PAIRS // 2]
    told = f"{as_it_is:.0f} and {reverse:.0f}/s; pairs {', '.join(f'{one / other:.2f}' for one, other in pairs)}"
    print(f"hot row on PostgreSQL: {told}", file=sys.stderr)  # noqa: T201
    return [Figure("orders on PostgreSQL, row last / row first", as_it_is / reverse, "ratio", 1.5, is_floor=True)]


def _record(app: Flask, slug: str) -> Recorded:
    """The statements of one order, with what was put into them."""
    found: Recorded = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        found.append((statement, values))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        market.place(slug, "Rina", once="recorded", now=utc_now())
        event.remove(db.engine, "before_cursor_execute", note)
    return found


def _essence(recorded: Recorded) -> Recorded:
    """Of an order's statements those that no shop could do without, in their order."""
    return [one for one in recorded if re.match(r"INSERT INTO customer_order\b|UPDATE product SET", one[0])]


def _fresh(values: Any) -> Any:
    """The same values with keys that were not there before: an order's code and its token are the only long or coded words."""
    if isinstance(values, dict):
        return {name: secrets.token_hex(24) if name in {"code", "token_hash"} else value for name, value in values.items()}
    return tuple(secrets.token_hex(24) if _is_key(value) else value for value in values)


def _is_key(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9A-Z]{5,10}|[0-9a-f]{64}", value))


def _raw_sqlite(path: Path, order: Recorded) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            base.execute(f"PRAGMA {pragma}")

        def once() -> None:
            base.execute("BEGIN IMMEDIATE")
            for statement, values in order:
                base.execute(statement, _fresh(values))
            base.execute("COMMIT")

        return _rate(once)


def _raw_postgresql(url: str, order: Recorded) -> float:
    done, leaving = [0] * WRITERS, threading.Event()

    def write(number: int) -> None:
        with psycopg.connect(url, autocommit=False) as base:
            while not leaving.is_set():
                for statement, values in order:
                    base.execute(statement.encode(), _fresh(values))
                base.commit()
                done[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    leaving.set()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def _rate(once: Callable[[], None]) -> float:
    count, began = 0, time.monotonic()
    while time.monotonic() - began < SECONDS:
        once()
        count += 1
    return count / (time.monotonic() - began)


def _ours(config: Config, slug: str) -> tuple[float, list[float]]:
    """Orders per second of two processes with eight threads each, and how long each took."""
    environment = {**os.environ, "LAPAK_DATA_DIR": str(config.data_dir), "LAPAK_DEMO": "1", "LAPAK_SECRET_KEY": config.key.decode()}
    command = [sys.executable, "-m", "tests.bench.ordering", slug]
    writers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE) for _ in range(PROCESSES)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == b"ready\n"
    answers = []
    for writer in writers:
        assert writer.stdin
        writer.stdin.close()
    for writer in writers:
        assert writer.stdout
        answers.append(json.loads(writer.stdout.read()))
        writer.wait()
    seconds = [one for answer in answers for one in answer]
    return len(seconds) / SECONDS, seconds


def _write(slug: str) -> None:
    """One of the two processes."""
    app, taken, leaving = create_app(Config()), list[float](), threading.Event()

    def order() -> None:
        while not leaving.is_set():
            began = time.monotonic()
            with app.app_context():
                market.place(slug, "Rina", once=secrets.token_hex(8), now=utc_now())
            taken.append(time.monotonic() - began)

    with app.app_context():
        market.place(slug, "Rina", once=secrets.token_hex(8), now=utc_now())
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    threads = [threading.Thread(target=order) for _ in range(WRITERS // PROCESSES)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    leaving.set()
    count = len(taken)
    for thread in threads:
        thread.join()
    print(json.dumps(taken[:count]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _write(sys.argv[1])
