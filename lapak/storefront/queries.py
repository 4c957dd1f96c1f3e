"""Shelves, as the index of words fills them or, while there is none, the database; and what the sitemap reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select

from lapak.catalog import queries as catalog
from lapak.catalog.models import Category, Product
from lapak.catalog.queries import Card, CategoryView, Filter
from lapak.db.session import Query
from lapak.editions.models import Edition
from lapak.editions.rules.calendar import State as EditionState
from lapak.kernel import paths
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.regions.queries import place_of, places_in, places_of
from lapak.regions.rules import Place, covers
from lapak.search import queries as search
from lapak.search.rules import Wanted, query_words
from lapak.shops.models import Shop

MOST_SUGGESTED = 8
SHORTEST_SUGGESTED = 2
CHUNK = 10_000
"""Keys in a chunk; the protocol allows 50,000 addresses and 50 MB (sitemaps.org).

A chunk is a range of keys, so that it keeps its listings while others come and go.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What a buyer looks for: words, a category's slug, a place's code, goods or services, a price band; empty or None means any."""

    words: str = ""
    category: str = ""
    place: str = ""
    kind: str = ""
    band: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of listings, where the next begins, and how many each further choice would show (`kinds`, `bands` empty: not counted)."""

    cards: Sequence[Card]
    next_cursor: str | None
    total: int
    categories: Sequence[CategoryView]
    places: Sequence[Place]
    kinds: Mapping[str, int]
    bands: Mapping[int, int]
    category: CategoryView | None
    place: Place | None
    meant: str = ""


def shelf(region_code: str, look: Look, *, after: str | None = None, limit: int = catalog.PAGE) -> Shelf | None:
    """A shelf of a region; None for a category that it does not have. An unknown place is no filter."""
    is_indexed = search.is_ready()
    categories = catalog.categories(region_code, is_counted=not is_indexed)
    category = next((row for row in categories if row.slug == look.category), None)
    if look.category and category is None:
        return None
    places = places_in(region_code) if is_indexed else catalog.places(region_code)
    place = next((one for one in places if one.code == look.place), None) or (place_of(look.place) if look.place else None)
    code = place.code if place else ""
    wanted = Wanted(region_code, query_words(look.words), category.id if category else None, code, look.kind, look.band)
    found = search.find(wanted, after=after, limit=limit) if is_indexed else None
    if found is None:
        plain = Filter(region_code, look.words, look.category, code, look.kind)
        page = catalog.shelf(plain, after=parse_key(after), limit=limit)
        further = str(page.next_key) if page.next_key else None
        return Shelf(page.rows, further, catalog.count(plain), categories, _marked(places, region_code), {}, {}, category, place)
    facets = found.facets
    counted = [replace(row, count=facets.categories.get(row.id, 0)) for row in categories]
    named = {one.code: one for one in (*places, *places_of([code for code in facets.places if not covers(region_code, code)]))}
    if place:
        named.setdefault(place.code, place)
    there = [replace(one, count=facets.places.get(code, 0)) for code, one in named.items() if code in facets.places or one == place]
    return Shelf(
        catalog.cards(found.ids), found.next_cursor, found.total, counted, _marked(there, region_code), facets.kinds, facets.bands,
        category, place, found.meant,
    )  # fmt: skip


def _marked(places: Sequence[Place], region_code: str) -> list[Place]:
    return [replace(place, is_outside=not covers(region_code, place.code)) for place in places]


def newest(region_code: str, limit: int, *, place: str = "") -> Sequence[Card]:
    """What came on sale last, what stepped back after all else; in a place of the region, or anywhere in it."""
    found = search.find(Wanted(region_code, place=place), after=None, limit=limit)
    return catalog.cards(found.ids) if found else catalog.shelf(Filter(region_code, place=place), limit=limit).rows


def suggestions(region_code: str, text: str) -> Sequence[tuple[str, str, dict[str, str], str]]:
    """What an unfinished search may become, as (words, path, its parts, what it is): kinds first, then listings."""
    begun = query_words(text)
    if not begun or len(text) < SHORTEST_SUGGESTED:
        return []
    kinds = [
        (row.name, paths.BROWSE_CATEGORY, {"category": row.slug}, say("Jenis"))
        for row in catalog.categories(region_code, is_counted=False)
        if any(word.startswith(begun[-1]) for word in query_words(f"{row.name} {row.synonyms}"))
    ]
    listings = catalog.cards(search.names_like(text, region_code, limit=MOST_SUGGESTED))
    names = dict.fromkeys(card.name for card in listings)
    return [*kinds[:2], *((name, paths.SEARCH, {"q": name}, say("Produk")) for name in names)][:MOST_SUGGESTED]


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap: what its path is filled with, and when its page last changed."""

    name: str | int
    changed_at: datetime | None = None


_EDITIONS = Query(
    select(Edition.series, Edition.number, Edition.published_at)
    .where(Edition.region_code == bindparam("region_code"), Edition.state == EditionState.PUBLISHED)
    .order_by(Edition.series, Edition.number)
    .limit(CHUNK),
    lambda *row: row,
)
_CATEGORIES = Query(
    select(Category.slug).where(Category.region_code == bindparam("region_code"), Category.is_active).order_by(Category.id).limit(400),
    Listed,
)


def product_chunks(region_code: str) -> list[Listed]:
    """The chunks with listings on sale, each with its newest change."""
    number = (Product.id - 1) // CHUNK
    statement = select(number, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    return Query(statement.where(*_on_sale(region_code)).group_by(number).order_by(number), Listed).all()


def products(region_code: str, chunk: int) -> list[Listed]:
    """The listings on sale in a chunk, by key."""
    statement = select(Product.slug, Product.updated_at).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    low = chunk * CHUNK
    return Query(statement.where(*_on_sale(region_code), Product.id > low, Product.id <= low + CHUNK).order_by(Product.id), Listed).all()


def shop_chunks(region_code: str) -> list[Listed]:
    """The chunks with shops that sell something."""
    number = (Shop.id - 1) // CHUNK
    statement = select(number, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    return Query(statement.where(*_on_sale(region_code)).group_by(number).order_by(number), Listed).all()


def shops(region_code: str, chunk: int) -> list[Listed]:
    """The shops of a chunk that sell something, by key."""
    low = chunk * CHUNK
    statement = select(Shop.slug, func.max(Product.updated_at)).select_from(Product).join(Shop, Shop.id == Product.shop_id)
    chosen = statement.where(*_on_sale(region_code), Shop.id > low, Shop.id <= low + CHUNK)
    return Query(chosen.group_by(Shop.id, Shop.slug).order_by(Shop.id), Listed).all()


def editions(region_code: str) -> list[tuple[str, int, datetime]]:
    """A region's published editions: (series, number, when it was published)."""
    return _EDITIONS.all(region_code=region_code)


def categories(region_code: str) -> list[Listed]:
    """A region's categories."""
    return _CATEGORIES.all(region_code=region_code)


def _on_sale(region_code: str) -> list[ColumnElement[bool]]:
    return Filter(region_code).conditions()
