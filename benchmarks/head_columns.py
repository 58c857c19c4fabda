"""Other ways to classify a user's file than our head, for benchmarks/heads.py: TF-IDF of scikit-learn, and blends."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from valence.data.examples import Splits
from valence.evaluation.metrics import confusion_matrix, from_confusion, row_log_loss
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.softmax import log_softmax

_STRENGTHS = (1.0, 4.0, 16.0, 64.0, 256.0)  # C of scikit-learn's regression
_BIASES = np.linspace(-2.0, 2.0, 41)


def of_scikit_learn(splits: Splits, labels: Labels) -> tuple[Floats, Floats]:
    """(validation, test) probabilities of TF-IDF; those of the validation rows are from before the last fit."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    how = {"min_df": 1 if len(splits.train) < 1000 else 2, "sublinear_tf": True, "dtype": np.float32}
    words = TfidfVectorizer(ngram_range=(1, 2), max_features=50_000, **how)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=50_000, **how)
    both = splits.train.joined(splits.validation)
    vectors = make_union(words, characters).fit(both.texts)
    train, validation, every, test = (
        vectors.transform(each.texts) for each in (splits.train, splits.validation, both, splits.test)
    )
    model = LogisticRegression(max_iter=200, warm_start=True)
    found: dict[float, Floats] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for strength in _STRENGTHS:
            model.set_params(C=strength).fit(train, labels.encode(splits.train.labels))
            found[strength] = model.predict_proba(validation)
        truth = labels.encode(splits.validation.labels)
        best = min(found, key=lambda strength: float(row_log_loss(found[strength], truth).mean()))
        model.set_params(C=best).fit(every, labels.encode(both.labels))
    return found[best], np.asarray(model.predict_proba(test))


def blended(validation: Sequence[Floats], test: Sequence[Floats], truth: Ints) -> tuple[Floats, Floats]:
    """(validation, test) probabilities of a weighted sum of log-probabilities; the weights have the lowest loss."""
    from scipy.optimize import minimize

    parts = [np.log(np.maximum(each, 1e-12)) for each in validation]

    def pooled(weights: Floats, logarithms: Sequence[Floats]) -> Floats:
        return log_softmax(np.asarray(sum(w * each for w, each in zip(weights, logarithms, strict=True))))

    def loss(weights: Floats) -> float:
        return float(-pooled(weights, parts)[np.arange(len(truth)), truth].mean())

    weights = minimize(loss, np.full(len(parts), 0.5), method="Nelder-Mead").x
    return np.exp(pooled(weights, parts)), np.exp(pooled(weights, [np.log(np.maximum(each, 1e-12)) for each in test]))


def biases(probabilities: Floats, truth: Ints) -> Floats:
    """For each class the bias of its logarithm that gives validation the best macro F1: one after the other, twice."""
    scores, bias = np.log(np.maximum(probabilities, 1e-12)), np.zeros(probabilities.shape[1])
    for _ in range(2):
        for of_class in range(len(bias)):

            def value(tried: float, of_class: int = of_class) -> tuple[float, float]:
                changed = bias.copy()
                changed[of_class] = tried
                return _macro_f1((scores + changed).argmax(axis=1), truth, len(changed)), -abs(tried)

            bias[of_class] = max(_BIASES, key=value)
    return bias


def _macro_f1(answers: Ints, truth: Ints, classes: int) -> float:
    return float(from_confusion(confusion_matrix(truth, answers, classes))["macro_f1"])
