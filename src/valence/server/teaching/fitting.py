"""Fits a head on a task's rows: the same head, to the last bit, as `valence transfer` fits on the same rows.

Runs in a process of its own, see `fit_process`: it takes memory that only a process gives back.
"""

from __future__ import annotations

import base64
import json
import platform
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from valence.data.examples import Examples, labels_of
from valence.data.splits import VALIDATION_ROWS, cut
from valence.evaluation.label_check import check_labels, enough_rows
from valence.fitting.choice import HeadChoice, HeadRows
from valence.fitting.head_on_body import HeadOptions, head_on_body
from valence.fitting.ngrams_alone import fit_ngrams_alone
from valence.model.feature_rows import SomeRows, portions
from valence.model.fitted_head import FittedHead, head_bytes, head_of
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.server.teaching.figures import (
    SEED,
    TestedRows,
    answers_of,
    by_head,
    by_word_counts,
    mistakes,
    most_frequent,
    result_of,
    rival,
    tested_rows,
    verdict,
)
from valence.server.teaching.learning import learning_of
from valence.server.teaching.outcome import Doubt, Made, Outcome, Rival
from valence.server.teaching.task import Material, Published, Task
from valence.system.errors import DataError
from valence.system.version import __version__

_VALIDATION_SHARE = 5
_MOST_SUSPECTS = 100
_NONE = Examples((), (), ())


def fit(task: Task, material: Material) -> Made:
    """Fits, tests and describes a head. Raises DataError if the examples don't allow it."""
    started = time.perf_counter()
    train = material.train.examples(several=task.several)
    labels = Labels.discover(train.labels)
    learnt, validation = _cut(train)
    read = _Features(material)
    options = HeadOptions(readout=task.readout, seed=SEED, body=task.body)
    choice = head_on_body(read.readouts, read, labels, (learnt, validation), options, quiet=True)
    provenance = _provenance(task, choice, len(train))
    fitted = FittedHead(
        choice.head, labels, choice.chosen.readout, task.body, provenance=provenance, ngrams=choice.ngrams
    )
    test, unknown = _known(material.test.examples(several=task.several), labels)
    data = _Data(learnt.joined(validation), len(learnt), test, read)
    tested = tested_rows(choice, fitted, data.learnt, data.test, data.probabilities(fitted, data.test))
    outcome = _outcome(task, choice, fitted, (data, tested), started)
    notes = [*task.notes, *_left_out(unknown), *choice.notes]
    return Made(
        labels=list(labels.names),
        head=base64.b64encode(head_bytes(fitted)),
        fingerprint=fitted.version,
        readout=fitted.readout,
        provenance=json.dumps(provenance),
        rows=len(train),
        rows_digest=material.train.digest(),
        outcome=outcome.model_copy(update={"notes": notes}),
        answers=None if tested is None else answers_of(tested),
    )


@dataclass(frozen=True)
class _Data:
    """What a head was fitted on, what it is tested on, and the features of both.

    Attributes:
        learnt: the training rows, then the validation rows.
        train: how many of them are training rows.
    """

    learnt: Examples
    train: int
    test: Examples
    read: _Features

    def probabilities(self, fitted: FittedHead, rows: Examples) -> Floats:
        """What a head says of some rows, shape (n, classes); it reads a few at a time."""
        features = self.read(rows.texts, fitted.readout)
        said = [
            fitted.head.predict_proba(fitted.inputs(features[some], rows.texts[some])) for some in portions(len(rows))
        ]
        return np.concatenate(said) if said else np.zeros((0, len(fitted.labels)))


class _Features:
    """The features of texts that were read before the fit."""

    def __init__(self, material: Material) -> None:
        self._row_of = {text: row for row, text in enumerate([*material.train.texts, *material.test.texts])}
        self._features = material.features

    @property
    def readouts(self) -> Collection[str]:
        return self._features.keys()

    def __call__(self, texts: Sequence[str], readout: str, title: str = "") -> SomeRows:  # noqa: ARG002 - as `LazyFeatures` has it
        """Shape (n, width)."""
        return SomeRows(self._features[readout], np.array([self._row_of[text] for text in texts], dtype=np.int64))


