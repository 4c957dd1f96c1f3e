"""What everybody may read beside an edition's page: how it was chosen."""

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from lapak.editions.queries import desk, public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import State, is_quiet, key_of
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.rubric import RUBRIC
from lapak.editions.service import kits
from lapak.kernel import paths
from lapak.web.access import public as anybody

bp = Blueprint("open_editions", __name__)
KIT_KEPT = "public, max-age=86400"
"""A kit's file never changes under its key, but a withdrawn edition's pictures shall not stay in caches for good."""


@bp.get(paths.EDITION_HOW)
@bp.get(paths.SERIES_EDITION_HOW)
@anybody
def how(number: int, series: str = "") -> ResponseReturnValue:
    """Tell how an edition was chosen: the rules, the rubric, how many took part, and every decision against the scores."""
    edition = _published(number, series)
    rules = desk.rules_of(edition)
    rows = [row for row in desk.entries(edition, rules) if row.judged.score is not None]
    shown = [row.judged.score or 0 for row in rows if row.standing is Standing.CHOSEN]
    scored = [row.judged.score or 0 for row in rows]
    page = {
        "edition": edition, "rules": rules, "rubric": RUBRIC, "totals": public.totals(edition.id),
        "decisions": public.decisions(edition.id),
        "lowest": min(shown, default=None), "highest": max(shown, default=None), "mean": sum(scored) / len(scored) if scored else None,
        "are_named": not is_quiet(edition.quiet, g.site.today(g.now)),
    }  # fmt: skip
    return render_template("editions/how.html", **page)


@bp.get(paths.EDITION_KIT)
@bp.get(paths.SERIES_EDITION_KIT)
@anybody
def kit(number: int, series: str = "") -> ResponseReturnValue:
    """Show the pictures of an edition, each with the words that go with it."""
    edition = _published(number, series)
    return render_template("editions/kit.html", edition=edition, posts=kits.posts(edition, g.site) if edition.kit_at else [])


@bp.get(paths.KIT)
@anybody
def kit_file(key: str, name: str) -> ResponseReturnValue:
    """Send one file of a published edition's kit."""
    edition = public.kit_out(key, region_code=g.site.region_code)
    data = kits.read(key, name) if edition else None
    if edition is None or data is None:
        abort(404)
    response = Response(data, mimetype=kits.TYPES[name])
    response.headers["Cache-Control"] = KIT_KEPT
    if name == kits.ARCHIVE:
        response.headers["Content-Disposition"] = f"attachment; filename=edisi-{key_of(*edition)}.zip"
    response.set_etag(f"{key}-{name}")
    return response.make_conditional(request)


def _published(number: int, series: str) -> EditionView:
    edition = public.by_number(g.site.region_code, number, series=series)
    if edition is None or edition.state is not State.PUBLISHED:
        abort(404)
    return edition
