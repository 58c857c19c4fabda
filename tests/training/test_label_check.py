"""Rows are judged by heads that have not seen them, and labels that were flipped are found."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.fitting.choice import CROSS_VALIDATED, HeadChoice, HeadChooser, HeadRows
from valence.model.labels import Labels
from valence.model.results import LabelCheck
from valence.system.errors import DataError
from valence.training.label_check import check_choice, check_file

Array = npt.NDArray[Any]
NAMES = Labels(["blame", "praise", "question"])


def blobs(rows: int, *, wrong: float = 0.0, seed: int = 0) -> tuple[Array, Array, Array]:
    """(features of three separate groups, their labels, which of these were flipped)."""
    draw = np.random.default_rng(seed)
    true = draw.integers(3, size=rows)
    features = (draw.normal(size=(rows, 8)) + 4 * np.eye(8)[true]).astype(np.float32)
    flipped = draw.random(rows) < wrong
    return features, np.where(flipped, (true + 1) % 3, true), flipped


def examples(truth: Array, texts: tuple[str, ...] = ()) -> Examples:
    numbers = range(len(truth))
    labels = tuple(NAMES.names[label] for label in truth)
    return Examples(texts or tuple(f"text {i}" for i in numbers), labels, tuple(f"own.csv:{i + 2}" for i in numbers))


def choose(features: Array, rows: Examples, labels: Labels = NAMES) -> HeadChoice:
    """By cross-validation, also of many rows."""
    head_rows = HeadRows(rows.texts, labels.encode(rows.labels), blocks(rows), np.arange(0))
    return HeadChooser(labels, ngrams=False, cross_validated=len(rows)).choose(head_rows, {"final": features})


def check_rows(features: Array, rows: Examples, labels: Labels = NAMES) -> LabelCheck:
    return check_choice(choose(features, rows, labels), rows, labels)


def test_every_row_is_judged_by_heads_that_have_not_seen_it_however_many_there_are() -> None:
    draw = np.random.default_rng(0)
    rows = CROSS_VALIDATED + 50
    features, truth = draw.normal(size=(rows, 20)).astype(np.float32), draw.integers(3, size=rows)
    choice = choose(features, examples(truth))
    assert sorted(choice.held_out.tolist()) == list(range(rows))
    assert (choice.probabilities.argmax(axis=1) == truth[choice.held_out]).mean() < 0.42, "nothing can be learnt"


def test_flipped_labels_are_found_by_their_rows() -> None:
    features, truth, flipped = blobs(400, wrong=0.1)
    found = check_rows(features, examples(truth))
    rows = [int(each.key.partition(":")[2]) - 2 for each in found.suspects]
    assert flipped[rows].mean() > 0.85
    assert flipped[rows].sum() > 0.9 * flipped.sum()
    assert found == check_rows(features, examples(truth))


def test_a_label_on_few_different_texts_is_not_judged() -> None:
    features, truth, _ = blobs(200)
    texts = tuple(f"the same {i % 3}" if label == 2 else f"text {i}" for i, label in enumerate(truth))
    found = check_rows(features, examples(truth, texts))
    assert found.not_judged == ["question"]
    with pytest.raises(DataError, match="too few to check their labels"):
        check_file(examples(np.array([0, 1, 2, 0, 1, 2])), "bundled")


def test_several_labels_a_text() -> None:
    features, truth, _ = blobs(300)
    draw = np.random.default_rng(3)
    marks = np.eye(3, dtype=np.int64)[truth]
    flipped = np.asarray(draw.random(marks.shape) < 0.05)
    given = np.where(flipped, 1 - marks, marks)
    labels = Labels(NAMES.names, multi_label=True)
    rows = Examples(
        tuple(f"text {i}" for i in range(300)),
        tuple(tuple(name for name, mark in zip(NAMES.names, row, strict=True) if mark) for row in given),
        tuple(map(str, range(300))),
    )
    found = check_rows(features, rows, labels)
    wrong = np.asarray(flipped.any(axis=1))
    suspect = [int(each.key) for each in found.suspects]
    assert wrong[suspect].mean() > 0.8
    assert wrong[suspect].sum() > 0.8 * wrong.sum()
