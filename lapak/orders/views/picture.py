"""The picture of what was ordered, as both sides get it."""

from flask import Response
from flask.typing import ResponseReturnValue

from lapak.kernel.errors import NotFound
from lapak.orders.adapters import evidence
from lapak.orders.queries.reading import OrderView
from lapak.photos.rules import GONE

NOTHING_RUNS = "sandbox; default-src 'none'"


def picture_of(order: OrderView, position: int) -> ResponseReturnValue:
    """Answer the picture of a line of an order that the reader may open; raise NotFound when there is none, or no more."""
    item = next((item for item in order.items if item.position == position), None)
    data = evidence.read(order.code, position, item.seen.photo) if item else None
    if data is None:
        raise NotFound(GONE)
    return Response(data, mimetype="image/jpeg", headers={"Content-Security-Policy": NOTHING_RUNS})
