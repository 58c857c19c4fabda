"""Reads a user's file as labelled texts: chooses its columns, checks its labels and counts what is left out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from valence.data.examples import Examples, Target, content_checksum
from valence.data.reading_log import report
from valence.system.errors import DataError
from valence.system.limits import MAX_CHARACTERS
from valence.system.offers import Offer
from valence.tables import labels
from valence.tables.archives import check_members
from valence.tables.columns import Choice, choose
from valence.tables.grid import SPANS, Grid, Nested
from valence.tables.notes import Note
from valence.tables.noticed import alike_notes, cell_notes, without_missing
from valence.tables.options import TableOptions
from valence.tables.posts import Cleaning, cleaned
from valence.tables.text_rows import NAME_TEXTS, no_string
from valence.tables.whole import read_whole

log = logging.getLogger(__name__)

_ARCHIVES = (".tar", ".tar.gz", ".tgz")
_REASONS = frozenset(("answers-rejected", "several-labels", "annotators-disagree", "formulas-unsaved", "cells-merged"))


@dataclass(frozen=True)
class LabelledFile:
    """The content of a user's file.

    Attributes:
        examples: its labelled texts, in the file's order; keys such as "reviews.csv:17".
        unlabelled: its texts without a label.
        choice: the columns that were used.
        facts: how the file was read, for a model's provenance; `left_out` are part of them.
        left_out: the rows that are left out, by the reason.
        checksum: SHA-256 over texts and labels, independent of the file's name, the order of its rows, and how it
            writes whole numbers.
        notes: what was noticed, as it was logged.
    """

    examples: Examples
    unlabelled: tuple[str, ...]
    choice: Choice
    facts: Mapping[str, Any]
    left_out: Mapping[str, int]
    checksum: str
    notes: tuple[Note, ...] = ()


def is_table(path: Path, options: TableOptions) -> bool:
    """Whether the path is a file that may be a table, and not an archive of several files, as published sets are."""
    if not path.is_file() or path.name.lower().endswith(_ARCHIVES):
        return False
    try:
        check_members(path, options.reading)
    except DataError:
        return False
    return True


def read(path: Path, options: TableOptions, *, to_learn: bool = True) -> LabelledFile:
    """Reads the file whole. What was guessed and left out goes into the log.

    Without `to_learn` it is only tested on, so that labels need not be such as can be learnt.

    Raises DataError for everything that is wrong with it, named by line, column and option.
    """
    grid = read_whole(path, options.reading, options.bad_rows)
    file = of_grid(grid, options)
    check_labels(file, path, to_learn=to_learn)
    report(grid, file.examples, file.choice, file.left_out, file.notes)
    return file


def of_grid(grid: Grid, options: TableOptions) -> LabelledFile:
    """A file's content by its rows. Raises DataError as `read` does, but not for labels that cannot be learnt."""
    choice = choose(grid, options)
    grid, only_quotes = _cleaned(grid, choice.text, options.clean)
    grid, notes = _noticed(grid, choice, options)
    rows = _rows(grid, choice)
    targets = _targets(grid, choice, options.label_separator)
    labelled = [row for row in rows if targets[row] is not None]
    examples = _examples(grid, choice, labelled, targets)
    left_out = {
        **({"rows_unreadable": len(grid.unread)} if grid.unread else {}),
        **({"rows_of_only_quotes": only_quotes} if only_quotes else {}),
        "rows_without_text": len(grid) - len(rows) - only_quotes,
        "rows_without_label": len(rows) - len(labelled),
    }
    return LabelledFile(
        examples=examples,
        unlabelled=tuple(grid.columns[choice.text][row].strip() for row in rows if targets[row] is None),
        choice=choice,
        facts={
            "file": grid.path.name,
            "text_column": choice.text,
            "label_column": list(choice.labels) if len(choice.labels) > 1 else choice.labels[0],
            "group_column": choice.group,
            **({"label_separator": options.label_separator} if options.label_separator else {}),
            **({"clean": options.clean} if options.clean == "forum" else {}),
            **left_out,
        },
        left_out=left_out,
        checksum=content_checksum(
            ("", f"{text}\t{_canonical(label)}") for text, label in zip(examples.texts, examples.labels, strict=True)
        ),
        notes=(*notes, *alike_notes(examples.label_counts)),
    )


