"""Orders as a seller's desk has them, made through the services that people's pages use."""

from datetime import datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from lapak.accounts.rules import Actor
from lapak.catalog.service.stock import Line
from lapak.orders.queries import reading
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.states import Decline, State
from lapak.orders.service import answering, buying, placing
from lapak.orders.service.placing import OrderDraft
from tests.factories import JATENG, KEY, product_id_of, shop_id_of


def make_order(
    seller: Actor, slugs: list[str], *, now: datetime, quantity: int = 1, state: State = State.PLACED, **changes: Any,
) -> OrderView:  # fmt: skip
    """An order with a seller, so far along."""
    draft = OrderDraft(
        **{
            "buyer_name": "Rina", "buyer_place": "Makassar", "note": "", "buyer_phone": "+6281298765432",
            "lines": tuple(Line(product_id_of(slug), quantity) for slug in slugs), **changes,
        }
    )  # fmt: skip
    key = repr((draft, state, now, seller.id))
    token = placing.place(draft, shop_id=shop_id_of(seller), idempotency_key=key, origin=key, site_code=JATENG, key=KEY, now=now)
    order = _found(token)
    if state is State.DECLINED:
        answering.decline(order.code, Decline.SOLD_OUT, "", by=seller, now=now)
    elif state is not State.PLACED:
        answering.confirm(order.code, postage=12000, by=seller, now=now)
        buying.accept(token, _found(token).total, now=now)
    if state in {State.PAID, State.SENT, State.COMPLETED}:
        answering.take_money(order.code, by=seller, now=now)
    if state in {State.SENT, State.COMPLETED}:
        answering.send(order.code, "JNE", "JP123", by=seller, now=now)
    if state is State.COMPLETED:
        answering.complete(order.code, by=seller, now=now)
    return _found(token)


def _found(token: str) -> OrderView:
    found = reading.by_token(token)
    assert found is not None
    return found


def pages_of(data: bytes) -> list[str]:
    """The text of each page of a PDF, its white space made even."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]
