"""The desk where listings are checked, its rules, and the form on which anybody reports a listing."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.accounts.rules import origin_of
from lapak.catalog import queries as catalog
from lapak.catalog.queries import ProductView, ReviewView
from lapak.catalog.rules import State
from lapak.catalog.service.listings import GONE
from lapak.checking import queries as checking
from lapak.checking.rules import FIELD_NAMES, Field, Rules, Standing, Verdict
from lapak.kernel import paths
from lapak.kernel.codes import hash_token
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.moderation import queries, service
from lapak.moderation.forms import DecisionForm, ReportForm, RulesForm
from lapak.moderation.queries import LogRow
from lapak.moderation.rules import DEED_NAMES, SHOW_NAMES, TROUBLE_TEXTS, Difference, Show, differences, percent, rule_name
from lapak.regions.rules import covers
from lapak.shops.rules import chat_link
from lapak.web.access import actor, allow, public
from lapak.web.links import see
from lapak.web.texts import explained, show_beside, translated

bp = Blueprint("moderation", __name__)
REPORTER = "reporter"
WORDS = {"troubles": TROUBLE_TEXTS, "deeds": DEED_NAMES, "field_names": FIELD_NAMES, "rule_name": rule_name}
"""What pages of the desk need to say things in words."""


@bp.get(paths.MODERATION)
@allow(policy.may_moderate)
def desk() -> ResponseReturnValue:
    """List what waits: reported first, then oldest first."""
    show, region = _show(request.args.get("antrean")), g.site.region_code
    page = {
        "show": show,
        "names": SHOW_NAMES,
        "queue": queries.queue(region, show, after=request.args.get("sesudah")),
        "counts": queries.counts(region),
    }
    return render_template("moderation/desk.html", **page)


@bp.get(paths.MODERATION_HISTORY)
@allow(policy.may_moderate)
def history() -> ResponseReturnValue:
    """List what was decided, by whom and why, the newest first."""
    page = queries.history(g.site.region_code, after=parse_key(request.args.get("sebelum")))
    return render_template("moderation/history.html", page=page, **WORDS)


@bp.get(paths.MODERATION_LISTING)
@allow(policy.may_moderate)
def show(slug: str) -> ResponseReturnValue:
    """Show a listing: what buyers see, what waits beside it, what is reported, and what happened before."""
    return _listing(_of_region(slug), DecisionForm())


@bp.post(paths.MODERATION_DECIDE)
@allow(policy.may_moderate)
def decide(slug: str) -> ResponseReturnValue:
    """Decide, and go on to the next in the queue."""
    product, form, wanted = _of_region(slug), DecisionForm(), request.form.get("do", "")
    if wanted not in set(Verdict):
        return _listing(product, form, 422, Invalid({"do": say("Pilih setujui, minta perbaikan, atau tolak.")}))
    if not form.validate_on_submit():
        return _listing(product, form, 422)
    since, queue = catalog.review_of(product.id).waiting_since, _show(form.show.data)
    behind = queries.following(g.site.region_code, queue, slug, product_id=product.id, since=since)
    try:
        deed = service.decide(slug, form.decision(Verdict(wanted)), region_code=g.site.region_code, by=actor(), now=g.now)
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="note")
        return _listing(product, form, 422)
    except Conflict as refusal:
        return _listing(_of_region(slug), DecisionForm(formdata=None), 409, refusal)
    flash(_("%(name)s: %(deed)s.", name=product.name, deed=translated(DEED_NAMES[deed]).lower()))
    antrean = None if queue is Show.ALL else queue.value
    return see(paths.MODERATION_LISTING, slug=behind, antrean=antrean) if behind else see(paths.MODERATION, antrean=antrean)


@bp.get(paths.MODERATION_RULES)
@allow(policy.may_moderate)
def rules() -> ResponseReturnValue:
    """Show by which rules listings wait or pass."""
    held = checking.rules_of(g.site.region_code)
    values = {name: getattr(held, name) for name in Rules.__dataclass_fields__}
    return _rules(RulesForm(data={**values, "material": [field.value for field in held.material]}))


@bp.post(paths.MODERATION_RULES)
@allow(policy.may_administer)
def save_rules() -> ResponseReturnValue:
    """Change the rules."""
    form = RulesForm()
    if not form.validate_on_submit():
        return _rules(form, 422)
    service.set_rules(form.rules(), region_code=g.site.region_code, by=actor(), now=g.now)
    flash(_("Aturan tersimpan dan berlaku mulai sekarang. Yang sudah menunggu tetap menunggu."))
    return see(paths.MODERATION_RULES)


@bp.get(paths.REPORT_NEW)
@public
def report_form(slug: str) -> ResponseReturnValue:
    """Ask anybody what is wrong with a listing."""
    product = _on_view(slug)
    if REPORTER not in session:
        session[REPORTER] = fresh_token()  # marks this browser, so that it reports a listing once; who it is, nobody learns
    return render_template("moderation/report.html", product=product, form=ReportForm())


@bp.post(paths.REPORT_NEW)
@public
def report(slug: str) -> ResponseReturnValue:
    """Take a report in."""
    product, form = _on_view(slug), ReportForm()
    if not form.validate_on_submit():
        return render_template("moderation/report.html", product=product, form=form), 422
    origin = origin_of(request.remote_addr, key=current_app.config["KEY"])
    try:
        is_new = service.report(slug, form.draft(), reporter=_reporter(origin), origin=origin, now=g.now)
    except (Conflict, TooMany) as refusal:
        show_beside(form, refusal, otherwise="trouble")
        status = 429 if isinstance(refusal, TooMany) else 409
        return render_template("moderation/report.html", product=product, form=form), status
    if is_new:
        flash(_("Terima kasih. Laporan Anda masuk ke petugas, yang akan memeriksa produk ini."))
    else:
        flash(_("Laporan Anda tentang produk ini sudah masuk dan sedang diperiksa."))
    return see(paths.PRODUCT, slug=slug)


def _reporter(origin: str) -> str:
    """A mark of who reports: their account, their browser, or where they are when their browser keeps nothing."""
    person = actor()
    if person is not None:
        return f"account:{person.id}"
    mark = session.get(REPORTER)
    return f"browser:{hash_token(mark)[:32]}" if mark else f"origin:{origin}"


def _show(text: str | None) -> Show:
    return Show(text) if text in set(Show) else Show.ALL


def _of_region(slug: str) -> ProductView:
    product = catalog.by_slug(slug)
    if product is None or not covers(g.site.region_code, product.market_code):
        raise NotFound(GONE)
    return product


def _on_view(slug: str) -> ProductView:
    product = _of_region(slug)
    if product.state not in {State.ACTIVE, State.PAUSED}:
        raise NotFound(GONE)
    return product


def _listing(product: ProductView, form: DecisionForm, status: int = 200, refusal: DomainError | None = None) -> ResponseReturnValue:
    review, log, reports = catalog.review_of(product.id), queries.log_of(product.id), queries.reports_of(product.id)
    queue = _show(form.show.data or request.args.get("antrean"))
    form.revision.data, form.show.data = str(review.revision), queue.value
    form.reports_seen.data = str(reports[0].id) if reports else "0"
    since, region = review.waiting_since, g.site.region_code
    page = {
        "product": product, "form": form, "review": review, "log": log, "reports": reports, "show": queue,
        "behind": queries.following(region, queue, product.slug, product_id=product.id, since=since),
        "record": catalog.record_of(product.shop_id), "rules": checking.rules_of(product.market_code),
        "refusal": explained(refusal) if refusal else "", **WORDS, "is_own": product.owner_id == actor().id,
        "chats": {report.id: chat_link(report.phone, "") for report in reports if report.phone},
        **_compared(product, review, log),
    }  # fmt: skip
    return render_template("moderation/show.html", **page), status


def _compared(product: ProductView, review: ReviewView, log: list[LogRow]) -> dict[str, Any]:
    """What buyers see beside what waits; of what was sent again after a verdict, what it said then beside what it says now."""
    shown, wanted = catalog.photos_of(product.id), catalog.offered(product, review)
    photos = catalog.waiting_photos_of(product.id) if review.is_waiting else shown
    before, known = None, None
    if review.is_waiting:
        before, known = service.said(product, shown), {photo.key for photo in shown}
    elif review.standing is Standing.WAITING and (last := next((row for row in log if row.content), None)):
        before = dict(last.content)
        known = set(before.get(Field.PHOTOS, "").split())
    after = service.said(wanted, photos)
    return {
        "wanted": wanted, "shown_photos": shown, "photos": photos, "known": known,
        "gone": {photo.key for photo in shown} - {photo.key for photo in photos},
        "has_other_photos": before is not None and before.get(Field.PHOTOS) != after[Field.PHOTOS],
        "differences": _differences(before, after) if before is not None else [],
        "percent": percent(product.price, wanted.price) if review.is_waiting else 0,
    }  # fmt: skip


def _differences(before: Mapping[Field, str], after: Mapping[Field, str]) -> list[Difference]:
    """What differs in words; photos are shown as they are."""
    return differences({field: text for field, text in before.items() if field is not Field.PHOTOS}, after)


def _rules(form: RulesForm, status: int = 200) -> ResponseReturnValue:
    can_change = policy.may_administer(actor(), g.site.region_code)
    changes = [(row, json.loads(row.note)) for row in queries.rule_changes(g.site.region_code)]
    return render_template("moderation/rules.html", form=form, can_change=can_change, changes=changes), status
