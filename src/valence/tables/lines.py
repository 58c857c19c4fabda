"""Reads plain text with one text per line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, ClassVar

from valence.tables.decoding import codec, fault, text_lines
from valence.tables.grid import Row, Unread
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions


class LinesTable(OpenTable):
    """An open file of one text per line; blank lines are skipped.

    Attributes: those of open_table.OpenTable. The `raw` of a row is the list of its cells.
    """

    kind, unit = "lines", "line"
    names: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, path: Path, binary: IO[bytes], options: ReadOptions) -> None:
        self.path = path
        self.columns = self.header = list(self.names)
        self._lines = text_lines(path, binary, options.encoding, options.first_line)
        self._encoding, self._first = options.encoding, options.first_line
        self.understood = Understood(self.kind, codec(options.encoding), header=False, columns=self.names)

    def __iter__(self) -> Iterator[Row | Unread]:
        for number, line in enumerate(self._lines, self._first):
            if not line.strip():
                continue
            error = fault(line, self._encoding, self.path, "line", number)
            if error:
                yield Unread(number, error)
                continue
            cells, raw = self._cells(line)
            yield Row(number, dict(zip(self.names, cells, strict=True)), raw)

    def _cells(self, line: str) -> tuple[list[Any], list[str]]:
        """The cells of a line, and as they are written back."""
        text = line.strip()
        return [text], [text]
