"""What is added to a scored row, the same for commands, jobs and clusters: four columns, whose names share a prefix.

PREFIXlabel, PREFIXprobability (6 decimals), PREFIXsure (true or false) and PREFIXerror (why there is no score; empty if
there is one). With a multi-label model, the labels and probabilities are lists, which one cell of text joins by
SEPARATOR.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from valence.system.errors import DataError, SettingsError
from valence.tables.decoding import shown
from valence.tables.grid import Row, Unread
from valence.tables.posts import ONLY_QUOTES
from valence.tables.spreadsheet import defused

DECIMALS = 6  # of a probability
PREFIX = "predicted_"
SEPARATOR = "|"  # between the labels of one text in one cell
NO_TEXT = "text-empty"  # the error of a row whose text is blank
_SURE = {None: "", True: "true", False: "false"}
WITHOUT_TEXT = frozenset((NO_TEXT, ONLY_QUOTES))  # errors that are counted, but are no problem of the file


@dataclass(frozen=True)
class Added:
    """The names of the added columns, and whether a row can have several labels."""

    prefix: str = PREFIX
    several: bool = False

    @cached_property
    def names(self) -> tuple[str, str, str, str]:
        """In their order."""
        prefix = self.prefix
        return f"{prefix}label", f"{prefix}probability", f"{prefix}sure", f"{prefix}error"

    def refuse_clash(self, path: Path, columns: Iterable[str]) -> None:
        """Raises SettingsError if the file has a column with an added name."""
        clash = next(iter(set(self.names) & set(columns)), None)
        if clash is not None:
            raise SettingsError(
                f"{shown(path)} already has the column {clash!r}, which would be added.",
                hint=f"Choose other names for the added columns by --prefix, such as --prefix second_{self.prefix}.",
                code="columns-clash",
            )

    def unless_clash(self, path: Path, row: Row | Unread) -> Row | Unread:
        """The row of JSON, or an error if it has a key with an added name."""
        if isinstance(row, Unread) or row.cells.keys().isdisjoint(self.names):
            return row
        clash = next(name for name in self.names if name in row.cells)
        error = DataError(
            f"{shown(path)}, line {row.place}: it already has the key {clash!r}, which would be added.",
            hint="Choose other names for the added keys by --prefix.",
            code="columns-clash",
        )
        return Unread(row.place, error)


class Answer(NamedTuple):
    """The score of a row, or why it has none: the added cells of a format with numbers, lists and null.

    Attributes:
        label: the most probable label; with a multi-label model the assigned labels, the most probable first.
        probability: its calibrated probability in 0..1, of DECIMALS decimals; with a multi-label model that of each.
        sure: whether the model is sure of it.
        error: the code of the error; None if the row is scored.
    """

    label: str | tuple[str, ...] | None = None
    probability: float | tuple[float, ...] | None = None
    sure: bool | None = None
    error: str | None = None

    @classmethod
    def of_json(cls, values: Iterable[Any]) -> Answer:
        """The answer that was written as a JSON list."""
        label, probability, sure, error = values
        if isinstance(label, list):
            label, probability = tuple(label), tuple(probability)
        return cls(label, probability, sure, error)

    def texts(self, separator: str = ",") -> tuple[str, str, str, str]:
        """The added cells as text, for a table that is split at `separator`.

        >>> Answer(("angry", "rude"), (0.9, 0.625), True).texts()
        ('angry|rude', '0.900000|0.625000', 'true', '')
        >>> Answer("=1+1", 0.5, False).texts()
        ("'=1+1", '0.500000', 'false', '')
        """
        label, probability, sure, error = self
        if isinstance(label, tuple):
            label = SEPARATOR.join(label)
        if isinstance(probability, tuple):
            shown_as = SEPARATOR.join([f"{each:.{DECIMALS}f}" for each in probability])
        else:
            shown_as = "" if probability is None else f"{probability:.{DECIMALS}f}"
        return defused(label or "", separator), shown_as, _SURE[sure], error or ""
