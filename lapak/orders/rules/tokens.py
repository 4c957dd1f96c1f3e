"""The secrets that open an order, and how fast one network may order."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

PLACED_BY_ORIGIN = (timedelta(minutes=10), 30)
WAITING_BY_ORIGIN = 200
"""High, because a mobile carrier puts thousands of people behind one address; low enough that one machine cannot empty a shelf."""


def form_key(once: str, draft: object) -> str:
    """Return the key of one filling of an order form: the same filling sent twice is one order, a changed one is another."""
    return hashlib.sha256(repr((once, draft)).encode()).hexdigest()


def token_for(idempotency_key: str, *, key: bytes) -> str:
    """Return the buyer's own token (192 bits), derived from the form's one-time key: sent twice, it is the same order.

    It never leaves the buyer's hands: what goes into the chat is `shared_token` of it.
    """
    digest = hmac.new(key, f"order:{idempotency_key}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def shared_token(token: str) -> str:
    """Return the token that opens the order of a buyer's own token and speaks for nobody; there is no way back from it."""
    return urlsafe_b64encode(hashlib.sha256(f"shared:{token}".encode()).digest()[:24]).decode()
