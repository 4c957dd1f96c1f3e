"""What schema.org and Google ask of the things our pages speak of: required fields, and what may stand in them.

From schema.org 29 and Google's pages on product snippets, local businesses, lists, breadcrumbs and sitelinks search boxes.
"""

import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def url(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s<>\"]+", value) is not None


def amount(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def number(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def one_of(*names: str) -> Check:
    return lambda value: value in {f"https://schema.org/{name}" for name in names}


def a(*kinds: str) -> Check:
    return lambda value: isinstance(value, dict) and value.get("@type") in kinds


def many(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


AVAILABILITY = one_of("InStock", "OutOfStock", "MadeToOrder", "Discontinued")
THING = {"@id": url, "url": url, "description": text, "category": text, "image": many(url)}
OFFER = {"url": url, "priceCurrency": lambda value: value == "IDR", "availability": AVAILABILITY, "seller": a("Organization")}
REQUIRED: dict[str, dict[str, Check]] = {
    "Product": {"name": text, "offers": a("Offer"), "url": url},
    "Service": {"name": text, "offers": a("Offer"), "url": url, "provider": a("Organization"), "areaServed": text},
    "Offer": OFFER,
    "PriceSpecification": {"minPrice": amount, "priceCurrency": lambda value: value == "IDR"},
    "QuantitativeValue": {"value": amount, "unitCode": lambda value: value == "GRM"},
    "Organization": {"name": text, "url": url},
    "GovernmentOrganization": {"name": text, "areaServed": text},
    "LocalBusiness": {"name": text, "url": url, "address": a("PostalAddress")},
    "PostalAddress": {"addressLocality": text, "addressCountry": lambda value: value == "ID"},
    "ItemList": {"name": text, "url": url, "numberOfItems": number, "itemListOrder": one_of("ItemListUnordered"), "itemListElement": many(a("ListItem"))},
    "BreadcrumbList": {"itemListElement": many(a("ListItem"))},
    "ListItem": {"position": amount, "name": text},
    "WebSite": {"name": text, "url": url, "publisher": a("GovernmentOrganization"), "potentialAction": a("SearchAction")},
    "SearchAction": {"target": a("EntryPoint"), "query-input": text},
    "EntryPoint": {"urlTemplate": lambda value: value.endswith("?q={search_term_string}")},
}  # fmt: skip
OPTIONAL: dict[str, dict[str, Check]] = {
    "Product": {**THING, "sku": text, "weight": a("QuantitativeValue")},
    "Service": THING,
    "Offer": {"price": amount, "itemCondition": one_of("NewCondition"), "priceSpecification": a("PriceSpecification")},
    "LocalBusiness": {"@id": url, "description": text, "image": many(url)},
    "ItemList": {"description": text},
    "ListItem": {"url": url, "item": url},
    "WebSite": {"@id": url, "inLanguage": text, "description": text},
}


def check(node: Any) -> None:
    """Fail, naming the field, when a thing of a page lacks a required field or has one that it should not have."""
    if isinstance(node, list):
        for one in node:
            check(one)
    if not isinstance(node, dict):
        return
    kind = node.get("@type")
    assert kind in REQUIRED, f"unknown type {kind}"
    required, optional = REQUIRED[kind], OPTIONAL.get(kind, {})
    assert set(required) <= set(node), f"{kind} lacks {set(required) - set(node)}"
    for name, value in node.items():
        if name != "@type":
            fits = {**required, **optional}.get(name)
            assert fits, f"{kind} knows no {name}"
            assert fits(value), f"{kind}.{name}: {value!r}"
            check(value)
    if kind == "Offer":
        assert ("price" in node) != ("priceSpecification" in node), "an offer has a price, or the least it costs"
    if kind in {"ItemList", "BreadcrumbList"}:
        positions = [one["position"] for one in node["itemListElement"]]
        assert positions == list(range(1, len(positions) + 1))
