"""Scored rows and results made up for the tests, with something to see in them."""

from __future__ import annotations

import time

import numpy as np

from valence.evaluation.results import Origin, measure
from valence.evaluation.scored import AnyScored, MultiLabelScored, Scored
from valence.model.multi_label import sigmoid
from valence.model.results import Estimate, LearningCurve, LearningPoint, Result
from valence.model.softmax import softmax

CURVE = LearningCurve(
    split="validation",
    rows=100,
    points=[
        LearningPoint(
            rows=rows, penalty=0.1, metrics={name: Estimate(0.8, 0.7, 0.9) for name in ("accuracy", "macro_f1")}
        )
        for rows in (16, 160)
    ],
)
NAMES = ("negative", "positive", "mixed", "other", "none")


def scored(*, classes: int = 2, rows: int = 400, seed: int = 0, skill: float = 1.5) -> Scored:
    """Rows whose probabilities know the more of the labels the greater `skill` is."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(classes, size=rows)
    probabilities = softmax(generator.normal(size=(rows, classes)) + skill * np.eye(classes)[truth])
    texts = tuple(f"row {i}" + " word" * (i % 9) + " not" * (i % 2) for i in range(rows))
    names = NAMES[:classes] if classes <= len(NAMES) else tuple(f"label {i}" for i in range(classes))
    return Scored(probabilities, truth, names, texts)


def result_of(rows: AnyScored, *, name: str = "made-up: a model", curve: LearningCurve | None = None) -> Result:
    origin = Origin(name, "made-up", "test", "0" * 64, seed=1, trained_parameters=2, command="valence evaluate")
    return measure(rows, origin, started=time.perf_counter(), learning_curve=curve)


def multi_label_scored(*, labels: int = 3, rows: int = 400, seed: int = 0, skill: float = 1.5) -> MultiLabelScored:
    """The same where a row may have several labels, or none."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(2, size=(rows, labels))
    probabilities = sigmoid(generator.normal(size=(rows, labels)) + skill * (2 * truth - 1))
    texts = tuple(f"row {i}" + " word" * (i % 9) + " not" * (i % 2) for i in range(rows))
    predicted = (probabilities >= 0.5).astype(np.int64)
    return MultiLabelScored(probabilities, truth, predicted, NAMES[:labels], texts)
