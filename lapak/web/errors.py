"""Refusals and faults as pages: what happened, what is safe, what to do. The one place where errors meet HTTP."""

import errno
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lapak.kernel.codes import short_code
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.words import say
from lapak.web.logs import frames
from lapak.web.texts import explained, translated

STATUS: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422, TooMany: 429}
TITLES = {
    400: say("Permintaan ini tidak dapat dibaca"),
    403: say("Halaman ini bukan untuk akun Anda"),
    404: say("Halaman ini tidak ada"),
    405: say("Halaman ini tidak menerima permintaan itu"),
    409: say("Keadaannya baru saja berubah"),
    413: say("Kiriman ini terlalu besar"),
    422: say("Ada isian yang perlu diperbaiki"),
    429: say("Tunggu sebentar"),
    500: say("Maaf, ada yang salah di sistem kami"),
    503: say("Lapak sedang sibuk"),
}
TEXTS = {
    400: say("Muat ulang halaman sebelumnya, lalu coba lagi. Tidak ada yang berubah."),
    404: say("Mungkin tautannya salah ketik, atau isinya sudah tidak ada. Coba cari dari beranda."),
    405: say("Kembali ke halaman sebelumnya. Tidak ada yang berubah."),
    413: say(
        "Satu foto paling besar 15 MB, satu kiriman paling besar 80 MB. Isian Anda belum tersimpan. Kembali, lalu kirim lebih sedikit."
    ),
    500: say("Bukan salah Anda. Yang sudah tersimpan tetap aman. Silakan coba lagi beberapa menit lagi."),
    503: say("Permintaan Anda belum tersimpan. Coba lagi beberapa detik lagi."),
}
STALE_TITLE = say("Halaman ini terlalu lama terbuka")
STALE_FORM = say("Kembali, muat ulang, lalu kirim lagi. Belum ada yang berubah.")
DISK_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE}
UNAVAILABLE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
_log = structlog.get_logger("web")


def install(app: Flask) -> None:
    """Answer every error of the app in the design, with a reference code when the fault is ours."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, lambda _error: page(403, translated(STALE_FORM), title=translated(STALE_TITLE)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(OSError, _storage)
    app.register_error_handler(Exception, _unexpected)


def is_faulty() -> bool:
    """Whether this request ended in a fault: its page asks the database for nobody, which may be what is broken."""
    return bool(g.get("is_faulty"))


def page(
    status: int, text: str, *, title: str = "", code: str | None = None, headers: dict[str, str] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """Return an error page; scripts that asked for JSON get the sentence as JSON."""
    g.is_faulty = status >= 500
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=text, code=code), status, headers or {}
    title = title or translated(TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400]))
    return (
        render_template(
            "errors/error.html", title=title, text=text, code=code, status=status, retry=status >= 500 or status == 429, back=_back(status)
        ),
        status,
        headers or {},
    )


def _back(status: int) -> str:
    """The page of ours on which a button was pressed that came too late or was not for this person; empty otherwise."""
    if request.method != "POST" or status not in {403, 409, 422}:
        return ""
    came = urlsplit(request.referrer or "")
    return came.path if came.netloc == request.host and came.path.startswith("/") and not came.path.startswith("//") else ""


def _domain(error: DomainError) -> ResponseReturnValue:
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return page(status, explained(error), headers=headers)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return page(status, translated(TEXTS.get(status, TEXTS[400])), headers=headers)


def _database(error: OperationalError) -> ResponseReturnValue:
    if not getattr(error.orig, "sqlite_errorname", "SQLITE_BUSY").startswith(UNAVAILABLE):
        return _unexpected(error)
    _log.warning("database not available", error=str(error.orig)[:200], route=_route())
    return page(503, translated(TEXTS[503]), headers={"Retry-After": "5"})


def _storage(error: OSError) -> ResponseReturnValue:
    if error.errno not in DISK_FAULTS:
        return _unexpected(error)
    _log.warning("storage not available", error=type(error).__name__, errno=error.errno, route=_route())
    return page(503, translated(TEXTS[503]), headers={"Retry-After": "30"})


def _unexpected(error: Exception) -> ResponseReturnValue:
    code = f"G-{short_code(5)}"
    _log.error("unexpected", code=code, route=_route(), error=type(error).__name__, trace=frames(error))
    return page(500, translated(TEXTS[500]), code=code)


def _route() -> Any:
    return request.url_rule.rule if request.url_rule else None
