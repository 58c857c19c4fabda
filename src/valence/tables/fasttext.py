"""Reads fastText's training files: `__label__A __label__B the text`, one text per line; labels may also come later."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from valence.tables.grid import Nested
from valence.tables.lines import LinesTable

PREFIX = "__label__"
LABEL = re.compile(rf"(?<!\S){PREFIX}(\S+)\s*")


class FastTextTable(LinesTable):
    """An open fastText file, with the columns text and label; the `raw` of a row is the list of its text and labels."""

    kind = "fasttext"
    names: ClassVar[tuple[str, ...]] = ("text", "label")

    def _cells(self, line: str) -> tuple[list[Any], list[str]]:
        text, names = parsed(line)
        return [text, Nested.of_labels(names) if names else None], [text, " ".join(names)]


def parsed(line: str) -> tuple[str, list[str]]:
    """The text of a line and its labels.

    >>> parsed("__label__A __label__B-1 So it is.\\n"), parsed("So it is. __label__A")
    (('So it is.', ['A', 'B-1']), ('So it is.', ['A']))
    """
    return LABEL.sub("", line).strip(), LABEL.findall(line)
