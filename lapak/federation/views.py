"""Feeds for everybody's readers: the editions of a region, a category, a shop; as Atom and as JSON Feed."""

from datetime import timedelta

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.editions.rules.captions import title
from lapak.federation import queries
from lapak.federation.adapters import ATOM_TYPE, JSON_TYPE, atom, json_feed
from lapak.federation.queries import EditionRow, Listing
from lapak.federation.rules import SINCE, Entry, Feed, Item, Picture, tag
from lapak.kernel import paths
from lapak.kernel.money import format_rupiah
from lapak.photos.queries import PhotoView
from lapak.photos.rules import preview
from lapak.regions.rules import covers
from lapak.shops import queries as shops
from lapak.web.access import public
from lapak.web.links import canonical
from lapak.web.texts import translated

bp = Blueprint("federation", __name__)
KEPT = timedelta(minutes=5)


@bp.get(paths.FEED_ATOM)
@public
def editions_atom() -> ResponseReturnValue:
    """A region's editions."""
    return _atom(_editions())


@bp.get(paths.FEED_JSON)
@public
def editions_json() -> ResponseReturnValue:
    """A region's editions."""
    return _json(_editions())


@bp.get(paths.CATEGORY_ATOM)
@public
def category_atom(category: str) -> ResponseReturnValue:
    """What is new in a category."""
    return _atom(_category(category))


@bp.get(paths.CATEGORY_JSON)
@public
def category_json(category: str) -> ResponseReturnValue:
    """What is new in a category."""
    return _json(_category(category))


@bp.get(paths.SHOP_ATOM)
@public
def shop_atom(slug: str) -> ResponseReturnValue:
    """What is new in a shop."""
    return _atom(_shop(slug))


@bp.get(paths.SHOP_JSON)
@public
def shop_json(slug: str) -> ResponseReturnValue:
    """What is new in a shop."""
    return _json(_shop(slug))


def _atom(feed: Feed) -> ResponseReturnValue:
    return _sent(feed, atom(feed), ATOM_TYPE)


def _json(feed: Feed) -> ResponseReturnValue:
    return _sent(feed, json_feed(feed), JSON_TYPE)


def _sent(feed: Feed, body: bytes, mimetype: str) -> ResponseReturnValue:
    response = Response(body, mimetype=mimetype, content_type=f"{mimetype}; charset=utf-8")
    response.cache_control.public, response.cache_control.max_age = True, int(KEPT.total_seconds())
    response.last_modified = feed.updated
    response.add_etag(weak=True)
    return response.make_conditional(request)


def _editions() -> Feed:
    return Feed(
        id=tag(canonical(paths.HOME), SINCE, "umpan", g.site.region_code),
        title=_("Edisi %(brand)s", brand=g.site.brand),
        about=g.site.tagline,
        author=_publisher(),
        address=canonical(paths.EDITIONS),
        atom=canonical(paths.FEED_ATOM),
        json=canonical(paths.FEED_JSON),
        entries=tuple(_edition(row, listings) for row, listings in queries.editions(g.site.region_code)),
    )


def _category(slug: str) -> Feed:
    name = queries.category_name(slug, g.site.region_code)
    if name is None:
        abort(404)
    return Feed(
        id=tag(canonical(paths.HOME), SINCE, "umpan", g.site.region_code, "jenis", slug),
        title=_("%(category)s di %(brand)s", category=name, brand=g.site.brand),
        about=_("Produk terbaru jenis %(category)s.", category=name),
        author=_publisher(),
        address=canonical(paths.BROWSE_CATEGORY, category=slug),
        atom=canonical(paths.CATEGORY_ATOM, category=slug),
        json=canonical(paths.CATEGORY_JSON, category=slug),
        entries=tuple(map(_listing, queries.of_category(slug, g.site.region_code))),
    )


def _shop(slug: str) -> Feed:
    shop = shops.by_slug(slug)
    if shop is None or not covers(g.site.region_code, shop.market_code):
        abort(404)
    address = canonical(paths.SHOP, slug=slug)
    return Feed(
        id=tag(address, shop.joined_at, "umpan", "lapak", slug),
        title=_("%(shop)s, %(place)s", shop=shop.name, place=shop.place_name),
        about=shop.about or _("Produk terbaru dari %(shop)s.", shop=shop.name),
        author=Item(shop.name, address),
        address=address,
        atom=canonical(paths.SHOP_ATOM, slug=slug),
        json=canonical(paths.SHOP_JSON, slug=slug),
        entries=tuple(map(_listing, queries.of_shop(shop.id))),
    )


def _publisher() -> Item:
    return Item(g.site.brand, canonical(paths.HOME))


def _edition(row: EditionRow, listings: list[Listing]) -> Entry:
    address = canonical(paths.in_series(paths.EDITION, row.series), series=row.series or None, number=row.number)
    face = next((one.photo for one in listings if one.photo), None)
    return Entry(
        id=tag(address, row.published_at, "edisi", g.site.region_code, *([row.series] if row.series else []), row.number),
        title=f"{translated(title(row.series_name, row.number))}: {row.theme}",
        address=address,
        published=row.published_at,
        updated=row.published_at,
        author=_publisher(),
        text=row.note,
        facts=_("Dipilih kurator %(office)s", office=g.site.office),
        items=tuple(Item(_in_stall(one), canonical(paths.PRODUCT, slug=one.slug)) for one in listings),
        picture=_picture(face, row.theme),
    )


def _in_stall(listing: Listing) -> str:
    line = _(
        "Lapak %(stall)s: %(name)s, %(price)s. %(shop)s, %(place)s.",
        stall=listing.stall, name=listing.name, price=_price(listing), shop=listing.shop_name, place=listing.place_name,
    )  # fmt: skip
    return str(line)


def _listing(listing: Listing) -> Entry:
    address = canonical(paths.PRODUCT, slug=listing.slug)
    return Entry(
        id=tag(address, listing.created_at, "produk", listing.code),
        title=listing.name,
        address=address,
        published=listing.created_at,
        updated=listing.updated_at,
        author=Item(listing.shop_name, canonical(paths.SHOP, slug=listing.shop_slug)),
        text=listing.description,
        facts=_("%(price)s. %(shop)s, %(place)s.", price=_price(listing), shop=listing.shop_name, place=listing.place_name),
        tags=(listing.category,) if listing.category else (),
        picture=_picture(listing.photo, listing.name),
    )


def _price(listing: Listing) -> str:
    amount = format_rupiah(listing.price)
    return str(_("mulai %(price)s", price=amount)) if listing.is_service else amount


def _picture(photo: PhotoView | None, instead: str) -> Picture | None:
    if photo is None:
        return None
    name, width, height = preview(photo.width, photo.height, is_finished=photo.is_finished)
    return Picture(canonical(paths.PHOTO, key=photo.key, name=name), width, height, photo.alt or instead)
