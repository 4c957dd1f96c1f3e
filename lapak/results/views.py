"""An edition as data, with what became of its listings."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, jsonify, request
from flask.typing import ResponseReturnValue

from lapak.catalog.queries import Card
from lapak.catalog.rules import State as ProductState
from lapak.editions.queries import public
from lapak.editions.queries.public import DecisionView, EditionView
from lapak.editions.rules.calendar import State
from lapak.editions.service import kits
from lapak.kernel import paths
from lapak.results import queries
from lapak.results.rules import Outcome, Window
from lapak.web.access import public as anybody
from lapak.web.links import canonical

bp = Blueprint("results", __name__)
FORMAT = 1
"""The version of an edition's JSON; what it promises is written in docs/editions-json.md."""


@bp.get(paths.EDITION_JSON)
@bp.get(paths.SERIES_EDITION_JSON)
@anybody
def as_json(number: int, series: str = "") -> ResponseReturnValue:
    """Answer an edition as data, in a form that stays what it is."""
    edition = public.by_number(g.site.region_code, number, series=series)
    if edition is None or edition.state is not State.PUBLISHED or edition.published_at is None:
        abort(404)
    outcome = queries.of_edition(edition.id, at=edition.published_at, now=g.now, timezone=g.site.timezone)
    response = jsonify(_data(edition) | {"outcome": None if outcome.is_empty else _outcome(outcome)})
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag(weak=True)
    return response.make_conditional(request)


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
        "card": _file(edition, kits.CARD),
        "kit": _file(edition, kits.ARCHIVE),
        "stalls": [_stall(card, *shown.get(card.slug, (card.name, card.price))) for card in public.cards(edition.id)],
        "changes": [{"at": _moment(one.at), "what": one.deed.value, "reason": _reason(one)} for one in public.decisions(edition.id)],
    }


def _reason(one: DecisionView) -> str:
    """Why, as it was written from the beginning: with the number of a stall that is empty now."""
    return f"Lapak {one.stall}: {one.reason}" if one.stall else one.reason


def _stall(card: Card, name: str, price: int | None) -> dict[str, Any]:
    told = {
        "slug": card.slug, "name": name, "price": price or card.price, "currency": "IDR", "is_service": card.is_service,
        "shop": card.shop_name, "place": card.place_name, "url": canonical(paths.PRODUCT, slug=card.slug),
    }  # fmt: skip
    return {"stall": card.stall} | (dict.fromkeys(told) if card.state == ProductState.WITHHELD else told)


def _file(edition: EditionView, name: str) -> str | None:
    return canonical(paths.KIT, key=edition.kit_key, name=name) if edition.kit_at else None


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "before": _days(outcome.before),
        "after": _days(outcome.after),
        "is_over": outcome.is_over,
        "is_settled": outcome.is_settled,
        "published": asdict(outcome.published),
        "reserves": asdict(outcome.reserves),
    }


def _days(window: Window) -> dict[str, str]:
    return {"first": window.first.isoformat(), "last": window.last.isoformat()}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
