"""Codes that people read aloud and tokens that nobody guesses, both from `secrets`."""

import hashlib
import re
import secrets
import unicodedata
from itertools import product
from math import prod

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


_LOOKS_LIKE = {"0": "dq", "o": "dq", "1": "jt7", "i": "jt7", "l": "jt7", "u": "v"}
_MOST_READINGS = 64


def short_code(length: int = 6) -> str:
    """Return a code without look-alikes (no 0/O, 1/I/L, U): 30**6 is 729 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def readings(text: str) -> list[str]:
    """Return the short codes that somebody may mean by what they typed, itself first; none for what cannot be one.

    Case, spaces and hyphens do not count, and a character that no code has stands for those that look like it.
    """
    typed = re.sub(r"[\s-]", "", text.lower()) if len(text) <= 20 else ""
    if not re.fullmatch(r"[a-z0-9]{4,12}", typed):
        return []
    choices = [_LOOKS_LIKE.get(char, char) for char in typed]
    meant = product(*choices) if prod(map(len, choices)) <= _MOST_READINGS else ()
    return list(dict.fromkeys([typed, *map("".join, meant)]))


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
