"""How large a request may be: 3 MB for words, 80 MB where somebody signed in sends photos, decided before anything is read."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, request, session

WORDS = 3 * 1024 * 1024
PHOTOS = 80 * 1024 * 1024

V = TypeVar("V", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}


def takes_photos(view: V) -> V:
    """Mark a view that takes photos (several at once, for browsers without scripts); strangers may send it only words."""
    cast("Any", view).takes_photos = True
    return view


def install(app: Flask) -> None:
    """Limit bodies, and refuse unsafe requests that a browser says come from another site (security.md, 3.5.3)."""
    app.config.update(MAX_CONTENT_LENGTH=WORDS, MAX_FORM_MEMORY_SIZE=WORDS, MAX_FORM_PARTS=300)

    @app.before_request
    def _limit() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        # The signed cookie is enough here: whether its session still lives is asked once the body is known to be bearable.
        if getattr(view, "takes_photos", False) and session.get("_user_id"):
            request.max_content_length = PHOTOS
        if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(403)
