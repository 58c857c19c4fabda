"""Cutting validation from train: stratified, seeded, and the same on every machine."""

from __future__ import annotations

import numpy as np

from valence.data.examples import Dataset, Examples, Splits
from valence.errors import DataError

VALIDATION_ROWS = 2500  # enough that a difference of two points in accuracy shows


def cut_validation(examples: Examples, *, rows: int, seed: int) -> tuple[Examples, Examples]:
    """(train, validation): `rows` rows leave train, each label in proportion; both keep the original order.

    Raises DataError if a label is too rare to be on both sides.
    """
    labels = np.array(examples.labels)
    names, counts = np.unique(labels, return_counts=True)
    if not 0 < rows < len(examples):
        raise DataError(f"Cannot cut {rows} validation rows from {len(examples)}.", code="split-impossible")
    rare = [str(name) for name, count in zip(names, counts, strict=True) if count < 2]
    if rare:
        raise DataError(
            f"Label(s) {rare[:5]!r} stand in only one row each, so they cannot be on both sides of the split.",
            way_out="Give them more rows, or take them out.",
            code="label-too-rare",
        )
    generator = np.random.default_rng(seed)
    held_out = np.zeros(len(examples), dtype=bool)
    for name, count in zip(names, counts, strict=True):
        share = min(int(count) - 1, max(1, round(rows * int(count) / len(examples))))
        held_out[generator.permutation(np.flatnonzero(labels == name))[:share]] = True
    return examples.take(np.flatnonzero(~held_out).tolist()), examples.take(np.flatnonzero(held_out).tolist())


def sample(examples: Examples, *, rows: int, seed: int) -> Examples:
    """A stratified sample of at most `rows` rows, in the original order."""
    if rows >= len(examples):
        return examples
    return cut_validation(examples, rows=rows, seed=seed)[1]


def prepare(
    dataset: Dataset,
    *,
    train_rows: int | None,
    test_rows: int | None,
    seed: int,
    validation_rows: int = VALIDATION_ROWS,
) -> Splits:
    """What a training run works with: at most so many rows of each, None taking all; validation cut from train.

    At most a fifth of the training rows go to validation.
    """
    train = sample(dataset.train, rows=train_rows or len(dataset.train), seed=seed)
    test = sample(dataset.test, rows=test_rows or len(dataset.test), seed=seed)
    train, validation = cut_validation(train, rows=min(validation_rows, len(train) // 5), seed=seed)
    return Splits(train, validation, test)
