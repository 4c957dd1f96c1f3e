"""A seller's editions: calls to answer, entries and what became of them."""

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from lapak.accounts import policy
from lapak.accounts import queries as accounts
from lapak.accounts.rules import Channel, Purpose
from lapak.accounts.service import record_consent
from lapak.editions.forms import EntryForm, ReadyForm
from lapak.editions.queries import calls
from lapak.editions.queries.calls import MyEntry
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import CLOSED_ALREADY, Stage, may_enter
from lapak.editions.rules.choosing import Standing
from lapak.editions.rules.rubric import RUBRIC
from lapak.editions.service import entering, kits
from lapak.kernel import paths
from lapak.kernel.errors import DomainError
from lapak.shops import queries as shops
from lapak.shops.queries import ShopRow
from lapak.web.access import actor, allow
from lapak.web.links import see
from lapak.web.texts import explained, show_beside, translated

bp = Blueprint("calls", __name__)


@bp.get(paths.MY_CALLS)
@allow(policy.sells)
def index() -> ResponseReturnValue:
    """List the calls a seller may answer and their entries."""
    shop = _shop()
    entries = calls.entries_of(shop.id)
    page = {
        "calls": calls.open_for(shop.region_code, shop.market_code, now=g.now), "now": g.now,
        "asked": [(mine, calls.answer_until(mine)) for mine in entries if mine.is_asked],
        "entries": [mine for mine in entries if not mine.is_asked],
        "hears": accounts.agrees(actor().phone, Purpose.CALLS),
    }  # fmt: skip
    return render_template("editions/calls.html", **page)


@bp.post(paths.MY_CALLS_NEWS)
@allow(policy.sells)
def hear() -> ResponseReturnValue:
    """Note that a seller wants to be told of calls."""
    record_consent(actor().phone, Purpose.CALLS, channel=Channel.PAGE, by=actor(), now=g.now)
    flash(_("Baik, kami kabari lewat WhatsApp. Anda dapat menariknya di Persetujuan saya."))
    return see(paths.MY_CALLS)


@bp.get(paths.MY_CALL)
@allow(policy.sells)
def show(edition_id: int) -> ResponseReturnValue:
    """Show a call with what may enter, or what became of an entry."""
    edition, shop = _edition(edition_id), _shop()
    mine = calls.entry_of(shop.id, edition.id)
    said = {"product": mine.slug, "own_work": mine.has_own_work, "pool": mine.stays_in_pool, "figures": mine.shares_figures} if mine else {}
    return _page(edition, shop, EntryForm(**said))


@bp.post(paths.MY_CALL)
@allow(policy.sells)
def enter(edition_id: int) -> ResponseReturnValue:
    """Enter one listing."""
    edition, shop, form = _edition(edition_id), _shop(), EntryForm()
    if not form.validate_on_submit():
        return _page(edition, shop, form, 422)
    try:
        entering.enter(
            edition.id, form.product.data, is_own_work=form.own_work.data, stays_in_pool=form.pool.data, shares_figures=form.figures.data,
            by=actor(), now=g.now,
        )  # fmt: skip
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="product")
        return _page(edition, shop, form, 422)
    flash(_("Produk Anda terdaftar. Anda dapat mengganti sampai pendaftaran ditutup, dan mundur sampai edisi terbit."))
    return see(paths.MY_CALL, edition_id=edition.id)


@bp.post(paths.MY_CALL_LEAVE)
@allow(policy.sells)
def leave(edition_id: int) -> ResponseReturnValue:
    """Take an entry back: freely while the call is open, or making room for a reserve."""
    edition = _edition(edition_id)
    try:
        if edition.stage(g.now) is Stage.OPEN:
            entering.withdraw(edition.id, by=actor(), now=g.now)
        else:
            entering.step_back(edition.id, by=actor(), now=g.now)
        flash(_("Anda mundur dari edisi ini. Mundur tidak memengaruhi edisi berikutnya."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.MY_CALL, edition_id=edition.id)


@bp.post(paths.MY_CALL_ANSWER)
@allow(policy.sells)
def answer(edition_id: int) -> ResponseReturnValue:
    """Note whether a seller takes part with what was put forward for them."""
    edition, said = _edition(edition_id), request.form.get("answer")
    try:
        if said == "ikut":
            entering.agree(edition.id, by=actor(), now=g.now)
            flash(_("Terima kasih, Anda ikut. Bila terpilih, Anda diminta menyatakan siap sebelum edisi terbit."))
        elif said == "tidak":
            entering.step_back(edition.id, by=actor(), now=g.now)
            flash(_("Anda tidak ikut edisi ini. Itu tidak memengaruhi edisi berikutnya."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.MY_CALLS)


@bp.post(paths.MY_CALL_READY)
@allow(policy.sells)
def ready(edition_id: int) -> ResponseReturnValue:
    """Note a chosen seller's "siap"."""
    edition, form = _edition(edition_id), ReadyForm()
    try:
        entering.say_ready(edition.id, is_own_work=bool(form.own_work.data), by=actor(), now=g.now)
        flash(_("Terima kasih, Anda siap. Periksa persediaan sekali lagi sebelum edisi terbit."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.MY_CALL, edition_id=edition.id)


def _shop() -> ShopRow:
    shop = shops.owned_by(actor().id)
    if shop is None:
        abort(404)
    return shop


def _edition(edition_id: int) -> EditionView:
    edition, shop = calls.by_id(edition_id), _shop()
    if edition is None:
        abort(404)
    is_open = edition.id in {one.id for one in calls.open_for(shop.region_code, shop.market_code, now=g.now)}
    if not is_open and calls.entry_of(shop.id, edition.id) is None:
        _turn_away(edition, shop)
    return edition


def _turn_away(edition: EditionView, shop: ShopRow) -> None:
    """Tell whom a call was for that it is closed; anybody else finds no page."""
    fits = may_enter(edition.who, edition.place, region=edition.region_code, shop_place=shop.region_code, shop_market=shop.market_code)
    if not fits or edition.opens_at is None or edition.opens_at > g.now:
        abort(404)
    flash(translated(CLOSED_ALREADY), "lewat")
    abort(see(paths.MY_CALLS))


def _my_post(edition: EditionView, mine: MyEntry | None) -> kits.Post | None:
    if mine is None or mine.stall is None or edition.kit_at is None:
        return None
    return next((one for one in kits.posts(edition, g.site) if one.stall == mine.stall), None)


def _page(edition: EditionView, shop: ShopRow, form: EntryForm, status: int = 200) -> ResponseReturnValue:
    mine, choices = calls.entry_of(shop.id, edition.id), calls.choices(shop.id, edition.category)
    form.product.choices = [SelectChoice(one.slug, one.name) for one in choices]
    is_open = edition.stage(g.now) is Stage.OPEN
    page = {
        "edition": edition, "shop": shop, "form": form, "mine": mine if mine and mine.standing is not Standing.WITHDRAWN else None,
        "choices": choices, "is_open": is_open, "rubric": RUBRIC, "now": g.now, "ready_form": ReadyForm(formdata=None),
        "my_post": _my_post(edition, mine), "until": calls.answer_until(mine) if mine and mine.is_asked else None,
        "is_awaited": mine is not None and edition.stage(g.now) is Stage.SCHEDULED and mine.standing in {Standing.CHOSEN, Standing.RESERVE},
    }  # fmt: skip
    return render_template("editions/call.html", **page), status
