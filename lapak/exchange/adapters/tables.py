"""Tables as lists of text cells: CSV of any common encoding and separator, and .xlsx; read row by row, written row by row."""

import codecs
import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from lapak.exchange.rules import LONGEST_CELL, MOST_COLUMNS, guarded
from lapak.kernel.children import environment
from lapak.kernel.errors import Conflict
from lapak.kernel.words import say

SAMPLE = 64 * 1024
MOST_XLSX = 20 * 1024 * 1024
SEPARATORS = ",;\t|"
UNREADABLE = 1
TOO_LONG = "(baris terlalu panjang)"
NO_WORKBOOK = say("Berkas ini bukan Excel yang dapat dibaca. Simpan ulang sebagai .xlsx atau CSV.")
TOO_WIDE = say(
    "Lembar Excel ini terlalu besar, mungkin karena ada sel terisi jauh di luar daftarnya. Hapus sel itu, atau simpan sebagai CSV."
)
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
        file = path.open(encoding=_encoding(path), errors="replace", newline="")
    except OSError as error:
        raise Conflict("Berkas ini tidak dapat dibuka: %(why)s", why=error.strerror or "") from error
    with file:
        head = file.read(SAMPLE)
        file.seek(0)
        yield _lines(file, _separator(head))


def _lines(file: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((line.replace("\0", "") for line in file), delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond the limit: the row is refused like any other that says too little, the rest goes on
            cells = [TOO_LONG]
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
    """Read a workbook in a child process: a stray cell in its last corner makes a table of gigabytes."""
    if path.stat().st_size > MOST_XLSX:
        raise Conflict("Berkas Excel ini lebih dari 20 MB. Simpan sebagai CSV, lalu coba lagi.")
    command = (sys.executable, "-P", "-m", "lapak.exchange.adapters.workbook", str(path.absolute()))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(), cwd="/") as child:  # noqa: S603 - our own module
        try:
            for row in cast("IO[bytes]", child.stdout):
                line, cells = json.loads(row)
                yield line, cells
        except GeneratorExit:
            child.kill()  # whoever stops reading early would leave it waiting
            raise
    if child.returncode:
        raise Conflict(NO_WORKBOOK if child.returncode == UNREADABLE else TOO_WIDE)


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
