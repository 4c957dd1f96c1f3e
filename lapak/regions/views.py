"""Which region is being looked at: by the prefix `/d/<slug>/`, by host name, else the instance's own."""

from flask import abort, g, request

from lapak.regions import queries
from lapak.regions.rules import Site
from lapak.web.prefix import SLUG_KEY

UNKNOWN = Site(0, "", "", "", None, "Lapak", "Lapak", "jateng", "Asia/Jakarta", "", "", "")


def choose_site() -> None:
    """Set `g.site`; an unknown region is 404, as is a region asked for by a foreign prefix."""
    slug = request.environ.get(SLUG_KEY)
    site = queries.site_by_slug(slug) if slug is not None else queries.site_by_host(request.host.partition(":")[0].lower())
    if site is None:
        request.root_path = ""  # the way home leads to the instance's own region, not to where nothing is
        abort(404 if slug is not None else 503)
    g.site = site
