"""Photos over HTTP: anyone may look at one whose key they know, people with an account may send one."""

import io

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from lapak.kernel import paths
from lapak.kernel.errors import Invalid, NotFound, TooMany
from lapak.photos import rules, service
from lapak.photos.adapters.store import store
from lapak.web.access import actor, public, signed_in
from lapak.web.limits import takes_photos
from lapak.web.texts import explained

bp = Blueprint("photos", __name__)
FOREVER = "public, max-age=31536000, immutable"
NOTHING_RUNS = "sandbox; default-src 'none'"


@bp.get(paths.PHOTO)
@public
def show(key: str, name: str) -> ResponseReturnValue:
    """Send one of a photo's public sizes; the master stays inside."""
    if name not in rules.PUBLIC_TYPES or not rules.is_key(key):
        raise NotFound(rules.GONE)
    try:
        data = store().read(f"{key}/{name}")
    except FileNotFoundError:
        raise NotFound(rules.GONE) from None
    response = Response(data, mimetype=rules.PUBLIC_TYPES[name])
    response.headers["Cache-Control"] = FOREVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.set_etag(f"{key}-{name}")  # a key is never used for two pictures
    return response.make_conditional(request)


@bp.post(paths.PHOTO_UPLOAD)
@signed_in
@takes_photos
def upload() -> ResponseReturnValue:
    """Take in one photo (field `photo`, and what it shows in `alt`); answer its key, its size in pixels and in bytes."""
    file = request.files.get("photo")
    if file is None or not file.filename:
        raise Invalid({"photo": rules.NO_FILE})
    rules.check_size(file.stream.seek(0, io.SEEK_END))
    file.stream.seek(0)
    photo = service.take_in(file.read(), by=actor().id, alt=request.form.get("alt", ""), now=g.now)
    return {"key": photo.key, "width": photo.width, "height": photo.height, "bytes": photo.size}, 201


@bp.errorhandler(Invalid)
def _refused(error: Invalid) -> ResponseReturnValue:
    return {"error": explained(error)}, 413 if isinstance(error, rules.TooLarge) else 422


@bp.errorhandler(TooMany)
def _later(error: TooMany) -> ResponseReturnValue:
    return {"error": explained(error)}, 429, {"Retry-After": str(error.retry_after)}


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return {"error": rules.SIGN_IN_FIRST if actor() is None else rules.TOO_LARGE}, 413
