"""What a shop may be called, and the address that opens a chat with it."""

from enum import StrEnum
from urllib.parse import quote

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say


class Origin(StrEnum):
    """How a shop came here: opened by its seller, registered by a companion at a counter, or imported from a list."""

    SELF = "self"
    COMPANION = "companion"
    IMPORT = "import"


NAME_LENGTH = (2, 60)
ABOUT_LENGTH = 600


def shop_name(text: str) -> str:
    """Return a shop's name, cleaned; raise Invalid when it is too short or too long."""
    name = clean_line(text)
    shortest, longest = NAME_LENGTH
    if len(name) < shortest:
        raise Invalid({"name": say("Tulis nama lapak Anda, paling sedikit 2 huruf")})
    if len(name) > longest:
        raise Invalid({"name": say("Nama lapak paling panjang %(most)s huruf", most=longest)})
    return name


def chat_link(whatsapp: str, text: str) -> str:
    """Return the wa.me address of a chat with `text` filled in (developers.facebook.com, click to chat: digits only, no plus)."""
    return f"https://wa.me/{whatsapp.removeprefix('+')}?text={quote(text, safe='')}"
