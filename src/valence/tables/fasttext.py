"""Reads fastText's training files: `__label__A __label__B the text`, one text per line; labels may also come later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from valence.tables.decoding import codec, fault, text_lines
from valence.tables.grid import Nested, Row, Unread
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions

PREFIX = "__label__"
LABEL = re.compile(rf"(?<!\S){PREFIX}(\S+)\s*")


class FastTextTable(OpenTable):
    """An open fastText file, with the columns text and label.

    Attributes: those of open_table.OpenTable. The `raw` of a row is the list of its text and its labels.
    """

    kind, unit = "fasttext", "line"

    def __init__(self, path: Path, binary: IO[bytes], options: ReadOptions) -> None:
        self.path = path
        self.columns = self.header = ["text", "label"]
        self._lines = text_lines(path, binary, options.encoding, options.first_line)
        self._encoding, self._first = options.encoding, options.first_line
        self.understood = Understood("fasttext", codec(options.encoding), header=False, columns=("text", "label"))

    def __iter__(self) -> Iterator[Row | Unread]:
        for number, line in enumerate(self._lines, self._first):
            if not line.strip():
                continue
            error = fault(line, self._encoding, self.path, "line", number)
            text, names = parsed(line)
            label = Nested.of_labels(names) if names else None
            yield (
                Unread(number, error) if error else Row(number, {"text": text, "label": label}, [text, " ".join(names)])
            )


def parsed(line: str) -> tuple[str, list[str]]:
    """The text of a line and its labels.

    >>> parsed("__label__A __label__B-1 So it is.\\n"), parsed("So it is. __label__A")
    (('So it is.', ['A', 'B-1']), ('So it is.', ['A']))
    """
    return LABEL.sub("", line).strip(), LABEL.findall(line)
