"""From scores to publication: the list, what is decided against it, readiness, the schedule, and what may still change afterwards."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.editions.forms import SHOW_AGAIN, WITHDRAW, AnswerForm, CorrectionForm, OverruleForm, ReasonForm, TurnForm, WaveForm
from lapak.editions.queries import desk, public
from lapak.editions.queries.desk import EntryRow, Mine
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.answers import ANSWERS
from lapak.editions.rules.calendar import Stage, State
from lapak.editions.rules.choosing import MOST_STALLS, Standing
from lapak.editions.rules.readiness import too_short
from lapak.editions.service import choosing, publishing
from lapak.editions.views.desk import edition_of
from lapak.kernel import paths
from lapak.kernel.errors import DomainError
from lapak.web.access import actor, allow
from lapak.web.links import root, see
from lapak.web.texts import explained, show_beside

bp = Blueprint("choosing", __name__)


@bp.get(paths.CURATION_LIST)
@allow(policy.may_curate)
def show(key: str) -> ResponseReturnValue:
    """Show the list beside the rules it came from, the reserves and all others."""
    edition = edition_of(key)
    rules = desk.rules_of(edition)
    mine, rows = desk.mine(edition.id, actor().id), desk.entries(edition, rules)
    are_named = mine.may_see_names(edition, rows, now=g.now)
    # In the order of the scores only for who may read them.
    rows = desk.running(rows) if are_named else mine.as_seen(edition, rows, now=g.now)
    page = {
        "edition": edition, "rules": rules, "most": MOST_STALLS, "answers": ANSWERS, "is_judging": edition.stage(g.now) is Stage.JUDGING,
        "mine": mine, "are_named": are_named, "notes": _notes(edition, mine, rows),
        "chosen": desk.listed(rows, Standing.CHOSEN), "reserves": desk.listed(rows, Standing.RESERVE),
        "others": [row for row in rows if row.standing not in {Standing.CHOSEN, Standing.RESERVE}],
    }  # fmt: skip
    return render_template("editions/list.html", **page)


@bp.post(paths.CURATION_COMPOSE)
@allow(policy.may_curate)
def compose(key: str) -> ResponseReturnValue:
    """Compose the list anew from the scores."""
    edition_of(key)
    try:
        count = choosing.compose(key, region_code=g.site.region_code, by=actor(), now=g.now)
        flash(_("Daftar tersusun: %(count)s lapak.", count=count))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.CURATION_LIST, key=key)


@bp.get(paths.CURATION_OVERRULE)
@allow(policy.may_curate)
def ask_overrule(key: str, code: str) -> ResponseReturnValue:
    """Ask what a curator decides against a score, and why."""
    edition = edition_of(key)
    row = _entry(edition, code)
    wish = {None: "out" if row.standing is Standing.CHOSEN else "in", True: "in", False: "out"}[row.pinned]
    return _overrule_page(edition, row, OverruleForm(wish=wish))


@bp.post(paths.CURATION_OVERRULE)
@allow(policy.may_curate)
def overrule(key: str, code: str) -> ResponseReturnValue:
    """Put an entry in or out against its score, or leave it to the score again."""
    edition, form = edition_of(key), OverruleForm()
    row = _entry(edition, code)
    if not form.validate_on_submit():
        return _overrule_page(edition, row, form, 422)
    who: dict[str, Any] = {"region_code": g.site.region_code, "by": actor(), "now": g.now}
    try:
        if form.wish.data == "in":
            choosing.put_in(key, code, reason=form.reason.data, seen=form.seen, **who)
        elif form.wish.data == "out":
            choosing.take_out(key, code, reason=form.reason.data, **who)
        else:
            choosing.unpin(key, code, **who)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="wish")
        return _overrule_page(edition, row, form, 422)
    flash(_("Keputusan tercatat."))
    return see(paths.CURATION_LIST, key=key)


@bp.get(paths.CURATION_REASON)
@allow(policy.may_curate)
def ask_answer(key: str, code: str) -> ResponseReturnValue:
    """Ask what a seller is told if they are not published."""
    edition = edition_of(key)
    row = _entry(edition, code)
    return _answer_page(edition, row, AnswerForm(answer=row.reason or ""))


@bp.post(paths.CURATION_REASON)
@allow(policy.may_curate)
def answer(key: str, code: str) -> ResponseReturnValue:
    """Set what a seller is told if they are not published."""
    edition, form = edition_of(key), AnswerForm()
    row = _entry(edition, code)
    if not form.validate_on_submit():
        return _answer_page(edition, row, form, 422)
    try:
        choosing.give_reason(key, code, form.chosen(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="answer")
        return _answer_page(edition, row, form, 422)
    flash(_("Jawaban untuk %(name)s tersimpan.", name=row.name))
    return see(paths.CURATION_LIST, key=key)


@bp.get(paths.CURATION_READY)
@allow(policy.may_curate)
def ready(key: str) -> ResponseReturnValue:
    """Show who of the list could bear the rush, and settle when it goes out."""
    edition = edition_of(key)
    if edition.state in {State.PUBLISHED, State.WITHDRAWN}:
        return see(paths.CURATION_PUBLISHED, key=key)
    rules = desk.rules_of(edition)
    mine = desk.mine(edition.id, actor().id)
    rows = mine.as_seen(edition, desk.entries(edition, rules), now=g.now)
    chosen, reserves = desk.listed(rows, Standing.CHOSEN), desk.listed(rows, Standing.RESERVE)
    waiting = [row for row in chosen if row.missing(rules, edition.publish_at)]
    page = {"edition": edition, "rules": rules, "chosen": chosen, "reserves": reserves, "waiting": waiting, "now": g.now,
            "most": MOST_STALLS, "mine": mine,
            "short": too_short(edition.publish_at, rules, now=g.now) if edition.publish_at > g.now else "",
            "is_settled": edition.state is State.SCHEDULED, "is_judging": edition.stage(g.now) is Stage.JUDGING}  # fmt: skip
    return render_template("editions/ready.html", **page)


@bp.get(paths.CURATION_WAVE)
@allow(policy.may_curate)
def ask_wave(key: str, code: str) -> ResponseReturnValue:
    """Ask why a seller goes out though a check is not met."""
    edition = edition_of(key)
    return _wave_page(edition, _entry(edition, code), WaveForm())


@bp.post(paths.CURATION_WAVE)
@allow(policy.may_curate)
def wave(key: str, code: str) -> ResponseReturnValue:
    """Let a seller go out though a check is not met."""
    edition, form = edition_of(key), WaveForm()
    if not form.validate_on_submit():
        return _wave_page(edition, _entry(edition, code), form, 422)
    who: dict[str, Any] = {"region_code": g.site.region_code, "by": actor(), "now": g.now}
    try:
        publishing.wave(key, code, reason=form.reason.data, seen=form.seen, **who)
    except DomainError as refusal:
        row = _entry(edition, code)
        show_beside(form, refusal, otherwise="reason")
        return _wave_page(edition, row, form, 422)
    flash(_("Keputusan tercatat."))
    return see(paths.CURATION_READY, key=key)


@bp.post(paths.CURATION_SCHEDULE)
@allow(policy.may_curate)
def schedule(key: str) -> ResponseReturnValue:
    """Settle the list and wait for the planned moment, publish now, or go back to the desk."""
    edition_of(key)
    who: dict[str, Any] = {"region_code": g.site.region_code, "by": actor(), "now": g.now}
    wish = request.form.get("wish", "")
    try:
        if wish == "now":
            publishing.publish_now(key, base=root(), **who)
            flash(_("Edisi sudah terbit. Nomor lapak sudah diundi dan para penjual diberi tahu."))
            return see(paths.CURATION_PUBLISHED, key=key)
        if wish == "recall":
            publishing.recall(key, **who)
            flash(_("Jadwal dibatalkan. Daftar dapat diubah lagi."))
        elif wish == "schedule":
            publishing.schedule(key, base=root(), accepts_short=request.form.get("accepts_short") == "y", **who)
            flash(_("Edisi dijadwalkan. Penjual terpilih dan cadangan diminta menyatakan kesiapan."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.CURATION_READY, key=key)


@bp.get(paths.CURATION_PUBLISHED)
@allow(policy.may_curate)
def published(key: str) -> ResponseReturnValue:
    """Show a published edition's stalls, what was done to it, and the ways to correct it."""
    edition = edition_of(key)
    if edition.state not in {State.PUBLISHED, State.WITHDRAWN}:
        return see(paths.CURATION_EDITION, key=key)
    rows = desk.listed(desk.entries(edition, desk.rules_of(edition)), Standing.CHOSEN)
    page = {
        "edition": edition,
        "rows": sorted(rows, key=lambda row: row.stall or 0),
        "decisions": public.decisions(edition.id, is_public=False),
    }
    return render_template("editions/published.html", **page)


