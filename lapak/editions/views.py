"""The curators' desk: editions, their listings, publication."""

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.catalog import queries as catalog
from lapak.editions import queries, service
from lapak.editions.forms import EditionForm
from lapak.editions.queries import EditionView
from lapak.editions.rules import MOST_ENTRIES, State
from lapak.kernel import paths
from lapak.kernel.codes import slugify
from lapak.kernel.errors import DomainError, Invalid
from lapak.kernel.paging import parse_key
from lapak.kernel.text import clean_line
from lapak.web.access import actor, allow
from lapak.web.links import see
from lapak.web.texts import explained

bp = Blueprint("editions", __name__)


@bp.get(paths.CURATION)
@allow(policy.may_curate)
def desk() -> ResponseReturnValue:
    """List a region's editions, drafts first."""
    return render_template("editions/desk.html", editions=queries.all_of(g.site.region_code))


@bp.get(paths.CURATION_NEW)
@allow(policy.may_curate)
def new() -> ResponseReturnValue:
    """Ask for a new edition."""
    form = EditionForm(number=queries.next_number(g.site.region_code), date=g.site.today(g.now))
    return render_template("editions/new.html", form=form)


@bp.post(paths.CURATION_NEW)
@allow(policy.may_curate)
def create() -> ResponseReturnValue:
    """Begin an edition."""
    form = EditionForm()
    if not form.validate_on_submit():
        return render_template("editions/new.html", form=form), 422
    try:
        service.create(form.draft(), region_code=g.site.region_code, by=actor(), now=g.now)
    except Invalid as refusal:
        form.number.errors = [refusal.fields["number"]]
        return render_template("editions/new.html", form=form), 422
    return see(paths.CURATION_EDITION, number=form.number.data)


@bp.get(paths.CURATION_EDITION)
@allow(policy.may_curate)
def compose(number: int) -> ResponseReturnValue:
    """Show an edition beside the shelf it is picked from."""
    edition = _edition(number)
    return _compose(edition, EditionForm(obj=edition))


@bp.post(paths.CURATION_EDITION)
@allow(policy.may_curate)
def describe(number: int) -> ResponseReturnValue:
    """Change an edition's number, theme, date or note."""
    edition = _edition(number)
    form = EditionForm()
    if not form.validate_on_submit():
        return _compose(edition, form, 422)
    try:
        service.describe(number, form.draft(), region_code=g.site.region_code, by=actor())
    except Invalid as refusal:
        form.number.errors = [refusal.fields["number"]]
        return _compose(edition, form, 422)
    flash(_("Keterangan edisi tersimpan."))
    return see(paths.CURATION_EDITION, number=form.number.data)


@bp.post(paths.CURATION_PICK)
@allow(policy.may_curate)
def pick(number: int) -> ResponseReturnValue:
    """Put a listing in or take it out."""
    slug, region = slugify(request.form.get("slug", ""), limit=90), g.site.region_code
    _edition(number)
    try:
        if request.form.get("drop"):
            service.drop(number, slug, region_code=region, by=actor())
        else:
            service.pick(number, slug, region_code=region, by=actor(), now=g.now)
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(
        paths.CURATION_EDITION,
        number=number,
        q=clean_line(request.form.get("q", "")) or None,
        sesudah=parse_key(request.form.get("sesudah")),
    )


@bp.get(paths.CURATION_PUBLISH)
@allow(policy.may_curate)
def review(number: int) -> ResponseReturnValue:
    """Show what is about to be published, and what a careful curator would still look at."""
    edition = _edition(number)
    if edition.state != State.DRAFT:
        return see(paths.EDITION, number=number)
    return render_template("editions/review.html", edition=edition, cards=queries.cards(edition.id), most=MOST_ENTRIES)


@bp.post(paths.CURATION_PUBLISH)
@allow(policy.may_curate)
def publish(number: int) -> ResponseReturnValue:
    """Publish an edition for good."""
    _edition(number)
    try:
        service.publish(number, region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
        return see(paths.CURATION_EDITION, number=number)
    flash(_("Edisi sudah terbit. Nomor lapak sudah diundi dan para penjual diberi tahu."))
    return see(paths.EDITION, number=number)


def _edition(number: int) -> EditionView:
    edition = queries.by_number(g.site.region_code, number)
    if edition is None:
        abort(404)
    return edition


def _compose(edition: EditionView, form: EditionForm, status: int = 200) -> ResponseReturnValue:
    words = clean_line(request.args.get("q", ""))[:100]
    wanted = catalog.Filter(g.site.region_code, words=words, category=request.args.get("jenis", "")[:60])
    after = parse_key(request.args.get("sesudah"))
    page = {
        "edition": edition,
        "form": form,
        "chosen": queries.cards(edition.id),
        "shelf": catalog.shelf(wanted, after=after),
        "q": words,
        "after": after,
        "most": MOST_ENTRIES,
        "is_draft": edition.state == State.DRAFT,
    }
    return render_template("editions/compose.html", **page), status
