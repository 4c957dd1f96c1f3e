"""The curators' desk: the calendar, an edition's plan, who entered, and what may be nominated from the shelf."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.catalog import queries as catalog
from lapak.editions.forms import PlanForm, ReasonForm
from lapak.editions.queries import desk, public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import State, key_of, read_key
from lapak.editions.rules.rubric import RUBRIC
from lapak.editions.service import entering, planning
from lapak.kernel import paths
from lapak.kernel.codes import slugify
from lapak.kernel.errors import DomainError
from lapak.kernel.paging import Page, parse_key
from lapak.kernel.text import clean_line
from lapak.regions import queries as regions
from lapak.web.access import actor, allow
from lapak.web.links import root, see
from lapak.web.texts import explained, show_beside

bp = Blueprint("editions", __name__)
SUNDAY = 6


@bp.get(paths.CURATION)
@allow(policy.may_curate)
def index() -> ResponseReturnValue:
    """List a region's editions, unpublished ones first."""
    region = g.site.region_code
    page = {"editions": desk.all_of(region), "counts": desk.entry_counts(region), "programme": desk.programme(region), "now": g.now}
    return render_template("editions/index.html", **page)


@bp.get(paths.CURATION_NEW)
@allow(policy.may_curate)
def new() -> ResponseReturnValue:
    """Ask for a new edition's plan: the next number, a week of entries, the Sunday after next."""
    today = g.site.today(g.now)
    sunday = today + timedelta(days=(SUNDAY - today.weekday()) % 7 + 7)
    usual = {"publish": f"{sunday}", "publish_hour": "09.00", "opens": f"{today}", "opens_hour": "08.00",
             "closes": f"{sunday - timedelta(days=3)}", "closes_hour": "16.00"}  # fmt: skip
    return _plan_page(None, _offered(PlanForm(number=desk.next_number(g.site.region_code), **usual)))