@bp.post(paths.CURATION_KIT)
@allow(policy.may_curate)
def draw_kit(key: str) -> ResponseReturnValue:
    """Have a published edition's pictures drawn anew."""
    edition_of(key)
    try:
        publishing.draw_kit(key, base=root(), region_code=g.site.region_code, by=actor(), now=g.now)
        flash(_("Gambar sedang dibuat, biasanya kurang dari satu menit."))
    except DomainError as refusal:
        flash(explained(refusal), "lewat")
    return see(paths.CURATION_PUBLISHED, key=key)


@bp.get(paths.CURATION_CORRECT)
@allow(policy.may_curate)
def ask_correction(key: str) -> ResponseReturnValue:
    """Ask for a published edition's corrected words."""
    edition = edition_of(key)
    return _correction_page(edition, CorrectionForm(theme=edition.theme, note=edition.note))


@bp.post(paths.CURATION_CORRECT)
@allow(policy.may_curate)
def correct(key: str) -> ResponseReturnValue:
    """Correct a published edition's words."""
    edition, form = edition_of(key), CorrectionForm()
    if not form.validate_on_submit():
        return _correction_page(edition, form, 422)
    publishing.correct(
        key, theme=form.theme.data, text=form.note.data, reason=form.reason.data, region_code=g.site.region_code, by=actor(), now=g.now
    )
    flash(_("Koreksi tersimpan dan tercatat di halaman edisi."))
    return see(paths.CURATION_PUBLISHED, key=key)


