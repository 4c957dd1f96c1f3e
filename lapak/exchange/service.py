"""A list becomes listings, row by row: a bad row is told and stops nothing, and the same list again changes nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from shutil import copyfileobj, rmtree
from time import monotonic
from typing import IO

from sqlalchemy import delete, update

from lapak.accounts.adapters import mobile_number
from lapak.accounts.policy import may_administer
from lapak.accounts.rules import Actor
from lapak.catalog import queries as catalog_queries
from lapak.catalog.queries import ProductView
from lapak.catalog.rules import DESCRIPTION_LENGTH, NAME_LENGTH, Draft, Kind, Supply, product_name, suggest
from lapak.catalog.service import listings as catalog
from lapak.checking.rules import Source
from lapak.db.base import db
from lapak.db.session import changed, transaction
from lapak.exchange import queries
from lapak.exchange.adapters.waiting import PhotoFolder, folder_of, forget_folders, keep_rows, kept_rows, photos_in
from lapak.exchange.models import ImportRow, ImportRun
from lapak.exchange.queries import RunRow
from lapak.exchange.rules import (
    AT_WORK,
    COLUMNS,
    IN_ORDER,
    KINDS_IN_ENGLISH,
    LIST_KINDS,
    MOST_FAILURES,
    MOST_LIST_BYTES,
    OPEN,
    Columns,
    Outcome,
    Report,
    RunState,
    chosen_columns,
    guess_mapping,
    import_key,
    photo_key,
    place_key,
    row_of,
)
from lapak.kernel.checks import whole_number
from lapak.kernel.codes import token
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from lapak.kernel.money import parse_rupiah
from lapak.kernel.text import clean_line, clean_text
from lapak.kernel.words import Words, say
from lapak.photos import service as photo_service
from lapak.photos.adapters.store import store
from lapak.photos.rules import MASTER, MEGABYTE
from lapak.regions.rules import covers, short_name
from lapak.shops import service as shops
from lapak.shops.rules import market_of, shop_name

RUN_LIFE = timedelta(days=30)
FOLDER_LIFE = timedelta(days=1)
SLICE_AGAIN = timedelta(minutes=2)
SLICE_SECONDS = 1.0
SLICE_ROWS = 200
ROWS, PHOTOS = "rows", "photos"
LONGEST_NAME = 100
BUSY = say("Daftar ini sedang atau sudah dimasukkan. Muat ulang halamannya untuk melihat hasilnya.")
TAKEN_OVER = say("Penjualnya sudah mengambil alih lapak ini, jadi tidak diubah.")
TOO_MANY_OPEN = say("Masih ada %(most)s daftar yang belum selesai. Selesaikan atau tunggu sampai terhapus.", most=20)
MOST_OPEN = 20
NO_RUN = say("Daftar ini tidak ada atau sudah dihapus.")
NO_KEEPER = say("Daerah ini belum punya pengelola, jadi tidak ada yang menjaga lapak dari daftar ini.")
SERVICES = {"jasa", "service", "services", "layanan"}
KEY_LENGTH = 200


class Import:
    """An import into one region: what it knows of places and kinds, and which photos are still to be given away.

    `photos` are files by name, given by a row's photo column or, when the list has none, one to a row in their order; the first `done`
    rows had theirs.
    """

    def __init__(
        self, columns: Columns, *, region_code: str, keeper: Actor, photos: Mapping[str, Path], is_dry: bool, done: int = 0
    ) -> None:
        self.columns, self.region_code, self.keeper, self.is_dry = columns, region_code, keeper, is_dry
        self._by_name = {photo_key(name): path for name, path in photos.items()}
        self._in_order = islice(photos.values(), done, None) if columns.photos_in_order else iter(())
        self._places = queries.places()

    def take(self, rows: Iterable[tuple[int, list[str]]], *, now: datetime) -> Iterator[Report]:
        """Take in row after row and tell what became of each."""
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            fields = {field: clean_line(text) if field != "description" else text for field, text in row_of(cells, self.columns).items()}
            photo = next(self._in_order, None)
            try:
                yield self._row(line, fields, photo, now=now)
            except Invalid as refusal:
                yield Report(line, fields.get("name", ""), Outcome.REFUSED, tuple(refusal.fields.values()))
            except DomainError as refusal:
                yield Report(line, fields.get("name", ""), Outcome.REFUSED, (refusal.words,))

    def _row(self, line: int, fields: dict[str, str], photo: Path | None, *, now: datetime) -> Report:
        place, place_name = self._place(fields.get("place", ""))
        notes: list[Words] = []
        draft = self._draft(fields, market_of(place, self.region_code), notes)
        picture = self._named_photo(fields, photo, notes)
        key, name, phone = self._shop(fields, place, place_name, notes)
        once = f"impor:{import_key(fields, place)}"[:KEY_LENGTH]
        shop = queries.imported_shop(key)
        # A list that was exported here names listings by their own codes, whoever sells them.
        there = queries.listing_of_market(fields["key"], self.region_code) if fields.get("key") else None
        if there is None and shop is not None:
            there = queries.imported_listing(shop, once)
        if self.is_dry or there is not None:
            outcome = self._renew(there, draft, picture, notes, now=now) if there else Outcome.CREATED
        else:
            self._create(draft, picture, notes, once=once, shop_id=self._opened(shop, key, name, place, phone, now=now), now=now)
            outcome = Outcome.CREATED
        return Report(line, draft.name, outcome, tuple(notes))

    def _create(self, draft: Draft, picture: Path | None, notes: list[Words], *, once: str, shop_id: int, now: datetime) -> None:
        photos = self._develop(picture, draft.name, notes, now=now)
        try:
            catalog.publish(draft, photos=photos, by=self.keeper, now=now, once=once, shop_id=shop_id, source=Source.IMPORT)
        except NotFound:
            raise NotFound(TAKEN_OVER) from None

    def _opened(self, shop: int | None, key: str, name: str, place: str, phone: str, *, now: datetime) -> int:
        if shop is None:
            return shops.open_imported(name, place, phone, into=self.region_code, key=key, keeper=self.keeper, now=now)
        self._keep_on(shop, now=now)
        return shop

    def _renew(self, there: queries.There, draft: Draft, picture: Path | None, notes: list[Words], *, now: datetime) -> Outcome:
        found = catalog_queries.by_slug(there.slug)
        if found is None:
            raise NotFound(catalog.GONE)
        is_new_photo = picture is not None and not there.has_photo
        review = catalog_queries.review_of(found.id)
        if not is_new_photo and _says_the_same(catalog_queries.offered(found, review), draft):
            return Outcome.SAME
        if self.is_dry:
            return Outcome.CHANGED
        self._keep_on(found.shop_id, now=now)
        photos = {photo.key: photo.alt for photo in catalog_queries.offered_photos_of(found.id, review)}
        if is_new_photo:
            photos = self._develop(picture, draft.name, notes, now=now)
        try:
            catalog.edit(there.slug, _with_stock_of(found, draft), photos=photos, by=self.keeper, now=now, source=Source.IMPORT)
        except NotFound:
            raise NotFound(TAKEN_OVER) from None
        return Outcome.CHANGED

    def _keep_on(self, shop_id: int, *, now: datetime) -> None:
        """An imported shop without owner is kept by whoever imports now, also after another official did."""
        if shops.keep_on(shop_id, keeper=self.keeper, now=now):
            catalog.pass_photos(shop_id, to=self.keeper.id)

    def _place(self, said: str) -> tuple[str, str]:
        found = self._places.get(place_key(said), [])
        if len(found) > 1:
            found = [one for one in found if covers(self.region_code, one[0])] or found
        if len(found) == 1:
            return found[0]
        if not said:
            raise Invalid({"place": say("Kota atau kabupaten kosong")})
        near = ", ".join(name for _, name in found) or self._near(said)
        if near:
            raise Invalid({"place": say("Tempat “%(place)s” tidak jelas. Mungkin %(near)s", place=said, near=near)})
        raise Invalid({"place": say("Tempat “%(place)s” tidak dikenal", place=said)})

    def _near(self, said: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt place asks for it

        keys = get_close_matches(place_key(said), self._places, n=3, cutoff=0.75)
        return ", ".join(dict.fromkeys(name for key in keys for _, name in self._places[key]))

    def _draft(self, fields: dict[str, str], market: str, notes: list[Words]) -> Draft:
        said = fields.get("name", "")
        name = product_name(said[: NAME_LENGTH[1]].rpartition(" ")[0] if len(said) > NAME_LENGTH[1] and " " in said else said)
        if name != said:
            notes.append(say("nama dipotong sampai %(most)s huruf", most=NAME_LENGTH[1]))
        price = parse_rupiah(fields.get("price", ""), field="price")
        is_service = fields.get("kind", "").lower() in SERVICES
        stock = _number(fields, "stock", 0, 100_000)
        supply = Supply.SERVICE if is_service else Supply.STOCK if stock is not None else Supply.MADE_TO_ORDER
        description = clean_text(fields.get("description", ""))
        if len(description) > DESCRIPTION_LENGTH:
            notes.append(say("keterangan dipotong sampai %(most)s huruf", most=DESCRIPTION_LENGTH))
        return Draft(
            name, price, kind=Kind.SERVICE if is_service else Kind.GOODS, supply=supply, description=description[:DESCRIPTION_LENGTH],
            category=self._category(fields.get("category", ""), market, notes), is_guessable=not fields.get("category"),
            stock=stock, unit=fields.get("unit", "")[:20],
            weight_grams=_number(fields, "weight", 1, 1_000_000),
        )  # fmt: skip

    def _category(self, said: str, market: str, notes: list[Words]) -> str:
        if not said:
            return ""
        choices = catalog_queries.category_choices(market)
        kinds = [(one.slug, (one.slug.replace("-", " "), one.name, *one.words)) for one in choices]
        slug = suggest(said, kinds) or suggest(KINDS_IN_ENGLISH.get(said.lower(), ""), kinds)
        if slug is None:
            notes.append(say("jenis “%(kind)s” tidak ada di sini, jadi dikosongkan", kind=said))
        return slug or ""

    def _shop(self, fields: dict[str, str], place: str, place_name: str, notes: list[Words]) -> tuple[str, str, str]:
        """The key, the name and the number of a row's shop."""
        said = fields.get("shop", "")
        name = shop_name(said) if said else f"UMKM {short_name(place_name)}"
        phone = ""
        if fields.get("phone"):
            try:
                phone = mobile_number(fields["phone"])
            except Invalid:
                notes.append(say("nomor telepon tidak terbaca, jadi dikosongkan"))
        return f"{self.region_code}|{place}|{name.lower()}", name, phone

    def _named_photo(self, fields: dict[str, str], in_order: Path | None, notes: list[Words]) -> Path | None:
        said = fields.get("photo", "")
        if not said:
            return in_order
        found = self._by_name.get(photo_key(said))
        if found is None:
            notes.append(say("foto %(name)s tidak ada", name=said[:80]))
        return found

    def _develop(self, picture: Path | None, name: str, notes: list[Words], *, now: datetime) -> dict[str, str]:
        if picture is None:
            return {}
        try:
            taken = photo_service.take_in(picture.read_bytes(), by=self.keeper.id, alt=name, now=now, is_counted=False)
        except OSError as error:
            notes.append(say("foto %(name)s tidak dapat dibaca (%(why)s)", name=picture.name, why=error.strerror or ""))
            return {}
        except Invalid as refusal:
            notes.append(say("foto %(name)s: %(why)s", name=picture.name, why=next(iter(refusal.fields.values()))))
            return {}
        return {taken.key: name}