def _cleaned(grid: Grid, column: str, cleaning: Cleaning | None) -> tuple[Grid, int]:
    """The file with its posts cleaned, and in how many rows nothing is left of the text; they have none then."""
    if cleaning != "forum":
        return grid, 0
    posts = grid.columns[column]
    own = [cleaned(post) if isinstance(post, str) and post.strip() else post for post in posts]
    only_quotes = sum(after is None and before is not None for before, after in zip(posts, own, strict=True))
    return replace(grid, columns={**grid.columns, column: own}), only_quotes


def _noticed(grid: Grid, choice: Choice, options: TableOptions) -> tuple[Grid, list[Note]]:
    """The file with its texts and labels as they are to be read, and what was noticed in them."""
    columns = dict(grid.columns)
    learns_answers = "answer" in choice.labels  # of Prodigy, where a rejected row has the label "reject"
    notes = [note for note in grid.notes if not (learns_answers and note.code == "answers-rejected")]
    for name in (choice.text, *choice.labels):
        columns[name] = without_missing(columns[name], options.missing) if options.missing else columns[name]
        are_labels = name != choice.text
        if are_labels and len(choice.labels) == 1:
            columns[name], lists = labels.prepared(columns[name], options.label_separator)
            notes += [_LISTS] if lists else []
        several = are_labels and (len(choice.labels) > 1 or options.label_separator is not None)
        notes += [
            note
            for note in cell_notes(name, columns[name], are_labels=are_labels)
            if not (several and note.code == "several-labels")
        ]
    return replace(grid, columns=columns), notes


_LISTS = Note("labels-as-lists", "Each cell with labels is a list, so a text can have several labels, or none.")


def check_labels(file: LabelledFile, path: Path, *, to_learn: bool) -> None:
    """Raises DataError for labels that cannot be learnt, with what was noticed that may be the reason."""
    examples, where = file.examples, f"{path.name}: {file.choice.label_columns}"
    check = labels.check if to_learn else labels.check_some
    try:
        if to_learn or not examples.multi_label:  # texts without any label are rows to test on
            check(examples.label_counts, where=where)
        if to_learn and examples.multi_label:
            labels.check_told_apart(examples.label_counts, len(examples), where=where)
    except DataError as error:
        why = [note for note in file.notes if note.code in _REASONS]
        hint = " ".join([error.hint, *(f"{note.message} {note.hint}".strip() for note in why)])
        offers = [*error.offers, *(offer for note in why for offer in note.offers)]
        raise DataError(error.message, hint=hint, code=error.code, offers=offers) from error


def _canonical(target: Target) -> str:
    """A label, or the labels of a row, whatever the spelling of numbers."""
    if isinstance(target, str):
        return labels.canonical(target)
    return json.dumps(sorted(map(labels.canonical, target)))


def _targets(grid: Grid, choice: Choice, separator: str | None) -> list[Target | None]:
    """Each row's label, or its labels in a multi-label file; None if it has no value.

    A file is multi-label if the column holds lists, if a separator is given, or if there are several label columns.
    Raises DataError for a cell that is no label, and for lists and single labels in one column.
    """
    if len(choice.labels) > 1:
        return _targets_by_columns(grid, choice.labels)
    (column,) = choice.labels
    cells = grid.columns[column]
    lists = any(isinstance(cell, Nested) for cell in cells)
    for row, cell in enumerate(cells):
        _check_label(grid, row, cell, all_lists=lists and separator is None)
    if separator is None and not lists:
        return [*labels.names_of(cells)]
    if separator and not lists and not any(separator in str(cell) for cell in cells):
        log.warning("%s: no cell of %r contains %r, so no text has several labels.", grid.path.name, column, separator)
    return [*labels.several_names_of(cells, separator)]


