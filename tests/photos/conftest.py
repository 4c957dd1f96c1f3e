from pathlib import Path

from lapak.photos.adapters.darkroom import DARKROOM
from tests.photos.files import photo


def child_pid() -> int:
    assert DARKROOM._child is not None
    return DARKROOM._child.process.pid


def at_rest() -> float:
    """The memory of a fresh child that has seen one small photo, in MB."""
    DARKROOM.close()
    DARKROOM.develop(photo())
    return peak_mb()


def peak_mb() -> float:
    """The most memory the darkroom's child has held so far, in MB."""
    lines = Path(f"/proc/{child_pid()}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
