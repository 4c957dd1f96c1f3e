"""Home, shelves, product, shop and edition pages; all open to anyone, none needs a script."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.catalog import queries as catalog
from lapak.catalog.queries import Card, CategoryView, ProductView
from lapak.catalog.rules import Kind
from lapak.editions.queries import public as editions
from lapak.editions.queries.public import DecisionView
from lapak.editions.rules.calendar import State as EditionState
from lapak.editions.rules.calendar import is_quiet
from lapak.editions.rules.captions import title
from lapak.editions.rules.deeds import Deed
from lapak.kernel import paths
from lapak.kernel.codes import readings
from lapak.kernel.errors import NotFound
from lapak.kernel.paging import parse_key
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.moderation import queries as moderation
from lapak.orders.adapters import session as remembered
from lapak.orders.adapters.evidence import pictures
from lapak.orders.forms import PaidForm
from lapak.orders.queries import placing
from lapak.orders.queries import reading as orders
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.items import chat_text
from lapak.orders.rules.reaching import FARTHEST, farthest
from lapak.orders.rules.states import Deed as OrderDeed
from lapak.orders.rules.states import PaysBy
from lapak.orders.rules.states import State as OrderState
from lapak.orders.service.moving import GONE
from lapak.payments import queries as payments
from lapak.regions import queries as regions
from lapak.regions.rules import Distance, covers
from lapak.results import queries as results
from lapak.search.rules import PRICE_BANDS
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops.rules import chat_link
from lapak.storefront import adapters as schema
from lapak.storefront import queries
from lapak.storefront.adapters import Crumb
from lapak.storefront.queries import Look
from lapak.storefront.rules import Page, Part, PartOf, index, pages, parse_part
from lapak.testimonials import queries as testimonials
from lapak.visits import adapters as visits
from lapak.web.access import actor, public
from lapak.web.filters import long_date
from lapak.web.links import absolute, canonical, see, to
from lapak.web.texts import translated

bp = Blueprint("storefront", __name__)
LONGEST_SEARCH = 100
NEWEST = 10
NEAR = 3
YEARS = range(2020, 2101)
AFTERWARDS = {Deed.CORRECTED, Deed.REMOVED, Deed.WITHDRAWN, Deed.RESTORED}
KINDS = {"barang": Kind.GOODS.value, "jasa": Kind.SERVICE.value}


DISTANCE_ARRIVES = {
    Distance.PLACE: say("Sampai dengan baik di dalam kabupaten atau kota"),
    Distance.PROVINCE: say("Sampai dengan baik di dalam provinsi"),
    Distance.ISLAND: say("Sampai dengan baik di pulau yang sama"),
}


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
    shelf = queries.shelf(region, Look(), limit=NEWEST) or abort(404)
    near = next((place for place in shelf.places if place.code == request.args.get("wilayah")), None)
    shops_now, places_now = catalog.shops_and_places(region)
    page = {
        "edition": edition,
        "cards": editions.cards(edition.id) if edition else [],
        "categories": shelf.categories,
        "total": shelf.total,
        "places": [place for place in shelf.places if not place.is_outside],
        "near": near.code if near else None,
        "near_cards": queries.newest(region, NEAR, place=near.code) if near else [],
        "newest": shelf.cards,
        "figures": Figures(
            shops_now, places_now, editions.featured_shops(region), orders.placed_in(region, since=g.now - timedelta(days=7))
        ),
        "data": schema.graph(schema.site(g.site, at=canonical)),
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
    heading = _("Hasil untuk “%(words)s”", words=words) if words else _("Cari produk")
    return _shelf(heading, words=words, category=request.args.get("kategori", ""))


def _shelf(heading: str, *, words: str = "", category: str = "") -> ResponseReturnValue:
    kind = request.args.get("jenis", "") if request.args.get("jenis") in KINDS else ""
    band = _band(request.args.get("harga"))
    look = Look(words, category, request.args.get("wilayah", ""), KINDS.get(kind, ""), band)
    found = queries.shelf(g.site.region_code, look, after=request.args.get("sesudah"))
    if found is None:
        abort(404)
    is_search = request.endpoint == "storefront.search"
    is_bare = bool(words) and look == Look(words)
    page = {
        "q": words, "kind": kind, "band": band, "bands": PRICE_BANDS, "is_search": is_search,
        "is_plain": not is_search and not (found.place or kind or band is not None or request.args.get("sesudah")),
        "data": schema.graph(schema.crumbs(*_way_to_shelf(found.category))),
        "newest": queries.newest(g.site.region_code, NEWEST) if is_bare and not found.total else (),
    }  # fmt: skip
    heading = found.category.name if found.category and not is_search else heading
    return render_template("storefront/browse.html", heading=heading, found=found, **page)


def _band(text: str | None) -> int | None:
    return int(text) if text in {str(band) for band in range(len(PRICE_BANDS))} else None


@bp.get(paths.SUGGEST)
@public
def suggest() -> ResponseReturnValue:
    """Offer, while a buyer types `?q=`, kinds and listings that begin or go on like it; at most eight, as JSON."""
    words = clean_line(request.args.get("q", ""))[:LONGEST_SEARCH]
    response = jsonify(
        [
            {"text": text, "path": to(path, **parts), "what": translated(what)}
            for text, path, parts, what in queries.suggestions(g.site.region_code, words)
        ]
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _way_to_shelf(category: CategoryView | None) -> Iterator[Crumb]:
    yield _("Beranda"), canonical(paths.HOME)
    yield _("Jelajah"), canonical(paths.BROWSE)
    if category:
        yield category.name, canonical(paths.BROWSE_CATEGORY, category=category.slug)


@bp.get(paths.PRODUCT)
@public
def product(slug: str) -> ResponseReturnValue:
    """A listing with its shop; archived ones stay readable and cannot be ordered, withheld ones are not shown at all."""
    found = catalog.by_slug(slug)
    if found is None:
        abort(404)
    if not covers(g.site.region_code, found.market_code):
        if not editions.stalls_of(found.id, region_code=g.site.region_code):
            abort(404)
        return _where_it_is_sold(found.slug, found.market_code)  # an edition open to all Indonesia showed it
    if found.is_withheld:
        return render_template("storefront/withheld.html", product=found), 410
    why_not = found.why_not(g.site.today(g.now))
    visits.note_view(found.id)
    photos = catalog.photos_of(found.id)
    page = {
        "came_from": visits.named(),
        "product": found,
        "photos": photos,
        "stalls": editions.stalls_of(found.id, region_code=g.site.region_code) if found.is_curated else [],
        "more": catalog.more_of_shop(found.shop_id, than=found.id),
        "looked": moderation.looked_at(found.id) if found.is_checked else None,
        "said": testimonials.about(found.id, shop_id=found.shop_id),
        "can_order": not why_not,
        "why_not": why_not,
        "today": g.site.today(g.now),
        "farthest": _farthest(found, g.site.today(g.now)),
        "data": schema.graph(schema.product(found, photos, can_order=not why_not, at=canonical), schema.crumbs(*_way_to(found))),
    }
    return render_template("storefront/product.html", **page)


def _farthest(found: ProductView, today: date) -> str:
    """How far it arrives well, in words, where its shelf life does not reach as far as its seller sends."""
    if found.is_service or found.shelf_life_days is None:
        return ""
    settings = placing.settings_of(g.site.region_code)
    far = farthest(found.reach, found.shelf_life_days, found.produced_on, sent_on=today, settings=settings)
    if far == FARTHEST[found.reach]:
        return ""
    return DISTANCE_ARRIVES[far] if far else say("Masa simpannya terlalu pendek untuk dikirim")


def _way_to(found: ProductView) -> Iterator[Crumb]:
    yield from _way_to_shelf(None)
    if found.category and found.category_name and found.category_region == g.site.region_code:
        yield found.category_name, canonical(paths.BROWSE_CATEGORY, category=found.category)
    yield found.name, canonical(paths.PRODUCT, slug=found.slug)


@bp.get(paths.SHORT)
@public
def short(code: str) -> ResponseReturnValue:
    """Lead from a listing's short address to its page: here if this region has it, else in the region that has."""
    found = catalog.by_codes(readings(code))
    if found is None:
        abort(404)
    return _where_it_is_sold(*found)


