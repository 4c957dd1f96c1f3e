"""Tantivy and PySastrawi behind plain values: one process writes the index, all others read it.

The folder holds one folder per build and a file `current` that names the one in use; whoever reads looks at that file's time. The
index is a disposable copy: it may be deleted at any moment, and is built again from the database.
"""

import fcntl
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app

from lapak.search.rules import (
    FUZZY_FROM,
    LONGEST_WORD,
    PREFIX_FROM,
    PRICE_BANDS,
    Cursor,
    Listing,
    Tier,
    Wanted,
    corrected,
    forms,
    parse_cursor,
    words_of,
)  # fmt: skip

SCHEMA = "2"
"""Counted up when what is indexed changes: an index of another schema is built anew."""
WRITER_HEAP = 50_000_000
LOOK_AGAIN = 0.2
MOST_TERMS = 600
FIELDS = {
    Tier.NAME: ("name",), Tier.ANYWHERE: ("name", "text"), Tier.KIND: ("name", "text", "kinds"), Tier.NEARLY: ("name", "text"),
}  # fmt: skip
NEARBY = 20
STEMMED = 40_000
_log = structlog.get_logger("search")


@dataclass(frozen=True, slots=True)
class Facets:
    """How many listings each choice would show: by category key, by place, by kind, by price band."""

    categories: dict[int, int]
    places: dict[str, int]
    kinds: dict[str, int]
    bands: dict[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of listings by key, in order; where the next page begins; how many there are in all; and what was meant, if not that."""

    ids: tuple[int, ...]
    next_cursor: str | None
    total: int
    facets: Facets
    meant: str = ""


def install(app: Flask, folder: Path) -> None:
    """Give the app its index, read from `folder` when first asked."""
    app.extensions["search"] = Index(folder)


def index() -> "Index":
    """The index of the app at hand."""
    found: Index = current_app.extensions["search"]
    return found


@lru_cache(STEMMED)
def stem(word: str) -> str:
    """Return an Indonesian word's stem: "pengiriman" -> "kirim"; a word that is not one comes back as it was."""
    return str(_stemmer().stem(word)) if word.isascii() and word.isalpha() and len(word) <= LONGEST_WORD // 2 else word


@lru_cache(1)
def _stemmer() -> Any:
    # A tenth of a second and 30,000 roots that only searching processes need; the library's own cache is slower than ours.
    from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary  # noqa: PLC0415
    from Sastrawi.Stemmer.Stemmer import Stemmer  # noqa: PLC0415
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # noqa: PLC0415

    return Stemmer(ArrayDictionary(StemmerFactory().get_words()))


def _tantivy() -> Any:
    import tantivy  # noqa: PLC0415 - 0.05 s that processes without a search need not pay at the start

    return tantivy


@lru_cache(1)
def _schema() -> Any:
    builder = _tantivy().SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_integer_field("rank", indexed=True, fast=True)
    builder.add_integer_field("price", indexed=True, fast=True)
    for name in ("name", "name_stem", "text", "text_stem", "kinds", "kinds_stem"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("region", "category"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("place", "kind", "path"):  # counted: one value each, since several cost four times as much to count
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


def _document(listing: Listing) -> Any:
    name = words_of(listing.name)
    text, kinds = ([word for part in parts for word in words_of(part)] for parts in (listing.texts, listing.kinds))
    document = _tantivy().Document()
    document.add_integer("id", listing.id)
    document.add_integer("rank", listing.rank)
    document.add_integer("price", listing.price)
    document.add_text("title", " ".join(name))
    for field, said in (("name", name), ("text", text), ("kinds", kinds)):
        document.add_text(field, " ".join(dict.fromkeys(form for word in said for form in forms(word))))
        document.add_text(f"{field}_stem", " ".join(dict.fromkeys(stem(form) for word in said for form in forms(word))))
    province = listing.market.partition(".")[0]
    for code in dict.fromkeys((province, listing.market)):
        document.add_text("region", code)
    document.add_text("place", listing.place)
    for category_id in listing.category_ids:
        document.add_text("category", str(category_id))
    document.add_text("path", "/".join(map(str, listing.category_ids)))
    document.add_text("kind", listing.kind)
    return document


class Index:
    """The index as a reader sees it; safe to share between threads. Every answer is None, or empty, while there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._opened: Any = None
        self._name = ""
        self._stamp = 0
        self._looked = 0.0

    def searcher(self) -> Any:
        """The newest searcher, None when there is no index that can be read."""
        if time.monotonic() - self._looked > LOOK_AGAIN:
            with self._lock:
                self._refresh()
        return None if self._opened is None else self._opened.searcher()

    def _refresh(self) -> None:
        self._looked = time.monotonic()
        try:
            stamp = (self.folder / "current").stat().st_mtime_ns
            if stamp == self._stamp:
                return
            name = _current(self.folder)
            if self._opened is None or name != self._name:
                self._opened = _tantivy().Index.open(str(self.folder / name)) if name else None
                if self._opened is not None:
                    self._opened.config_reader(reload_policy="manual")
            if self._opened is not None:
                self._opened.reload()
            self._name, self._stamp = name, stamp
        except (OSError, ValueError) as error:
            self._opened, self._stamp = None, 0
            if not isinstance(error, FileNotFoundError):
                _log.warning("index not readable", error=str(error)[:200])

    def find(self, wanted: Wanted, *, after: str | None, limit: int) -> Found | None:
        """A page of what is wanted, its total and facets; None when there is no index."""
        searcher = self.searcher()
        if searcher is None:
            return None
        tiers = [query for tier in (Tier.NAME, Tier.ANYWHERE) if (query := _words(wanted.words, tier)) is not None] or [_all()]
        said = tiers[-1]
        filters = _filters(wanted)
        total, facets = _facets(searcher, said, wanted)
        meant = ""
        for tier in (Tier.KIND, Tier.NEARLY) if wanted.words else ():
            if total:
                break
            said = _words(wanted.words, tier)
            tiers = [said]
            total, facets = _facets(searcher, said, wanted)
            meant = self._meant(searcher, wanted.words, said, filters) if total and tier is Tier.NEARLY else ""
        hits = list(_page(searcher, tiers, filters, parse_cursor(after), limit + 1))
        shown = hits[:limit]
        ids = tuple(searcher.fast_field_values("id", [address for _, _, address in shown])) if shown else ()
        further = str(Cursor(shown[-1][0], shown[-1][1])) if len(hits) > limit else None
        return Found(ids, further, total, facets, meant)

    def _meant(self, searcher: Any, words: Sequence[str], query: Any, filters: dict[str, Any]) -> str:
        best = searcher.search(_both(query, *filters.values()), limit=NEARBY, count=False, order_by_field="rank").hits
        known = [word for _, address in best for word in searcher.doc(address).get_first("title").split()]
        better = corrected(words, known)
        return better if better != " ".join(words) else ""

    def names_like(self, text: str, region_code: str, *, limit: int) -> list[int]:
        """Listings by key whose names hold the words of `text`, the last one perhaps unfinished; newest first."""
        searcher, words = self.searcher(), tuple(words_of(text))
        query = _words(words, Tier.NAME) if words else None
        if searcher is None or query is None:
            return []
        here = _both(query, *_filters(Wanted(region_code)).values())
        hits = searcher.search(here, limit=limit * 4, count=False, order_by_field="rank").hits
        titles = {searcher.doc(address).get_first("title"): address for _, address in reversed(hits)}
        addresses = list(reversed(titles.values()))[:limit]
        return list(searcher.fast_field_values("id", addresses)) if addresses else []


def _page(searcher: Any, tiers: list[Any], filters: dict[str, Any], after: Cursor | None, wanted: int) -> Iterator[tuple[int, int, Any]]:
    """The hits of one tier after the other, each newest first, beginning behind the cursor; none is in two tiers."""
    left = wanted
    for tier, query in enumerate(tiers, start=1):
        if after and tier < after.tier:
            continue
        parts = [query, *filters.values()]
        if after and tier == after.tier:
            parts.append(_below("rank", after.rank))
        here = _both(*parts, without=tiers[tier - 2] if tier > 1 else None)
        for rank, address in searcher.search(here, limit=left, count=False, order_by_field="rank").hits:
            yield tier, int(rank), address
            left -= 1
        if left <= 0:
            return


def _filters(wanted: Wanted) -> dict[str, Any]:
    found = {"region": _term("region", wanted.region_code)}
    if wanted.category_id is not None:
        found["category"] = _term("category", str(wanted.category_id))
    if wanted.place:
        found["place"] = _term("place", wanted.place)
    if wanted.kind:
        found["kind"] = _term("kind", wanted.kind)
    if wanted.band is not None:
        low, high = PRICE_BANDS[wanted.band]
        found["band"] = _range("price", low, high - 1)
    return found


def _facets(searcher: Any, said: Any, wanted: Wanted) -> tuple[int, Facets]:
    """The total, and the count of every choice as if its own filter were not set: what a click would then show."""
    asked: dict[str, dict[str, Any]] = {
        "category": {"terms": {"field": "path", "size": MOST_TERMS}},
        "place": {"terms": {"field": "place", "size": MOST_TERMS}},
        "kind": {"terms": {"field": "kind", "size": 4}},
        "band": {"range": {"field": "price", "ranges": [{"from": float(low), "to": float(high)} for low, high in PRICE_BANDS]}},
    }
    filters = _filters(wanted)
    open_ones = {name: aggregation for name, aggregation in asked.items() if name not in filters}
    answers = searcher.aggregate(_both(said, *filters.values()), {**open_ones, "total": {"value_count": {"field": "id"}}})
    for name in asked.keys() - open_ones.keys():
        others = [query for other, query in filters.items() if other != name]
        answers |= searcher.aggregate(_both(said, *others), {name: asked[name]})
    counts = {name: [(bucket["key"], int(bucket["doc_count"])) for bucket in answers[name]["buckets"]] for name in asked}
    starts = {float(low): band for band, (low, _) in enumerate(PRICE_BANDS)}
    bands = {starts[bucket["from"]]: int(bucket["doc_count"]) for bucket in answers["band"]["buckets"] if bucket.get("from") in starts}
    categories: Counter[int] = Counter()
    for path, count in counts["category"]:
        categories.update({int(key): count for key in path.split("/") if key})
    return int(answers["total"]["value"]), Facets(dict(categories), dict(counts["place"]), dict(counts["kind"]), bands)


def _words(words: Sequence[str], tier: Tier) -> Any:
    """The query that every word must satisfy in that tier; None without words."""
    if not words:
        return None
    said = _both(*(_word(word, tier, is_last=place == len(words)) for place, word in enumerate(words, start=1)))
    if tier is not Tier.KIND or len(words) == 1:
        return said
    # Of several words, a kind alone does not make a find: one at least is the listing's own.
    return _both(said, _any(*(_word(word, Tier.ANYWHERE, is_last=False) for word in words)))


def _word(word: str, tier: Tier, *, is_last: bool) -> Any:
    fields = FIELDS[tier]
    either = [_term(field, form) for field in fields for form in forms(word)]
    either += [_term(f"{field}_stem", stem(form)) for field in fields for form in forms(word)]
    if is_last and len(word) >= PREFIX_FROM:
        either += [_tantivy().Query.regex_query(_schema(), field, f"{word}.*") for field in fields]
    if tier is Tier.NEARLY and len(word) >= FUZZY_FROM:
        either += [_tantivy().Query.fuzzy_term_query(_schema(), field, word, 1) for field in fields]
    return _any(*either)


def _any(*queries: Any) -> Any:
    return _tantivy().Query.boolean_query([(_tantivy().Occur.Should, query) for query in queries])


def _both(*queries: Any, without: Any = None) -> Any:
    occur = _tantivy().Occur
    parts = [(occur.Must, query) for query in queries]
    if without is not None:
        parts.append((occur.MustNot, without))
    return _tantivy().Query.boolean_query(parts)


def _all() -> Any:
    return _tantivy().Query.all_query()


def _term(field: str, value: str) -> Any:
    return _tantivy().Query.term_query(_schema(), field, value, "basic")


def _range(field: str, low: int, high: int) -> Any:
    return _tantivy().Query.range_query(_schema(), field, _tantivy().FieldType.Integer, low, high)


def _below(field: str, value: int) -> Any:
    return _range(field, 0, value - 1)


class Writer:
    """The one process that changes the index. `applied` is the key of the newest change it has put in and that is still noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.applied = 0
        self._name = ""
        self._writer: Any = None

    def open(self) -> bool:
        """Open the index in use, again when another was put in its place; return False when there is none to open."""
        name = _current(self.folder)
        if name and name == self._name:
            return True
        self.close()
        if not name:
            return False
        try:
            self._writer = _tantivy().Index.open(str(self.folder / name)).writer(WRITER_HEAP, 1)
        except ValueError as error:
            _log.warning("index not writable, building it anew", error=str(error)[:200])
            return False
        self._name, self.applied = name, 0
        return True

    def put(self, ids: Sequence[int], listings: Sequence[Listing]) -> None:
        """Forget `ids`, add `listings`, and have both on disk and before the readers at once."""
        for product_id in ids:
            self._writer.delete_documents_by_term("id", product_id)
        for listing in listings:
            self._writer.add_document(_document(listing))
        self._writer.commit()
        os.utime(self.folder / "current")

    def is_building_elsewhere(self) -> bool:
        """Whether somebody builds a new index, which needs to hear of every change from now on."""
        try:
            with _building_lock(self.folder):
                return False
        except BlockingIOError:
            return True

    @contextmanager
    def building(self) -> Iterator["Build"]:
        """Fill a new index inside the block; at its end it takes the old one's place. Raise BlockingIOError when one is being built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _building_lock(self.folder):
            name = f"v{SCHEMA}-{time.time_ns()}"
            fresh = self.folder / name
            fresh.mkdir()
            try:
                build = Build(_tantivy().Index(_schema(), path=str(fresh)).writer(WRITER_HEAP, 1))
                yield build
                build.finish()
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            _put_in_place(self.folder, name)
        self.open()

    def close(self) -> None:
        """Let go of the index."""
        if self._writer is not None:
            with suppress(ValueError):
                self._writer.wait_merging_threads()
        self._writer, self._name = None, ""


class Build:
    """An index that is being filled."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def add(self, listings: Sequence[Listing]) -> None:
        """Add listings that are not in it yet."""
        for listing in listings:
            self._writer.add_document(_document(listing))

    def finish(self) -> None:
        """Put everything on disk."""
        self._writer.commit()
        self._writer.wait_merging_threads()


def _current(folder: Path) -> str:
    try:
        name = (folder / "current").read_text(encoding="ascii")
    except FileNotFoundError:
        return ""
    return name if name.startswith(f"v{SCHEMA}-") and (folder / name).is_dir() else ""


def _put_in_place(folder: Path, name: str) -> None:
    new = folder / "current.new"
    new.write_text(name, encoding="ascii")
    new.replace(folder / "current")
    for other in folder.glob("v*-*"):
        if other.name != name:  # readers that have it open keep its files until they let go
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def _building_lock(folder: Path) -> Iterator[None]:
    # A lock of the kernel's: it goes when its process dies, however it dies.
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "building.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
