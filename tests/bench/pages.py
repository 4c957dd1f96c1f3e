"""What a page costs: SQL statements, bytes after compression, and CPU beside a bare Flask route, on a small and a large market."""

from datetime import timedelta
from pathlib import Path

import brotli
from flask import Flask

from lapak.app import create_app
from lapak.cli import bring_up_to_date
from lapak.kernel.clock import utc_now
from lapak.search.adapters import Writer
from lapak.search.service import rebuild
from lapak.web.access import public
from tests.bench.crowd import fill
from tests.bench.measure import Figure, cpu_of
from tests.conftest import dispose, make_config
from tests.factories import make_cast, open_sites
from tests.visiting import count_queries

SMALL = 1000
COLD_FLOOR = 0.12
"""A page rendered whole, beside a route that returns a constant (performance.md, 8, row 8); a page cache comes later."""
SQL_BOUNDS = {"home": 12, "listing": 5, "category": 5, "search": 5, "product": 6, "shop": 5, "editions": 5}
"""A listing as the second issue asks, a product one more since it shows testimonials; 2 for a listing once the page cache and its fragments are there (performance.md, 8)."""
HTML_BOUND = 14.0
"""Kilobytes after brotli 5: the most that still paints in the first round trips of slow 3G (performance.md, 6)."""


def figures(folder: Path, products: int) -> list[Figure]:
    small, large = _market(folder / "small", SMALL), _market(folder / "large", products)
    found = []
    for name, path in _paths(products).items():
        client = large.test_client()
        client.get(path)
        with count_queries(large) as sql:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found.append(Figure(f"sql.{name}", len(sql.statements), "statements", SQL_BOUNDS[name]))
        found.append(Figure(f"bytes.{name}", len(brotli.compress(answer.data, quality=5)) / 1024, "KB br", HTML_BOUND))
    constant = cpu_of(lambda: large.test_client().get("/bench-constant"), 200)
    for name in ("listing", "product"):
        here, there = _cpu(large, _paths(products)[name]), _cpu(small, _paths(SMALL)[name])
        found.append(Figure(f"cpu.{name}, large market / small", here / there, "ratio", 1.5))
        found.append(Figure(f"cpu.Flask constant / {name}", constant / here, "ratio", COLD_FLOOR, is_floor=True))
    for app in (small, large):
        dispose(app)
    return found


def _cpu(app: Flask, path: str) -> float:
    return cpu_of(lambda: app.test_client().get(path), 20)


def _market(folder: Path, products: int) -> Flask:
    app = create_app(make_config(folder))
    bring_up_to_date(app)

    @app.get("/bench-constant")
    @public
    def constant() -> str:
        return "ok"

    now = utc_now() - timedelta(hours=1)
    with app.app_context():
        open_sites()
        make_cast(now=now)
        fill(products, now=now)
        rebuild(Writer(make_config(folder).index))
    return app


def _paths(products: int) -> dict[str, str]:
    return {
        "home": "/", "listing": "/jelajah", "category": "/jelajah/camilan", "search": "/cari?q=keripik+pedas",
        "product": f"/produk/barang-{products // 2}", "shop": "/lapak/lapak-7", "editions": "/edisi",
    }  # fmt: skip
