"""`make bench`: every figure with its bound, a table, and `var/bench.json` ({name: {value, unit, bound, ok}}).

Ratios are paired in one run, since absolute times on shared hardware move by half from minute to minute; the few absolute figures
are bounds that people feel (start, a photo, a search) and are taken as the best of a few tries.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import desks, kits, ordering, pages, photos, running, searching
from tests.bench.measure import Figure

GROUPS: tuple[tuple[str, Callable[[Path, int], list[Figure]]], ...] = (
    ("pages", pages.figures), ("photos", photos.figures), ("desks", desks.figures), ("kits", kits.figures),
    ("search", searching.figures), ("orders", ordering.figures), ("running", running.figures),
)  # fmt: skip
PRODUCTS = 100_000


def main() -> int:
    """Measure, print, write; exit code 1 when a bound is broken."""
    products = int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS
    found: list[Figure] = []
    for name, figures in GROUPS:
        began = time.monotonic()
        folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-"))
        try:
            found += figures(folder, products)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)  # noqa: T201
    for figure in found:
        print(figure.line())  # noqa: T201
    target = Path("var/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({figure.name: figure.as_json() for figure in found}, indent=1), encoding="utf-8")
    return 0 if all(figure.ok for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