def _number(fields: Mapping[str, str], field: str, low: int, high: int) -> int | None:
    try:
        found: int | None = whole_number(low, high)(fields.get(field, ""))
    except Invalid as refusal:
        raise Invalid({field: say("%(field)s: %(why)s", field=COLUMNS[field][0], why=next(iter(refusal.fields.values())))}) from None
    return found


def _says_the_same(found: ProductView, draft: Draft) -> bool:
    there = (found.name, found.price, found.description, found.unit, found.weight_grams, found.kind)
    is_same_kind = not draft.category or draft.category == found.category
    return is_same_kind and there == (draft.name, draft.price, draft.description, draft.unit, draft.weight_grams, draft.kind)


def _with_stock_of(found: ProductView, draft: Draft) -> Draft:
    """What a list says of stock holds once, at the beginning: afterwards orders and the seller know better."""
    return Draft(
        draft.name, draft.price, kind=draft.kind, supply=found.supply, description=draft.description,
        category=draft.category or found.category or "", is_guessable=draft.is_guessable,
        stock=None, unit=draft.unit, weight_grams=draft.weight_grams,
        shelf_life_days=found.shelf_life_days, prepare_days=found.prepare_days, reach=found.reach, area_served=found.area_served,
        produced_on=found.produced_on, storage=found.storage,
    )  # fmt: skip


