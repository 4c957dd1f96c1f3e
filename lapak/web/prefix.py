"""Regions on one host: `/d/<slug>/…` is the same site as `/…`, for another region."""

from collections.abc import Callable, Iterable
from typing import Any

from lapak.kernel.paths import REGION_PREFIX

SLUG_KEY = "lapak.region_slug"


class RegionPrefix:
    """WSGI middleware that moves `/d/<slug>` from the path to SCRIPT_NAME, so that every link of the page keeps it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        environ.pop(SLUG_KEY, None)
        if path.startswith(REGION_PREFIX):
            slug, slash, rest = path.removeprefix(REGION_PREFIX).partition("/")
            environ[SLUG_KEY] = slug
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + REGION_PREFIX + slug
            environ["PATH_INFO"] = slash + rest or "/"
        return self.app(environ, start_response)
