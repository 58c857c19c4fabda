"""Tables that may be opened in a spreadsheet: what it would run as a formula gets an apostrophe in front.

Which separator a spreadsheet splits at depends on its language and on what was chosen last, not on the file: a quoted
cell of a file with commas is cut in the middle where semicolons separate. So a cell is also defused behind every
separator and line end in it that could begin a cell elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# What a spreadsheet takes for the beginning of a formula, in half and in full width.
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# What it strips before it looks; a line end also begins a row where the quotes around it are not seen as such.
_STRIPPED = "\t\r\n"
_SEPARATORS = ",;\t|"


def line(cells: Iterable[Any], delimiter: str = ",") -> str:
    r"""One line of a table, its end included.

    >>> line(["=1+1", True, 0.5, None])
    "'=1+1,true,0.5,\r\n"
    >>> line(["fine;=1+1", "1, -2"])
    'fine;\'=1+1,"1, -2"\r\n'
    """
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerow([_cell(cell, delimiter) for cell in cells])
    return written.getvalue()


def _cell(value: Any, delimiter: str) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _beginnings(delimiter).sub(r"\1'", value) if isinstance(value, str) else value


@lru_cache
def _beginnings(delimiter: str) -> re.Pattern[str]:
    """Where an apostrophe belongs in a cell. At the file's own delimiter no spreadsheet cuts it: it is quoted there."""
    others = "".join(each for each in _SEPARATORS if each != delimiter)
    return re.compile(f'(\\A(?=[{_FORMULA}{_STRIPPED}])|[{others}\r\n]["{_STRIPPED}]*(?=[{_FORMULA}]))')
