"""What a search costs on many listings, how long the index takes to build and to see a change, and how much memory its writer needs."""

import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from lapak.search.adapters import Index, Writer
from lapak.search.rules import Listing, Wanted, query_words
from tests.bench.crowd import MAKERS, MANNERS, THINGS
from tests.bench.measure import Figure, p95

BATCH = 2000
TRIES = 200


def figures(folder: Path, products: int) -> list[Figure]:
    chance = random.Random(products)
    writer = Writer(folder)
    began = time.monotonic()
    with writer.building() as fresh:
        for batch in _batches(chance, products):
            fresh.add(batch)
    built = time.monotonic() - began
    index = Index(folder)

    def find(text: str, **more: object) -> object:
        return index.find(Wanted("33", query_words(text), **more), after=None, limit=24)  # type: ignore[arg-type]

    one = [chance.choice(MANNERS) for _ in range(TRIES)]
    two = [f"{chance.choice(THINGS)} {chance.choice(MANNERS)}" for _ in range(TRIES)]
    typo = [f"{word}x" for word in one]
    find("keripik")
    found = [
        Figure("search.one word, with all facets, p95", p95(find, one), "ms", 10),
        Figure("search.two words, with all facets, p95", p95(find, two), "ms", 5),
        Figure("search.frequent word, 3 filters, p95", p95(lambda text: find(text, category_id=20, place="33.05", kind="goods"), ["buatan"] * TRIES), "ms", 15),
        Figure("search.typo, p95", p95(find, typo), "ms", 20),
        Figure("search.suggestion, p95", p95(lambda text: index.names_like(text[:4], "33", limit=8), two), "ms", 20),
        Figure("search.build", built / products * 1_000_000, "us/listing", 1000),
    ]  # fmt: skip
    writer.open()
    began = time.monotonic()
    writer.put([1], [_listing(chance, 1)])
    index._looked = 0.0
    find("keripik")
    found.append(Figure("search.a change on disk and visible", time.monotonic() - began, "s", 1))
    found.append(Figure("search.memory of the writing process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", 300))
    return found


def _batches(chance: random.Random, products: int) -> Iterator[list[Listing]]:
    for start in range(1, products + 1, BATCH):
        yield [_listing(chance, number) for number in range(start, min(start + BATCH, products + 1))]


def _listing(chance: random.Random, number: int) -> Listing:
    name = f"{chance.choice(THINGS)} {chance.choice(MANNERS)} {chance.choice(MAKERS)}, {chance.randrange(1, 20) * 50} g"
    texts = ("buatan rumah, bahan pilihan, dikemas rapi", chance.choice(MAKERS), "Kota Semarang", "Jawa Tengah")
    place, kinds = f"33.{chance.randrange(1, 36):02}", (chance.randrange(1, 10), 20)
    return Listing(
        number,
        name,
        texts,
        ("Camilan", "jajan"),
        place,
        place,
        kinds,
        chance.choice(("goods", "goods", "service")),
        chance.randrange(5, 400) * 500,
        number % 50 == 0,
        number % 9 > 0,
    )
