"""What an edition's pictures cost: the CPU of each, with fonts and motif warm, over texts that are short, long and of several scripts."""

import io
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image

from lapak.editions.adapters.kit import Banner, Stall, card, edition_card, story
from lapak.regions.rules import THEMES
from tests.bench.measure import Figure

ROUNDS = 5
NAMES = (
    "Keripik tempe Bu Darmi",
    "Kopi robusta Temanggung sangrai sedang kemasan hemat dua ratus lima puluh gram ok",
    "قهوة جاوا الأصيلة المحمصة 250 غرام (ممتازة)",
    "ꦏꦿꦶꦥꦶꦏ꧀ꦠꦺꦩ꧀ꦥꦺ ꦧꦸꦢꦂꦩꦶ",
    "W" * 80,
)
BOUND = 0.5


def figures(_folder: Path, _products: int) -> list[Figure]:
    photo = _photo()
    banners = [Banner("Lapak Jateng", theme, "Edisi 47 · Lapak 5", "Teman ngopi sore", "22 November 2026", "Lapak") for theme in THEMES]
    stalls = [Stall(name, f"Dapur {name}"[:60], "Kab. Grobogan", "mulai Rp1.250.000", "lapak.contoh/p/a3ypbk", photo) for name in NAMES]
    pictures = {
        "story": [partial(story, stall, banner) for stall in stalls for banner in banners],
        "card": [partial(card, stall, banner) for stall in stalls for banner in banners],
        "edition card": [partial(edition_card, [photo] * 5, banner) for banner in banners],
    }
    return [Figure(f"kit.{name}, CPU of the dearest", max(_cpu(draw) for draw in draws), "s", BOUND) for name, draws in pictures.items()]


def _cpu(draw: Callable[[], bytes]) -> float:
    draw()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        draw()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def _photo() -> bytes:
    rough = Image.frombytes("RGB", (160, 160), random.Random(12).randbytes(160 * 160 * 3))
    file = io.BytesIO()
    rough.resize((1280, 1280), Image.Resampling.BICUBIC).save(file, "JPEG", quality=78)
    return file.getvalue()
