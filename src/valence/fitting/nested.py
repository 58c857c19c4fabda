"""How good a head is that was fitted on every row: nested cross-validation, repeated.

No row is left to test on, so each is scored by a head that has not seen it. Each of these heads is chosen by the whole
method on the other rows, its readout and penalties too; otherwise the figures would be those of the luckiest choice
(Cawley and Talbot 2010, "On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation").

The rows are divided several times, and each row is scored in one of the divisions. Otherwise the figures would depend
on which rows happen to be held out together; and the mean of several heads is better than the one that is saved.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

import numpy as np

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.data.splits import FEWEST_TEXTS, rows_to_test
from valence.fitting.choice import HeadChooser, HeadRows, HeldOutScores
from valence.fitting.folds import Fold, folds
from valence.fitting.linear import SEVERAL, SINGLE
from valence.model.feature_rows import FeatureRows
from valence.model.folder import FittedHead
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.results import CrossValidation
from valence.system.errors import DataError

log = logging.getLogger(__name__)

_MOST_PARTS = 10
_FITS = 20  # parts times repeats
_ATTEMPTS = 20


class Plan:
    """Which rows are held out together. The same rows and seed give the same plan.

    Attributes:
        tested: numbers of the rows that can be tested, shape (m,); the others are always fitted on.
        how: in how many parts, and how often.

    Raises DataError if too few rows can be tested.
    """

    def __init__(self, examples: Examples, labels: Labels, seed: int) -> None:
        can_be_tested = rows_to_test(examples)
        if not can_be_tested.all():
            log.warning(
                "%s row(s) are trained on, but not tested: their labels have fewer than %d different texts.",
                f"{(~can_be_tested).sum():,}",
                FEWEST_TEXTS,
            )
        self.tested: Ints = np.flatnonzero(can_be_tested)
        self._rows, self._block_of, self._seed = examples, blocks(examples), seed
        self._labels = labels.encode(examples.labels)
        parts = min(_MOST_PARTS, self._usual_blocks())
        repeats = max(2, round(_FITS / parts))
        self.how = CrossValidation(parts=parts, repeats=repeats)

    def __iter__(self) -> Iterator[Fold]:
        """The rows that are fitted on, and some of the others, which are scored: each row that can be tested, once."""
        turn = np.full(len(self._labels), -1)
        turn[self.tested] = np.random.default_rng(self._seed).permutation(len(self.tested)) % self.how.repeats
        for repeat in range(self.how.repeats):
            for fitted, held in self._folds(self._seed + repeat):
                scored = held[turn[held] == repeat]
                if len(scored):
                    yield fitted, scored

    def _usual_blocks(self) -> int:
        """Different texts, or groups, of the median label: with more parts, some would have no row of most labels."""
        labels, block_of = self._labels[self.tested], self._block_of[self.tested]
        marks = labels == 1 if labels.ndim == 2 else labels[:, None] == np.unique(labels)
        counts = [len(np.unique(block_of[column])) for column in marks.T]
        return int(np.median([count for count in counts if count >= FEWEST_TEXTS]))

    def _folds(self, seed: int) -> list[Fold]:
        """In each fold, every label is among the rows that are fitted on."""
        everywhere = np.arange(len(self._labels))
        for attempt in range(_ATTEMPTS):
            parts = folds(self._labels[self.tested], self._block_of[self.tested], self.how.parts, seed + 1000 * attempt)
            held = [self.tested[part] for _, part in parts]
            found = [(np.setdiff1d(everywhere, rows), rows) for rows in held]
            if all(self._has_every_label(fitted) for fitted, _ in found):
                return found
        raise DataError(
            "The rows cannot be divided so that every label is on both sides: most rows of a label share one group.",
            hint="Give rows of more groups, or a test set of your own by --test-data.",
            code="split-impossible",
        )

    def _has_every_label(self, rows: Ints) -> bool:
        return self._labels.ndim == 2 or len(np.unique(self._labels[rows])) == len(np.unique(self._labels))


class HeldOut:
    """Collects what heads say of rows that they had not seen.

    Args:
        plan: says which rows each head is asked about.
        rows: that there are, whether they are tested or not.
        labels: of the classifier.
    """

    def __init__(self, plan: Plan, rows: int, labels: Labels) -> None:
        self._logits, self._decisions = np.zeros((2, rows, len(labels)))
        self._plan, self._several = plan, labels.multi_label

    def add(self, rows: Ints, logits: Floats, decisions: Floats) -> None:
        """What a head says of these rows, both of shape (m, classes): see `Head.exact_logits` and `Head.decision`."""
        self._logits[rows], self._decisions[rows] = logits, decisions

    def scores(self) -> HeldOutScores:
        """After every fold of the plan."""
        tested = self._plan.tested
        probabilities = (SEVERAL if self._several else SINGLE).probabilities(self._logits[tested])
        decisions = self._decisions[tested]
        answers = (decisions >= 0).astype(np.int64) if self._several else decisions.argmax(axis=1)
        return HeldOutScores(tested, probabilities, answers)


def score_held_out(
    plan: Plan, chooser: HeadChooser, rows: HeadRows, features: Mapping[str, FeatureRows]
) -> HeldOutScores:
    """Scores the rows by heads that had not seen them; `features` are those of each readout, shape (n, width)."""
    held_out = HeldOut(plan, len(rows.texts), chooser.labels)
    for fitted, held in plan:
        own: dict[str, FeatureRows] = {name: values[fitted] for name, values in features.items()}
        choice = chooser.choose(rows.take(fitted), own)
        readout = choice.chosen.readout
        reads = FittedHead(choice.head, chooser.labels, readout, "", ngrams=choice.ngrams)
        inputs = reads.inputs(features[readout][held], [rows.texts[row] for row in held])
        held_out.add(held, choice.head.exact_logits(inputs), choice.head.decision(inputs))
    return held_out.scores()
