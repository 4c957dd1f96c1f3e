"""Lists at the admins' desk: sent, looked at, tried, taken in by the worker slice by slice, stopped, told row by row."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from lapak.accounts.models import RoleGrant
from lapak.accounts.rules import Actor, Role
from lapak.catalog import queries as catalog
from lapak.catalog.models import Product
from lapak.catalog.queries import Filter
from lapak.config import Config
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.exchange import queries, rules, service
from lapak.exchange.adapters import waiting
from lapak.exchange.models import ImportRow, ImportRun
from lapak.exchange.rules import Outcome, RunState
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.photos.rules import MOST_BYTES
from tests.factories import JATENG, PARIAMAN, Cast, make_official, make_run, picture
from tests.visiting import Visit

LIST = (
    "Kode,Nama Produk,Harga,Kota,Foto,Rating\n"
    "A1,Keripik tempe,18000,Kab. Grobogan,keripik.jpg,4.9\n"
    "A2,Kopi Sindoro,mahal,Temanggung,,5\n"
    "\n"
    "A3,Lumpia,60.000,Kota Semarang,hilang.jpg,\n"
)
COUNT = Query(select(func.count()).select_from(Product), int)


def archive(**files: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    packed.seek(0)
    return packed


def work(now: datetime) -> None:
    while service.advance(now=now):
        pass


def begin(run_id: int, by: Actor, now: datetime, *, is_dry: bool = False, **chosen: int) -> None:
    run = queries.run(run_id, JATENG)
    assert run
    service.begin(run_id, {**run.columns, **chosen}, is_dry=is_dry, region_code=JATENG, by=by, now=now)


def state(run_id: int) -> tuple[RunState, int, int]:
    run = queries.run(run_id, JATENG)
    assert run
    return run.state, run.done, run.total


@pytest.fixture
def admin(app: Flask, cast: Cast, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(cast.admin)


def send(client: FlaskClient, text: bytes | str = LIST, name: str = "daftar.csv", **more: Any) -> TestResponse:
    data = text.encode() if isinstance(text, str) else text
    return client.post("/kelola/impor", data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data")


def test_an_admin_sends_tries_and_takes_in_a_list_with_its_photos(admin: FlaskClient, visit: Visit, now: datetime) -> None:
    answer = send(admin, photos=(archive(foto__keripik_dot_jpg=picture(), catatan_dot_txt=b"halo"), "foto.zip"))
    path = answer.headers["Location"]
    page = visit(path, client=admin, queries=7)
    text = page.get_text(" ", strip=True)

    assert (answer.status_code, path) == (303, "/kelola/impor/1")
    assert "3 baris, 1 foto" in text
    assert "catatan.txt" in text
    marked = [(field["name"], field.select_one("option[selected]")) for field in page.select("form select")]
    chosen = {name: option.get_text() for name, option in marked if option and option["value"]}
    assert chosen == {"name": "Nama Produk", "price": "Harga", "place": "Kota", "key": "Kode", "photo": "Foto"}
    assert "Misalnya: Keripik tempe; Kopi Sindoro; Lumpia" in text

    columns = {"name": "1", "price": "2", "place": "3", "key": "0", "photo": "4"}
    assert admin.post(path, data={**columns, "do": "coba"}).status_code == 303
    assert visit(path, client=admin).select_one("[data-progress] progress")
    work(utc_now())
    tried = visit(path, client=admin)
    assert "Ini baru percobaan" in tried.get_text()
    assert "baru, dapat masuk 2 ditolak 1" in tried.get_text(" ", strip=True)
    assert not tried.select_one("[data-progress] progress")
    assert COUNT.first() == 0

    assert admin.post(path, data={**columns, "do": "masukkan"}).status_code == 303
    work(utc_now())
    done = visit(path, client=admin).get_text(" ", strip=True)
    assert "Daftar ini sudah masuk. masuk 2 ditolak 1" in done
    assert "Ditolak (1)" in done
    assert "foto hilang.jpg" not in done
    assert "foto hilang.jpg tidak ada" in visit(f"{path}?catatan=semua", client=admin).get_text()
    card = next(card for card in catalog.shelf(Filter(JATENG)).rows if card.name == "Keripik tempe")
    assert card.photo
    report = list(csv.reader(io.StringIO(admin.get(f"{path}/laporan.csv").data.decode("utf-8-sig"))))
    assert [row[:3] for row in report] == [
        ["baris", "nama", "hasil"], ["2", "Keripik tempe", "dibuat"], ["3", "Kopi Sindoro", "ditolak"], ["5", "Lumpia", "dibuat"],
    ]  # fmt: skip
    assert "Selesai" in visit("/kelola/impor", client=admin, queries=5).get_text()


def test_the_market_leaves_as_a_list_that_comes_back_unchanged(admin: FlaskClient, cast: Cast, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now)
    begin(run_id, cast.admin, now)
    work(now)
    answer = admin.get("/kelola/ekspor.csv")
    again = service.take_list("kembali.csv", io.BytesIO(answer.data), region_code=JATENG, by=cast.admin, now=now)

    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Keripik tempe" in answer.data.decode("utf-8-sig")
    run = queries.run(again, JATENG)
    assert run
    assert rules.Columns(run.columns, ()).missing == ()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("daftar.pdf", b"%PDF", "Kirim daftar sebagai .csv atau .xlsx"),
        ("daftar.xlsx", b"not a workbook", "bukan Excel"),
        ("daftar.csv", b"", "kosong"),
        ("daftar.csv", b"nama,harga,kota\n", "kosong"),
        ("daftar.csv", b"nama\n" + b"x\n" * 100_001, "paling banyak 100000 baris"),
        ("../../etc/passwd.csv", b"\x00\x00\x00", "kosong"),
    ],
)
def test_what_is_no_list_is_told_and_leaves_nothing(admin: FlaskClient, config: Config, name: str, data: bytes, says: str) -> None:
    answer = send(admin, data, name)

    assert answer.status_code == 422
    assert says in answer.text.replace("100.000", "100000")
    assert list((config.data_dir / "imports").glob("*")) == []
    assert Query(select(func.count()).select_from(ImportRun), int).first() == 0


def test_a_form_without_a_list_says_so(admin: FlaskClient) -> None:
    answer = admin.post("/kelola/impor", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Pilih berkas daftarnya dulu" in answer.text


def bomb() -> io.BytesIO:
    return archive(besar_dot_jpg=bytes(MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("name", "file", "left"),
    [
        ("foto.zip", archive(a_dot_jpg=b"1", b_dot_exe=b"2"), ["b.exe"]),
        ("foto.zip", bomb(), ["besar.jpg"]),
        ("foto.zip", archive(_dot__dot___dot__dot___etc__x_dot_jpg=b"1"), []),
        ("foto.zip", archive(_dot_tersembunyi_dot_jpg=b"1"), [".tersembunyi.jpg"]),
        ("x.jpg", io.BytesIO(b"1"), []),
        ("x.svg", io.BytesIO(b"1"), ["x.svg"]),
    ],
)
def test_photos_keep_to_their_folder_and_their_bounds(
    cast: Cast, config: Config, now: datetime, name: str, file: io.BytesIO, left: list[str]
) -> None:
    file.seek(0)
    run_id = make_run(cast.admin, now=now)

    assert service.add_photos(run_id, [(name, file)], region_code=JATENG, by=cast.admin) == left
    run = queries.run(run_id, JATENG)
    assert run
    folder = config.data_dir / "imports" / run.key / "photos"
    assert {path.parent for path in config.data_dir.rglob("*.jpg") if "imports" in path.parts} <= {folder}
    assert run.photos == len(waiting.photos_in(folder))


def test_a_zip_that_lies_about_its_sizes_is_cut_off(cast: Cast, now: datetime) -> None:
    packed = bytearray(bomb().getvalue())
    for at in (packed.rfind(b"PK\x01\x02") + 24, 22):  # what the archive's two lists say of the unpacked size
        packed[at : at + 4] = (1000).to_bytes(4, "little")
    run_id = make_run(cast.admin, now=now)
    try:
        left = service.add_photos(run_id, [("foto.zip", io.BytesIO(bytes(packed)))], region_code=JATENG, by=cast.admin)
    except Conflict:
        left = ["besar.jpg"]

    assert left == ["besar.jpg"]
    run = queries.run(run_id, JATENG)
    assert run
    assert run.photos == 0


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xff\xd8\xff"])
def test_a_broken_zip_is_told(admin: FlaskClient, cast: Cast, now: datetime, data: bytes) -> None:
    run_id = make_run(cast.admin, now=now)
    answer = admin.post(f"/kelola/impor/{run_id}/foto", data={"photos": (io.BytesIO(data), "foto.zip")}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "bukan ZIP yang dapat dibuka" in answer.text


def test_more_photos_than_an_import_may_have_are_refused_and_the_first_stay(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_PHOTOS", 2)
    run_id = make_run(cast.admin, now=now)
    with pytest.raises(Conflict, match="terlalu banyak"):
        service.add_photos(run_id, [(f"{number}.jpg", io.BytesIO(b"1")) for number in range(3)], region_code=JATENG, by=cast.admin)

    run = queries.run(run_id, JATENG)
    assert run
    assert run.photos == 2


def test_a_needed_column_must_be_chosen(admin: FlaskClient, cast: Cast, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now)
    for data in (
        {"name": "0", "price": "1", "place": ""},
        {"name": "0", "price": "0", "place": "2"},
        {"name": "7", "price": "1", "place": "2"},
        {"name": "x"},
    ):
        answer = admin.post(f"/kelola/impor/{run_id}", data={**data, "do": "masukkan"})
        assert answer.status_code == 422
    assert "Pilih kolomnya" in admin.post(f"/kelola/impor/{run_id}", data={"name": "0", "price": "1", "place": "", "do": "coba"}).text
    assert state(run_id)[0] is RunState.NEW


def test_a_worker_killed_in_a_slice_takes_it_again_and_makes_nothing_twice(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SLICE_SECONDS", 60.0)
    monkeypatch.setattr(service, "SLICE_ROWS", 3)
    rows = "".join(f"Keripik rasa {chr(97 + number) * 3},{1000 + number},Kota Semarang\n" for number in range(8))
    run_id = make_run(cast.admin, now=now, text=f"nama,harga,kota\n{rows}")
    begin(run_id, cast.admin, now)
    assert service.advance(now=now)
    assert state(run_id) == (RunState.RUNNING, 3, 8)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(service, "delete", dies)
        with pytest.raises(KeyboardInterrupt):
            service.advance(now=now)
    assert COUNT.first() == 6
    assert not service.advance(now=now + timedelta(seconds=30))
    work(now + timedelta(minutes=3))

    assert state(run_id) == (RunState.DONE, 8, 8)
    assert COUNT.first() == 8
    assert queries.tally(run_id) == {Outcome.CREATED: 5, Outcome.SAME: 3}
    assert Query(select(ImportRow.line).order_by(ImportRow.line), int).all() == list(range(2, 10))


def test_a_list_that_keeps_breaking_is_given_up_and_can_be_begun_again(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = make_run(cast.admin, now=now)
    begin(run_id, cast.admin, now)
    moment = now
    with monkeypatch.context() as broken:
        broken.setattr(service, "kept_rows", lambda *_: 1 / 0)
        for _ in range(rules.MOST_FAILURES):
            with pytest.raises(ZeroDivisionError):
                service.advance(now=moment)
            moment += timedelta(minutes=3)
    assert service.advance(now=moment)
    assert state(run_id)[0] is RunState.FAILED
    assert not service.advance(now=moment + timedelta(days=1))

    begin(run_id, cast.admin, moment)
    work(moment)
    assert state(run_id)[0] is RunState.DONE


def test_stopped_halfway_what_is_in_stays_and_beginning_again_makes_nothing_twice(
    admin: FlaskClient, cast: Cast, now: datetime, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SLICE_SECONDS", 60.0)
    monkeypatch.setattr(service, "SLICE_ROWS", 1)
    run_id = make_run(cast.admin, now=now, text="nama,harga,kota\nKeripik,1000,Kota Semarang\nKopi,2000,Kota Semarang\n")
    begin(run_id, cast.admin, now)
    service.advance(now=now)
    with pytest.raises(Conflict):
        begin(run_id, cast.admin, now)
    assert admin.post(f"/kelola/impor/{run_id}/hentikan").status_code == 303
    assert "Dihentikan pada baris ke-1 dari 2" in visit(f"/kelola/impor/{run_id}", client=admin).get_text()
    assert not service.advance(now=now)
    assert COUNT.first() == 1

    begin(run_id, cast.admin, now)
    work(now)
    assert queries.tally(run_id) == {Outcome.SAME: 1, Outcome.CREATED: 1}


def test_photos_without_a_column_go_to_rows_in_their_order_across_slices(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SLICE_SECONDS", 60.0)
    monkeypatch.setattr(service, "SLICE_ROWS", 1)
    run_id = make_run(cast.admin, now=now, text="nama,harga,kota\nKeripik,1000,Kota Semarang\nKopi,2000,Kota Semarang\n")
    files = [(f"{number}.jpg", io.BytesIO(picture(color))) for number, color in ((2, "#c03030"), (10, "#3030c0"))]
    service.add_photos(run_id, files, region_code=JATENG, by=cast.admin)
    begin(run_id, cast.admin, now, photo=rules.IN_ORDER)
    work(now)

    colors = {card.name: card.photo.color for card in catalog.shelf(Filter(JATENG)).rows if card.photo}
    assert colors["Keripik"][1:3] > "a0" > colors["Kopi"][1:3]


def test_only_the_regions_admins_touch_its_lists(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        make_run(cast.curator, now=now)
    with pytest.raises(NotAllowed):
        make_run(cast.admin, region=PARIAMAN, now=now)
    theirs = make_run(cast.far_admin, region=PARIAMAN, now=now)
    with pytest.raises(NotFound):
        service.begin(theirs, {}, is_dry=True, region_code=JATENG, by=cast.admin, now=now)
    with pytest.raises(Invalid):
        service.begin(theirs, {}, is_dry=True, region_code=PARIAMAN, by=cast.far_admin, now=now)


def test_lists_are_forgotten_after_thirty_days_and_what_came_in_stays(cast: Cast, config: Config, now: datetime) -> None:
    old, at_work = make_run(cast.admin, now=now), make_run(cast.admin, now=now)
    begin(old, cast.admin, now)
    work(now)
    begin(at_work, cast.admin, now)
    young = make_run(cast.admin, now=now + timedelta(days=2))

    assert service.forget_old(now=now + timedelta(days=31)) == 1
    assert queries.run(old, JATENG) is None
    assert queries.run(young, JATENG)
    assert queries.run(at_work, JATENG)
    assert COUNT.first() == 1
    assert len(list((config.data_dir / "imports").iterdir())) == 2


def test_what_came_in_leaves_no_files_and_folders_without_a_list_go_after_a_day(cast: Cast, config: Config, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now)
    begin(run_id, cast.admin, now, is_dry=True)
    work(now)
    assert len(list((config.data_dir / "imports").iterdir())) == 1
    begin(run_id, cast.admin, now)
    work(now)
    assert list((config.data_dir / "imports").iterdir()) == []

    waiting_id, left = make_run(cast.admin, now=now), config.data_dir / "imports" / "left-by-a-killed-request"
    left.mkdir()
    service.forget_old(now=utc_now())
    assert left.exists()
    service.forget_old(now=utc_now() + timedelta(days=2))
    assert not left.exists()
    assert queries.run(waiting_id, JATENG)


def test_two_workers_take_a_list_in_once(app: Flask, cast: Cast, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now)
    begin(run_id, cast.admin, now)
    with transaction():
        db.session.execute(update(ImportRun).values(due_at=now + timedelta(minutes=1)))

    assert not service.advance(now=now)
    assert state(run_id) == (RunState.RUNNING, 0, 1)


def test_begun_anew_while_a_slice_runs_the_old_slice_writes_nothing(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = make_run(cast.admin, now=now, text="nama,harga,kota\nKeripik,1000,Kota Semarang\nKopi,2000,Kota Semarang\n")
    begin(run_id, cast.admin, now, is_dry=True)
    slice_ = service._slice

    def meanwhile(run: queries.RunRow, *, now: datetime) -> Any:
        found = slice_(run, now=now)
        service.stop(run_id, region_code=JATENG, by=cast.admin, now=now)
        begin(run_id, cast.admin, now + timedelta(seconds=1))
        return found

    with monkeypatch.context() as busy:
        busy.setattr(service, "_slice", meanwhile)
        assert service.advance(now=now)
    assert state(run_id) == (RunState.RUNNING, 0, 2)
    assert queries.tally(run_id) == {}
    work(now + timedelta(seconds=2))
    assert state(run_id) == (RunState.DONE, 2, 2)
    assert COUNT.first() == 2


def test_a_trial_tells_what_is_there_already(cast: Cast, now: datetime) -> None:
    text = "nama,harga,kota\nKeripik,1000,Kota Semarang\nKopi,2000,Kota Semarang\n"
    run_id = make_run(cast.admin, now=now, text=text)
    begin(run_id, cast.admin, now)
    work(now)
    again = make_run(cast.admin, now=now, text=text.replace("2000", "2500") + "Teh,3000,Kota Semarang\n")
    begin(again, cast.admin, now, is_dry=True)
    work(now)

    assert queries.tally(again) == {Outcome.SAME: 1, Outcome.CHANGED: 1, Outcome.CREATED: 1}
    assert COUNT.first() == 2


def test_after_a_change_of_admin_the_next_one_imports_on(cast: Cast, now: datetime) -> None:
    first = make_run(cast.admin, now=now, text="nama,harga,kota,foto\nKeripik,1000,Kota Semarang,a.jpg\n")
    service.add_photos(first, [("a.jpg", io.BytesIO(picture()))], region_code=JATENG, by=cast.admin)
    begin(first, cast.admin, now)
    work(now)
    later = make_official("+628112700188", "Wening", Role.ADMIN, JATENG, now=now)
    with transaction():
        db.session.execute(update(RoleGrant).where(RoleGrant.account_id == cast.admin.id).values(ends_at=now))
    moment = now + timedelta(minutes=1)
    again = make_run(later, now=moment, text="nama,harga,kota,foto\nKeripik,1500,Kota Semarang,a.jpg\nKopi,2000,Kota Semarang,\n")
    begin(again, later, moment)
    work(moment)

    assert queries.tally(again) == {Outcome.CHANGED: 1, Outcome.CREATED: 1}
    card = next(card for card in catalog.shelf(Filter(JATENG)).rows if card.name == "Keripik")
    assert (card.price, card.photo is not None) == (1500, True)


def test_the_same_number_in_another_list_is_another_product(cast: Cast, now: datetime) -> None:
    for name in ("Keripik", "Batik"):
        run_id = make_run(cast.admin, now=now, text=f"no,nama,harga,kota\n1,{name},1000,Kota Semarang\n")
        begin(run_id, cast.admin, now)
        work(now)

    assert COUNT.first() == 2


def test_a_row_with_an_endless_cell_is_told(cast: Cast, now: datetime) -> None:
    run_id = make_run(
        cast.admin,
        now=now,
        text=f"nama,harga,kota\nKeripik,1000,Kota Semarang\n{'x' * 1_100_000},1,Kota Semarang\nKopi,2000,Kota Semarang\n",
    )
    begin(run_id, cast.admin, now)
    work(now)

    assert queries.tally(run_id) == {Outcome.CREATED: 2, Outcome.REFUSED: 1}


def test_photo_names_match_whatever_their_case_and_letters(cast: Cast, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now, text="nama,harga,kota,foto\nKue,1000,Kota Semarang,Ku\u00e9  Lapis.JPG\n")
    service.add_photos(run_id, [("kue\u0301 lapis.jpg", io.BytesIO(picture()))], region_code=JATENG, by=cast.admin)
    begin(run_id, cast.admin, now)
    work(now)

    assert catalog.shelf(Filter(JATENG)).rows[0].photo


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576"])
def test_a_workbook_with_a_stray_cell_is_refused_or_read_and_hurts_nobody(admin: FlaskClient, tmp_path: Path, far: str) -> None:
    path = tmp_path / "daftar.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((("nama", "harga", "kota"), ("Keripik", "1000", "Kota Semarang"))):
            sheet.write_row(place, 0, row)
        sheet.write(far, "x")
    answer = send(admin, path.read_bytes(), "daftar.xlsx")

    assert answer.status_code in {303, 422}
    assert answer.status_code == 303 or "terlalu besar" in answer.text


def test_no_more_than_twenty_lists_wait(admin: FlaskClient, cast: Cast, now: datetime) -> None:
    for _ in range(20):
        make_run(cast.admin, now=now)

    assert "Masih ada 20 daftar" in send(admin).text


def test_one_column_holds_one_field(admin: FlaskClient, cast: Cast, now: datetime) -> None:
    run_id = make_run(cast.admin, now=now)
    answer = admin.post(f"/kelola/impor/{run_id}", data={"name": "0", "price": "1", "place": "2", "description": "0", "do": "coba"})

    assert answer.status_code == 422
    assert "Kolom ini sudah dipakai" in answer.text


def test_a_kind_we_do_not_have_stays_empty_also_when_the_row_changes(cast: Cast, now: datetime) -> None:
    for price in (1000, 2000):
        run_id = make_run(cast.admin, now=now, text=f"nama,harga,kota,kategori\nCamilan pedas,{price},Kota Semarang,Elektronik\n")
        begin(run_id, cast.admin, now)
        work(now)

    found = catalog.by_slug(catalog.shelf(Filter(JATENG)).rows[0].slug)
    assert found
    assert (found.price, found.category) == (2000, None)
