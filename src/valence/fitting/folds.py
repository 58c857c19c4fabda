"""Folds for cross-validation: blocks of rows stay together, and labels are spread evenly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from valence.model.head import Ints

Fold = tuple[Ints, Ints]  # the rows that are fitted on, and those held out


def folds(labels: Ints, blocks: Ints, parts: int, seed: int) -> Iterator[Fold]:
    """`parts` folds: every row is held out once; rows of one block stay together, labels are spread evenly.

    One block after the other, the largest first, goes to the fold that has least of its labels so far: greedy, as the
    stratified folds of Sechidis et al. (2011).

    Args:
        labels: shape (n,), or marks of shape (n, labels).
        blocks: shape (n,); with fewer blocks than `parts` there are fewer folds.
        parts: at least two.
        seed: for the order of the blocks.
    """
    marks = labels if labels.ndim == 2 else labels[:, None] == np.unique(labels)
    _, block_of = np.unique(blocks, return_inverse=True)
    sizes = np.bincount(block_of)
    counts = np.zeros((len(sizes), marks.shape[1] + 1))  # of each label in each block, and its rows
    np.add.at(counts, block_of, np.column_stack([marks, np.ones(len(marks))]))
    rarity = 1 / np.maximum(counts.sum(axis=0), 1)  # a label weighs more, the fewer rows have it
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    parts = min(parts, len(sizes))
    held = np.zeros((parts, counts.shape[1]))
    fold_of = np.empty(len(sizes), dtype=np.int64)
    for block in order:
        fold_of[block] = fold = int(np.argmin(held @ (counts[block] * rarity)))
        held[fold] += counts[block]
    for fold in range(parts):
        held_out = fold_of[block_of] == fold
        yield np.flatnonzero(~held_out), np.flatnonzero(held_out)


def nested_order(labels: Ints, *, seed: int) -> Ints:
    """Row numbers, shape (n,). Every prefix is stratified, and has every label as soon as it is long enough.

    `labels` has shape (n,), or is marks of shape (n, labels), whose combinations then count as labels.

    >>> nested_order(np.array([0, 0, 0, 0, 1, 1]), seed=1).tolist()
    [0, 4, 1, 2, 5, 3]
    """
    if labels.ndim == 2:
        labels = np.unique(labels, axis=0, return_inverse=True)[1].reshape(-1)
    generator = np.random.default_rng(seed)
    place = np.empty(len(labels))  # of each row in the order: 0 is first, 1 is last
    for label in np.unique(labels):
        own = generator.permutation(np.flatnonzero(labels == label))
        place[own] = (np.arange(len(own)) + 0.5) / len(own)
        place[own[0]] = 0.0
    return np.asarray(np.argsort(place, kind="stable"), dtype=np.int64)
