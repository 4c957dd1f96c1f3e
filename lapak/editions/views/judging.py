"""Judging: one entry after the other, without a name, on a phone or with the number keys."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.editions.forms import RecusalForm, ScoreForm
from lapak.editions.queries import desk
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import Stage
from lapak.editions.rules.rubric import RUBRIC
from lapak.editions.service import judging
from lapak.editions.views.desk import edition_of
from lapak.kernel import paths
from lapak.kernel.errors import Conflict, DomainError
from lapak.web.access import actor, allow
from lapak.web.links import see
from lapak.web.texts import explained, show_beside

bp = Blueprint("judging", __name__)


@bp.get(paths.CURATION_JUDGE)
@allow(policy.may_curate)
def begin(key: str) -> ResponseReturnValue:
    """Lead to the next entry that needs this judge; `sesudah` is the one just seen."""
    edition = edition_of(key)
    if edition.stage(g.now) is not Stage.JUDGING:
        flash(_("Penilaian dibuka setelah pendaftaran ditutup, dan selesai saat daftar ditetapkan."))
        return see(paths.CURATION_EDITION, key=key)
    rows, mine = desk.entries(edition, desk.rules_of(edition)), desk.mine(edition.id, actor().id)
    row = desk.next_to_judge(rows, mine, after=request.args.get("sesudah", ""))
    if row is None:
        flash(_("Tidak ada lagi yang menunggu penilaian Anda di edisi ini."))
        return see(paths.CURATION_EDITION, key=key)
    return see(paths.CURATION_JUDGE_ENTRY, key=key, code=row.code)


@bp.get(paths.CURATION_JUDGE_ENTRY)
@allow(policy.may_curate)
def show(key: str, code: str) -> ResponseReturnValue:
    """Show an entry to be judged, or judged again."""
    return _page(edition_of(key), code, None)


@bp.post(paths.CURATION_JUDGE_ENTRY)
@allow(policy.may_curate)
def give(key: str, code: str) -> ResponseReturnValue:
    """Keep one's scores and go on to the next entry."""
    edition, form = edition_of(key), ScoreForm()
    if not form.validate_on_submit():
        return _page(edition, code, form, 422)
    who: dict[str, Any] = {"region_code": g.site.region_code, "by": actor(), "now": g.now}
    try:
        judging.give(key, code, form.given(), remark=form.note.data, names_shop=bool(form.names_shop.data), seen=form.seen, **who)
    except Conflict as refusal:
        show_beside(form, refusal, otherwise="note")
        return _page(edition, code, form, 422)
    return see(paths.CURATION_JUDGE, key=key, sesudah=code)


@bp.get(paths.CURATION_RECUSE)
@allow(policy.may_curate)
def ask_recusal(key: str, code: str) -> ResponseReturnValue:
    """Ask a judge what ties them to an entry."""
    return _recusal_page(edition_of(key), code, RecusalForm())


@bp.post(paths.CURATION_RECUSE)
@allow(policy.may_curate)
def recuse(key: str, code: str) -> ResponseReturnValue:
    """Step away from an entry."""
    edition, form = edition_of(key), RecusalForm()
    if not form.validate_on_submit():
        return _recusal_page(edition, code, form, 422)
    try:
        judging.recuse(key, code, reason=form.reason.data, region_code=g.site.region_code, by=actor(), now=g.now)
        flash(_("Tercatat. Anda tidak menilai pendaftar ini, dan nilai Anda sebelumnya tidak dihitung."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.CURATION_JUDGE, key=key, sesudah=code)


def _page(edition: EditionView, code: str, form: ScoreForm | None, status: int = 200) -> ResponseReturnValue:
    rows, mine = desk.entries(edition, desk.rules_of(edition)), desk.mine(edition.id, actor().id)
    row = next((row for row in rows if row.code == code), None)
    if row is None:
        abort(404)
    entry = desk.blind(row, mine)
    said = {key: str(value) for key, value in (entry.given or {}).items()}
    form = form or ScoreForm(note=entry.note, names_shop=entry.names_shop, **said)
    form.show(entry.version)
    page = {
        "edition": edition, "entry": entry, "form": form, "rubric": RUBRIC,
        "progress": desk.progress(rows, mine), "is_barred": mine.is_barred(row), "is_judging": edition.stage(g.now) is Stage.JUDGING,
        "closed": mine.closed(edition, row, rows, now=g.now), "is_last": mine.can_judge(row) and sum(map(mine.can_judge, rows)) == 1,
    }  # fmt: skip
    return render_template("editions/judge.html", **page), status


def _recusal_page(edition: EditionView, code: str, form: RecusalForm, status: int = 200) -> ResponseReturnValue:
    row = next((row for row in desk.entries(edition, desk.rules_of(edition)) if row.code == code), None)
    if row is None:
        abort(404)
    page = {
        "heading": _("Nyatakan kepentingan"), "fields": [form.reason], "button": _("Saya tidak menilai ini"),
        "lead": _("Keluarga, rekan usaha, pesaing, atau pembimbing: siapa pun yang punya kepentingan tidak menilai."),
        "entry": desk.blind(row, desk.NOBODY),
    }  # fmt: skip
    return render_template("editions/decide.html", edition=edition, form=form, **page), status