@bp.post(paths.CURATION_NEW)
@allow(policy.may_curate)
def create() -> ResponseReturnValue:
    """Plan an edition."""
    form = _offered(PlanForm())
    if not form.validate_on_submit():
        return _plan_page(None, form, 422)
    try:
        plan = form.plan(g.site.timezone)
        planning.plan(plan, base=root(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="number")
        return _plan_page(None, form, 422)
    flash(_("Edisi direncanakan."))
    return see(paths.CURATION_EDITION, key=key_of(plan.series, plan.number))


@bp.get(paths.CURATION_PLAN)
@allow(policy.may_curate)
def plan(key: str) -> ResponseReturnValue:
    """Show an edition's plan to change it."""
    edition = edition_of(key)
    local = g.site.local
    said = {
        "number": edition.number, "series": edition.series, "theme": edition.theme, "note": edition.note, "category": edition.category,
        "who": edition.who.value, "place": edition.place, "own_work": edition.asks_own_work,
        "publish": f"{local(edition.publish_at):%Y-%m-%d}", "publish_hour": f"{local(edition.publish_at):%H.%M}",
    }  # fmt: skip
    if edition.opens_at and edition.closes_at:
        said |= {"opens": f"{local(edition.opens_at):%Y-%m-%d}", "opens_hour": f"{local(edition.opens_at):%H.%M}",
                 "closes": f"{local(edition.closes_at):%Y-%m-%d}", "closes_hour": f"{local(edition.closes_at):%H.%M}"}  # fmt: skip
    return _plan_page(edition, _offered(PlanForm(**said)))


@bp.post(paths.CURATION_PLAN)
@allow(policy.may_curate)
def change(key: str) -> ResponseReturnValue:
    """Change an edition's plan."""
    edition, form = edition_of(key), _offered(PlanForm())
    if not form.validate_on_submit():
        return _plan_page(edition, form, 422)
    try:
        said = form.plan(g.site.timezone)
        planning.change(key, said, region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="number")
        return _plan_page(edition, form, 422)
    flash(_("Rencana edisi tersimpan."))
    return see(paths.CURATION_EDITION, key=key_of(said.series, said.number))


@bp.get(paths.CURATION_CANCEL)
@allow(policy.may_curate)
def ask_cancel(key: str) -> ResponseReturnValue:
    """Ask why an edition is cancelled."""
    return _cancel_page(edition_of(key), ReasonForm())


@bp.post(paths.CURATION_CANCEL)
@allow(policy.may_curate)
def cancel(key: str) -> ResponseReturnValue:
    """Cancel an edition for good."""
    edition, form = edition_of(key), ReasonForm()
    if not form.validate_on_submit():
        return _cancel_page(edition, form, 422)
    planning.cancel(key, reason=form.reason.data, region_code=g.site.region_code, by=actor(), now=g.now)
    flash(_("Edisi dibatalkan. Nomornya tidak akan dipakai lagi."))
    return see(paths.CURATION)


@bp.get(paths.CURATION_EDITION)
@allow(policy.may_curate)
def show(key: str) -> ResponseReturnValue:
    """Show where an edition stands, what to do next, who entered, and the shelf to nominate from."""
    edition = edition_of(key)
    rules = desk.rules_of(edition)
    mine, rows = desk.mine(edition.id, actor().id), desk.entries(edition, rules)
    taken, are_named = {row.slug for row in rows}, mine.may_see_names(edition, rows, now=g.now)
    decisions = public.decisions(edition.id, is_public=False)
    words = clean_line(request.args.get("q", ""))[:100]
    wanted = catalog.Filter(g.site.region_code, words=words, category=edition.category)
    shelf = catalog.shelf(wanted, after=parse_key(request.args.get("sesudah")), limit=12) if edition.state is State.DRAFT else None
    if not are_named:  # beside the shelf, what is on it and what of it entered would tell whose the entries are
        decisions = [replace(one, product="") for one in decisions]
        shelf = shelf and Page([card for card in shelf.rows if card.slug not in taken], shelf.next_key)
    page = {
        "edition": edition, "rules": rules, "rubric": RUBRIC, "rows": mine.as_seen(edition, rows, now=g.now), "mine": mine,
        "progress": desk.progress(rows, mine), "decisions": decisions, "q": words, "now": g.now, "shelf": shelf, "taken": taken,
        "are_named": are_named,
    }  # fmt: skip
    return render_template("editions/show.html", **page)


@bp.post(paths.CURATION_NOMINATE)
@allow(policy.may_curate)
def nominate(key: str) -> ResponseReturnValue:
    """Put a listing from the shelf among the entries."""
    edition_of(key)
    slug = slugify(request.form.get("slug", ""), limit=90)
    try:
        entering.nominate(key, slug, base=root(), region_code=g.site.region_code, by=actor(), now=g.now)
        flash(_("Produk diajukan. Penjualnya diberi tahu dan dapat memilih tidak ikut."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.CURATION_EDITION, key=key, q=clean_line(request.form.get("q", ""))[:100] or None, at="rak")


def edition_of(key: str) -> EditionView:
    """Return the edition that an address means, or answer 404."""
    named = read_key(key)
    edition = public.by_number(g.site.region_code, named[1], series=named[0]) if named else None
    if edition is None:
        abort(404)
    return edition


def _offered(form: PlanForm) -> PlanForm:
    region = g.site.region_code
    return form.offer(
        series=public.series_of(region),
        categories=[(one.slug, one.name) for one in catalog.categories(region, is_counted=False)],
        places=[(place.code, place.name) for place in regions.places_in(region)],
    )


def _plan_page(edition: EditionView | None, form: PlanForm, status: int = 200) -> ResponseReturnValue:
    return render_template("editions/plan.html", edition=edition, form=form), status


def _cancel_page(edition: EditionView, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    page = {
        "heading": _("Batalkan Edisi %(number)s", number=edition.number), "fields": [form.reason], "button": _("Batalkan edisi ini"),
        "lead": _("Nomor edisi tidak dipakai lagi, dan halamannya menyebut bahwa edisi ini batal. Pendaftar dapat ikut edisi lain."),
    }  # fmt: skip
    return render_template("editions/decide.html", edition=edition, form=form, entry=None, **page), status
