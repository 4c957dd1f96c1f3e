"""The programme as the office runs it: rules of choosing, series, quiet period, and handing it over."""

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from lapak.accounts import policy
from lapak.editions.forms import ProgrammeForm, SeriesForm, StewardForm
from lapak.editions.queries import desk, public
from lapak.editions.service import planning
from lapak.kernel import paths
from lapak.kernel.errors import DomainError, Invalid
from lapak.web.access import actor, allow
from lapak.web.links import see
from lapak.web.texts import show_beside

bp = Blueprint("programme", __name__)


@bp.get(paths.ADMIN_PROGRAMME)
@allow(policy.may_administer)
def show() -> ResponseReturnValue:
    """Show how the programme is run."""
    return _page()


@bp.post(paths.ADMIN_PROGRAMME)
@allow(policy.may_administer)
def save() -> ResponseReturnValue:
    """Set the rules of choosing, the channel and the quiet period."""
    form = ProgrammeForm()
    if not form.validate_on_submit():
        return _page(form=form, status=422)
    before = desk.programme(g.site.region_code).rules
    try:
        planning.set_programme(
            form.rules(before), channel=form.channel.data, quiet=(form.quiet_from.data, form.quiet_until.data),
            region_code=g.site.region_code, by=actor(),
        )  # fmt: skip
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="channel")
        return _page(form=form, status=422)
    flash(_("Aturan program tersimpan. Edisi yang sudah dinilai memakai aturan lamanya."))
    return see(paths.ADMIN_PROGRAMME)


@bp.post(paths.ADMIN_SERIES)
@allow(policy.may_administer)
def add_series() -> ResponseReturnValue:
    """Begin a special series."""
    form = SeriesForm()
    if not form.validate_on_submit():
        return _page(series_form=form, status=422)
    try:
        planning.add_series(form.name.data, region_code=g.site.region_code, by=actor())
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="name")
        return _page(series_form=form, status=422)
    flash(_("Seri %(name)s dibuat.", name=form.name.data))
    return see(paths.ADMIN_PROGRAMME)


@bp.post(paths.ADMIN_STEWARD)
@allow(policy.may_administer)
def hand_over() -> ResponseReturnValue:
    """Give the programme and its unpublished editions to another curator."""
    form = StewardForm()
    to = int(form.to.data) if str(form.to.data or "").isascii() and str(form.to.data or "").isdigit() and len(str(form.to.data)) < 10 else 0
    try:
        planning.hand_over(to, region_code=g.site.region_code, by=actor(), now=g.now)
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="to")
        return _page(steward_form=form, status=422)
    flash(_("Program diserahkan. Semua edisi yang belum terbit ikut berpindah."))
    return see(paths.ADMIN_PROGRAMME)


def _page(
    *, form: ProgrammeForm | None = None, series_form: SeriesForm | None = None, steward_form: StewardForm | None = None, status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    region = g.site.region_code
    programme = desk.programme(region)
    rules, quiet = programme.rules, programme.quiet or ("", "")
    said = {
        **rules.weights, "channel": programme.channel, "judges": rules.judges, "third_at": rules.third_at,
        "most_per_place": rules.most_per_place, "most_per_category": rules.most_per_category, "cooldown": rules.cooldown,
        "ready_stock": rules.ready_stock, "quiet_from": str(quiet[0]), "quiet_until": str(quiet[1]),
    }  # fmt: skip
    steward = steward_form or StewardForm(formdata=None)
    steward.to.choices = [
        SelectChoice("", _("Pilih")),
        *(SelectChoice(str(account_id), name) for account_id, name in desk.curators(region, now=g.now)),
    ]
    page = {
        "programme": programme, "series": public.series_of(region), "form": form or ProgrammeForm(formdata=None, **said),
        "series_form": series_form or SeriesForm(formdata=None), "steward_form": steward,
    }  # fmt: skip
    return render_template("editions/programme.html", **page), status
