"""What news is, how it is cut for each channel, and which addresses may be sent to. Plain Python."""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from lapak.accounts.rules import Actor, Role
from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say

KEPT = timedelta(days=180)
"""How long a notice is kept, read or not."""
DONE_KEPT = timedelta(days=14)
"""How long it is known what was sent where, as for messages to phones."""
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=17))
"""How long to wait after each try, a day in all. The first is longer than a slow mail server holds a try, so that none begins beside it."""
CONFIRM_LIFE = timedelta(hours=24)
ASK_LIMITS = ((timedelta(hours=1), 3), (timedelta(days=1), 10))
"""How many letters asking for a confirmation one person may have sent."""
ADDRESS_LIMIT = 5
"""How many such letters one address gets in a day, whoever asks for them: nobody fills a stranger's mailbox from here."""
ASKS_KEPT = timedelta(days=2)
MOST_DEVICES = 10
LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64
LONGEST_ENDPOINT = 1000
LONGEST_SUBJECT = 120
LARGEST_PAYLOAD = 2800
"""Bytes of a push message before it is encrypted. Services take 4096 after it (RFC 8030, 7.2), and some phones hold less."""
PUBLIC_KEY, AUTH = 65, 16
"""Bytes of a browser's public key, an uncompressed point of P-256, and of its secret (RFC 8291, 3.1 and 3.2)."""
MOST_COUNTED = 99


class Kind(StrEnum):
    """What news is about."""

    ORDER = "order"
    PRODUCT = "product"
    EDITION = "edition"
    TESTIMONIAL = "testimonial"
    ACCOUNT = "account"
    DESK = "desk"


KIND_NAMES = {
    Kind.ORDER: say("Pesanan"),
    Kind.PRODUCT: say("Produk"),
    Kind.EDITION: say("Edisi"),
    Kind.TESTIMONIAL: say("Testimoni"),
    Kind.ACCOUNT: say("Pembayaran dan akun"),
    Kind.DESK: say("Meja kerja"),
}
KIND_NOTES = {
    Kind.ORDER: say("Pesanan baru, jawaban pembeli, dan pesanan yang hampir gugur."),
    Kind.PRODUCT: say("Produk yang perlu Anda periksa, perbaiki, atau nyatakan masih ada."),
    Kind.EDITION: say("Pendaftaran, hasil kurasi, dan kesiapan sebelum terbit."),
    Kind.TESTIMONIAL: say("Pembeli menulis tentang lapak Anda."),
    Kind.ACCOUNT: say("Cara pembayaran atau alamat surel Anda berubah."),
    Kind.DESK: say("Edisi yang tertahan dan pekerjaan yang menunggu Anda."),
}
OF_SELLERS = (Kind.ORDER, Kind.PRODUCT, Kind.EDITION, Kind.TESTIMONIAL)
ANSWERING = frozenset({Role.COMPANION, Role.OFFICER, Role.ADMIN})


class Channel(StrEnum):
    """Where news goes besides the inbox and the phone's messages, if somebody allowed it."""

    MAIL = "mail"
    PUSH = "push"


def kinds_for(person: Actor) -> list[Kind]:
    """Return which news can reach somebody, by what they are here."""
    roles = {held.role for held in person.roles}
    wanted = set(OF_SELLERS) if Role.SELLER in roles else set()
    wanted |= {Kind.ORDER, Kind.PRODUCT} if roles & ANSWERING else set()
    wanted |= {Kind.DESK} if person.is_official else set()
    return [kind for kind in Kind if kind in wanted or kind is Kind.ACCOUNT]


def without_brand(text: str, brand: str) -> str:
    """Return a message as it stands below its site's name: that it began with falls away."""
    rest = text.removeprefix(f"{brand}: ")
    return rest[:1].upper() + rest[1:]


_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])")
WRONG_ADDRESS = say("Tulis alamat surel lengkap, misalnya darmi@contoh.id")


def mail_address(text: str) -> str:
    """Return an e-mail address; raise Invalid for what is none.

    Plain letters only, and no quoting, comments or lists, so that it stands in a header as it is.
    """
    typed = clean_line(text)
    found = _ADDRESS.fullmatch(typed) if typed == text.strip() and len(typed) <= LONGEST_ADDRESS else None
    if found is None or len(found[1]) > LONGEST_LOCAL or ".." in found[1] or found[1][0] == "." or found[1][-1] == ".":
        raise Invalid({"address": WRONG_ADDRESS})
    return f"{found[1]}@{found[2].lower()}"


def mask_address(address: str) -> str:
    """Return an address that its owner recognises and nobody else learns: da•••@contoh.id."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}•••@{domain}"


def secret(key: bytes, purpose: str, seed: str) -> str:
    """Return a link's secret (192 bits), derived so that a letter can be written when it is sent though only its hash is stored."""
    return urlsafe_b64encode(hmac.new(key, f"notices:{purpose}:{seed}".encode(), hashlib.sha256).digest()[:24]).decode()


def subject(text: str) -> str:
    """Return a letter's subject: the first sentence in one line, shortened at a word."""
    line = clean_line(text)
    first = re.split(r"(?<=[a-z0-9)])[.?] ", line, maxsplit=1)[0].rstrip(".")
    return first if len(first) <= LONGEST_SUBJECT else f"{first[:LONGEST_SUBJECT].rpartition(' ')[0] or first[:LONGEST_SUBJECT]}…"


def payload(title: str, text: str, link: str, mark: str) -> bytes:
    """Return what a push message carries, as JSON; a text too long for it is shortened. `mark` lets one that comes twice show once."""

    def written(body: str) -> bytes:
        return json.dumps({"title": title, "body": body, "link": link, "tag": mark}, ensure_ascii=False).encode()

    whole = written(text)
    while len(whole) > LARGEST_PAYLOAD and text:
        over = len(whole) - LARGEST_PAYLOAD
        text = text[: -max(1, over // 4)]
        whole = written(f"{text.rstrip()}…")
    return whole


WRONG_DEVICE = say("Peramban ini tidak memberi alamat yang dapat kami pakai. Muat ulang halaman, lalu coba lagi.")


def push_endpoint(text: str) -> str:
    """Return a push service's address as a browser gave it; raise Invalid for one that nobody should be sent to.

    Only https on its usual port, a name rather than a number, no credentials. Where the name leads is looked at when something is sent.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Invalid({"endpoint": WRONG_DEVICE}) from None
    host = parts.hostname or ""
    is_name = re.fullmatch(rf"(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]", host) is not None and len(host) <= 253
    is_plain = len(text) <= LONGEST_ENDPOINT and text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if not is_plain or parts.scheme != "https" or not is_name or port not in {None, 443} or "@" in parts.netloc or parts.fragment:
        raise Invalid({"endpoint": WRONG_DEVICE})
    return text


def push_secret(text: str, *, size: int) -> str:
    """Return one of a browser's keys, `size` bytes in base64url; raise Invalid for anything else."""
    try:
        raw = urlsafe_b64decode(text.rstrip("=").encode("ascii") + b"=" * (-len(text.rstrip("=")) % 4)) if len(text) <= 200 else b""
    except (NotBase64, UnicodeEncodeError):
        raw = b""
    is_point = size != PUBLIC_KEY or raw[:1] == b"\x04"
    if len(raw) != size or not is_point:
        raise Invalid({"endpoint": WRONG_DEVICE})
    return urlsafe_b64encode(raw).decode().rstrip("=")


def device_mark(endpoint: str) -> str:
    """Return by what a page recognises the browser it is shown in, without naming its address."""
    return hashlib.sha256(endpoint.encode()).hexdigest()
