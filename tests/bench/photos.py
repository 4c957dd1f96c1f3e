"""What a photo costs: the CPU and the memory of the child that develops one of twelve megapixels."""

import io
import os
import random
from pathlib import Path

from PIL import Image

from lapak.photos.adapters.darkroom import Darkroom
from tests.bench.measure import Figure

TRIES = 8
TICKS = os.sysconf("SC_CLK_TCK")


def figures(_folder: Path, _products: int) -> list[Figure]:
    photo, room = _photo(), Darkroom()
    try:
        room.develop(_small())
        child = room._child
        assert child
        before, at_rest = _cpu(child.process.pid), _peak(child.process.pid)
        for _ in range(TRIES):
            room.develop(photo)
        seconds, peak = (_cpu(child.process.pid) - before) / TRIES, _peak(child.process.pid)
    finally:
        room.close()
    return [
        Figure("photo.12 MP, CPU while somebody waits", seconds, "s", 0.2),
        Figure("photo.12 MP, memory above rest", peak - at_rest, "MB", 60),
    ]


def _photo() -> bytes:
    chance = random.Random(12)
    rough = Image.frombytes("RGB", (100, 75), chance.randbytes(100 * 75 * 3))
    return _jpeg(rough.resize((4000, 3000), Image.Resampling.BICUBIC))


def _small() -> bytes:
    return _jpeg(Image.new("RGB", (400, 300), "teal"))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