EXPORTED = ("key", "name", "price", "category", "description", "place", "shop", "phone", "photo", "stock", "unit", "weight", "kind")
HEADER = tuple(COLUMNS[field][0] for field in EXPORTED)


def export(region_code: str, *, photos: Path | None, with_phones: bool) -> Iterator[list[str]]:
    """Tell a region's listings as rows under `HEADER`, which an import reads back; their first photos go into the folder `photos`."""
    for row in queries.exported(region_code):
        photo = ""
        if photos is not None and row.photo:
            with suppress(FileNotFoundError):
                (photos / f"{row.code}.jpg").write_bytes(store().read(f"{row.photo}/{MASTER}"))
                photo = f"{row.code}.jpg"
        yield [
            row.code, row.name, str(row.price), row.category, row.description, row.place, row.shop, row.phone if with_phones else "", photo,
            "" if row.stock is None else str(row.stock), row.unit, "" if row.weight is None else str(row.weight),
            "jasa" if row.kind == Kind.SERVICE else "barang",
        ]  # fmt: skip


def take_list(name: str, file: IO[bytes], *, region_code: str, by: Actor, now: datetime) -> int:
    """Keep a list that an admin sent, its columns guessed, for somebody to look at; return its key.

    Raise NotAllowed for whoever does not run the region, Invalid, in words, for a file that is no list of at most 100,000 rows and 40 MB.
    """
    _check_admin(by, region_code)
    kind = Path(name).suffix.lower()
    if kind not in LIST_KINDS:
        raise Invalid({"file": say("Kirim daftar sebagai .csv atau .xlsx")})
    if queries.open_lists(region_code) >= MOST_OPEN:
        raise Invalid({"file": TOO_MANY_OPEN})
    key = token()
    folder = folder_of(key)
    (folder / PHOTOS).mkdir(parents=True)
    try:
        header, total = _kept_list(folder, kind, file)
        run = ImportRun(
            key=key, region_code=region_code, account_id=by.id, name=clean_line(Path(name).name)[:LONGEST_NAME] or "daftar",
            header=json.dumps(header), columns=json.dumps(dict(guess_mapping(header).columns)), state=RunState.NEW, total=total, done=0,
            position=0, photos=0, failures=0, created_at=now,
        )  # fmt: skip
        with transaction():
            db.session.add(run)
            db.session.flush()
            return run.id
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise


def _kept_list(folder: Path, kind: str, file: IO[bytes]) -> tuple[list[str], int]:
    sent = folder / f"sent{kind}"
    with sent.open("wb") as target:
        copyfileobj(file, target)
    try:
        if sent.stat().st_size > MOST_LIST_BYTES:
            raise Invalid(
                {"file": say("Daftar ini lebih dari %(most)s MB. Bagi menjadi beberapa berkas", most=MOST_LIST_BYTES // MEGABYTE)}
            )
        return keep_rows(sent, folder / ROWS)
    except Conflict as refusal:
        raise Invalid({"file": refusal.words}) from refusal
    finally:
        sent.unlink()


def add_photos(run_id: int, files: Iterable[tuple[str, IO[bytes]]], *, region_code: str, by: Actor) -> list[str]:
    """Put photos, or ZIP archives of them, beside a list that is not being taken in; return the names of files left out.

    Raise NotFound for a list of elsewhere, Conflict while the worker is busy with it, or for what is no archive.
    """
    run = _open_run(run_id, region_code, by)
    folder = PhotoFolder(folder_of(run.key) / PHOTOS)
    try:
        return [left for name, file in files for left in folder.keep(name, file)]
    finally:
        count = len(photos_in(folder_of(run.key) / PHOTOS))
        with transaction():
            db.session.execute(update(ImportRun).where(ImportRun.id == run.id).values(photos=count))


def begin(run_id: int, chosen: Mapping[str, int | None], *, is_dry: bool, region_code: str, by: Actor, now: datetime) -> None:
    """Have the worker try a list, or take it in, with the columns that somebody chose; what became of its rows before is forgotten.

    Raise Invalid when no column holds a needed field, else as `add_photos` does.
    """
    run = _open_run(run_id, region_code, by)
    columns = chosen_columns(run.header, chosen)
    if columns.missing:
        raise Invalid({field: say("Pilih kolomnya. Tanpa ini produknya tidak dapat dijual") for field in columns.missing})
    if queries.keeper(region_code, now=now) is None:
        raise Conflict(NO_KEEPER)
    state = RunState.TRYING if is_dry else RunState.RUNNING
    held = {**columns.columns, **({"photo": IN_ORDER} if columns.photos_in_order else {})}
    fresh = {
        "state": state,
        "columns": json.dumps(held),
        "done": 0,
        "position": 0,
        "failures": 0,
        "due_at": now,
        "ended_at": None,
    }
    with transaction():
        if changed(update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_(OPEN)).values(fresh)) == 0:
            raise Conflict(BUSY)
        db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))