@bp.get(paths.CURATION_REMOVE)
@allow(policy.may_curate)
def ask_removal(key: str, code: str) -> ResponseReturnValue:
    """Ask why one stall leaves a published edition."""
    edition = edition_of(key)
    return _removal_page(edition, _entry(edition, code), ReasonForm())


@bp.post(paths.CURATION_REMOVE)
@allow(policy.may_curate)
def remove(key: str, code: str) -> ResponseReturnValue:
    """Take one stall out of a published edition."""
    edition, form = edition_of(key), ReasonForm()
    row = _entry(edition, code)
    if not form.validate_on_submit():
        return _removal_page(edition, row, form, 422)
    publishing.remove(key, code, reason=form.reason.data, region_code=g.site.region_code, by=actor(), now=g.now)
    flash(_("Lapak ditarik dari edisi. Alasannya tercatat di halaman edisi."))
    return see(paths.CURATION_PUBLISHED, key=key)


@bp.get(paths.CURATION_UNPUBLISH)
@allow(policy.may_curate)
def ask_unpublish(key: str) -> ResponseReturnValue:
    """Ask why an edition is withdrawn, or shown again."""
    edition = edition_of(key)
    return _unpublish_page(edition, TurnForm(wish=_next_turn(edition)))


@bp.post(paths.CURATION_UNPUBLISH)
@allow(policy.may_curate)
def unpublish(key: str) -> ResponseReturnValue:
    """Withdraw a published edition, or show a withdrawn one again, as the page said; the same click twice changes nothing."""
    edition, form = edition_of(key), TurnForm()
    if not form.validate_on_submit():
        form.wish.data = _next_turn(edition) if form.wish.errors else form.wish.data
        return _unpublish_page(edition, form, 422)
    turn = {WITHDRAW: publishing.unpublish, SHOW_AGAIN: publishing.restore}[form.wish.data]
    turn(key, reason=form.reason.data, region_code=g.site.region_code, by=actor(), now=g.now)
    flash(_("Tercatat."))
    return see(paths.CURATION_PUBLISHED, key=key)


