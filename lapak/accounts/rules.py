"""Who somebody is here, and the limits of codes and sessions (security.md, S5, S6 and 7.3)."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.regions.rules import covers

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
UNUSED_LIMIT = (timedelta(minutes=30), 3)
SEND_LIMITS = ((timedelta(hours=1), 5), (timedelta(days=1), 20))
ORIGIN_SENDS = (timedelta(hours=1), 60)
ORIGIN_WRONG_TRIES = (timedelta(minutes=5), 10)
SEEN_STEP = timedelta(minutes=5)
PERSON_NAME_LENGTH = (2, 80)


class Purpose(StrEnum):
    """What somebody consents to."""

    SHOP = "shop"
    CALLS = "calls"


class Channel(StrEnum):
    """How consent was given: a text read aloud at a counter, or a box ticked by the person on our page."""

    COUNTER = "counter"
    PAGE = "page"


CHANNEL_NAMES = {Channel.COUNTER: say("Dibacakan di loket"), Channel.PAGE: say("Dicentang sendiri di situs ini")}
CONSENT_VERSION = "2026-11"
CONSENT_TEXTS = {
    (Purpose.SHOP, "2026-11"): say(
        "Saya setuju pengelola situs ini menyimpan nama dan nomor WhatsApp saya, serta menampilkan lapak, produk, dan nomor itu kepada "
        "pembeli supaya mereka dapat memesan. Pendamping boleh mengisi lapak saya sampai saya mengambilnya sendiri. Persetujuan ini boleh "
        "saya tarik kapan saja; produk saya lalu berhenti tampil."
    ),
    (Purpose.CALLS, "2026-11"): say(
        "Saya setuju dikabari lewat WhatsApp bila ada edisi baru yang dapat saya ikuti. Persetujuan ini boleh saya tarik kapan saja; "
        "lapak dan produk saya tidak terpengaruh."
    ),
}
"""Every version stays: a person reads what they agreed to (UU 27/2022, art. 20-22 and 24)."""


class Role(StrEnum):
    """What somebody may be in a region."""

    SELLER = "seller"
    COMPANION = "companion"
    CURATOR = "curator"
    OFFICER = "officer"
    LEADER = "leader"
    ADMIN = "admin"


ROLE_NAMES = {
    Role.SELLER: say("Penjual"),
    Role.COMPANION: say("Pendamping"),
    Role.CURATOR: say("Kurator"),
    Role.OFFICER: say("Petugas"),
    Role.LEADER: say("Pimpinan"),
    Role.ADMIN: say("Pengelola"),
}
OFFICIAL_ROLES = frozenset(Role) - {Role.SELLER}
ACCOMPANYING = frozenset({Role.COMPANION, Role.OFFICER, Role.ADMIN})
SESSION_LIMITS = {False: (timedelta(days=14), timedelta(days=90)), True: (timedelta(minutes=30), timedelta(hours=12))}


@dataclass(frozen=True, slots=True)
class Held:
    """A role in force, in a region."""

    role: Role
    region_code: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts: what services and policies need to know of them."""

    id: int
    name: str
    phone: str
    session_id: int
    roles: tuple[Held, ...]

    def holds(self, role: Role, region_code: str) -> bool:
        """Whether this person holds `role` with authority over `region_code`."""
        return any(held.role is role and covers(held.region_code, region_code) for held in self.roles)

    @property
    def is_official(self) -> bool:
        """Whether any role asks for the shorter sessions of officials."""
        return any(held.role in OFFICIAL_ROLES for held in self.roles)


def hash_code(code: str, *, salt: str, key: bytes) -> str:
    """Return what is stored of a one-time code: keyed, since six digits without a key are guessed in a second."""
    return hmac.new(key, f"code:{salt}:{code}".encode(), hashlib.sha256).hexdigest()


def origin_of(address: str | None, *, key: bytes) -> str:
    """Return a keyed mark of where a request comes from: the IPv4 address or the IPv6 /64, never the address itself."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        network = "unknown"
    else:
        network = str(ipaddress.ip_network(f"{ip}/{32 if ip.version == 4 else 64}", strict=False))
    return hmac.new(key, f"origin:{network}".encode(), hashlib.sha256).hexdigest()[:32]


def is_session_over(*, created_at: datetime, seen_at: datetime, is_official: bool, now: datetime) -> bool:
    """Whether a session ended by idleness or age; a clock that jumped back ends nothing."""
    idle, absolute = SESSION_LIMITS[is_official]
    return now - seen_at > idle or now - created_at > absolute


def seconds_until_free(sent: list[datetime], *, unused: list[datetime], now: datetime) -> int:
    """Return how many seconds to wait before another code may be sent to a number, 0 when it may be sent now.

    `sent` holds the moments of earlier codes, `unused` of those among them that let nobody in. S6: at most 3 in 30 minutes, 5 an
    hour, 20 a day; a code that did its work does not count among the three, or signing up would lock a seller out.
    """
    waits = [0]
    for moments, (window, limit) in ((unused, UNUSED_LIMIT), *((sent, one) for one in SEND_LIMITS)):
        recent = sorted(moment for moment in moments if moment > now - window)
        if len(recent) >= limit:
            waits.append(int((recent[-limit] + window - now).total_seconds()) + 1)
    return max(waits)


BROWSERS = (("SamsungBrowser", "Samsung Internet"), ("EdgA", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("UCBrowser", "UC Browser"),
            ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def device_name(user_agent: str) -> str:
    """Return how a person would call the browser they sit at: "Chrome di Android"; empty when it says nothing we know."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " di ".join(part for part in (browser, system) if part)


def person_name(text: str) -> str:
    """Return a person's name, cleaned; raise Invalid when it is too short or too long."""
    name = clean_line(text)
    shortest, longest = PERSON_NAME_LENGTH
    if not shortest <= len(name) <= longest:
        raise Invalid({"name": say("Tulis nama orangnya, 2 sampai %(most)s huruf", most=longest)})
    return name


def mask_phone(phone: str) -> str:
    """Return a number that its owner recognises and nobody else learns: +62812••••0913."""
    return f"{phone[:6]}••••{phone[-4:]}"
