"""The child process that reads a workbook: bounded memory and time; each row leaves it as a line of JSON, with its number."""

import json
import resource
import sys

from python_calamine import CalamineError, CalamineWorkbook

from lapak.exchange.adapters.tables import UNREADABLE
from lapak.exchange.rules import LONGEST_CELL, MOST_COLUMNS
from lapak.kernel.children import bound_memory

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 60


def main() -> None:
    """Tell the rows of the first sheet that are not empty; exit with 1 for a file that is no workbook, die beyond a bound."""
    bound_memory(MEMORY)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
    except (CalamineError, OSError, IndexError):
        sys.exit(UNREADABLE)
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cells):
            sys.stdout.write(json.dumps([line, [_cell(cell)[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]]) + "\n")


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


if __name__ == "__main__":
    main()
