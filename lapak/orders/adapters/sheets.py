"""Spreadsheets of orders behind plain values: real dates and numbers, and no cell that a program takes for a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from lapak.exchange.rules import guarded

Cell = str | int | date | datetime | None
MOMENT, DAY, COUNT = "dd-mm-yyyy hh:mm", "dd-mm-yyyy", "#,##0"
NARROW = 16


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as CSV in UTF-8 with its mark; dates as 2026-11-26 09:15. Return how many rows it has."""
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(name) for name in header])
        for row in rows:
            writer.writerow([_said(cell) for cell in row])
            done += 1
    return done


def write_workbook(path: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as .xlsx, row by row to the disk; moments are those of the clock they are given in. Return how many rows it has."""
    import xlsxwriter  # noqa: PLC0415 - only exports of workbooks need it

    done = 0
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        forms = {kind: book.add_format({"num_format": form}) for kind, form in ((datetime, MOMENT), (date, DAY), (int, COUNT))}
        sheet.set_column(0, len(header) - 1, NARROW)
        sheet.freeze_panes(1, 1)
        for column, title in enumerate(header):
            sheet.write_string(0, column, guarded(title), bold)
        for row in rows:
            done += 1
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(done, column, cell, forms[datetime])
                elif isinstance(cell, date):
                    sheet.write_datetime(done, column, cell, forms[date])
                elif isinstance(cell, int):
                    sheet.write_number(done, column, cell, forms[int])
                elif cell:
                    sheet.write_string(done, column, guarded(cell))
        sheet.autofilter(0, 0, max(done, 1), len(header) - 1)
    return done


def _said(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
