"""Home, shelves, product, shop and edition pages; all open to anyone, none needs a script."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.catalog import queries as catalog
from lapak.catalog.queries import Card, Filter
from lapak.catalog.rules import Kind, why_not_on_sale
from lapak.editions import queries as editions
from lapak.editions.rules import State as EditionState
from lapak.kernel import paths
from lapak.kernel.paging import parse_key
from lapak.kernel.text import clean_line
from lapak.orders import queries as orders
from lapak.regions.rules import Place, covers
from lapak.shops import queries as shops
from lapak.web.access import public

bp = Blueprint("storefront", __name__)
LONGEST_SEARCH = 100
NEWEST = 10
NEAR = 3
KINDS = {"barang": Kind.GOODS.value, "jasa": Kind.SERVICE.value}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the home page counts: shops with something on sale, where, how many were featured, orders of seven days."""

    shops: int
    places: int
    featured: int
    orders: int


@bp.get(paths.HOME)
@public
def home() -> ResponseReturnValue:
    """The newest edition, kinds, what is near, and how it goes so far."""
    region = g.site.region_code
    edition = editions.latest(region)
    places = catalog.places(region)
    near = _chosen(places, request.args.get("wilayah"))
    shops_now, places_now = catalog.shops_and_places(region)
    categories = catalog.categories(region)
    page = {
        "edition": edition,
        "cards": editions.cards(edition.id) if edition else [],
        "categories": categories,
        "total": catalog.count(Filter(region)),
        "places": places,
        "near": near.code if near else None,
        "near_cards": catalog.shelf(Filter(region, place=near.code), limit=NEAR).rows if near else [],
        "newest": catalog.shelf(Filter(region), limit=NEWEST).rows,
        "figures": Figures(
            shops_now, places_now, editions.featured_shops(region), orders.placed_in(region, since=g.now - timedelta(days=7))
        ),
    }
    return render_template("storefront/home.html", **page)


@bp.get(paths.BROWSE)
@public
def browse() -> ResponseReturnValue:
    """Everything on sale in the region."""
    return _shelf(_("Semua produk"))


@bp.get(paths.BROWSE_CATEGORY)
@public
def browse_category(category: str) -> ResponseReturnValue:
    """Everything of one kind."""
    return _shelf("", category=category)


@bp.get(paths.SEARCH)
@public
def search() -> ResponseReturnValue:
    """What matches a buyer's words."""
    words = clean_line(request.args.get("q", ""))[:LONGEST_SEARCH]
    return _shelf(_("Hasil untuk “%(words)s”", words=words) if words else _("Cari produk"), words=words)


def _shelf(heading: str, *, words: str = "", category: str = "") -> ResponseReturnValue:
    region = g.site.region_code
    categories, places = catalog.categories(region), catalog.places(region)
    chosen = next((row for row in categories if row.slug == category), None)
    if category and chosen is None:
        abort(404)
    place = _chosen(places, request.args.get("wilayah"))
    kind = request.args.get("jenis", "") if request.args.get("jenis") in KINDS else ""
    wanted = Filter(region, words=words, category=category, place=place.code if place else "", kind=KINDS.get(kind, ""))
    shelf = catalog.shelf(wanted, after=parse_key(request.args.get("sesudah")))
    page = {"q": words, "category": chosen, "place": place, "kind": kind, "categories": categories, "places": places}
    return render_template(
        "storefront/browse.html",
        heading=chosen.name if chosen else heading,
        cards=shelf.rows,
        next_key=shelf.next_key,
        total=catalog.count(wanted),
        **page,
    )


def _chosen(places: list[Place], code: str | None) -> Place | None:
    return next((place for place in places if place.code == code), None)


@bp.get(paths.PRODUCT)
@public
def product(slug: str) -> ResponseReturnValue:
    """A listing with its shop; archived ones stay readable and cannot be ordered."""
    found = catalog.by_slug(slug)
    if found is None or not covers(g.site.region_code, found.region_code):
        abort(404)
    why_not = why_not_on_sale(found.state, found.left, found.shop_name)
    page = {
        "product": found,
        "photos": catalog.photos_of(found.id),
        "stalls": editions.stalls_of(found.id, region_code=g.site.region_code),
        "more": catalog.more_of_shop(found.shop_id, than=found.id),
        "can_order": not why_not,
        "why_not": why_not,
    }
    return render_template("storefront/product.html", **page)


@bp.get(paths.SHOP)
@public
def shop(slug: str) -> ResponseReturnValue:
    """A shop and what it sells."""
    found = shops.by_slug(slug)
    if found is None or not covers(g.site.region_code, found.region_code):
        abort(404)
    cards: list[Card] = catalog.of_shop(found.id)
    return render_template("storefront/shop.html", shop=found, cards=cards)


@bp.get(paths.EDITIONS)
@public
def all_editions() -> ResponseReturnValue:
    """All published editions, newest first."""
    page = editions.published(g.site.region_code, before=parse_key(request.args.get("sebelum")))
    return render_template("storefront/editions.html", editions=page.rows, next_key=page.next_key)


@bp.get(paths.EDITION)
@public
def edition(number: int) -> ResponseReturnValue:
    """A published edition, for good."""
    found = editions.by_number(g.site.region_code, number)
    if found is None or found.state != EditionState.PUBLISHED:
        abort(404)
    return render_template("storefront/edition.html", edition=found, cards=editions.cards(found.id))
