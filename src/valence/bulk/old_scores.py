"""A file whose rows already have scores of another service, scored again and compared."""

from __future__ import annotations

import heapq
import itertools
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from valence.bulk.scoring import Score, cleaning
from valence.evaluation.agreement import Agreement, agreement
from valence.inference.engine import Engine
from valence.model.head import Floats
from valence.system.errors import DataError, SettingsError
from valence.tables.answers import DECIMALS
from valence.tables.columns import choose_text
from valence.tables.decoding import shown
from valence.tables.grid import Row, Unread
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.options import BadRows, ReadOptions
from valence.tables.posts import Cleaning
from valence.tables.text_rows import beginning

log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 512
# Names of columns with scores, and of Perspective's attributes.
_SCORE_NAME = re.compile(
    r"(?:old_|perspective_)?(?:(?:severe_)?toxicity|score|probability|insult|threat|profanity|identity_attack"
    r"|sexually_explicit|spam)(?:_score)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CompareRequest:
    """What is compared.

    Attributes:
        path: the file with texts and old scores.
        label: whose probability is the new score.
        threshold: from which the old scores flag a text.
        text_column, score_column: None to detect them.
        reading: how the file is read.
        bad_rows: whether a row that can't be read or scored ends the run, or is left out and counted.
        clean: how posts are cleaned; None for what the model was trained on.
    """

    path: Path
    label: str
    threshold: float
    text_column: str | None = None
    score_column: str | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    bad_rows: BadRows = "skip"
    clean: Cleaning | None = None


class Compared(NamedTuple):
    """One row: its place in the file, its text, and both scores."""

    place: int
    text: str
    old: float
    new: float


_Read = tuple[int, str, float]  # its place, text and old score
# How much the score changed, the row's number (the first of equal ones wins), and the row.
_Ranked = tuple[float, int, Compared]


@dataclass(frozen=True)
class Comparison:
    """All rows of a file, compared.

    Attributes:
        agreement: of old and new scores.
        left_out: rows without a text or a score.
        why: an example of why they are left out; "" if there are none.
        rows: reads the file again, with the new scores; yields every row that was compared.
    """

    agreement: Agreement
    left_out: int
    why: str
    rows: Callable[[], Iterator[Compared]]

    def changed(self) -> Iterator[tuple[Compared, bool]]:
        """The rows on which the two disagree at the new threshold, and whether each is flagged now."""
        same = self.agreement.at_same_share
        if same is None:
            return
        for row in self.rows():
            flagged = row.new >= same.new_threshold
            if flagged != (row.old >= self.agreement.old_threshold):
                yield row, flagged

    def examples(self, count: int) -> tuple[list[Compared], list[Compared]]:
        """Of the rows that are flagged anew and of those that no longer are, the clearest ones."""
        anew, no_longer = list[_Ranked](), list[_Ranked]()
        for number, (row, flagged) in enumerate(self.changed()):
            best = anew if flagged else no_longer
            heapq.heappush(best, (abs(row.new - row.old), -number, row))
            if len(best) > count:
                heapq.heappop(best)
        return [row for *_, row in sorted(anew, reverse=True)], [row for *_, row in sorted(no_longer, reverse=True)]


def compare(request: CompareRequest, engine: Engine) -> Comparison:
    """Scores every row of the file. Raises DataError and SettingsError."""
    if request.label not in engine.labels:
        raise SettingsError(
            f"The model has no label {request.label!r}.",
            hint=f"Name one of {', '.join(engine.labels)} by --label.",
            code="label-unknown",
        )
    score = cleaning(engine.answers, request.clean or engine.fitted.cleaning)
    old, new = list[float](), list[float]()
    kept, reasons = list[bool](), list[str]()  # of every row: whether it is compared; and why one isn't
    for block in _blocks(_rows(request, reasons)):
        scored = iter(_scores([row for row in block if row is not None], score, request, reasons))
        for row in block:
            value = None if row is None else next(scored)
            kept.append(value is not None)
            if row is not None and value is not None:
                old.append(row[2])
                new.append(value)
    if not old:
        raise DataError(
            f"{shown(request.path)}: no row has both a text and a score. For example, {reasons[0]}",
            hint="Name their columns by --text-column and --score-column.",
            code="rows-missing",
        )
    scores: Floats = np.array(new)

    def rows() -> Iterator[Compared]:
        again = (row for row, keep in zip(_rows(request), kept, strict=True) if keep and row is not None)
        for (place, text, before), value in zip(again, scores, strict=True):
            yield Compared(place, text, before, float(value))

    return Comparison(
        agreement(np.array(old), scores, request.threshold), kept.count(False), next(iter(reasons), ""), rows
    )


def _rows(request: CompareRequest, reasons: list[str] | None = None) -> Iterator[_Read | None]:
    """Each row that has both a text and a score; None for another. Raises DataError.

    With `reasons`, it logs the columns and appends an example of why rows are left out.
    """
    with opened(request.path, request.reading) as table:
        grid, rows = beginning(table)
        text, why = choose_text(grid, request.text_column)
        score = _score_column(request, list(grid.columns))
        if reasons is not None:
            log.info("%s: texts from %r (%s), old scores from %r.", shown(request.path), text, why, score)
        for row in rows:
            try:
                read = _read(table, row, text, score)
                reason = f"{_where(table, row)}: the text or the old score is missing."
            except DataError as error:
                if request.bad_rows == "stop":
                    raise
                read, reason = None, error.message
            if read is None and reasons == []:
                reasons.append(reason)
            yield read


def _read(table: OpenTable, row: Row | Unread, text: str, score: str) -> _Read | None:
    if isinstance(row, Unread):
        raise row.error
    written, old = row.cells.get(text), row.cells.get(score)
    if not isinstance(written, str) or not written.strip() or old is None or old == "":
        return None
    return row.place, written, _number(old, _where(table, row))


def _where(table: OpenTable, row: Row | Unread) -> str:
    return f"{shown(table.path)}, {table.unit} {row.place}"


def _blocks(rows: Iterator[_Read | None]) -> Iterator[list[_Read | None]]:
    while block := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        yield block


def _scores(block: Sequence[_Read], score: Score, request: CompareRequest, reasons: list[str]) -> list[float | None]:
    """The label's probability for each text; None if it can't be scored, and why in `reasons` if those are empty.

    Raises DataError if that ends the run.
    """
    values = list[float | None]()
    for (place, _, _), answer in zip(block, score([text for _, text, _ in block]), strict=True):
        if isinstance(answer, Exception):
            reason = f"{shown(request.path)}, row {place}: {answer.message}"
            if request.bad_rows == "stop":
                raise DataError(reason, hint=answer.hint)
            if not reasons:
                reasons.append(reason)
            values.append(None)
        else:
            values.append(
                round(answer.probabilities[request.label], DECIMALS)
            )  # as the page and `valence score` have it
    return values


def _score_column(request: CompareRequest, columns: Sequence[str]) -> str:
    named = request.score_column
    found = [name for name in columns if _SCORE_NAME.fullmatch(name.strip())] if named is None else [named]
    if len(found) == 1 and found[0] in columns:
        return found[0]
    if named is not None:
        problem = f"there is no column {named!r}"
    else:
        problem = f"{', '.join(map(repr, found))} could hold the old scores" if found else "no column looks like scores"
    raise DataError(
        f"{shown(request.path)}: {problem}.",
        hint=f"Name the column by --score-column; the columns are {', '.join(map(repr, columns))}.",
        code="columns-unknown",
    )


def _number(cell: Any, where: str) -> float:
    """A score of 0..1, from a number or a text, also with a decimal comma. Raises DataError."""
    try:
        value = float(cell.strip().replace(",", ".") if isinstance(cell, str) else cell)
    except (TypeError, ValueError):
        value = float("nan")
    if not 0 <= value <= 1:
        raise DataError(
            f"{where}: the old score is {cell!r}, not a number from 0 to 1.",
            hint="Name the column with the scores by --score-column.",
            code="score-invalid",
        )
    return value
