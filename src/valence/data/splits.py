"""Cuts validation from train, and a test set if there is none: stratified, seeded, the same on every machine.

Rows that share a text or a group stay together, so that no text is on both sides of a split. In a multi-label set, a
cut fills the rarest labels first (Sechidis et al. 2011, "On the Stratification of Multi-label Data").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from valence.data.duplicates import blocks
from valence.data.examples import Dataset, Examples, Splits, labels_of
from valence.system.errors import DataError

VALIDATION_ROWS = 2500  # enough to see a difference of two points in accuracy
TEST_ROWS = 5000  # an interval of about one point either way; more rows are more useful for training
_CUT_SHARE = 5  # one cut takes at most a fifth of the rows

# A test set that is cut from fewer rows has under 50, which say little; all rows are then tested by cross-validation.
FEWEST_TO_CUT = 250
CROSS_VALIDATION = "cross-validation"  # what figures call the rows that are tested like that
FEWEST_TEXTS = 3  # of a label, all different: to test one, and still choose on two

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """Which rows a run uses; the configs of both stages extend it.

    Attributes:
        validation_rows: cut from train, at most a fifth of it; all choices are based on them.
        train_rows: at most this many training rows, before validation is cut from them; None for all.
        test_rows: at most this many test rows; None for all.
        seed: of every cut and sample, and of training.
    """

    validation_rows: int = VALIDATION_ROWS
    train_rows: int | None = None
    test_rows: int | None = None
    seed: int = 42


def cut(examples: Examples, *, rows: int, seed: int) -> tuple[Examples, Examples]:
    """(kept, held out): about `rows` rows are held out, in proportion to the labels, in their order.

    At least one row of every label is held out, and at least one is kept. A label whose rows all share one text or
    group cannot be on both sides, so it is kept.

    Raises DataError if there are too few rows, or if no row can be held out without splitting a text or a group.
    """
    if not 0 < rows < len(examples):
        raise DataError(
            f"{len(examples)} rows are too few to hold out {max(rows, 1)}.",
            hint="Give more rows.",
            code="split-impossible",
        )
    held_out = _held_out(examples, rows, np.random.default_rng(seed))
    if not held_out.any():
        single = max(examples.label_counts.values()) == 1
        why = (
            f"Every label has only one row among the {len(examples):,} to split; "
            "at least two rows per label are needed to hold some out."
            if single
            else f"The {len(examples):,} rows cannot be split: those of each label all share one text or one group."
        )
        raise DataError(
            why,
            hint="Give more rows of each label." if single else "Give more rows, with other texts or groups.",
            code="split-impossible",
        )
    return examples.take(np.flatnonzero(~held_out).tolist()), examples.take(np.flatnonzero(held_out).tolist())


def _held_out(examples: Examples, rows: int, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Shape (n,): which rows are held out. Labels are filled one after the other, with their rows in random order."""
    cut_out = _CutOut(examples, rows)
    for label in cut_out.strata.order:
        order = generator.permutation(cut_out.strata.rows_of(label))
        for row in order:
            if cut_out.taken[label] >= cut_out.wanted[label]:
                break
            cut_out.take(row, only_if_closer=True)
        # If every block is too large to come closer, the smallest one that can leave is taken.
        for row in sorted(order, key=lambda row: len(cut_out.block_with(row))) if not cut_out.taken[label] else ():
            if not cut_out.taken[label]:
                cut_out.take(row, only_if_closer=False)
    return cut_out.held_out


class _Strata:
    """The labels of rows, by number. In a multi-label set, "no label" counts as one more label.

    Attributes:
        names: of the labels, sorted.
        counts: rows of each label, shape (labels,).
        order: in which the labels are filled: by name; in a multi-label set the rarest first, because its rows also
            count for others.
    """

    def __init__(self, examples: Examples) -> None:
        rows = [labels_of(target) or ("",) for target in examples.labels]  # no label has an empty name
        self.names = names = sorted({name for row in rows for name in row})
        number = {name: i for i, name in enumerate(names)}
        most = max(map(len, rows))
        # Shape (n, most); rows with fewer labels are padded with a number that no label has.
        self._of = np.array([[*(number[name] for name in row), *[len(names)] * (most - len(row))] for row in rows])
        self._labels = len(names)
        self.counts = self.count(np.arange(len(rows)))
        self.order = np.argsort(self.counts, kind="stable") if examples.multi_label else np.arange(len(names))

    def count(self, rows: Counts | np.int64) -> Counts:
        """How many of these rows have each label, shape (labels,)."""
        return np.bincount(self._of[rows].ravel(), minlength=self._labels + 1)[: self._labels]

    def rows_of(self, label: int | np.int64) -> Counts:
        return np.flatnonzero((self._of == label).any(axis=1))