def _targets_by_columns(grid: Grid, columns: Sequence[str]) -> list[Target | None]:
    try:
        targets = labels.names_by_columns({name: grid.columns[name] for name in columns})
    except labels.UnclearAnswerError as unclear:
        raise DataError(
            f"{grid.where(unclear.row)}: {unclear.column!r} is {unclear.written[:60]!r}, neither 0 nor 1.",
            hint="With several label columns, each cell must be 0 or 1, true or false, yes or no. "
            "Leave a cell empty if it is not known.",
            code="answer-unclear",
        ) from unclear
    given = {name for row in targets for name in row or ()}
    for name in columns:
        if name not in given:
            log.warning("%s: no row has the label %r, so it is left out.", grid.path.name, name)
    return [*targets]


_SPANS_HINT = "Labels of spans mark parts of a text, as for names; a classifier needs labels of whole texts."


def _check_label(grid: Grid, row: int, cell: Any, *, all_lists: bool) -> None:
    if isinstance(cell, Nested) and cell.items is None:
        spans = cell.kind == SPANS
        raise DataError(
            f"{grid.where(row)}: the label is {cell.kind}, not a word, a number, or a list of them.",
            hint=_SPANS_HINT if spans else "",
            code="label-spans" if spans else "label-nested",
            offers=(Offer("Name the column with the labels", {"label_column": None}),),
        )
    if all_lists and not isinstance(cell, Nested) and cell is not None:
        raise DataError(
            f"{grid.where(row)}: the label is {cell!r}, but other rows have a list of labels.",
            hint='Write every row\'s labels as a list, such as ["angry"], or [] for none.',
            code="labels-mixed",
        )


def _rows(grid: Grid, choice: Choice) -> list[int]:
    """The rows that have a text. Raises DataError for a cell that is not text, and if no row has one."""
    rows = []
    for row, cell in enumerate(grid.columns[choice.text]):
        if cell is not None and not isinstance(cell, str):
            raise no_string(grid.where(row), cell)
        if cell and cell.strip():
            _check_readable(grid, row, cell)
            rows.append(row)
    if not rows:
        raise DataError(
            f"{grid.path.name}: the column {choice.text!r} is blank in every row.",
            hint=" ".join(map(str, grid.notes)),
            code="texts-missing",
            offers=NAME_TEXTS,
        )
    return rows


def _check_readable(grid: Grid, row: int, text: str) -> None:
    """Refuses texts that a model cannot read: too long, or with half a surrogate pair, which JSON can contain."""
    if len(text) > MAX_CHARACTERS:
        raise DataError(
            f"{grid.where(row)}: the text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
            hint="Cut it into several texts, or remove it. If it contains many rows, a quote is not closed.",
            code="text-too-long",
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"{grid.where(row)}: the text contains half of a surrogate pair, {text[error.start]!r}.",
            hint="Write the whole character, or remove it.",
            code="text-broken",
        ) from error


def _examples(grid: Grid, choice: Choice, rows: list[int], targets: list[Target | None]) -> Examples:
    texts = grid.columns[choice.text]
    return Examples(
        texts=tuple(texts[row].strip() for row in rows),
        labels=tuple(target for row in rows if (target := targets[row]) is not None),
        keys=tuple(f"{grid.path.name}:{grid.places[row]}" for row in rows),
        groups=tuple(_group(grid, choice.group, row) for row in rows) if choice.group else (),
    )


def _group(grid: Grid, column: str, row: int) -> str:
    """The row's group; a row without one is its own group."""
    cell = grid.columns[column][row]
    return f"={cell}" if cell is not None and cell != "" else f"#{row}"
