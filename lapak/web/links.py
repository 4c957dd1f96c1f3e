"""Links: a path from `kernel/paths.py` under the region that is being looked at."""

from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.utils import redirect as _redirect
from werkzeug.wrappers import Response

from lapak.kernel.paths import fill


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


def see(pattern: str, *, at: str = "", **parts: object) -> Response:
    """Send the person on after a good POST (303, so that reloading repeats nothing), `at` a place on the page if it has one."""
    return _redirect(to(pattern, **parts) + (f"#{at}" if at else ""), 303)


def own_path(text: str | None) -> str | None:
    """Return `text` when it is a path on this host, else None ("//host", "/\\host" and "https:host" lead elsewhere)."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or any(ord(char) < 33 for char in text):
        return None
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None