class _CutOut:
    """A cut that is being made.

    Attributes:
        strata: see _Strata.
        wanted, taken: rows of each label, shape (labels,): how many to hold out, how many are held out so far.
        held_out: shape (n,), whether the row is held out.
    """

    def __init__(self, examples: Examples, rows: int) -> None:
        self.strata = _Strata(examples)
        self.counts = self.strata.counts
        shares = np.round(rows * self.counts / len(examples)).astype(np.int64)
        self.wanted = np.minimum(self.counts - 1, np.maximum(1, shares))
        self.taken = np.zeros_like(self.counts)
        self.held_out = np.zeros(len(examples), dtype=bool)
        self._block_of = blocks(examples)
        self._by_block = np.argsort(self._block_of, kind="stable")
        self._sorted_blocks = self._block_of[self._by_block]

    def block_with(self, row: np.int64) -> Counts:
        """The rows that must stay with this one, including itself."""
        block = self._block_of[row]
        first, last = (np.searchsorted(self._sorted_blocks, block, side) for side in ("left", "right"))
        return self._by_block[first:last]

    def take(self, row: np.int64, *, only_if_closer: bool) -> None:
        """Holds the row's block out, unless that leaves a label without rows or, if asked, is further from `wanted`."""
        if self.held_out[row]:
            return
        block = self.block_with(row)
        after = self.taken + self.strata.count(block)
        leaves_some = bool(np.all((after < self.counts) | (after == self.taken)))
        closer = np.abs(self.wanted - after).sum() < np.abs(self.wanted - self.taken).sum()
        if leaves_some and (closer or not only_if_closer):
            self.held_out[block] = True
            self.taken = after


def cut_test(examples: Examples, *, seed: int) -> tuple[Examples, Examples]:
    """(train, test) of a set without a test set: a fifth of the rows is held out, at most TEST_ROWS."""
    return cut(examples, rows=min(TEST_ROWS, len(examples) // _CUT_SHARE), seed=seed)


def sample(examples: Examples, *, rows: int, seed: int) -> Examples:
    """A stratified sample of about `rows` rows, at least one of each label, in the original order."""
    if rows >= len(examples):
        return examples
    strata = _Strata(examples)
    generator = np.random.default_rng(seed)
    wanted = np.maximum(1, np.round(rows * strata.counts / len(examples)).astype(np.int64))
    chosen, taken = np.zeros(len(examples), dtype=bool), np.zeros_like(wanted)
    for label in strata.order:
        candidates = generator.permutation(strata.rows_of(label))
        for spare_others in (True, False):  # rows that exceed another label's share only if others do not suffice
            for row in candidates[~chosen[candidates]]:
                if taken[label] >= wanted[label]:
                    break
                after = taken + strata.count(row)
                if not (spare_others and np.any(after > wanted)):
                    chosen[row], taken = True, after
    return examples.take(np.flatnonzero(chosen).tolist())


def rows_to_test(examples: Examples, fewest: int = FEWEST_TEXTS) -> npt.NDArray[np.bool_]:
    """Which rows can be tested by cross-validation, shape (n,).

    A label with less than `fewest` different texts, or groups, is always trained on; where a text can have several
    labels, it is tested with the others.

    Raises DataError if that leaves less than two labels, or none where a text can have several.
    """
    strata, block_of = _Strata(examples), blocks(examples)
    different = np.array([len(np.unique(block_of[strata.rows_of(label)])) for label in range(len(strata.names))])
    rare = different < fewest
    least = 1 if examples.multi_label else 2
    if (~rare).sum() < least:
        few = [f"{strata.names[label] or 'no label'!r} ({different[label]})" for label in np.flatnonzero(rare)[:5]]
        raise DataError(
            f"The {len(examples):,} rows are too few: each label needs {fewest} different texts, "
            f"and {int(rare.sum()):,} of the {len(rare):,} labels have fewer: {', '.join(few)}.",
            hint=f"Give at least {fewest} different texts of each label, better 16 or more.",
            code="split-impossible",
        )
    if examples.multi_label:
        return np.ones(len(examples), dtype=bool)
    with_rare = np.isin(block_of, [block_of[row] for label in np.flatnonzero(rare) for row in strata.rows_of(label)])
    return np.asarray(~with_rare)


def prepare(dataset: Dataset, config: SplitConfig) -> Splits:
    """The rows of a training run: sampled as the config says, with validation cut from train.

    A set without test rows is not cut: see CROSS_VALIDATION.
    """
    train = sample(dataset.train, rows=config.train_rows or len(dataset.train), seed=config.seed)
    if not len(dataset.test):
        return Splits(train, dataset.test, dataset.test)
    test = sample(dataset.test, rows=config.test_rows or len(dataset.test), seed=config.seed)
    train, validation = cut(train, rows=min(config.validation_rows, len(train) // _CUT_SHARE), seed=config.seed)
    return Splits(train, validation, test)
