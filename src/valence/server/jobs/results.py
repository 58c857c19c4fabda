"""Scores a part of a job, and writes a finished job's result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from valence.inference.answers import answer_of
from valence.server.classifiers.registry import ServedModel
from valence.server.jobs.uploads import taken_apart, text_of
from valence.server.store.tables import Job, JobPart
from valence.tables.answers import Added, Answer
from valence.tables.posts import each_own_words
from valence.tables.spreadsheet import line
from valence.tables.writers import with_keys

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
}


def score(job: Job, part: JobPart, model: ServedModel, *, timeout_s: float) -> str:
    """The part's results as they are stored: a JSON list with the added values of each row.

    Raises OverloadedError, also after `timeout_s` seconds without a result.
    """
    columns = json.loads(job.columns)
    texts = [text_of(row, job.shape, columns, job.text_column) for row in json.loads(part.given)]
    score = partial(model.scorer.score, timeout_s=timeout_s)
    is_posts = (job.clean or model.facts.cleaning) == "forum"
    predictions = each_own_words(texts, score) if is_posts else score(texts)
    return json.dumps(list(map(answer_of, predictions)))


def write(job: Job, parts: Iterable[JobPart]) -> Iterator[str]:
    """The submitted rows with their answers, in their order.

    In CSV and TSV, cells that a spreadsheet would run as formulas start with an apostrophe.
    """
    names, separator = Added().names, job.delimiter
    if job.shape == "jsonl":
        for part in parts:
            yield "".join(
                with_keys(_line_of_json(row), dict(zip(names, answer, strict=True)))
                for row, answer in _rows(part, job.shape)
            )
        return
    yield line([*json.loads(job.columns), *names], separator)
    for part in parts:
        yield "".join(line([*row, *answer.texts(separator)], separator) for row, answer in _rows(part, job.shape))


def _line_of_json(row: Any) -> str:
    return row if isinstance(row, str) else json.dumps(row)  # version 0.1 stored objects


def _rows(part: JobPart, shape: str) -> Iterator[tuple[Any, Answer]]:
    assert part.scored is not None, "only finished jobs are written"
    for row, values in zip(json.loads(part.given), json.loads(part.scored), strict=True):
        yield taken_apart(row, shape)[0], Answer.of_json(values)