def _cut(train: Examples) -> tuple[Examples, Examples]:
    """The cut of `valence transfer`. So few rows that none can be cut off are all learnt from."""
    try:
        return cut(train, rows=min(VALIDATION_ROWS, len(train) // _VALIDATION_SHARE), seed=SEED)
    except DataError:
        return train, _NONE


def _known(test: Examples, labels: Labels) -> tuple[Examples, int]:
    """The rows whose labels were learnt, and how many others there are."""
    known = [row for row, target in enumerate(test.labels) if set(labels_of(target)) <= set(labels.names)]
    return test.take(known), len(test) - len(known)


def _outcome(
    task: Task, choice: HeadChoice, fitted: FittedHead, rows: tuple[_Data, TestedRows | None], started: float
) -> Outcome:
    data, tested = rows
    result, frequent, beside = None, None, list[Rival]()
    if tested is not None:
        result = result_of(tested, task.name, choice.parameters, started)
        frequent = most_frequent(fitted.labels, data.learnt, tested)
        beside = [frequent, *_word_counts(fitted.labels, tested, data), *_published(task.published, task, tested, data)]
    said, enough = verdict(result, frequent)
    suspects, looked_at, share = _suspects(choice, fitted.labels, data.learnt)
    return Outcome(
        reads=fitted.reads,
        tested="none" if tested is None else tested.tested,
        result=result,
        verdict=said,
        enough=enough,
        beside=beside,
        mistakes=[] if tested is None else mistakes(tested),
        suspects=suspects,
        looked_at=looked_at,
        wrong_share=share,
        notes=[],
        learning=learning_of(
            choice,
            fitted.labels,
            data.learnt,
            data.read(data.learnt.texts, fitted.readout, ""),
            body=task.body,
            seed=SEED,
        ),
    )


def _word_counts(labels: Labels, tested: TestedRows, data: _Data) -> Iterator[Rival]:
    """The baseline of `valence transfer`, on the same rows: only on test examples, which none of its fits has seen."""
    if tested.tested != "test" or data.train == len(data.learnt):
        return
    every = np.arange(len(data.learnt))
    rows = HeadRows(data.learnt.texts, labels.encode(data.learnt.labels), every, every[data.train :])
    yield by_word_counts(fit_ngrams_alone(rows, labels), labels, tested)


def _published(published: Published | None, task: Task, tested: TestedRows, data: _Data) -> Iterator[Rival]:
    """The version that answers, on the same rows: only if it hasn't seen them, and knows their labels."""
    if published is None or tested.tested != "test":
        return
    labels = Labels(published.labels, multi_label=task.several)
    rows, unknown = _known(tested.rows, labels)
    if unknown or published.readout not in data.read.readouts:
        return
    head, ngrams = head_of(bytes.fromhex(published.head), multi_label=task.several)
    fitted = FittedHead(head, labels, published.readout, task.body, ngrams=ngrams)
    yield rival(
        f"version {published.number}, published", "published", by_head(fitted, data.probabilities(fitted, rows), rows)
    )


def _suspects(choice: HeadChoice, labels: Labels, learnt: Examples) -> tuple[list[Doubt], int, float]:
    """(the training examples whose labels look wrong, how many were looked at, the estimated share of wrong ones)."""
    rows = learnt.take(choice.held_out.tolist())
    if not len(rows):
        return [], 0, 0.0
    truth = labels.encode(rows.labels)
    found = check_labels(choice.probabilities, truth, labels, rows.keys, enough_rows(rows, truth, len(labels)))
    given = dict(zip(rows.keys, rows.labels, strict=True))
    doubts = [
        Doubt(
            id=int(suspect.key),
            given=list(labels_of(given[suspect.key])),
            suggested=[name for name in labels.names if name in suspect.suggested.split(", ")],
            given_probability=suspect.given_probability,
            probability=suspect.suggested_probability,
        )
        for suspect in found.suspects[:_MOST_SUSPECTS]
    ]
    return doubts, found.rows, found.estimated_share


def _left_out(unknown: int) -> list[str]:
    if not unknown:
        return []
    return [f"{unknown} test example(s) have a label that no training example has; they weren't tested on."]


def _provenance(task: Task, choice: HeadChoice, rows: int) -> dict[str, Any]:
    """As `valence transfer` writes it, as far as it applies."""
    return {
        "stage": "transfer",
        "commands": [],
        "data": {"name": task.name, "train_rows": rows, **({"clean": "forum"} if task.clean == "forum" else {})},
        "features": task.engine,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "valence": __version__},
        **choice.as_json(),
    }