def _where_it_is_sold(slug: str, market_code: str) -> ResponseReturnValue:
    sites = [site for site in regions.sites() if covers(site.region_code, market_code)]
    here = next((site for site in sites if site.id == g.site.id), sites[-1] if sites else None)
    if here is None:
        abort(404)
    return redirect(canonical(paths.PRODUCT, site=here, slug=slug), 301)


@bp.get(paths.SHOP)
@public
def shop(slug: str) -> ResponseReturnValue:
    """A shop and what it sells."""
    found = shops.by_slug(slug)
    if found is None or not covers(g.site.region_code, found.market_code):
        abort(404)
    cards: list[Card] = catalog.of_shop(found.id)
    way = ((_("Beranda"), canonical(paths.HOME)), (found.name, canonical(paths.SHOP, slug=slug)))
    data = schema.graph(schema.shop(found, cards, at=canonical), schema.crumbs(*way))
    said = testimonials.newest(found.id)
    tally = testimonials.tally(found.id) if said else {}
    return render_template("storefront/shop.html", shop=found, cards=cards, data=data, said=said, tally=tally)


@bp.get(paths.ORDER)
@public
def order(token: str) -> ResponseReturnValue:
    """Show an order to whoever holds its link or opened it by its code, and to its buyer what more they may say.

    The short code alone leads the signed-in seller to their desk, and nobody else anywhere.
    """
    opened = orders.opened(token[:200], own=remembered.own_tokens(), codes=remembered.opened_codes())
    if opened is None:
        shop_id = orders.shop_of(token[:20]) if actor() is not None else None
        shop = shops.by_id(shop_id) if shop_id else None
        if shop is not None and shops_policy.runs(actor(), shop, now=g.now):
            return see(paths.MY_ORDER, code=token)
        raise NotFound(GONE)
    found = opened.order
    events = orders.history(found.id)
    is_by_code = opened.shared == found.code  # that address opens for nobody else
    text = chat_text(
        link=absolute(paths.ORDERS) if is_by_code else absolute(paths.ORDER, token=opened.shared),
        code=found.code, items=found.items, buyer=found.buyer_name,
        place=", ".join(part for part in (found.buyer_place, found.address) if part), note=found.note, postage=found.postage,
        ready=long_date(found.ready_on) if found.ready_on else "",
    )  # fmt: skip
    means = payments.ways(found.shop_id) if _is_payable(found) else None
    paid = PaidForm(formdata=None)
    if means is not None:
        known = {PaysBy.TRANSFER: means.transfer, PaysBy.QRIS: means.qris, PaysBy.CASH: means.cash}
        paid.offer([way for way, said in known.items() if said])
    page = {
        "order": found,
        "events": events,
        "is_missed": found.state is OrderState.CONFIRMED and events[-1].deed is OrderDeed.NO_MONEY,
        "means": means,
        "paid": paid,
        "token": token,
        "own_link": absolute(paths.ORDER, token=opened.own) if opened.own else "",
        "message_text": text,
        "chat": chat_link(found.whatsapp, text),
        "open_once": request.args.get("kirim") == "1" and found.state is OrderState.PLACED,
        "pictures": pictures(found),
        "testimonial": testimonials.of_order(found.id) if found.received_at and opened.own else None,
    }
    return render_template("storefront/order.html", **page)


