"""Scores a part of a job, and writes a finished job's result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.model.labels import SEPARATOR
from valence.server.classifiers.registry import ServedModel
from valence.server.jobs.uploads import ADDED_COLUMNS, text_of
from valence.server.store.tables import Job, JobPart
from valence.tables.spreadsheet import line

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
}


def score(job: Job, part: JobPart, model: ServedModel, *, timeout_s: float) -> str:
    """The part's results as they are stored: a JSON list with the values of `ADDED_COLUMNS` for each row.

    Raises OverloadedError, also after `timeout_s` seconds without a result.
    """
    columns = json.loads(job.columns)
    texts = [text_of(row, job.shape, columns, job.text_column) for row in json.loads(part.given)]
    predictions = model.scorer.score(texts, timeout_s=timeout_s)
    return json.dumps([_result(prediction) for prediction in predictions])


def write(job: Job, parts: Iterable[JobPart]) -> Iterator[str]:
    """The submitted file with `ADDED_COLUMNS`, in its order.

    In CSV and TSV, cells that a spreadsheet would run as formulas start with an apostrophe.
    """
    if job.shape == "jsonl":
        for part in parts:
            yield "".join(_add_to_json(row, result) for row, result in _rows(part))
        return
    yield line([*json.loads(job.columns), *ADDED_COLUMNS], job.delimiter)
    for part in parts:
        yield "".join(line([*row, *map(_cell, result.values())], job.delimiter) for row, result in _rows(part))


def _add_to_json(row: Any, result: dict[str, Any]) -> str:
    """The submitted line of JSON with the result's keys added at its end."""
    line = row if isinstance(row, str) else json.dumps(row)  # version 0.1 stored objects
    return f"{line[:-1].rstrip()}, {json.dumps(result)[1:]}\n"


def _rows(part: JobPart) -> Iterator[tuple[Any, dict[str, Any]]]:
    assert part.scored is not None, "only finished jobs are written"
    for row, result in zip(json.loads(part.given), json.loads(part.scored), strict=True):
        yield row, dict(zip(ADDED_COLUMNS, result, strict=True))


def _result(prediction: Prediction | TextError) -> Sequence[Any]:
    if isinstance(prediction, TextError):
        return None, None, None, prediction.code
    if prediction.labels is None:
        return prediction.label, prediction.probability, prediction.sure, None
    return prediction.labels, [prediction.probabilities[label] for label in prediction.labels], prediction.sure, None


def _cell(value: Any) -> Any:
    """A value in one cell; the lists of a multi-label model are joined."""
    return SEPARATOR.join(map(str, value)) if isinstance(value, list) else value