def _entry(edition: EditionView, code: str) -> EntryRow:
    rows = desk.entries(edition, desk.rules_of(edition))
    seen = desk.mine(edition.id, actor().id).as_seen(edition, rows, now=g.now)
    row = next((row for row in seen if row.code == code), None)
    if row is None:
        abort(404)
    return row


def _notes(edition: EditionView, mine: Mine, rows: Sequence[EntryRow]) -> dict[int, list[tuple[str, str]]]:
    """Judges' notes on those of the entries that are named and that this curator has no interest in."""
    told = desk.notes(edition.id) if any(row.is_named for row in rows) else {}
    return {row.id: told[row.id] for row in rows if row.id in told and not mine.is_barred(row)}


def _decide(edition: EditionView, entry: EntryRow | None, form: Any, status: int, **page: Any) -> ResponseReturnValue:
    return render_template("editions/decide.html", edition=edition, form=form, entry=entry, **page), status


def _overrule_page(edition: EditionView, row: EntryRow, form: OverruleForm, status: int = 200) -> ResponseReturnValue:
    form.show(row.version)
    notes = _notes(edition, desk.mine(edition.id, actor().id), [row]).get(row.id, [])
    lead = _("Nilai adalah aturan pertama. Anda boleh memutuskan lain, dengan alasan yang dapat dibaca umum.")
    page = {"heading": _("Putuskan tempatnya"), "lead": lead, "fields": [form.wish, form.reason], "button": _("Simpan keputusan")}
    return _decide(edition, row, form, status, notes=notes, **page)


def _answer_page(edition: EditionView, row: EntryRow, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    lead = _("Inilah yang dibaca penjual bila tidak tampil: satu alasan dan satu hal yang dapat diperbaiki.")
    page = {"heading": _("Jawaban untuk penjual"), "lead": lead, "fields": [form.answer], "button": _("Simpan jawaban")}
    return _decide(edition, row, form, status, **page)


def _wave_page(edition: EditionView, row: EntryRow, form: WaveForm, status: int = 200) -> ResponseReturnValue:
    form.show(row.version)
    lead = _("Menampilkan penjual yang belum siap dapat merugikannya. Tulis mengapa tetap ditampilkan.")
    page = {"heading": _("Tetap tampilkan"), "lead": lead, "fields": [form.reason], "button": _("Tetap tampilkan")}
    if not row.facts.is_seen:
        page |= {
            "heading": _("Lihat lagi produk yang berubah"), "button": _("Tetap ikut"), "now_shows": desk.blind(row, desk.NOBODY),
            "lead": _("Penjualnya mengubah produk ini sejak dinilai. Lihat keadaannya sekarang, lalu tulis mengapa tetap pantas ikut."),
        }  # fmt: skip
    return _decide(edition, row, form, status, **page)


def _removal_page(edition: EditionView, row: EntryRow, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    lead = _("Nomornya dibiarkan kosong, dan alasannya tampil di halaman edisi.")
    page = {"heading": _("Tarik lapak dari edisi"), "lead": lead, "fields": [form.reason], "button": _("Tarik lapak ini")}
    return _decide(edition, row, form, status, **page)


def _correction_page(edition: EditionView, form: CorrectionForm, status: int = 200) -> ResponseReturnValue:
    lead = _("Yang semula tertulis dan alasan koreksi tetap dapat dibaca.")
    page = {"heading": _("Koreksi edisi"), "lead": lead, "fields": [form.theme, form.note, form.reason], "button": _("Simpan koreksi")}
    return _decide(edition, None, form, status, **page)


def _next_turn(edition: EditionView) -> str:
    return SHOW_AGAIN if edition.state is State.WITHDRAWN else WITHDRAW


def _unpublish_page(edition: EditionView, form: TurnForm, status: int = 200) -> ResponseReturnValue:
    is_back = form.wish.data == SHOW_AGAIN
    page = {
        "heading": _("Tampilkan lagi edisi ini") if is_back else _("Tarik edisi ini"), "fields": [form.reason],
        "lead": _("Halaman edisi tampil seperti semula.") if is_back else _("Halaman edisi menyebut bahwa edisi ditarik, dan mengapa."),
        "button": _("Tampilkan lagi") if is_back else _("Tarik edisi"),
    }  # fmt: skip
    return _decide(edition, None, form, status, **page)
