"""What everybody may read beside an edition's page: how it was chosen, and the same as data."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lapak.catalog.queries import Card
from lapak.editions.queries import desk, public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import State, is_quiet
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.rubric import RUBRIC
from lapak.kernel import paths
from lapak.web.access import public as anybody
from lapak.web.links import canonical

bp = Blueprint("open_editions", __name__)
FORMAT = 1
"""The version of an edition's JSON; what it promises is written in docs/editions-json.md."""


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
        "are_named": not is_quiet(public.quiet_period(edition.region_code), g.site.today(g.now)),
    }  # fmt: skip
    return render_template("editions/how.html", **page)


@bp.get(paths.EDITION_JSON)
@bp.get(paths.SERIES_EDITION_JSON)
@anybody
def as_json(number: int, series: str = "") -> ResponseReturnValue:
    """Answer an edition as data, in a form that stays what it is."""
    edition = _published(number, series)
    response = jsonify(_data(edition))
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag(weak=True)
    return response.make_conditional(request)


def _published(number: int, series: str) -> EditionView:
    edition = public.by_number(g.site.region_code, number, series=series)
    if edition is None or edition.state is not State.PUBLISHED:
        abort(404)
    return edition


def _data(edition: EditionView) -> dict[str, Any]:
    shown, totals = public.as_shown(edition.id), public.totals(edition.id)
    return {
        "format": FORMAT,
        "region": edition.region_code,
        "series": edition.series,
        "number": edition.number,
        "theme": edition.theme,
        "note": edition.note,
        "date": edition.date.isoformat(),
        "published_at": _moment(edition.published_at),
        "url": canonical(paths.in_series(paths.EDITION, edition.series), series=edition.series or None, number=edition.number),
        "lot_seed": edition.lot_seed,
        "entries": totals.entries,
        "judges": totals.judges,
        "scores": totals.scores,
        "stalls": [_stall(card, *shown.get(card.slug, (card.name, card.price))) for card in public.cards(edition.id)],
        "changes": [{"at": _moment(one.at), "what": one.deed.value, "reason": one.reason} for one in public.decisions(edition.id)],
    }


def _stall(card: Card, name: str, price: int | None) -> dict[str, Any]:
    return {
        "stall": card.stall, "slug": card.slug, "name": name, "price": price or card.price, "currency": "IDR",
        "is_service": card.is_service, "shop": card.shop_name, "place": card.place_name, "url": canonical(paths.PRODUCT, slug=card.slug),
    }  # fmt: skip


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