def _is_payable(order: OrderView) -> bool:
    """Whether the buyer owes a total that nobody says they paid."""
    is_open = order.state in {OrderState.CONFIRMED, OrderState.SENT}
    return is_open and order.is_final and order.paid_said_at is None and order.money_at is None


@bp.get(paths.EDITIONS)
@public
def all_editions() -> ResponseReturnValue:
    """All published editions, newest first, narrowed to a series, a kind or a year."""
    region, before = g.site.region_code, parse_key(request.args.get("sebelum"))
    series, kinds = editions.series_of(region), catalog.categories(region, is_counted=False)
    wanted = request.args.get("seri", "")
    chosen = wanted if wanted in {"utama", *(slug for slug, _name in series)} else ""
    kind = request.args.get("jenis", "")[:60]
    year = request.args.get("tahun", "")
    page = editions.published(
        region, before=before, series={"": None, "utama": ""}.get(chosen, chosen), category=kind,
        year=int(year) if year in {str(one) for one in YEARS} else None,
    )  # fmt: skip
    shown = {
        "series": series, "kinds": kinds, "chosen": chosen, "kind": kind, "year": year, "years": editions.years_of(region),
        "coming": editions.coming(region, now=g.now), "is_plain": not (chosen or kind or year),
    }  # fmt: skip
    return render_template("storefront/editions.html", editions=page.rows, next_key=page.next_key, is_first=before is None, **shown)


