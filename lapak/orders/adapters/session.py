"""What a buyer's browser remembers, in its signed session cookie: its basket, and the own tokens of its orders."""

from collections.abc import Sequence

from flask import session

from lapak.catalog.service.stock import Line
from lapak.orders.rules.items import MOST_LINES, MOST_UNITS
from lapak.orders.rules.tokens import shared_token

ORDERED = "ordered"
BASKET = "basket"
OPENED = "opened"
MOST_OPENED = 5
MOST_REMEMBERED = 20
"""Of 32 letters each; a cookie holds about four times as many."""


def remember(token: str) -> None:
    """Have this browser remember the own token of an order that it just made."""
    session.permanent = True
    session[ORDERED] = [*(old for old in own_tokens() if old != token), token][-MOST_REMEMBERED:]


def own_tokens() -> list[str]:
    """The own tokens of the orders that this browser made last, the newest at the end."""
    return list(session.get(ORDERED, []))


def shown(token: str) -> str:
    """What this browser shows for an order: its own token where it remembers it, otherwise the one in the address."""
    token = token[:200]
    return next((own for own in own_tokens() if shared_token(own) == token), token)


def open_by_code(code: str) -> None:
    """Let this browser look at an order by its short code, for as long as it remembers."""
    session[OPENED] = [*(old for old in opened_codes() if old != code), code][-MOST_OPENED:]


def opened_codes() -> list[str]:
    """The short codes of the orders that this browser may look at."""
    return list(session.get(OPENED, []))


def basket() -> list[Line]:
    """What is in this browser's basket, of all shops, in the order it was put there."""
    return [Line(product_id, quantity, variant_id=variant_id or None) for product_id, variant_id, quantity in session.get(BASKET, [])]


def put(line: Line) -> bool:
    """Put a line into the basket, on top of what is there of the same; return whether there was room."""
    lines = {(one.product_id, one.variant_id): one.quantity for one in basket()}
    key = line.product_id, line.variant_id
    if key not in lines and len(lines) >= MOST_LINES:
        return False
    lines[key] = min(lines.get(key, 0) + line.quantity, MOST_UNITS)
    keep([Line(product_id, quantity, variant_id=variant_id) for (product_id, variant_id), quantity in lines.items()])
    return True


def keep(lines: Sequence[Line]) -> None:
    """Have the basket hold just these lines."""
    session.permanent = True
    session[BASKET] = [[line.product_id, line.variant_id or 0, line.quantity] for line in lines][:MOST_LINES]
