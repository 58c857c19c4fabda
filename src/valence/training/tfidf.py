"""The baseline that a classifier must beat: TF-IDF of words and of characters, with logistic regression.

Words and pairs of words say what a text is about, and parts of words of two to five characters withstand typing errors
and inflections. The penalty is chosen on validation, and the regression is fitted again on all rows. The vocabulary
comes from the training and the validation texts, without their labels, so that the last fit starts from the solution on
the training rows.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from valence.data.examples import Splits
from valence.evaluation.metrics import row_log_loss
from valence.evaluation.multi_label import row_log_losses
from valence.model.head import Floats, Ints
from valence.model.labels import Labels

log = logging.getLogger(__name__)

_STRENGTHS = (1.0, 4.0, 16.0, 64.0)  # C of the logistic regression, from strong penalties to weak ones
_CLEARLY_WORSE = 1.01  # from this factor of the best validation loss on, weaker penalties are not tried
_TOLERANCE = 3e-4  # of the gradient at C = 1; the weaker the penalty, the smaller the gradients
_ITERATIONS = 200

_FEW_TEXTS = 1000  # with fewer, what occurs in only one text is used too
_VOCABULARY = 30_000  # words and pairs of words, and as many parts of words: the most frequent ones
_CHARACTERS = 1000  # of each text, whose parts of words are counted: the beginning


@dataclass(frozen=True)
class TfidfScores:
    """What the baseline says.

    Attributes:
        validation, test: probabilities of these rows, each of shape (n, classes); those of the validation rows are from
            before the last fit, which includes them.
        trained_parameters: weights and biases.
        strength: the C that was chosen.
    """

    validation: Floats
    test: Floats
    trained_parameters: int
    strength: float


def tfidf(splits: Splits, labels: Labels, class_weight: str | None = None) -> TfidfScores:
    """Fits the baseline on the training rows, and at the end on the validation rows too. Deterministic.

    Args:
        splits: every label has a training row.
        labels: of the columns.
        class_weight: "balanced" gives each class the same weight; None weights each row the same.
    """
    from scipy.sparse import vstack

    vectors = _vectors([*splits.train.texts, *splits.validation.texts])
    train, validation, test = (vectors.transform(part.texts) for part in (splits.train, splits.validation, splits.test))
    targets, validation_targets = labels.encode(splits.train.labels), labels.encode(splits.validation.labels)
    first = _Regressions(class_weight, [None] * (len(labels) if labels.multi_label else 1))
    best, scores, strength = _chosen(first, (train, targets), (validation, validation_targets))
    all_targets = np.concatenate([targets, validation_targets])
    final = best.fitted((vstack([train, validation], format="csr"), all_targets), strength)
    return TfidfScores(scores, final.predict_proba(test), final.parameters, strength)


_Part = tuple[Any, Ints]  # vectors, and targets as `Labels.encode` returns them


def _chosen(model: _Regressions, train: _Part, validation: _Part) -> tuple[_Regressions, Floats, float]:
    """(the regressions with the lowest validation loss, their validation probabilities, their strength)."""
    vectors, targets = validation
    best: tuple[_Regressions, Floats, float] | None = None
    lowest = np.inf
    for strength in _STRENGTHS:
        model = model.fitted(train, strength)
        scores = model.predict_proba(vectors)
        loss = _loss(scores, targets)
        if best is None or loss < lowest:
            best, lowest = (model, scores, strength), loss
        elif loss > lowest * _CLEARLY_WORSE:
            break
    assert best is not None
    log.info("TF-IDF fitted for comparison: C %g, validation log loss %.4f.", best[2], lowest)
    return best


def _vectors(texts: Sequence[str]) -> Any:
    """scikit-learn's vectoriser with the vocabulary of these texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    how = {
        "min_df": 1 if len(texts) < _FEW_TEXTS else 2,
        "sublinear_tf": True,
        "max_features": _VOCABULARY,
        "dtype": np.float32,
    }
    words = TfidfVectorizer(ngram_range=(1, 2), **how)
    parts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), preprocessor=_beginning, **how)
    return make_union(words, parts).fit(texts)


def _beginning(text: str) -> str:
    return text[:_CHARACTERS].lower()


@dataclass(frozen=True)
class _Regressions:
    """One multinomial regression; in the multi-label case one binary regression per label, None before the first fit.

    A label that all rows have, or that none has, has its share in place of a regression.
    """

    class_weight: str | None
    models: Sequence[Any]

    def fitted(self, part: _Part, strength: float) -> _Regressions:
        """Fitted on these rows, from these solutions on."""
        vectors, targets = part
        columns = targets.T if targets.ndim == 2 else [targets]
        solved = zip(self.models, columns, strict=True)
        models = [self._solve(model, vectors, column, strength) for model, column in solved]
        return _Regressions(self.class_weight, models)

    def _solve(self, before: Any, vectors: Any, column: Ints, strength: float) -> Any:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        if column.min() == column.max():
            return float(column[0])
        model = LogisticRegression(
            C=strength,
            class_weight=self.class_weight,
            tol=_TOLERANCE / strength**0.5,
            max_iter=_ITERATIONS,
            warm_start=True,
        )
        if before is not None and not isinstance(before, float):
            model.coef_, model.intercept_ = before.coef_.copy(), before.intercept_.copy()
            model.classes_ = before.classes_
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a loss that is still falling is as good a baseline
            return model.fit(vectors, column)

    def predict_proba(self, vectors: Any) -> Floats:
        """Shape (n, classes)."""
        if len(self.models) == 1:
            return np.asarray(self.models[0].predict_proba(vectors), dtype=np.float64)
        rows = vectors.shape[0]
        return np.column_stack(
            [
                np.full(rows, model) if isinstance(model, float) else model.predict_proba(vectors)[:, 1]
                for model in self.models
            ]
        ).astype(np.float64)

    @property
    def parameters(self) -> int:
        return int(
            sum(model.coef_.size + model.intercept_.size for model in self.models if not isinstance(model, float))
        )


def _loss(probabilities: Floats, truth: Ints) -> float:
    """Mean log loss; `truth` as `Labels.encode` returns it."""
    losses = row_log_loss if truth.ndim == 1 else row_log_losses
    return float(losses(probabilities, truth).mean())
