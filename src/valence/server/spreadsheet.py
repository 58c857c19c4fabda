"""Tables that may be opened in a spreadsheet: what it would run as a formula gets an apostrophe in front."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

# What a spreadsheet takes for the beginning of a formula, in half and in full width, or strips before it looks.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def line(cells: Iterable[Any], delimiter: str = ",") -> str:
    r"""One line of a table, its end included.

    >>> line(["=1+1", True, 0.5, None])
    "'=1+1,true,0.5,\r\n"
    """
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerow([_cell(cell) for cell in cells])
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
