"""Which inputs a head should read, and the head on them: chosen on held-out rows, then fitted on all rows.

The candidates are the body's readouts, each alone and beside hashed n-grams: of words, of characters, or of both. With
up to `CROSS_VALIDATED` rows the choice is by cross-validation, so that every row is both fitted on and held out; with
more, by the validation rows. The penalties, the factors that calibrate and the thresholds come from the same held-out
logits, and then the layers are fitted again on all rows, so none is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from valence.fitting.blocks import Block, Blocks, Path, Problem, ngram_block, path, readout_block
from valence.fitting.candidates import FEW, Candidate, ngrams_tried, notes_on, ranked, usual
from valence.fitting.class_weights import fit_weights
from valence.fitting.common_directions import CommonDirections
from valence.fitting.folds import folds
from valence.fitting.linear import SEVERAL, SINGLE, one_column_a_class
from valence.model.feature_rows import FeatureRows
from valence.model.head import ClassWeight, Floats, Head, Ints, standardiser
from valence.model.labels import Labels
from valence.model.multi_label import BY_DEFAULT, MultiLabelHead, choose_thresholds
from valence.model.ngrams import NGrams, Vocabulary
from valence.model.offsets import Objective, choose_offsets

log = logging.getLogger(__name__)

CROSS_VALIDATED = 2000  # rows; with more, a fifth of them says enough
_PARTS = 5

# With fewer classes the matrix products are so small that threads mostly wait for each other.
_WIDE = 10


@dataclass(frozen=True)
class HeldOutScores:
    """Rows, each scored by a head that had not seen it and was chosen without it: see `fitting.nested`.

    Attributes:
        rows: their numbers, shape (m,).
        probabilities: calibrated, shape (m, classes).
        answers: as `Labels.encode` gives them.
    """

    rows: Ints
    probabilities: Floats
    answers: Ints


@dataclass(frozen=True)
class HeadChoice:
    """The head, and what it was chosen over.

    Attributes:
        head: reads the readout's features, and behind them the n-grams' scores if there are any.
        candidates: that were tried, the best first.
        decided_by: in words, how.
        held_out: row numbers, shape (m,), and their
        probabilities: calibrated, shape (m, classes), from heads that had not seen them.
        notes: what the user should know, in sentences.
        tested: all rows by heads that were chosen without them too, if that was asked for.
    """

    head: Head
    ngrams: NGrams | None
    candidates: tuple[Candidate, ...]
    decided_by: str
    held_out: Ints
    probabilities: Floats
    notes: tuple[str, ...]
    tested: HeldOutScores | None = None

    @property
    def chosen(self) -> Candidate:
        return self.candidates[0]

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""
        own = self.head.weight.size + self.head.bias.size
        return own if self.ngrams is None else own - self.ngrams.classes**2 + self.ngrams.weight.size

    def as_json(self) -> dict[str, Any]:
        """For the provenance of a model."""
        return {
            "penalty": self.chosen.penalties[0],
            "head_choice": {
                "decided_by": self.decided_by,
                "candidates": [asdict(candidate) for candidate in self.candidates],
                "notes": list(self.notes),
            },
        }

    def __str__(self) -> str:
        others = ", ".join(f"{other} {other.log_loss:.4f}" for other in self.candidates[1:])
        over = f"; chosen over {others}" if others else ""
        return f"The head reads the {self.chosen}: log loss {self.chosen.log_loss:.4f} by {self.decided_by}{over}."


@dataclass(frozen=True)
class HeadRows:
    """What a head is chosen and fitted on.

    Attributes:
        texts: of length n.
        labels: as `Labels.encode` gives them.
        blocks: rows with the same number stay together, shape (n,); see `valence.data.duplicates.blocks`.
        validation: the numbers of the rows that are held out where there is no cross-validation.
        weights: how much each row counts, shape (n,); None where all count alike.
        whole: how many rows there are in all, if these are some of them: what is tried depends on that number, so that
            heads that are tested in place of the one on all rows are chosen like it. By default n.
    """

    texts: Sequence[str]
    labels: Ints
    blocks: Ints
    validation: Ints
    weights: Floats | None = None
    whole: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", self.whole or len(self.texts))

    def take(self, rows: Ints) -> HeadRows:
        """These rows, for a choice by cross-validation."""
        weights = None if self.weights is None else self.weights[rows]
        none = np.zeros(0, dtype=np.int64)
        return HeadRows(
            [self.texts[row] for row in rows], self.labels[rows], self.blocks[rows], none, weights, self.whole
        )


@dataclass(frozen=True)
class HeadChooser:
    """Chooses and fits heads.

    Args:
        labels: of the classifier.
        ngrams: whether n-grams beside the readouts are tried.
        class_weight: "balanced", or a weight for each class by its number.
        optimise: the metric that the answers are chosen for on held-out rows; None answers with the most probable
            class, or of several labels by each one's F1.
        cross_validated: up to this number of rows, the choice is by cross-validation.
        seed: of the folds.
        directions: of readouts, where they are known: used where the choice is by cross-validation.
        on_step: gets a line for each penalty that was tried.
    """

    labels: Labels
    ngrams: bool = True
    class_weight: ClassWeight = None
    optimise: Objective | None = None
    cross_validated: int = CROSS_VALIDATED
    seed: int = 42
    directions: Mapping[str, CommonDirections] = field(default_factory=dict)
    on_step: Callable[[str], None] = log.debug

    def choose(self, rows: HeadRows, features: Mapping[str, FeatureRows]) -> HeadChoice:
        """The best head. `features` are those of each readout that may be read, shape (n, width)."""
        with threadpool_limits(limits=1 if len(self.labels) < _WIDE else None):
            return self._choose(rows, features)

    def _choose(self, rows: HeadRows, features: Mapping[str, FeatureRows]) -> HeadChoice:
        problem, decided_by = self._problem(rows)
        readouts = sorted(features, key=lambda name: -features[name].shape[1])  # the widest says the most
        scales = {name: self._scale(name, features[name], rows) for name in readouts}
        makers = {name: partial(self._block, name, features[name], scales[name], rows.whole) for name in readouts}
        vocabularies = self._vocabularies(rows)
        for name, vocabulary in vocabularies.items():
            makers[name] = partial(ngram_block, rows.texts, vocabulary, name)
        blocks = Blocks(makers)
        paths = {name: path(block, problem, self.on_step) for name, block in blocks.items()}
        candidates = ranked(readouts, paths, problem)
        best = candidates[0]
        logits = sum(factor * paths[name].logits for factor, name in zip(best.factors, best.inputs, strict=True))
        probabilities = problem.link.probabilities(np.asarray(logits, dtype=np.float64))
        head, ngrams = self._fitted(best, blocks, paths, problem, scales[best.readout], vocabularies)
        weights = None if rows.weights is None else rows.weights[problem.held_out]
        head = self._deciding(head, probabilities, rows.labels[problem.held_out], weights)
        notes = tuple(notes_on(rows.whole, best.inputs, paths))
        return HeadChoice(head, ngrams, tuple(candidates), decided_by, problem.held_out, probabilities, notes)

    def _vocabularies(self, rows: HeadRows) -> dict[str, Vocabulary]:
        """Of the n-grams that are tried."""
        tried = ngrams_tried(rows.whole) if self.ngrams else {}
        if not tried:
            return {}
        whole = Vocabulary.of(rows.texts, len(self.labels))
        each = {name: whole.only(kinds) for name, kinds in tried.items()}
        return {name: vocabulary for name, vocabulary in each.items() if len(vocabulary.buckets)}

    def _scale(self, name: str, features: FeatureRows, rows: HeadRows) -> tuple[Floats, Floats]:
        """(mean, scale) that a readout is standardised by."""
        mean, scale = standardiser(features, rows.weights)
        known = self._directions(name, rows.whole)
        return mean, known.scale if known else scale

    def _block(self, name: str, features: FeatureRows, scale: tuple[Floats, Floats], whole: int) -> Block:
        known = self._directions(name, whole)
        if known:
            block = known.block(name, features[:], scale[0], len(self.labels))
        else:
            block = readout_block(name, features, *scale, len(self.labels))
        return usual(block, *features.shape) if whole < FEW else block

    def _directions(self, name: str, rows: int) -> CommonDirections | None:
        """Of a readout, if they help: many rows need no such help."""
        return self.directions.get(name) if rows <= CROSS_VALIDATED else None

    def _deciding(self, head: Head, probabilities: Floats, truth: Ints, weights: Floats | None) -> Head:
        """The head with the thresholds or the offsets that are best on held-out rows."""
        if self.labels.multi_label:
            thresholds = choose_thresholds(probabilities, truth, weights, self.optimise or BY_DEFAULT)
            return MultiLabelHead.of(head, thresholds)
        return replace(head, offsets=choose_offsets(probabilities, truth, self.optimise, weights))

    def _problem(self, rows: HeadRows) -> tuple[Problem, str]:
        targets = one_column_a_class(rows.labels, len(self.labels))
        weights = fit_weights(targets, rows.weights, self.class_weight, several=self.labels.multi_label)
        if len(rows.texts) <= self.cross_validated:
            cut = list(folds(rows.labels, rows.blocks, _PARTS, self.seed))
            decided_by = f"cross-validation in {len(cut)} parts"
        else:
            cut = [(np.setdiff1d(np.arange(len(rows.texts)), rows.validation), rows.validation)]
            decided_by = f"{len(rows.validation):,} validation rows"
        link = SEVERAL if self.labels.multi_label else SINGLE
        # What counts more in the fit counts more in the choice too; otherwise calibration would undo classes' weights.
        return Problem(targets, link, weights, weights, cut), decided_by

    def _fitted(
        self,
        best: Candidate,
        blocks: Mapping[str, Block],
        paths: Mapping[str, Path],
        problem: Problem,
        scale: tuple[Floats, Floats],
        vocabularies: Mapping[str, Vocabulary],
    ) -> tuple[Head, NGrams | None]:
        """The layers on all rows, as one head."""
        self.on_step(f"{best}: fitted on all {len(problem.targets):,} rows")
        block, found = blocks[best.readout], paths[best.readout]
        layer = problem.fit(block, None, found.penalty, found.layer)
        weight = block.unfold(layer.weight).T
        if best.ngrams is None:
            return Head(weight, layer.bias, *scale, 1 / best.factors[0]), None
        block, found = blocks[best.ngrams], paths[best.ngrams]
        beside = problem.fit(block, None, found.penalty, found.layer)
        first, second = best.factors
        ngrams = NGrams(vocabularies[best.ngrams], (second * block.unfold(beside.weight)).astype(np.float16))
        bias = first * layer.bias + second * beside.bias
        return with_ngrams(Head(first * weight, bias, *scale), ngrams), ngrams


def with_ngrams(head: Head, ngrams: NGrams) -> Head:
    """The head with one more input for each class, which is added to its logit: the score of the text's n-grams."""
    classes = ngrams.classes
    return replace(
        head,
        weight=np.hstack([head.weight, np.eye(classes, dtype=np.float32)]),
        mean=np.concatenate([head.mean, np.zeros(classes, np.float32)]),
        scale=np.concatenate([head.scale, np.ones(classes, np.float32)]),
    )
