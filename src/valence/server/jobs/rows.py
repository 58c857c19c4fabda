"""The rows of a file that a client sent, with the texts to be scored. Knows nothing of the database."""

from __future__ import annotations

from collections.abc import Iterator

from valence.server.problems import ProblemError
from valence.server.schemas.files import ReadingQuery
from valence.system.errors import DataError
from valence.system.offers import names_in
from valence.tables.answers import Added
from valence.tables.grid import Row, Unread, stopped_by
from valence.tables.open_table import OpenTable
from valence.tables.text_rows import TextRows


class FileRows:
    """The rows of an open table with their texts, "" where there is none; can be read once.

    Args:
        table: the open table.
        query: how it is read.
        added: names of the columns that will be added, if some will be.
        most: rows at most.

    Attributes:
        text_column: the column with the texts.
        left_out: how many rows, so far, were left out because they can't be read; only with `bad_rows=skip`.

    Raises DataError and SettingsError as TextRows.of does.
    """

    def __init__(self, table: OpenTable, query: ReadingQuery, added: Added | None, *, most: int) -> None:
        self._rows = TextRows.of(table, added, query.text_column, names_in(query.missing))
        self._stops, self._most = query.bad_rows == "stop", most
        self.text_column, self.left_out = self._rows.text_column, 0

    def __iter__(self) -> Iterator[tuple[Row, str] | Unread]:
        """Raises ProblemError for too many rows, and DataError for one that can't be read, unless such are skipped."""
        count = 0
        for row in self._rows:
            text = row.error if isinstance(row, Unread) else self._rows.texts_of([row])[0] or ""
            if isinstance(text, DataError):
                if self._stops:
                    raise stopped_by(text)
                self.left_out += 1
                yield Unread(row.place, text)
                continue
            assert isinstance(row, Row)
            count += 1
            if count > self._most:
                raise ProblemError(
                    "too-many-rows", f"The file has more than {self._most:,} rows. Split it into several files."
                )
            yield row, text
