"""What a run counts and reports: rows, rows without a score, and the first problems."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tqdm import tqdm

from valence.bulk.scoring import Scored
from valence.system.progress import Bar
from valence.tables.answers import WITHOUT_TEXT
from valence.tables.noticed import missing_note

log = logging.getLogger(__name__)

LOGGED_PROBLEMS = 20  # to standard error; all of them go into a file


@dataclass(frozen=True)
class Counts:
    """Counts of scored rows.

    Attributes:
        rows: in the output.
        blank: of these, rows without a text of their own.
        unscored: of these, rows whose text could not be scored.
        unread: rows that are not in the output.
        words: words that may mean that a text is missing -> number of such texts, which were scored.
    """

    rows: int = 0
    blank: int = 0
    unscored: int = 0
    unread: int = 0
    words: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, scored: Scored) -> Counts:
        """Those of a block."""
        block, answers, problems = scored
        kept = sum(problem.kept for problem in problems)
        blank = sum(answer.error in WITHOUT_TEXT for answer in answers)
        return cls(len(answers), blank, kept, len(problems) - kept, block.words)

    def __add__(self, other: Counts) -> Counts:
        words = dict(Counter(self.words) + Counter(other.words)) if other.words else self.words
        first, second = asdict(self), asdict(other)
        return Counts(**{name: first[name] + second[name] for name in first if name != "words"}, words=words)

    def report(self, out: object, rows: str, text_column: str, problems: str | None) -> None:
        """Logs a summary: `rows` in words, and in which files all `problems` are listed."""
        parts = [f"{self.rows:,} {rows}"]
        for count, words in (
            (self.blank, "without a text of their own"),
            (self.unscored, "whose text could not be scored"),
            (self.unread, "more left out because they could not be read"),
        ):
            if count:
                parts.append(f"{count:,} {words}")
        log.info("%s: %s.", out, ", ".join(parts))
        if (self.unread or self.unscored) and problems:
            log.info("The rows and their problems are listed in %s", problems)
        if self.words:
            warn("%s", missing_note(text_column, self.words, "text", "To give such rows no score"))


class ProblemLog:
    """Logs the first problems. All of them are listed in `rest`; None if they are listed nowhere, so all are logged."""

    def __init__(self, rest: str | None) -> None:
        self._rest, self._count = rest, 0

    def add(self, message: str, *, kept: bool) -> None:
        """`kept`: whether the row is in the output."""
        self._count += 1
        if self._rest is None or self._count <= LOGGED_PROBLEMS:
            warn("%s (%s)", message, "kept without a score" if kept else "left out")
        elif self._count == LOGGED_PROBLEMS + 1:
            warn("Further such rows are listed only in %s.", self._rest)


def warn(message: str, *values: object) -> None:
    """Logs a warning above the progress bar."""
    with tqdm.external_write_mode(file=sys.stderr):
        log.warning(message, *values)


def progress_bar(**options: Any) -> Bar:
    """A bar for a person who watches, and now and then a line in a log file. The options are tqdm's."""
    interval = 0.2 if sys.stderr.isatty() else 30.0
    return Bar(mininterval=interval, file=sys.stderr, leave=False, delay=1.0, **options)
