"""Time and memory of reading a workbook of 100,000 rows: Valence's reader, openpyxl alone, and python-calamine.

    pip install python-calamine
    python benchmarks/workbooks.py --results docs/results/workbooks.json

Also opens a workbook of 5 KB with one cell in the last corner, under a memory limit of 4 GiB. Each way runs in a
process of its own; memory is the peak of the process with what it imports.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import xlsxwriter

from valence.system.files import write_json
from valence.system.machine import processor

ROWS = 100_000
TEXT = "This is a comment of some length about the item, and it says what its author thought of it then. "
CORNER_LIMIT_BYTES = 4 << 30


def write_book(path: Path, rows: int) -> None:
    """A workbook with a text of about 180 characters, a label and a number in each row."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "label", "number"])
        for row in range(rows):
            sheet.write_row(row + 1, 0, [f"{TEXT * 2}{row}", "ab"[row % 2], row])


def write_corner(path: Path) -> None:
    """A workbook with two cells: in the first corner and in the last."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "text")
        sheet.write(1_048_575, 16_383, "x")


def by_valence(path: Path) -> Iterable[Any]:
    """As the commands read it."""
    from valence.tables.opening import opened
    from valence.tables.options import ReadOptions

    with opened(path, ReadOptions()) as table:
        yield from table


def by_openpyxl(path: Path) -> Iterable[Any]:
    """The library's values alone."""
    import openpyxl

    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        yield from book.worksheets[0].iter_rows(values_only=True)


def by_calamine(path: Path) -> Iterable[Any]:
    """The library in Rust."""
    import python_calamine

    yield from python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()


WAYS: dict[str, Callable[[Path], Iterable[Any]]] = {
    "valence": by_valence,
    "openpyxl": by_openpyxl,
    "python-calamine": by_calamine,
}


def read_once(way: str, path: Path) -> None:
    """Prints the rows, seconds and peak memory of this process."""
    started = time.perf_counter()
    rows = sum(1 for _ in WAYS[way](path))
    seconds = round(time.perf_counter() - started, 2)
    # Of this program alone: what getrusage says includes the program that started it.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    print(json.dumps({"rows": rows, "seconds": seconds, "peak_memory_mb": round(int(peak) / 1024)}))


def _in_a_process(way: str, path: Path, most_bytes: int | None = None) -> dict[str, Any]:
    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))

    command = [sys.executable, __file__, "--way", way, "--book", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)
    if done.returncode:
        return {"exit": done.returncode, "says": done.stderr.strip().partition("\n")[0][:120]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measures every way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--book", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        read_once(given.way, given.book)
        return
    with tempfile.TemporaryDirectory() as folder:
        book, corner = Path(folder, "book.xlsx"), Path(folder, "corner.xlsx")
        write_book(book, ROWS)
        write_corner(corner)
        found: dict[str, Any] = {"processor": processor(), "rows": ROWS, "file_bytes": book.stat().st_size}
        for way in WAYS:
            found[way] = {
                "book": _in_a_process(way, book),
                "one_cell_in_the_last_corner": _in_a_process(way, corner, CORNER_LIMIT_BYTES),
            }
            print(way, found[way])
    if given.results:
        write_json(given.results, found)


if __name__ == "__main__":
    main()
