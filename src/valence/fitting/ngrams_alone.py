"""A head on hashed word and character n-grams alone, without a body: the baseline that a classifier must beat.

It is TF-IDF with logistic regression: the penalty is chosen on held-out rows, and the layer is fitted again on all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from valence.fitting.blocks import Path, Problem, ngram_block, path
from valence.fitting.choice import HeadRows
from valence.fitting.class_weights import fit_weights
from valence.fitting.factors import calibrated_factors
from valence.fitting.linear import SEVERAL, SINGLE, Link, one_column_a_class
from valence.model.head import ClassWeight, Floats
from valence.model.labels import Labels
from valence.model.ngrams import NGrams, Vocabulary


@dataclass(frozen=True)
class NGramsAlone:
    """A fitted baseline.

    Attributes:
        ngrams: whose scores, times `factor`, are added to
        bias: of each class, shape (classes,), which is multiplied with it too.
        factor: calibrates.
        penalty: that was chosen.
        held_out: calibrated probabilities of the validation rows before the last fit, shape (m, classes).
    """

    ngrams: NGrams
    bias: Floats
    factor: float
    penalty: float
    held_out: Floats
    link: Link

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""
        return int(self.ngrams.weight.size + self.bias.size)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities, float64 of shape (n, classes). A row depends on its text alone."""
        return self._probabilities(self.ngrams.scores(texts) + self.bias)

    def _probabilities(self, logits: Floats) -> Floats:
        return self.link.probabilities(self.factor * logits.astype(np.float64))


def fit_ngrams_alone(
    rows: HeadRows, labels: Labels, class_weight: ClassWeight = None, on_step: Callable[[str], None] = lambda _: None
) -> NGramsAlone:
    """Chooses the penalty on the validation rows, and fits on all; deterministic.

    The vocabulary comes from all rows, without their labels, so that the last fit starts from the solution on the
    training rows. `on_step` gets a line for each penalty.
    """
    targets = one_column_a_class(rows.labels, len(labels))
    several = labels.multi_label
    fitted = np.setdiff1d(np.arange(len(rows.texts)), rows.validation)
    weights = fit_weights(targets, rows.weights, class_weight, several=several)
    link = SEVERAL if several else SINGLE
    # What counts more in the fit counts more in the choice too; otherwise calibration would undo the classes' weights.
    problem = Problem(targets, link, weights, weights, [(fitted, rows.validation)])
    vocabulary = Vocabulary.of(rows.texts, len(labels))
    block = ngram_block(rows.texts, vocabulary)
    found: Path = path(block, problem, on_step)
    (factor,) = calibrated_factors([found.logits], problem)
    layer = problem.fit(block, None, found.penalty, found.layer)
    ngrams = NGrams(vocabulary, block.unfold(layer.weight).astype(np.float16))
    held_out = link.probabilities(factor * found.logits.astype(np.float64))
    return NGramsAlone(ngrams, layer.bias, factor, found.penalty, held_out, link)
