"""The desk where admins take lists in and get the market out as one."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, flash, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.exchange import queries, service
from lapak.exchange.adapters.tables import write_table
from lapak.exchange.adapters.waiting import folder_of, kept_rows
from lapak.exchange.forms import ColumnsForm, ListForm, PhotosForm
from lapak.exchange.queries import RunRow
from lapak.exchange.rules import OPEN, REPORT_HEADER, Outcome, chosen_columns, row_of
from lapak.kernel import paths
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotFound
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.web.access import actor, allow
from lapak.web.limits import takes_photos
from lapak.web.links import see
from lapak.web.texts import explained, show_beside

bp = Blueprint("exchange", __name__)
TRY, TAKE_IN = "coba", "masukkan"
ALL_NOTES = "semua"
SAMPLES = 3
LONGEST_SAMPLE = 90
MOST_LEFT_OUT = 5
NO_LIST = say("Pilih berkas daftarnya dulu")
NO_PHOTOS = say("Pilih foto atau ZIP-nya dulu")


@bp.get(paths.ADMIN_IMPORTS)
@allow(policy.may_administer)
def index() -> ResponseReturnValue:
    """List what was sent before, and ask for a list."""
    return _index(ListForm())


@bp.post(paths.ADMIN_IMPORTS)
@allow(policy.may_administer)
@takes_photos
def send() -> ResponseReturnValue:
    """Keep a list and go on to its columns."""
    form, file = ListForm(), request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = [NO_LIST]
        return _index(form, 422)
    try:
        run_id = service.take_list(file.filename, file.stream, region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="file")
        return _index(form, 422)
    try:
        _keep_photos(run_id)
    except DomainError as refusal:
        flash(explained(refusal))
    return see(paths.ADMIN_IMPORT, run_id=run_id)


@bp.get(paths.ADMIN_IMPORT)
@allow(policy.may_administer)
def show(run_id: int) -> ResponseReturnValue:
    """Show a list: what its columns hold, how far the worker is, or what became of it."""
    run = _run(run_id)
    return _show(run, ColumnsForm(run.header, run.columns), PhotosForm())


@bp.post(paths.ADMIN_IMPORT)
@allow(policy.may_administer)
def begin(run_id: int) -> ResponseReturnValue:
    """Try a list, or take it in, with the columns chosen."""
    run = _run(run_id)
    if run.state not in OPEN:
        raise Conflict(service.BUSY)
    wish = request.form.get("do", "")
    if wish not in {TRY, TAKE_IN}:
        raise Invalid({"do": say("Pilih coba dulu, atau masukkan.")})
    form = ColumnsForm(run.header, run.columns)
    if not form.validate_on_submit():
        return _show(run, form, PhotosForm(), 422)
    try:
        service.begin(run.id, form.chosen(), is_dry=wish == TRY, region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="name")
        return _show(run, form, PhotosForm(), 422)
    return see(paths.ADMIN_IMPORT, run_id=run.id)


@bp.post(paths.ADMIN_IMPORT_PHOTOS)
@allow(policy.may_administer)
@takes_photos
def add_photos(run_id: int) -> ResponseReturnValue:
    """Put more photos beside a list."""
    run, form = _run(run_id), PhotosForm()
    try:
        if _keep_photos(run.id):
            return see(paths.ADMIN_IMPORT, run_id=run.id)
        form.photos.errors = [NO_PHOTOS]
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="photos")
    return _show(_run(run_id), ColumnsForm(run.header, run.columns), form, 422)


@bp.post(paths.ADMIN_IMPORT_STOP)
@allow(policy.may_administer)
def stop(run_id: int) -> ResponseReturnValue:
    """Stop taking a list in."""
    service.stop(run_id, region_code=g.site.region_code, by=actor(), now=g.now)
    flash(_("Dihentikan. Produk yang sudah masuk tetap ada."))
    return see(paths.ADMIN_IMPORT, run_id=run_id)


@bp.get(paths.ADMIN_IMPORT_REPORT)
@allow(policy.may_administer)
def report(run_id: int) -> ResponseReturnValue:
    """Send what became of each row as a table."""
    run = _run(run_id)
    rows = ((str(row.line), row.name, row.outcome, row.notes) for row in queries.all_rows(run.id))
    return _table(f"laporan-{run.id}.csv", REPORT_HEADER, rows)


@bp.get(paths.ADMIN_EXPORT)
@allow(policy.may_administer)
def export() -> ResponseReturnValue:
    """Send the market as a list that an import reads back; sellers' numbers stay here."""
    rows = service.export(g.site.region_code, photos=None, with_phones=False)
    return _table(f"{g.site.slug}-{g.site.today(g.now)}.csv", service.HEADER, rows)


def _index(form: ListForm, status: int = 200) -> ResponseReturnValue:
    return render_template("exchange/index.html", form=form, runs=queries.runs(g.site.region_code)), status


def _show(run: RunRow, form: ColumnsForm, photos_form: PhotosForm, status: int = 200) -> ResponseReturnValue:
    tally = queries.tally(run.id)
    is_refused = Outcome.REFUSED in tally and request.args.get("catatan") != ALL_NOTES
    page = {
        "run": run,
        "form": form,
        "photos_form": photos_form,
        "samples": _samples(run) if run.state in OPEN else {},
        "tally": tally,
        "is_refused": is_refused,
        "told": queries.told(run.id, after=parse_key(request.args.get("sesudah")) or -1, is_refused=is_refused),
    }
    return render_template("exchange/show.html", **page), status


def _samples(run: RunRow) -> dict[str, str]:
    """What the first rows say, by field."""
    columns = chosen_columns(run.header, run.columns)
    rows = [row_of(cells, columns) for _, _, cells in islice(kept_rows(folder_of(run.key) / service.ROWS, 0), SAMPLES)]
    return {field: "; ".join(filter(None, (row[field] for row in rows)))[:LONGEST_SAMPLE] for field in columns.columns}


def _run(run_id: int) -> RunRow:
    run = queries.run(run_id, g.site.region_code)
    if run is None:
        raise NotFound(service.NO_RUN)
    return run


def _keep_photos(run_id: int) -> bool:
    """Put the photos of a form beside a list and tell which were left out; False when it has none."""
    files = [(file.filename, file.stream) for file in request.files.getlist("photos") if file.filename]
    if not files:
        return False
    left = service.add_photos(run_id, files, region_code=g.site.region_code, by=actor())
    if left:
        named = ", ".join(left[:MOST_LEFT_OUT]) + ("…" if len(left) > MOST_LEFT_OUT else "")
        flash(_("%(count)s berkas tidak dipakai karena bukan foto atau lebih dari 15 MB: %(names)s", count=len(left), names=named))
    return True


def _table(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Send a table from a file of its own: a reader on a slow line holds no database connection."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_table(path, header, rows)
        answer = send_file(path.open("rb"), mimetype="text/csv", as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # kept by nobody, as every page that does not say otherwise
    return answer