def stop(run_id: int, *, region_code: str, by: Actor, now: datetime) -> None:
    """Stop the worker at the end of its slice; what is in stays. Raise NotFound for a list of elsewhere."""
    run = _run_of(run_id, region_code, by)
    with transaction():
        at_work = update(ImportRun).where(ImportRun.id == run.id, ImportRun.state.in_(AT_WORK))
        db.session.execute(at_work.values(state=RunState.STOPPED, due_at=None, ended_at=now))


def advance(*, now: datetime) -> bool:
    """Take in the next slice of the list that has waited longest; return whether one was waiting.

    A slice that breaks off is taken again later: rows that are in come out as not changed. After five in a row the list is given up.
    """
    run = queries.next_run(now=now)
    if run is None:
        return False
    claimed = now + SLICE_AGAIN
    if not _moved(run, run.due_at, due_at=claimed, failures=run.failures + 1):
        return True
    if run.failures >= MOST_FAILURES:
        _moved(run, claimed, state=RunState.FAILED, due_at=None, ended_at=now)
        return True
    reports, position = _slice(run, now=now)
    done = run.done + len(reports)
    over = (
        {"state": RunState.TRIED if run.is_trial else RunState.DONE, "due_at": None, "ended_at": now}
        if done >= run.total
        else {"due_at": now}
    )
    with transaction():
        # Whoever stopped the list meanwhile, or began it anew, is not written over.
        if not _moved(run, claimed, done=done, position=position, failures=0, **over):
            return True
        lines = [report.line for report in reports]
        db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id, ImportRow.line.in_(lines)))
        db.session.add_all(
            ImportRow(run_id=run.id, line=one.line, name=one.name, outcome=one.outcome, notes="; ".join(one.notes)) for one in reports
        )
    if over.get("state") is RunState.DONE:
        rmtree(folder_of(run.key), ignore_errors=True)  # phone numbers and places of photos are not kept longer than they are needed
    return True


def _moved(run: RunRow, was_due_at: datetime | None, **values: object) -> bool:
    with transaction():
        here = update(ImportRun).where(ImportRun.id == run.id, ImportRun.due_at == was_due_at, ImportRun.state == run.state)
        return changed(here.values(values)) > 0


def _slice(run: RunRow, *, now: datetime) -> tuple[list[Report], int]:
    folder = folder_of(run.key)
    keeper = queries.keeper(run.region_code, now=now)
    if keeper is None:
        raise Conflict(NO_KEEPER)
    columns = {field: place for field, place in run.columns.items() if place >= 0}
    work = Import(
        Columns(columns, (), run.columns.get("photo") == IN_ORDER), region_code=run.region_code, keeper=keeper,
        photos=photos_in(folder / PHOTOS), is_dry=run.is_trial, done=run.done,
    )  # fmt: skip
    reports: list[Report] = []
    position, until = run.position, monotonic() + SLICE_SECONDS
    for behind, line, cells in kept_rows(folder / ROWS, run.position):
        reports += work.take([(line, cells)], now=now)
        position = behind
        if monotonic() > until or len(reports) >= SLICE_ROWS:
            break
    return reports, position


def forget_old(*, now: datetime) -> int:
    """Forget lists that were sent more than thirty days ago, with their reports and files; return how many."""
    old = [run for run in queries.old_runs(before=now - RUN_LIFE) if not run.is_at_work]
    for run in old:
        rmtree(folder_of(run.key), ignore_errors=True)
        with transaction():
            db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
            db.session.execute(delete(ImportRun).where(ImportRun.id == run.id))
    forget_folders(queries.keys_of_runs(), before=now - FOLDER_LIFE)
    return len(old)


def _check_admin(by: Actor, region_code: str) -> None:
    if not may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat memasukkan daftar.")


def _run_of(run_id: int, region_code: str, by: Actor) -> RunRow:
    _check_admin(by, region_code)
    run = queries.run(run_id, region_code)
    if run is None:
        raise NotFound(NO_RUN)
    return run


def _open_run(run_id: int, region_code: str, by: Actor) -> RunRow:
    run = _run_of(run_id, region_code, by)
    if run.state not in OPEN:
        raise Conflict(BUSY)
    return run
