"""The estimator itself. See the package."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from valence.data.texts import check_texts, is_one_text, texts_of
from valence.estimator.parameters import check_parameters, class_weights, results_of, row_weights
from valence.estimator.targets import Targets, targets_of
from valence.model.folder import FittedHead
from valence.model.labels import Labels
from valence.model.offsets import Objective
from valence.system.errors import DataError, TextError

if TYPE_CHECKING:
    from valence.data.examples import Examples
    from valence.model.folder import ModelFolder
    from valence.model.head import Floats, Head
    from valence.training.frozen_body import FrozenBody

Texts = Any  # a list, array, column, frame of one column: whatever `valence.data.texts` reads
Labelled = Any  # whatever `valence.estimator.targets` reads
Readout = Literal["auto", "final", "general"]


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A frozen body and a head. Works wherever scikit-learn takes a classifier of texts.

    Texts with several labels each, or none, are given as lists of labels, or as an indicator matrix of shape
    (n, classes), 1 where a text has the label; a data frame's columns then name the labels.

    Args:
        body: "bundled", a model folder, or a base by name, path or Hub id.
        readout: what the head reads: `final` for a task like the body's own, `general` for others; `auto` tries both,
            each alone and beside hashed n-grams, and takes the best on held-out rows.
        class_weight: "balanced" weighs each class alike however rare it is; a dict gives labels their weights, 1 where
            it does not name one; None weighs each row alike.
        optimise: "accuracy", "macro-f1" or "balanced-accuracy": `predict` answers for this metric, chosen on the rows
            held out; `predict_proba` is the same. None answers with the most probable label, but with a rare one from a
            lower probability if that gains macro F1 at little cost in accuracy; with several labels per text by each
            one's F1.
        seed: of which rows are held out to choose the head on: all of them in turn, or of more than 2,000 a fifth,
            2,500 at most. In the end the head is fitted on all rows.

    Attributes:
        classes_: the labels that were seen, sorted, shape (classes,), of the type that they were given in; of an
            indicator matrix its columns, by name or number.
        head_: the fitted head with its labels, as a model folder holds it.

    >>> TextClassifier(readout="general")
    TextClassifier(readout='general')
    """

    def __init__(
        self,
        body: str | Path = "bundled",
        *,
        readout: Readout = "auto",
        class_weight: Literal["balanced"] | Mapping[Any, float] | None = None,
        optimise: Objective | None = None,
        seed: int = 42,
    ) -> None:
        self.body = body
        self.readout = readout
        self.class_weight = class_weight
        self.optimise = optimise
        self.seed = seed

    def fit(
        self, X: Texts, y: Labelled, sample_weight: Sequence[float] | npt.NDArray[Any] | None = None
    ) -> TextClassifier:
        """Fits the head on n texts and their n labels or lists of labels, to the optimum; the same every time.

        Rows count by `sample_weight`, shape (n,), numbers from 0 on; a row of weight 0 is left out.

        Raises TextError for a text that is none; DataError if labels or weights are missing or cannot be learnt from;
        SettingsError for a parameter that cannot be used; ModelFolderError or BaseModelError if the body can't be had.
        """
        from valence.fitting.head_on_body import HeadOptions, head_on_body
        from valence.training.provenance import versions

        check_parameters(self.body, self.readout, self.class_weight, self.optimise, self.seed)
        rows, targets, weights = _examples(X, y, sample_weight)
        targets.check_several_classes()
        labels = Labels([str(each) for each in targets.classes], multi_label=targets.multi_label)
        weighed = class_weights(self.class_weight, targets.classes, multi_label=labels.multi_label)
        train, validation = _cut(rows, int(self.seed))
        start = self._opened(labels)
        choice = head_on_body(
            start.body.readouts,
            start.read,
            labels,
            (train, validation),
            HeadOptions(
                readout=self.readout,
                class_weight=weighed,
                optimise=self.optimise,
                seed=int(self.seed),
                body=start.body.id,
            ),
            weights=None if weights is None else weights[[int(key) for key in (*train.keys, *validation.keys)]],
            quiet=True,
        )
        provenance = {
            "stage": "fit",
            "config": {name: str(value) for name, value in self.get_params().items()},
            **choice.as_json(),
            "data": {"name": "texts in Python", "train_rows": len(train), "validation_rows": len(validation)},
            "versions": versions(),
        }
        self.classes_, self._as_matrix, self._parameters = targets.classes, targets.matrix, choice.parameters
        readout = choice.chosen.readout
        self.head_ = FittedHead(
            choice.head, labels, readout, start.body.id, provenance=provenance, ngrams=choice.ngrams
        )
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Calibrated probabilities, float64 of shape (n, classes), columns as in `classes_`. Raises TextError."""
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Texts) -> Floats:
        """The logarithm of `predict_proba`, finite also where that is 0; the same shape. Raises TextError."""
        return self._fitted_head().predict_log_proba(self._inputs(X))

    def decision_function(self, X: Texts) -> Floats:
        """Calibrated logits, float64 of shape (n, classes), with the offsets that `optimise` chose: the largest wins.

        With two classes, the second's logit minus the first's, shape (n,). With several labels per text, each logit
        minus its label's threshold: labels at 0 or above are returned. Raises TextError.
        """
        found = self._fitted_head().decision(self._inputs(X))
        return found[:, 1] - found[:, 0] if self._is_binary() else found

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """The label of each text, shape (n,): the most probable one, or the best for `optimise`.

        Fitted on lists of labels, a tuple of labels for each text, shape (n,); on an indicator matrix, one. Raises
        TextError for a text that is none.
        """
        decided = self._fitted_head().decide(self.predict_proba(X))
        if not self.head_.labels.multi_label:
            return np.asarray(self.classes_[decided])
        if self._as_matrix:
            return decided
        rows = np.empty(len(decided), dtype=object)
        rows[:] = [tuple(self.classes_[marks == 1].tolist()) for marks in decided]
        return rows

    def evaluate(self, X: Texts, y: Labelled, *, name: str = "texts in Python") -> dict[str, Any]:
        """A result as `valence evaluate` writes it, with 95 % intervals: use texts that `fit` has not seen.

        Raises DataError for a label that `fit` has not seen, TextError for a text that is none.
        """
        from valence.data.examples import content_checksum
        from valence.evaluation.results import Origin, measure
        from valence.evaluation.scored import scored

        started = time.perf_counter()
        rows, targets, _ = _examples(X, y, None)
        self._check_kind(targets)
        probabilities = self.predict_proba(rows.texts)
        head = self.head_.head
        origin = Origin(
            name="only the final layer changed",
            data=name,
            split="test",
            data_checksum=content_checksum(zip(rows.keys, rows.texts, strict=True)),
            seed=self.seed,
            trained_parameters=self._parameters,
        )
        labels = self.head_.labels
        tested = scored(probabilities, labels.encode(rows.labels), head=head, labels=labels, rows=rows)
        return measure(tested, origin, started=started).as_json()

    def save(self, path: str | Path, results: Sequence[dict[str, Any]] = (), *, overwrite: bool = False) -> ModelFolder:
        """Writes a model folder, whole or not at all: `valence.load` and `valence serve` read it.

        Args:
            path: the folder to write.
            results: from `evaluate`, for the model's card and report.
            overwrite: whether an existing model may be replaced.

        Raises SettingsError if `results` is anything else, and OutputError if there is a model and it may not be
        replaced, or something that is no model, or if the folder cannot be written.
        """
        from valence.model.overwriting import check_free
        from valence.training.saving import Trained, save

        check_is_fitted(self)
        measured = results_of(results)
        check_free(Path(path), overwrite=overwrite, hint="save with overwrite=True")
        start = self._opened(self.head_.labels)
        trained = Trained(start.body, self.head_, measured)
        return save(trained, Path(path), start.with_head(self.head_))

    def _fitted_head(self) -> Head:
        check_is_fitted(self)
        return self.head_.head

    def _is_binary(self) -> bool:
        return len(self.classes_) == 2 and not self.head_.labels.multi_label

    def _inputs(self, X: Texts) -> Floats:
        """What the head reads, shape (n, inputs); of no texts too."""
        texts = _texts(X)
        if not texts:
            return np.empty((0, self.head_.head.features), dtype=np.float32)
        features = self._opened(self.head_.labels).read(texts, self.head_.readout, "", keep=False)[:]
        return self.head_.inputs(features, texts)

    def _check_kind(self, targets: Targets) -> None:
        """Raises DataError if the labels are single ones, and `fit` had several a text, or the other way round."""
        if targets.multi_label != self.head_.labels.multi_label:
            here, there = ("lists of labels", "one label") if targets.multi_label else ("one label", "lists of labels")
            raise DataError(
                f"These texts have {here} each, and `fit` was given {there} each.",
                hint="Give them as they were given to `fit`.",
                code="labels-differ",
            )

    def _opened(self, labels: Labels) -> FrozenBody:
        """The body, opened once; a copy sent to another process, and other parameters, open their own."""
        from valence.training.body_source import open_body

        key = (str(self.body), labels.names)
        if getattr(self, "_open_as", None) != key:
            self._start, self._open_as = open_body(key[0], labels, "auto"), key
        return self._start

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name not in {"_start", "_open_as"}}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.classifier_tags.multi_label = True
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, False
        return tags


def _texts(X: Texts) -> list[str]:
    if is_one_text(X):
        raise TextError("Give a list of texts, not one text.", hint="Put it into a list: [text].")
    return check_texts(texts_of(X))


def _cut(rows: Examples, seed: int) -> tuple[Examples, Examples]:
    """(training, validation) rows; none for validation where the head is chosen by cross-validation.

    Raises DataError if there are too few to choose a head.
    """
    from valence.data.splits import VALIDATION_ROWS, cut, rows_to_test
    from valence.fitting.choice import CROSS_VALIDATED

    if len(rows) > CROSS_VALIDATED:
        return cut(rows, rows=min(VALIDATION_ROWS, len(rows) // 5), seed=seed)
    rows_to_test(rows, fewest=2)
    return rows, rows.take([])


def _examples(X: Texts, y: Labelled, sample_weight: object) -> tuple[Examples, Targets, npt.NDArray[np.float64] | None]:
    """(Examples with labels as words, the labels as they were given, weights by the number in a row's key).

    Rows of weight 0 are left out.
    """
    from valence.data.examples import Examples

    texts = _texts(X)
    if not texts:
        raise DataError("There are 0 texts (samples); at least two of each label are needed.", code="texts-missing")
    targets = targets_of(y, texts=len(texts))
    weights = row_weights(sample_weight, len(texts))
    kept = range(len(texts)) if weights is None else np.flatnonzero(weights).tolist()
    targets = targets.take(kept)
    rows = Examples(tuple(texts[row] for row in kept), tuple(targets.rows), tuple(map(str, kept)))
    return rows, targets, weights
