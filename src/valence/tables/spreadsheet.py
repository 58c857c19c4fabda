"""CSV and TSV that are safe to open in a spreadsheet: cells that it would run as formulas start with an apostrophe.

Which separator a spreadsheet splits at depends on its language and on what was chosen last, not on the file: with
semicolons, a quoted cell of a comma-separated file is split in the middle. So an apostrophe is also added after every
separator and line end in a cell that could begin another cell.

The server's tables (results of jobs, exported feedback) are defused in every cell. `valence score` leaves the cells of
its input as they are, so that the output can be read back, and defuses only what it adds.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# Characters that begin a formula, in half width and full width.
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# Stripped before a formula. A line end also begins a row if the quotes around it aren't recognised.
_STRIPPED = "\t\r\n"
_SEPARATORS = ",;\t|"


def line(cells: Iterable[Any], delimiter: str = ",") -> str:
    r"""One line of a table, including its line end.

    >>> line(["=1+1", True, 0.5, None])
    "'=1+1,true,0.5,\r\n"
    >>> line(["fine;=1+1", "1, -2"])
    'fine;\'=1+1,"1, -2"\r\n'
    """
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerow([_cell(cell, delimiter) for cell in cells])
    return buffer.getvalue()


def _cell(value: Any, delimiter: str) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return defused(value, delimiter) if isinstance(value, str) else value


def defused(cell: str, delimiter: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet would start a formula.

    >>> defused("=1+1", ",")
    "'=1+1"
    """
    if cell.isalnum():  # most labels
        return cell
    return _formula_starts(delimiter).sub(r"\1'", cell)


@lru_cache
def _formula_starts(delimiter: str) -> re.Pattern[str]:
    """Matches where a cell needs an apostrophe. Not after the file's own delimiter, which is quoted."""
    others = _SEPARATORS.replace(delimiter, "")
    return re.compile(f'(\\A(?=[{_FORMULA}{_STRIPPED}])|[{others}\r\n]["{_STRIPPED}]*(?=[{_FORMULA}]))')
