"""Codes that people read aloud and tokens that nobody guesses, both from `secrets`."""

import hashlib
import re
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_code(length: int = 6) -> str:
    """Return a code without look-alikes (no 0/O, 1/I/L, U): 30**6 is 729 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def token() -> str:
    """Return 160 random bits, URL-safe: for capability links and sessions (security.md asks for >= 128)."""
    return secrets.token_urlsafe(20)


def hash_token(token: str) -> str:
    """Return what is stored of a token; so many random bits need no key."""
    return hashlib.sha256(token.encode()).hexdigest()


def six_digits() -> str:
    """Return a one-time code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def slugify(text: str, *, limit: int = 60) -> str:
    """Return `text` as lower-case ASCII words joined by hyphens, at most `limit` characters; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:limit].strip("-")


def slug_with_code(text: str, code: str = "") -> str:
    """Return a permanent public name such as "keripik-tempe-7kq2mf": readable, unique, not countable; `code` is a fresh one when empty."""
    return "-".join(part for part in (slugify(text), code or short_code().lower()) if part)
