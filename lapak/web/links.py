"""Links: a path from `kernel/paths.py` under the region that is being looked at."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.utils import redirect as _redirect
from werkzeug.wrappers import Response

from lapak.kernel.paths import REGION_PREFIX, SHORT, fill


class Located(Protocol):
    """Where a region's site is found."""

    @property
    def slug(self) -> str:
        """Its name in `/d/<slug>/`."""

    @property
    def host(self) -> str | None:
        """Its own host name, if it has one."""

    @property
    def is_default(self) -> bool:
        """Whether it is the instance's own."""


L = TypeVar("L", bound=Located)
LANGUAGES = ("id",)


def to(pattern: str, **parts: object) -> str:
    """Return the path of a page of this region, e.g. `to(paths.PRODUCT, slug="kopi-7kq2mf")`."""
    return request.script_root + fill(pattern, **parts)


def absolute(pattern: str, **parts: object) -> str:
    """Return the full address of a page of this region, for messages and metadata.

    A region asked for by a host name of its own keeps that name; PUBLIC_URL is the instance's.
    """
    own_host = g.site.host if request.host.partition(":")[0].lower() == g.site.host else None
    base = f"{request.scheme}://{request.host}" if own_host else current_app.config["PUBLIC_URL"] or request.host_url
    return base.rstrip("/") + to(pattern, **parts)


def canonical(pattern: str, *, site: Located | None = None, **parts: object) -> str:
    """Return the one address of a page that the world should know, of this region or of `site`, however it was asked for.

    A region lives at its own host name if it has one, the instance's own region at PUBLIC_URL, any other below its prefix.
    """
    here: Located = site or g.site
    below = "" if here.host or here.is_default else f"{REGION_PREFIX}{here.slug}"
    return _root(here) + below + fill(pattern, **parts)


def short(code: str) -> str:
    """Return the short address of a listing; the same for all regions that share a host."""
    return _root(g.site) + fill(SHORT, code=code)


def languages(address: str) -> list[tuple[str, str]]:
    """Return in which languages a page can be read, each with its address, and the one for everybody else."""
    return [*((language, address) for language in LANGUAGES), ("x-default", address)]


def sharing_a_host(sites: Sequence[L]) -> list[L]:
    """Return which of the sites are found at the host that is being asked: the one whose own it is, else all that have none."""
    asked = request.host.partition(":")[0].lower()
    return [site for site in sites if site.host == asked] or [site for site in sites if not site.host]


def root() -> str:
    """Return the address of the host that this region is found at, without a slash at its end."""
    return _root(g.site)


def _root(site: Located) -> str:
    public: str = current_app.config["PUBLIC_URL"]
    if not site.host:
        return (public or request.host_url).rstrip("/")
    is_asked = request.host.partition(":")[0].lower() == site.host
    return f"{urlsplit(public).scheme or request.scheme}://{request.host if is_asked else site.host}"


def see(pattern: str, *, at: str = "", **parts: object) -> Response:
    """Send the person on after a good POST (303, so that reloading repeats nothing), `at` a place on the page if it has one."""
    return _redirect(to(pattern, **parts) + (f"#{at}" if at else ""), 303)


def own_path(text: str | None) -> str | None:
    """Return `text` when it is a path on this host, else None ("//host", "/\\host" and "https:host" lead elsewhere)."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or any(ord(char) < 33 for char in text):
        return None
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None
