"""What a buyer's browser remembers of its orders: their own tokens, in its signed session cookie."""

from flask import session

from lapak.orders.rules import shared_token

ORDERED = "ordered"
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
