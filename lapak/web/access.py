"""Who may open a view. Every view says so in one word: `@public`, `@signed_in` or `@allow(policy)`; a test fails when one does not.

A refused stranger is sent to sign in; a refused person gets 403. Objects of others are 404, decided where they are looked up.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request
from flask_login import current_user

from lapak.kernel import paths
from lapak.kernel.errors import NotAllowed
from lapak.web.links import see

View = Callable[..., Any]
Policy = Callable[[Any, str], bool]


def public(view: View) -> View:
    """Anyone may open this."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Anyone with an account may open this."""
    return allow(_is_somebody)(view)


def allow(policy: Policy) -> Callable[[View], View]:
    """Let in whom `policy(actor, region_code)` accepts, in the region that is being looked at."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return see(paths.SIGN_IN, next=_here() if request.method == "GET" else None)
            if not policy(actor(), g.site.region_code):
                raise NotAllowed("Halaman ini bukan untuk akun Anda.")
            return view(*args, **kwargs)

        return _marked(guarded, policy.__name__)

    return decorate


def actor() -> Any:
    """Return the signed-in person (`accounts.rules.Actor`), read when first asked, or None."""
    return current_user.actor if current_user.is_authenticated else None


def _here() -> str:
    return request.script_root + request.full_path.rstrip("?")


def _is_somebody(person: Any, _region: str) -> bool:
    return person is not None


def _marked(view: View, access: str) -> View:
    cast("Any", view).access = access
    return view
