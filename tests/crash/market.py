"""How the rig sees orders: the form a buyer fills, and what must be so in the tables. When orders change, this file does."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, update

from lapak.catalog.models import Product
from lapak.catalog.service.stock import Line
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.kernel.clock import utc_now
from lapak.orders.models import Order, OrderLine
from lapak.orders.queries import reading as orders_queries
from lapak.orders.rules.states import State
from lapak.orders.service import answering, placing
from lapak.orders.service.placing import OrderDraft
from tests.factories import JATENG, Cast, make_product, product_id_of

HOT_UNITS = 500
OTHERS = 5
OTHER_UNITS = 60
LIVE = (State.PLACED, State.CONFIRMED)
PLACED = re.compile(r"/pesanan/([^/?]+)")
_INPUT = re.compile(r"<(?:input|textarea)\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What the tables say of one buyer's name: how many orders, and how the first stands."""

    orders: int
    state: str


def order_path(slug: str) -> str:
    return f"/produk/{slug}/pesan"


def cancel_path(token: str) -> str:
    return f"/pesanan/{token}/batal"


def filled(page: str, buyer: str) -> dict[str, str]:
    """The order form of a page, as a browser without scripts would send it for one unit."""
    fields: dict[str, str] = {}
    for tag in _INPUT.findall(page[page.index('method="post"') :]):
        found = dict(_ATTRIBUTE.findall(tag))
        if "name" in found and found.get("type") not in {"checkbox", "radio", "submit"}:
            fields.setdefault(found["name"], html.unescape(found.get("value", "")))
    return {**fields, "quantity": "1", "buyer_name": buyer, "buyer_place": "Kudus"}


def place(slug: str, buyer: str, *, once: str, now: datetime, quantity: int = 1) -> str:
    """Order without a page; return the buyer's own token."""
    shop_id = Query(select(Product.shop_id).where(Product.slug == slug), int).all()[0]
    return placing.place(
        OrderDraft(buyer, "Kudus", "", (Line(product_id_of(slug), quantity),)), shop_id=shop_id, idempotency_key=once, origin=once,
        site_code=JATENG, key=current_app.config["KEY"], now=now,
    )  # fmt: skip


def confirm_and_complete(token: str, *, cast: Cast, now: datetime) -> None:
    """Let the seller say yes, and later that all is done."""
    order = orders_queries.by_token(token)
    assert order
    answering.confirm(order.code, by=cast.seller, now=now)
    answering.complete(order.code, by=cast.seller, now=now + timedelta(hours=1))


def open_stalls(cast: Cast) -> list[str]:
    """One product that everybody wants and some others; return their slugs, the hot one first."""
    now = utc_now()
    slugs = [make_product(cast.seller, now=now, name="Kue yang viral", stock=HOT_UNITS)]
    return slugs + [make_product(cast.other_seller, now=now, name=f"Kopi {number}", stock=OTHER_UNITS) for number in range(OTHERS)]


def restock(slugs: list[str]) -> None:
    """Bring what is free of each product up to what it began with."""
    with transaction():
        for slug, units in zip(slugs, [HOT_UNITS, *[OTHER_UNITS] * OTHERS], strict=True):
            free = Query(select(Product.on_hand - Product.held).where(Product.slug == slug), int).all()[0]
            more = {"on_hand": Product.on_hand + units - free, "received": Product.received + units - free}
            db.session.execute(update(Product).where(Product.slug == slug).values(more))


def complaints() -> list[str]:
    """What is wrong with stock and holds: nothing, at every moment."""
    held = (
        select(OrderLine.product_id, func.sum(OrderLine.quantity).label("n"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.is_held, Order.state.in_(LIVE))
        .group_by(OrderLine.product_id)
        .subquery()
    )
    columns = (Product.slug, Product.on_hand, Product.held, Product.sold, Product.received, func.coalesce(held.c.n, 0))
    found = []
    for slug, on_hand, in_hold, sold, received, live in Query(
        select(*columns).outerjoin(held, held.c.product_id == Product.id), lambda *row: row
    ).all():
        if not 0 <= in_hold <= on_hand:
            found.append(f"{slug}: {in_hold} held of {on_hand}")
        if on_hand + sold != received:
            found.append(f"{slug}: {on_hand} on hand and {sold} sold of {received}")
        if live != in_hold:
            found.append(f"{slug}: {in_hold} held, but live orders hold {live}")
    empty = select(Order.buyer_name).where(~select(OrderLine.order_id).where(OrderLine.order_id == Order.id).exists())
    return found + [f"{buyer}: an order of nothing" for buyer in Query(empty, str).all()]


def answers() -> Mapping[str, Answer]:
    """What the tables say of every buyer."""
    columns = select(Order.buyer_name, func.count(), func.min(Order.state)).group_by(Order.buyer_name)
    return dict(Query(columns, lambda name, count, state: (name, Answer(count, state))).all())


def buyer_of(token: str) -> str | None:
    """Whose order a link opens."""
    order = orders_queries.by_token(token)
    return order.buyer_name if order else None