@bp.get(paths.EDITION)
@bp.get(paths.SERIES_EDITION)
@public
def edition(number: int, series: str = "") -> ResponseReturnValue:
    """A published edition, for good; one that was withdrawn or cancelled says so (410)."""
    found = editions.by_number(g.site.region_code, number, series=series)
    if found is None or found.state in {EditionState.DRAFT, EditionState.SCHEDULED}:
        abort(404)
    if found.state is not EditionState.PUBLISHED:
        return render_template("editions/gone.html", edition=found, decisions=editions.decisions(found.id)), 410
    cards, changes = editions.cards(found.id), [one for one in editions.decisions(found.id) if one.deed in AFTERWARDS]
    name = f"{translated(title(found.series_name, number))}: {found.theme}"
    here = _edition_at(series, number)
    way = ((_("Beranda"), canonical(paths.HOME)), (_("Edisi"), canonical(paths.EDITIONS)), (name, here))
    page = {
        "edition": found, "name": name, "cards": cards, "row": _row(cards, changes), "changes": changes,
        "coming": editions.coming(g.site.region_code, now=g.now),
        "is_named": not is_quiet(found.quiet, g.site.today(g.now)),
        "result": results.of_edition(found.id, at=found.published_at, now=g.now, timezone=g.site.timezone) if found.published_at else None,
        "data": schema.graph(schema.edition(found, name, cards, at=canonical), schema.crumbs(*way)),
    }  # fmt: skip
    return render_template("storefront/edition.html", **page)


def _row(cards: list[Card], changes: list[DecisionView]) -> list[tuple[int, Card | None, str]]:
    """The stalls of an edition by number, and between them those that are empty, with why."""
    there = {card.stall for card in cards}
    empty = {one.stall: one.reason for one in changes if one.stall and one.stall not in there}
    row = [(card.stall or 0, card, "") for card in cards] + [(stall, None, reason) for stall, reason in empty.items()]
    return sorted(row, key=lambda one: one[0])


@bp.get(paths.SITEMAP)
@public
def sitemap() -> ResponseReturnValue:
    """List a region's pages for search engines: the parts of the list, or one of them (`bagian`)."""
    asked = request.args.get("bagian")
    if asked is None:
        return _listed(index, [(canonical(paths.SITEMAP, bagian=part), at) for part, at in _parts()])
    part = parse_part(asked)
    places = _places(part) if part else []
    if not places:
        abort(404)
    return _listed(pages, places)


def _parts() -> Iterator[tuple[Part, datetime | None]]:
    yield Part(PartOf.PAGES), None
    for row in queries.shop_chunks(g.site.region_code):
        yield Part(PartOf.SHOPS, int(row.name)), row.changed_at
    for row in queries.product_chunks(g.site.region_code):
        yield Part(PartOf.PRODUCTS, int(row.name)), row.changed_at


def _places(part: Part) -> list[Page]:
    region = g.site.region_code
    match part.kind:
        case PartOf.PRODUCTS:
            return [(canonical(paths.PRODUCT, slug=row.name), row.changed_at) for row in queries.products(region, part.number)]
        case PartOf.SHOPS:
            return [(canonical(paths.SHOP, slug=row.name), row.changed_at) for row in queries.shops(region, part.number)]
        case PartOf.PAGES:
            lasting: list[Page] = [(canonical(path), None) for path in (paths.HOME, paths.BROWSE, paths.EDITIONS, paths.START_SELLING)]
            kinds: list[Page] = [(canonical(paths.BROWSE_CATEGORY, category=row.name), None) for row in queries.categories(region)]
            return lasting + kinds + [(_edition_at(series, number), at) for series, number, at in queries.editions(region)]


def _edition_at(series: str, number: int) -> str:
    return canonical(paths.in_series(paths.EDITION, series), series=series or None, number=number)


def _listed(write: Callable[[list[Page]], bytes], places: list[Page]) -> ResponseReturnValue:
    response = Response(write(places), mimetype="application/xml")
    response.cache_control.public, response.cache_control.max_age = True, 3600
    response.add_etag(weak=True)
    return response.make_conditional(request)
