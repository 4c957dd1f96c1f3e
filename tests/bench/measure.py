"""A figure with its bound, and how to take one."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """What was measured; `bound` is the most it may be (the least, when `is_floor`)."""

    name: str
    value: float
    unit: str
    bound: float
    is_floor: bool = False

    @property
    def ok(self) -> bool:
        return self.value >= self.bound if self.is_floor else self.value <= self.bound

    def as_json(self) -> dict[str, object]:
        return {"value": round(self.value, 4), "unit": self.unit, "bound": self.bound, "ok": self.ok}

    def line(self) -> str:
        sign = ">=" if self.is_floor else "<="
        return f"{'ok  ' if self.ok else 'OVER'} {self.name:<44} {self.value:>10.3f} {self.unit:<12} {sign} {self.bound:g}"


def cpu_of(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call, the median of five rounds of `times` calls."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times)
    return statistics.median(rounds)


def p95(work: Callable[[str], object], inputs: list[str]) -> float:
    """The 95th percentile of the wall time of one call, in milliseconds."""
    taken = []
    for one in inputs:
        began = time.perf_counter()
        work(one)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def pss(pid: int) -> float:
    """Proportional memory of a process in megabytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    found, new = [pid], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return [one for one in found if os.path.exists(f"/proc/{one}")]  # noqa: PTH110
