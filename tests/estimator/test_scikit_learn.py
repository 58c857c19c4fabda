"""Scikit-learn's own checks of an estimator. They give numbers, so each row of numbers is written as a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from valence import TextClassifier
from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy

WORDS = "awful bad dull plot good great superb".split()  # for numbers from -3 to 3

# What we do otherwise on purpose.
EXPECTED_TO_FAIL = {
    "check_sample_weight_equivalence_on_dense_data": "A fifth of the rows is held out by their place, and to repeat or "
    "leave out rows moves the others to other places.",
    "check_classifiers_multilabel_representation_invariance": "Lists are the names of each text's labels, as "
    "documented, and no indicator matrix.",
}


class OfNumbers(TextClassifier):
    """Reads a row of numbers as a text. Everything else is the estimator's own."""

    def _as_texts(self, X: Any, *, reset: bool) -> list[str]:
        numbers = validate_data(self, X, reset=reset, dtype="numeric")
        words = np.clip(np.round(numbers) + 3, 0, 6).astype(int)
        rows = zip(words, numbers, strict=True)
        return [", ".join(f"{WORDS[word]} {number:.4f}" for word, number in zip(*row, strict=True)) for row in rows]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TextClassifier:
        return super().fit(self._as_texts(X, reset=True), y, sample_weight)

    def _inputs(self, X: Any) -> Any:
        check_is_fitted(self)
        return super()._inputs(self._as_texts(X, reset=False))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        return tags


@pytest.fixture(scope="module")
def body(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return serving_copy(ModelFolder(tiny_model), tmp_path_factory.mktemp("models") / "served").path


@parametrize_with_checks(  # type: ignore[untyped-decorator]  # scikit-learn has no types
    [OfNumbers()], expected_failed_checks=lambda _: EXPECTED_TO_FAIL
)
def test_a_check_of_scikit_learn(
    estimator: TextClassifier, check: Callable[[TextClassifier], None], body: Path
) -> None:
    check(estimator.set_params(body=str(body)))
