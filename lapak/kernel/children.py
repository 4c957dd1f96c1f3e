"""Child processes that open what strangers sent: what they are told, and the memory they may take."""

import os
import resource
import sys
from pathlib import Path


def environment() -> dict[str, str]:
    """Return a child's environment: not ours, since a broken reader must find no secret there.

    One malloc arena keeps threads from eating the address space.
    """
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path)  # noqa: PTH100 - resolving links would leave a virtual environment
    return {"PYTHONPATH": places, "MALLOC_ARENA_MAX": "1"}


def bound_memory(more: int) -> None:
    """Bound this process to so many bytes more than it holds now, and let it leave no core behind."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
