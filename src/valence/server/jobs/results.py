"""A job's answers: how a part is scored, and how the whole is written out. Knows nothing of Flask."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.model.labels import SEPARATOR
from valence.server.classifiers.registry import ServedModel
from valence.server.jobs.uploads import ADDED, text_of
from valence.server.spreadsheet import line
from valence.server.store.tables import Job, JobPart

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
}


def score(job: Job, part: JobPart, model: ServedModel, *, timeout_s: float) -> str:
    """The part's answers as they are kept: a JSON list, for each row the values of `ADDED`.

    Raises OverloadedError, also after `timeout_s` seconds without an answer.
    """
    columns = json.loads(job.columns)
    texts = [text_of(row, job.shape, columns, job.text_column) for row in json.loads(part.given)]
    found = model.scorer.score(texts, timeout_s=timeout_s)
    return json.dumps([_answer(each) for each in found])


def write(job: Job, parts: Iterable[JobPart]) -> Iterator[str]:
    """The file as it came, its order kept, with what `ADDED` names beside each row.

    In CSV and TSV what a spreadsheet would run as a formula gets an apostrophe in front.
    """
    if job.shape == "jsonl":
        for part in parts:
            yield "".join(_with(row, answer) for row, answer in _rows(part))
        return
    yield line([*json.loads(job.columns), *ADDED], job.delimiter)
    for part in parts:
        yield "".join(line([*row, *map(_cell, answer.values())], job.delimiter) for row, answer in _rows(part))


def _with(row: Any, answer: dict[str, Any]) -> str:
    """A line of JSON as it came, with the answer's keys at its end."""
    line = row if isinstance(row, str) else json.dumps(row)  # objects were kept until version 0.1
    return f"{line[:-1].rstrip()}, {json.dumps(answer)[1:]}\n"


def _rows(part: JobPart) -> Iterator[tuple[Any, dict[str, Any]]]:
    assert part.scored is not None, "only finished jobs are written out"
    for row, answer in zip(json.loads(part.given), json.loads(part.scored), strict=True):
        yield row, dict(zip(ADDED, answer, strict=True))


def _answer(found: Prediction | TextError) -> Sequence[Any]:
    if isinstance(found, TextError):
        return None, None, None, found.code
    if found.labels is None:
        return found.label, found.probability, found.sure, None
    return found.labels, [found.probabilities[label] for label in found.labels], found.sure, None


def _cell(value: Any) -> Any:
    """What of a multi-label model is a list in JSON lines, in one cell."""
    return SEPARATOR.join(map(str, value)) if isinstance(value, list) else value
