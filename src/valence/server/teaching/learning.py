"""Whether more examples would help: a learning curve from cross-validation on parts of the training rows.

The chosen head is fitted again on a quarter, a half and all of each fold's rows, nested and stratified, with its own
penalties, and judged on the rows that are held out. The error is taken to fall with the root of the number of rows
towards a limit, err(n) = limit + slope / sqrt(n): two numbers are all that three points on few rows allow. How far the
slope can be trusted is seen from resampled rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.fitting.blocks import Block, ngram_block, readout_block
from valence.fitting.choice import CROSS_VALIDATED, HeadChoice
from valence.fitting.common_directions import common_directions
from valence.fitting.folds import Fold, folds, nested_order
from valence.fitting.linear import ROUGH, SEVERAL, SINGLE, Link, fit_layer, one_column_a_class
from valence.model.feature_rows import FeatureRows
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead
from valence.model.results import Estimate
from valence.server.teaching.outcome import CurvePoint, Learning

FEWEST = 40  # rows: with fewer, a quarter of them says nothing
SHARES = (0.25, 0.5, 1.0)
_PARTS = 5
_RESAMPLES = 1000
_STEPS = (20, 40, 100, 200, 400, 1000, 2000, 4000, 10_000)  # how many more examples are spoken of
CANNOT_TELL = "Whether more examples would help can't be told yet."


def learning_of(
    choice: HeadChoice, labels: Labels, learnt: Examples, features: FeatureRows, *, body: str, seed: int
) -> Learning:
    """What more examples would bring.

    Args:
        choice: the head.
        labels: that it knows.
        learnt: the rows that it was fitted on.
        features: of these rows in the head's readout, shape (n, width).
        body: ID of the body that they are of.
        seed: of the folds, and of which rows are left out.
    """
    if len(learnt) < FEWEST:
        return Learning(points=[], more=None, gain=None, sentence=CANNOT_TELL)
    rows = _Rows(choice, labels, learnt, features, body)
    cut = list(folds(rows.labels, blocks(learnt), _PARTS, seed))
    if len(learnt) > CROSS_VALIDATED:
        cut = cut[:1]  # a fifth of this number of rows is enough
    right, sizes = _right(rows, cut, seed)
    return extrapolated(right, sizes, len(learnt))


def extrapolated(right: Floats, sizes: Sequence[float], rows: int) -> Learning:
    """What the points of the curve say.

    Args:
        right: 1 where a held-out row is answered rightly, shape (sizes, held-out rows).
        sizes: how many rows were learnt from, ascending.
        rows: that the head itself was fitted on.
    """
    more = min(_STEPS, key=lambda step: abs(np.log(step / (rows / 2))))
    resampled = np.random.default_rng(0).integers(right.shape[1], size=(_RESAMPLES, right.shape[1]))
    accuracies = np.stack([right.mean(axis=1), *(right[:, drawn].mean(axis=1) for drawn in resampled)])
    inverse = 1 / np.sqrt(np.asarray(sizes, dtype=np.float64))
    centred = inverse - inverse.mean()
    slopes = -(accuracies @ centred) / (centred @ centred)
    gains = slopes * (1 / np.sqrt(rows) - 1 / np.sqrt(rows + more))
    low, high = np.quantile(gains[1:], (0.025, 0.975))
    room = 1 - float(accuracies[0, -1])
    gain = Estimate(*(round(float(min(each, room)), 4) for each in (gains[0], low, high)))
    points = [
        CurvePoint(rows=round(size), accuracy=round(float(accuracy), 4))
        for size, accuracy in zip(sizes, accuracies[0], strict=True)
    ]
    return Learning(points=points, more=more, gain=gain, sentence=_sentence(more, gain))


def _sentence(more: int, gain: Estimate) -> str:
    if gain.low <= 0 <= gain.high:
        return CANNOT_TELL
    if gain.high < 0:
        return f"{more:,} more examples like these would hardly help: with more of them it was not better so far."
    about = max(1, round(100 * gain.value))
    between = f"{max(0, round(100 * gain.low))} to {max(about, round(100 * gain.high))}"
    return f"{more:,} more examples: about {about} {'point' if about == 1 else 'points'} more ({between})."


class _Rows:
    """The rows as the chosen head reads them: its readout, and n-grams if it has them."""

    def __init__(self, choice: HeadChoice, labels: Labels, learnt: Examples, features: FeatureRows, body: str) -> None:
        self.blocks: list[Block] = [_readout_block(choice, features, len(labels), body)]
        if choice.ngrams is not None:
            self.blocks.append(ngram_block(learnt.texts, choice.ngrams.vocabulary))
        self.labels = labels.encode(learnt.labels)
        self.targets = one_column_a_class(self.labels, len(labels))
        self._penalties, self._factors = choice.chosen.penalties, choice.chosen.factors
        self._thresholds = choice.head.thresholds if isinstance(choice.head, MultiLabelHead) else None

    @property
    def link(self) -> Link:
        return SINGLE if self._thresholds is None else SEVERAL

    def right(self, fitted: Ints, held: Ints) -> Floats:
        """1 where a head that was fitted on some rows is right about others, shape (held,).

        The penalty of a layer is per row; so few rows keep as much of it in all as all rows have.
        """
        logits: Floats = np.zeros((len(held), self.targets.shape[1]))
        for block, penalty, factor in zip(self.blocks, self._penalties, self._factors, strict=True):
            stronger = penalty * len(self.targets) / len(fitted)
            layer = fit_layer(
                block.rows[fitted], self.targets[fitted], stronger, self.link, tolerance=ROUGH, in_axes=block.in_axes
            )
            logits = logits + factor * layer.logits(block.rows[held])
        if self._thresholds is None:
            return np.asarray(logits.argmax(axis=1) == self.labels[held], dtype=np.float64)
        answers = self.link.probabilities(logits) >= self._thresholds
        return np.asarray((answers == self.targets[held]).all(axis=1), dtype=np.float64)


def _readout_block(choice: HeadChoice, features: FeatureRows, classes: int, body: str) -> Block:
    """As the choice of the head had it."""
    name, width = choice.chosen.readout, features.shape[1]
    mean, scale = choice.head.mean[:width], choice.head.scale[:width]
    known = common_directions(body).get(name) if len(features) <= CROSS_VALIDATED else None
    return (
        known.block(name, features[:], mean, classes) if known else readout_block(name, features, mean, scale, classes)
    )


def _right(rows: _Rows, cut: Sequence[Fold], seed: int) -> tuple[Floats, list[float]]:
    """(1 where each held-out row is answered rightly, of each share of the rows; how many rows that is)."""
    found: list[list[Floats]] = [[] for _ in SHARES]
    sizes = np.zeros(len(SHARES))
    for fitted, held in cut:
        order = fitted[nested_order(rows.labels[fitted], seed=seed)]
        for i, share in enumerate(SHARES):
            some = np.sort(order[: round(share * len(order))])
            sizes[i] += len(some) / len(cut)
            found[i].append(rows.right(some, held))
    return np.stack([np.concatenate(each) for each in found]), sizes.tolist()
