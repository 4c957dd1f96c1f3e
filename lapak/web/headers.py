"""Headers on every answer: what the browser may load, keep and tell others (security.md, 3.4)."""

import gzip
from collections.abc import Callable, Iterable
from typing import Any

import brotli
from flask import Flask, request
from flask.wrappers import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
SMALLEST_TO_COMPRESS = 860
COMPRESSIBLE = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml", "image/svg+xml")


def install(app: Flask) -> None:
    """Let nobody keep an answer of the app that does not say so, and compress what is worth it."""

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        return _compressed(response)


class Promised:
    """WSGI middleware that puts the headers on every answer: pages, static files, and what others refuse before the app is asked."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, is_secure: bool) -> None:
        self.app = app
        self.headers = {**COMMON, "Content-Security-Policy": CSP, **({"Strict-Transport-Security": HSTS} if is_secure else {})}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; a header that the view has set stays."""

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = {name.lower() for name, _ in headers}
            return start_response(status, headers + [one for one in self.headers.items() if one[0].lower() not in said], *error)

        return self.app(environ, start)


def _compressed(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.headers.get("Content-Encoding")
        or not (response.mimetype or "").startswith(COMPRESSIBLE)
        or response.status_code < 200
        or response.status_code in {204, 304}
    ):
        return response
    body = response.get_data()
    if len(body) < SMALLEST_TO_COMPRESS:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["br"]:
        response.set_data(brotli.compress(body, quality=5))
        response.headers["Content-Encoding"] = "br"
    elif request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
