"""What the curators' desk costs with a full edition: SQL statements, CPU beside the public listing, and the wall time that a judge feels."""

import json
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from lapak.accounts.rules import Role
from lapak.app import create_app
from lapak.catalog.models import Product
from lapak.cli import bring_up_to_date
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.editions.models import Entry, Score
from lapak.editions.queries import public
from lapak.editions.service import choosing, judging
from lapak.kernel.clock import utc_now
from tests.bench.crowd import PER_SHOP, fill
from tests.bench.measure import Figure, cpu_of
from tests.conftest import dispose, make_config
from tests.factories import JATENG, edition_rows, make_call, make_cast, make_official, open_sites
from tests.visiting import count_queries, signed_in

ENTRIES = 300
SQL_BOUNDS = {"entries": 14, "judge": 12, "list": 11, "ready": 11}
RATIO = 6.0
"""The desk shows 300 entries, each with what was scored; the listing beside it shows 24."""
WAIT = 1.0
"""Seconds; no page of the desk takes longer (the issue's promise to judges)."""


def figures(folder: Path, _products: int) -> list[Figure]:
    app = create_app(make_config(folder))
    bring_up_to_date(app)
    with app.app_context():
        curator = _judged_edition()
        client = signed_in(app, curator)
    found = []
    visitor = app.test_client()
    listing = cpu_of(lambda: visitor.get("/jelajah"), 20)
    code = _next(client)
    for name, path in {
        "entries": "/kurasi/1",
        "judge": f"/kurasi/1/nilai/{code}",
        "list": "/kurasi/1/daftar",
        "ready": "/kurasi/1/siap",
    }.items():
        with count_queries(app) as sql:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found += [
            Figure(f"desk.{name}, {ENTRIES} entries", len(sql.statements), "statements", SQL_BOUNDS[name]),
            Figure(f"desk.{name} / listing, CPU", cpu_of(lambda path=path: client.get(path), 3) / listing, "ratio", RATIO),  # type: ignore[misc]
            Figure(f"desk.{name}, wall", statistics.median(_seconds(client, path) for _ in range(5)), "s", WAIT),
        ]
    dispose(app)
    return found


def _judged_edition() -> Any:
    """Three hundred entries of as many shops: two judges gave their scores to most, one to the rest; return a third curator."""
    now = utc_now() - timedelta(days=6)
    open_sites()
    cast = make_cast(now=now)
    fill(ENTRIES * PER_SHOP, now=now)
    edition_id = make_call(cast.curator, now=now)
    rows = Query(select(Product.id, Product.shop_id).where(Product.code.like("b%0")).order_by(Product.id), lambda *row: row).all()
    chosen = list({shop: product for product, shop in rows}.items())[:ENTRIES]
    base = {"edition_id": edition_id, "source": "seller", "entered_at": now, "own_work_at": now, "stays_in_pool": True, "shares_figures": True,
            "standing": "entered", "is_waved": False, "shown_name": "", "entered_by": cast.curator.id}  # fmt: skip
    with transaction():
        db.session.execute(
            insert(Entry),
            [{**base, "shop_id": shop, "product_id": product, "code": f"p{number:07}"} for number, (shop, product) in enumerate(chosen)],
        )
    second, third = (make_official(f"+62811270012{last}", f"Kurator {last}", Role.CURATOR, JATENG, now=now) for last in (1, 2))
    later = now + timedelta(days=5, hours=1)
    first = edition_rows()[0]
    judging.give(
        "1",
        first.code,
        dict.fromkeys(("attractive", "quality", "packaging", "safe"), 4),
        remark="",
        region_code=JATENG,
        by=cast.curator,
        now=later,
    )
    with transaction():
        scores = [
            {"entry_id": row.id, "curator_id": judge.id, "note": "", "given_at": later, "replaced_at": None,
             "given": json.dumps({"attractive": 1 + row.id % 5, "quality": 4, "packaging": 3, "safe": 5})}
            for row in edition_rows() for judge in ((cast.curator, second) if row.id % 10 else (second,)) if (row.id, judge) != (first.id, cast.curator)
        ]  # fmt: skip
        db.session.execute(insert(Score), scores)
    choosing.compose("1", region_code=JATENG, by=cast.curator, now=later)
    assert public.totals(edition_id).entries == ENTRIES
    return third


def _next(client: FlaskClient) -> str:
    return str(client.get("/kurasi/1/nilai").location).rpartition("/")[2]


def _seconds(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return time.perf_counter() - began
