"""Reads about regions and sites."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, select

from lapak.db.session import Query
from lapak.regions.models import Region, SiteRow
from lapak.regions.rules import Place, Site, short_name, within

_SITE = select(
    SiteRow.id, SiteRow.region_code, Region.name, SiteRow.slug, SiteRow.host, SiteRow.brand, SiteRow.office, SiteRow.theme,
    SiteRow.timezone, SiteRow.tagline, SiteRow.about, SiteRow.hashtag, SiteRow.is_default,
).join(Region, Region.code == SiteRow.region_code)  # fmt: skip


def _site(id_: int, region_code: str, region_name: str, *rest: Any) -> Site:
    return Site(id_, region_code, short_name(region_name), *rest)


_BY_SLUG = Query(_SITE.where(SiteRow.slug == bindparam("slug")), _site)
_BY_HOST = Query(
    _SITE.order_by(case((SiteRow.host == bindparam("host"), 0), else_=1), SiteRow.is_default.desc(), SiteRow.id).limit(1), _site
)
_ALL = Query(_SITE.order_by(SiteRow.region_code).limit(600), _site)
_BY_CODE = Query(_SITE.where(SiteRow.region_code == bindparam("code")), _site)
_PLACES = Query(
    select(Region.code, Region.name)
    .where(Region.code >= bindparam("low"), Region.code < bindparam("high"), Region.level == 2)
    .order_by(Region.name)
    .limit(600),
    lambda code, name: Place(code, short_name(name)),
)
_PLACES_OF = Query(
    select(Region.code, Region.name).where(Region.code.in_(bindparam("codes", expanding=True)), Region.level == 2).limit(600),
    lambda code, name: Place(code, short_name(name)),
)
_NAMED = Query(
    select(Region.code, Region.name)
    .where(Region.level == 2, func.lower(Region.name).in_(bindparam("names", expanding=True)))
    .order_by(Region.code)
    .limit(20),
    Place,
)
_NAME = Query(select(Region.name).where(Region.code == bindparam("code")), short_name)


def site_by_slug(slug: str) -> Site | None:
    """The site under `/d/<slug>/`."""
    return _BY_SLUG.first(slug=slug)


def site_by_host(host: str) -> Site | None:
    """The site that answers to a host name: its own, else the instance's default; None only before any site is open."""
    return _BY_HOST.first(host=host)


def site_of(region_code: str) -> Site | None:
    """The site that a region runs here, if it runs one."""
    return _BY_CODE.first(code=region_code)


def site_for(place: str) -> Site | None:
    """The site that serves a kabupaten or kota: its own, else its province's."""
    return site_of(place) or site_of(place.partition(".")[0])


def sites() -> list[Site]:
    """All sites of this instance, by region code."""
    return _ALL.all()


def places_in(authority: str) -> list[Place]:
    """The kabupaten and kota that `authority` covers, by name; a kota's own code gives just itself."""
    low, high = within(authority)
    return sorted(_PLACES.all(low=low, high=high), key=lambda place: place.name.removeprefix("Kota "))


def places_of(codes: Sequence[str]) -> list[Place]:
    """The kabupaten and kota with those codes, by name."""
    found = _PLACES_OF.all(codes=codes) if codes else []
    return sorted(found, key=lambda place: place.name.removeprefix("Kota "))


def place_of(code: str) -> Place | None:
    """The kabupaten or kota with that code."""
    return next(iter(places_of([code])), None)


def places_named(text: str) -> list[Place]:
    """The kabupaten and kota that somebody means who wrote "Semarang", "Kab. Gowa" or "Banyumanik, Kota Semarang"; with full names.

    Several when the words fit several, none when they fit none.
    """
    for part in reversed(text.lower().replace(".", " ").split(",")[-4:]):
        words = " ".join({"kab": "kabupaten", "kodya": "kota"}.get(word, word) for word in part.split())
        bare = words.removeprefix("kabupaten ").removeprefix("kota ").removeprefix("administrasi ")
        names = [words] if words != bare else [f"{kind} {bare}" for kind in ("kabupaten", "kota", "kota administrasi")]
        if words.startswith("kota "):
            names.append(f"kota administrasi {bare}")
        if bare and (found := _NAMED.all(names=names)):
            return found
    return []


def name_of(code: str) -> str | None:
    """A region's name as people say it, or None when there is no such code."""
    return _NAME.first(code=code)
