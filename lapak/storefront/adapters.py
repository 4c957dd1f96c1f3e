"""What our pages say to search engines in the words of schema.org: plain values in, JSON-LD out.

Required fields follow schema.org and what Google asks of products, lists and breadcrumbs. A seller's number is never among them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lapak.catalog.queries import Card, ProductView
from lapak.catalog.rules import State, Supply
from lapak.editions.queries.public import EditionView
from lapak.kernel import paths
from lapak.kernel.text import printable
from lapak.photos.queries import PhotoView
from lapak.photos.rules import largest
from lapak.regions.rules import Site
from lapak.shops.queries import ShopRow

Address = Callable[..., str]
"""Makes a full address of a path and its parts, as `web.links.canonical` does."""
Crumb = tuple[str, str]
"""A page on the way to this one: its name and its address."""
Node = dict[str, Any]

CONTEXT = "https://schema.org"
CURRENCY = "IDR"


def graph(*nodes: Node) -> Node:
    """Return what stands in a page: several things in one document."""
    return {"@context": CONTEXT, "@graph": [_tidy(node) for node in nodes]}


def site(here: Site, *, at: Address) -> Node:
    """A region's market and who runs it."""
    home = at(paths.HOME)
    return {
        "@type": "WebSite",
        "@id": f"{home}#pasar",
        "name": here.brand,
        "url": home,
        "inLanguage": "id",
        "description": here.tagline,
        "publisher": {"@type": "GovernmentOrganization", "name": here.office, "areaServed": here.region_name},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": at(paths.SEARCH) + "?q={search_term_string}"},
            "query-input": "required name=search_term_string",
        },
    }


def product(found: ProductView, photos: Sequence[PhotoView], *, can_order: bool, at: Address) -> Node:
    """Goods with their offer, or a service with the least it costs."""
    return _service(found, photos, can_order=can_order, at=at) if found.is_service else _goods(found, photos, can_order=can_order, at=at)


def _goods(found: ProductView, photos: Sequence[PhotoView], *, can_order: bool, at: Address) -> Node:
    offer = {**_offer(found, can_order=can_order, at=at), "price": found.price, "itemCondition": f"{CONTEXT}/NewCondition"}
    weight = {"@type": "QuantitativeValue", "value": found.weight_grams, "unitCode": "GRM"} if found.weight_grams else None
    return {"@type": "Product", "sku": found.code, "weight": weight, "offers": offer, **_thing(found, photos, at=at)}


def _service(found: ProductView, photos: Sequence[PhotoView], *, can_order: bool, at: Address) -> Node:
    least = {"@type": "PriceSpecification", "minPrice": found.price, "priceCurrency": CURRENCY}
    return {
        "@type": "Service",
        "provider": _seller(found, at=at),
        "areaServed": found.area_served or found.place_name,
        "offers": {**_offer(found, can_order=can_order, at=at), "priceSpecification": least},
        **_thing(found, photos, at=at),
    }


def _thing(found: ProductView, photos: Sequence[PhotoView], *, at: Address) -> Node:
    address = at(paths.PRODUCT, slug=found.slug)
    return {
        "@id": f"{address}#produk",
        "url": address,
        "name": found.name,
        "description": found.description,
        "category": found.category_name,
        "image": [_image(photo, at=at) for photo in photos],
    }


def _image(photo: PhotoView, *, at: Address) -> str:
    return at(paths.PHOTO, key=photo.key, name=largest(photo.width, is_finished=photo.is_finished))


def _offer(found: ProductView, *, can_order: bool, at: Address) -> Node:
    return {
        "@type": "Offer",
        "url": at(paths.PRODUCT, slug=found.slug),
        "priceCurrency": CURRENCY,
        "availability": f"{CONTEXT}/{_availability(found, can_order=can_order)}",
        "seller": _seller(found, at=at),
    }


def _availability(found: ProductView, *, can_order: bool) -> str:
    if found.state is State.ARCHIVED:
        return "Discontinued"
    if not can_order:
        return "OutOfStock"
    return "MadeToOrder" if found.supply is Supply.MADE_TO_ORDER else "InStock"


def _seller(found: ProductView, *, at: Address) -> Node:
    return {"@type": "Organization", "name": found.shop_name, "url": at(paths.SHOP, slug=found.shop_slug)}


def shop(found: ShopRow, cards: Sequence[Card], *, at: Address) -> Node:
    """A shop at its place; where exactly it works is the seller's to tell."""
    address = at(paths.SHOP, slug=found.slug)
    photos = [_image(card.photo, at=at) for card in cards if card.photo]
    return {
        "@type": "LocalBusiness",
        "@id": f"{address}#lapak",
        "name": found.name,
        "url": address,
        "description": found.about,
        "address": {"@type": "PostalAddress", "addressLocality": found.place_name, "addressCountry": "ID"},
        "image": photos[:3],
    }


def edition(found: EditionView, name: str, cards: Sequence[Card], *, at: Address) -> Node:
    """An edition as a list; it has an order to be read in and no ranking. What a moderator withholds is not in it."""
    shown = [card for card in cards if card.state != State.WITHHELD]
    return {
        "@type": "ItemList",
        "name": name,
        "description": found.note,
        "url": at(paths.in_series(paths.EDITION, found.series), series=found.series or None, number=found.number),
        "itemListOrder": f"{CONTEXT}/ItemListUnordered",
        "numberOfItems": len(shown),
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": card.name, "url": at(paths.PRODUCT, slug=card.slug)}
            for number, card in enumerate(shown, start=1)
        ],
    }


def crumbs(*way: Crumb) -> Node:
    """The way to a page, from home to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address} for number, (name, address) in enumerate(way, start=1)
        ],
    }


def _tidy(value: Any) -> Any:
    """Leave out what is empty, and from texts what no page can hold."""
    if isinstance(value, dict):
        return {name: _tidy(one) for name, one in value.items() if one not in (None, "", [])}
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    return printable(value) if isinstance(value, str) else value
