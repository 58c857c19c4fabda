"""Texts as people hold them in Python: a list, a column of a frame, an array, a generator. One reading for all of it.

Frames and columns are known by what they can do, so pandas, Polars and PyArrow need not be installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from valence.system.errors import TextError

_TO_LIST = ("to_pylist", "to_list", "tolist")  # of PyArrow, of pandas and Polars, of NumPy


def is_one_text(given: object) -> bool:
    """Whether this is a single text; also NumPy's own strings, and an array of no dimension that holds one.

    >>> is_one_text("Fine."), is_one_text(np.array("Fine.")), is_one_text(["Fine."])
    (True, True, False)
    """
    return isinstance(given, str) or (isinstance(given, np.ndarray) and given.ndim == 0 and is_one_text(given.item()))


def texts_of(given: object) -> list[Any]:
    """The n texts of a list, tuple, generator, array, column, or frame of one column, in order.

    Strings become plain `str`; what the container holds beside strings is left for `check_texts` or the reader.

    Raises TextError for what holds no texts: bytes, None, a number, a dict, a set, a frame or array of several columns.
    """
    if is_one_text(given):
        return [str(given)]
    if isinstance(given, (bytes, bytearray, memoryview)):
        raise TextError("These are bytes, not text.", hint='Decode them first: text.decode("utf-8").')
    if isinstance(given, (Mapping, AbstractSet)):
        kind = "A dict" if isinstance(given, Mapping) else "A set"
        raise TextError(f"{kind} is not a list of texts.", hint="Give its texts as a list, in the order you want.")
    if isinstance(given, np.ndarray):
        return _plain(_of_array(given))
    names = _column_names(given)
    return _plain(cells_of(given if names is None else _only_column(given, names)))


def columns_of(given: Any) -> dict[Any, list[Any]] | None:
    """Each column's name and cells, of a frame; None for what is no frame."""
    names = _column_names(given)
    return None if names is None else {name: cells_of(_column(given, name)) for name in names}


def cells_of(given: Any) -> list[Any]:
    """The cells of whatever can be gone through, in order. Raises TextError for what cannot."""
    for name in _TO_LIST:
        convert = getattr(given, name, None)
        if callable(convert):
            cells = convert()
            return cells if isinstance(cells, list) else [cells]
    if hasattr(given, "__array__"):
        return [*np.atleast_1d(np.asarray(given)).tolist()]
    try:
        return list(given)
    except TypeError as error:
        raise _no_texts(given) from error


def check_texts(texts: list[Any]) -> list[str]:
    """The same texts. Raises TextError for the first that is none or blank, by its number counted from 0."""
    for row, text in enumerate(texts):
        where = f"Text {row} of {len(texts)} (counted from 0)"
        if isinstance(text, bytes):
            raise TextError(f"{where} is bytes, not text.", hint='Decode it first: text.decode("utf-8").')
        if not isinstance(text, str):
            raise TextError(f"{where} is {_kind(text)}, not text.", hint="Leave such rows out.")
        if not text.strip():
            raise TextError(f"{where} is blank.", hint="Leave such rows out.")
    return texts


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _plain(cells: Iterable[Any]) -> list[Any]:
    return [str(cell) if isinstance(cell, str) else cell for cell in cells]  # NumPy's strings are a kind of their own


def _of_array(array: np.ndarray[Any, Any]) -> list[Any]:
    """The cells of an array of shape (n,) or (n, 1)."""
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise TextError(
            f"The array has shape {array.shape}; texts need one of shape (n,).",
            hint="Give the one column that holds the texts, such as X[:, 0].",
        )
    cells: list[Any] = array.tolist()
    return cells


def _column_names(given: Any) -> list[Any] | None:
    """The names of a frame's columns; None for what is no frame."""
    names = getattr(given, "column_names", None)  # PyArrow's `columns` are the columns themselves
    if names is None or callable(names):
        names = getattr(given, "columns", None)
    if names is not None and not callable(names):
        return list(names)
    if hasattr(given, "__dataframe__"):
        return [*given.__dataframe__().column_names()]
    return None


def _only_column(frame: Any, names: list[Any]) -> Any:
    if len(names) != 1:
        listed = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
        example = f", such as X[{names[0]!r}]" if names else ""
        raise TextError(
            f"The frame has {len(names)} columns{f' ({listed})' if names else ''}; texts need exactly one.",
            hint=f"Give the column that holds the texts{example}.",
        )
    return _column(frame, names[0])


def _column(frame: Any, name: Any) -> Any:
    try:
        return frame[name]
    except (TypeError, KeyError, AttributeError, NotImplementedError) as error:
        raise _no_texts(frame) from error


def _no_texts(given: Any) -> TextError:
    return TextError(
        f"{_kind(given)} holds no texts or labels that can be read.",
        hint="Give a list, or one column of a frame.",
    )
