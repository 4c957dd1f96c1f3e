"""Headers on every answer: what the browser may load, keep and tell others (security.md, 3.4)."""

import gzip
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
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")


def install(app: Flask, *, is_secure: bool) -> None:
    """Put the headers on every answer of the app and compress what is worth it."""

    @app.after_request
    def _finish(response: Response) -> Response:
        for name, value in COMMON.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Cache-Control", "no-store")
        if is_secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return _compressed(response)


def static_headers(headers: Any, _path: str, _url: str) -> None:
    """Give static files the same promises (a hook of whitenoise)."""
    for name, value in COMMON.items():
        headers[name] = value


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
