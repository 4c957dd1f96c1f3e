"""Tables as lists of text cells: CSV of any common encoding and separator, and .xlsx; read row by row, written row by row."""

import codecs
import csv
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from flask import Flask, current_app

from lapak.exchange.rules import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_PHOTO_BYTES,
    MOST_PHOTOS,
    MOST_ROWS,
    MOST_UNPACKED_BYTES,
    PICTURES,
    guarded,
)
from lapak.kernel.errors import Conflict

SAMPLE = 64 * 1024
MOST_XLSX = 20 * 1024 * 1024
SEPARATORS = ",;\t|"
PIECE = 64 * 1024
LONGEST_NAME = 200
csv.field_size_limit(1_000_000)


@contextmanager
def rows_of(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open a table; yields its rows with their line numbers, the header first. A CSV of any size takes the memory of one row.

    Raise Conflict, in words, for a file that is no table or a workbook beyond 20 MB.
    """
    if path.suffix.lower() == ".xlsx":
        yield _workbook(path)
        return
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            head = file.read(SAMPLE)
            file.seek(0)
            yield _lines(file, _separator(head))
    except OSError as error:
        raise Conflict("Berkas %(name)s tidak dapat dibuka: %(why)s", name=path.name, why=error.strerror or "") from error


def _lines(file: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((line.replace("\0", "") for line in file), delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond the limit: the row is told as unreadable, the rest goes on
            cells = []
        yield reader.line_num, [cell[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]


def _encoding(path: Path) -> str:
    """UTF-8 if the file's beginning can be that, with or without its mark; UTF-16 by its mark; else what old office programs write."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _separator(head: str) -> str:
    first = head.splitlines()[0] if head.strip() else ""
    return max(SEPARATORS, key=first.count)


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only imports of workbooks need it

    try:
        if path.stat().st_size > MOST_XLSX:
            raise Conflict("Berkas Excel ini lebih dari 20 MB. Simpan sebagai CSV, lalu coba lagi.")
        book = CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, OSError, IndexError) as error:
        raise Conflict("Berkas %(name)s bukan Excel yang dapat dibaca. Simpan ulang sebagai .xlsx atau CSV.", name=path.name) from error
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        yield line, [_cell(cell)[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table, .xlsx or else CSV in UTF-8 with its mark; no cell can be taken for a formula. Return how many rows it has."""
    return _write_workbook(path, header, rows) if path.suffix.lower() == ".xlsx" else _write_csv(path, header, rows)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([guarded(cell) for cell in row])
            done += 1
    return done


def _write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    import xlsxwriter  # noqa: PLC0415 - only exports of workbooks need it

    done = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for row in rows:
            done += 1
            sheet.write_row(done, 0, [guarded(cell) for cell in row])
    return done


def photos_in(folder: Path) -> dict[str, Path]:
    """The files of a folder by their names; links and what lies deeper are left out, so that no name leads outside."""
    files = (file for file in sorted(folder.iterdir()) if file.suffix.lower() in PICTURES)
    return {file.name: file for file in files if file.is_file() and not file.is_symlink()}


def install(app: Flask, folder: Path) -> None:
    """Give the app the folder that keeps lists while the worker takes them in."""
    app.extensions["imports"] = folder


def folder_of(key: str) -> Path:
    """Where the rows and photos of an import lie."""
    return cast("Path", current_app.extensions["imports"]) / key


def keep_rows(table: Path, kept: Path) -> tuple[list[str], int]:
    """Write a table's rows into `kept`, a JSON array in each line, so that reading can go on anywhere; return its header and their number.

    Raise Conflict, in words, for a file that is no table, an empty one, or more rows than we take.
    """
    with rows_of(table) as rows, kept.open("w", encoding="utf-8") as file:
        _line, header = next(rows, (0, []))
        count = 0
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if count == MOST_ROWS:
                raise Conflict("Daftar ini lebih dari %(most)s baris. Bagi menjadi beberapa berkas.", most=MOST_ROWS)
            file.write(json.dumps([line, cells]) + "\n")
            count += 1
    if not count or not any(title.strip() for title in header):
        raise Conflict("Daftar ini kosong. Baris pertama berisi judul kolom, produknya mulai baris kedua.")
    return header, count


def kept_rows(kept: Path, position: int) -> Iterator[tuple[int, int, list[str]]]:
    """Read kept rows from a byte on, each as (the byte behind it, its line in the list, its cells)."""
    with kept.open("rb") as file:
        file.seek(position)
        while row := file.readline():
            line, cells = json.loads(row)
            yield file.tell(), line, cells


class PhotoFolder:
    """The photos of an import under their bare names, never more than an import may have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes = {name: path.stat().st_size for name, path in photos_in(folder).items()}

    def __len__(self) -> int:
        return len(self._sizes)

    def keep(self, name: str, file: IO[bytes]) -> list[str]:
        """Keep a photo, or all photos of a ZIP archive; return the names of files left out.

        Raise Conflict, in words, for an archive that is none or beyond our bounds; what was unpacked before that stays.
        """
        if not name.lower().endswith(".zip"):
            return [] if self._put(name, file) else [name]
        try:
            with zipfile.ZipFile(file) as archive:
                return [one.filename for one in archive.infolist() if not one.is_dir() and not self._unpack(archive, one)]
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
            raise Conflict("Berkas %(name)s bukan ZIP yang dapat dibuka. Buat lagi ZIP-nya, lalu kirim.", name=name) from error

    def _unpack(self, archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bool:
        is_encrypted = bool(one.flag_bits & 1)
        if is_encrypted or one.file_size > MOST_PHOTO_BYTES:
            return False
        with archive.open(one) as file:
            return self._put(one.filename, file)

    def _put(self, name: str, file: IO[bytes]) -> bool:
        bare = name.replace("\\", "/").rpartition("/")[2].strip()
        if Path(bare).suffix.lower() not in PICTURES or bare.startswith(".") or "\0" in bare or len(bare.encode()) > LONGEST_NAME:
            return False
        if (len(self) >= MOST_PHOTOS and bare not in self._sizes) or sum(self._sizes.values()) > MOST_UNPACKED_BYTES:
            raise Conflict("Fotonya terlalu banyak. Paling banyak %(most)s foto dan 1 GB untuk satu daftar.", most=MOST_PHOTOS)
        part, size = self.folder / ".part", 0
        with part.open("wb") as target:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > MOST_PHOTO_BYTES:  # whatever the archive's own list says
                    break
                target.write(piece)
        if size > MOST_PHOTO_BYTES:
            part.unlink()
            return False
        part.replace(self.folder / bare)
        self._sizes[bare] = size
        return True
