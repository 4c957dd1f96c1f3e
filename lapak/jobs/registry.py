"""Where rooms enter the jobs that the clock starts. A job calls one service function and bears being run twice."""

from collections.abc import Callable
from typing import Any, TypeVar

Job = Callable[..., Any]
J = TypeVar("J", bound=Job)

PERIODIC: dict[str, tuple[str, Job]] = {}


def name_of(job: Job) -> str:
    """Return a job's name in the queue."""
    return f"{job.__module__.removeprefix('lapak.')}.{job.__name__}"


def every(minutes: str) -> Callable[[J], J]:
    """Enter a job that the clock starts; `minutes` as in crontab, e.g. "*/5"."""

    def enter(job: J) -> J:
        PERIODIC[name_of(job)] = (minutes, job)
        return job

    return enter
