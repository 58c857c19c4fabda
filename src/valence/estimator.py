"""A classifier that learns, as scikit-learn has them: a frozen body, and a head fitted on texts and labels.

    >>> import valence
    >>> classifier = valence.TextClassifier().fit(texts, labels)            # doctest: +SKIP
    >>> classifier.predict(["A wonderful, moving film."])                   # doctest: +SKIP
    array(['positive'], dtype='<U8')
    >>> classifier.save("models/own")                                       # doctest: +SKIP

What `valence transfer` does with a data set, for texts that are already in Python. Torch is needed only for a body that
is not exported. May import `valence.training`; serving must never import it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from valence.errors import DataError, SettingsError, TextError
from valence.extras import how_to_install
from valence.model.folder import FINAL, FittedHead
from valence.model.labels import Labels

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as error:
    raise SettingsError(
        "valence.TextClassifier needs scikit-learn, which serving does without.",
        way_out=how_to_install("train"),
        code="extra-missing",
    ) from error

if TYPE_CHECKING:
    from valence.data.examples import Examples, Target
    from valence.model.folder import ModelFolder
    from valence.model.head import Floats
    from valence.training.frozen_body import FrozenBody

__all__ = ["TextClassifier"]

Texts = Sequence[str] | npt.NDArray[Any]
Targets = Sequence[Any] | npt.NDArray[Any]


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A frozen body and a head. Works wherever scikit-learn takes a classifier of texts.

    Texts with several labels each, or none, are given as lists of labels, or as an indicator matrix of shape
    (n, classes), 1 where a text has the label; a data frame's columns then name the labels.

    Args:
        body: "bundled", a model folder, or a base by name, path or Hub id.
        readout: what the head reads: `final` for a task like the body's own, `general` for others.
        class_weight: "balanced" weighs each class alike however rare it is; None weighs each row alike.
        seed: of which rows are held out to choose the penalty and the temperature on: a fifth, 2,500 at most.

    Attributes:
        classes_: the labels that were seen, sorted, shape (classes,), of the type that they were given in; of an
            indicator matrix its columns, by name or number.
        head_: the fitted head with its labels, as a model folder holds it.

    >>> TextClassifier(readout="general")
    TextClassifier(readout='general')
    """

    def __init__(
        self, body: str | Path = "bundled", *, readout: str = FINAL, class_weight: str | None = None, seed: int = 42
    ) -> None:
        self.body = body
        self.readout = readout
        self.class_weight = class_weight
        self.seed = seed

    def fit(self, X: Texts, y: Targets) -> TextClassifier:
        """Fits the head on n texts and their n labels or lists of labels, to the optimum; the same every time.

        Raises TextError for a text that is none, DataError if the labels are too few or of one kind only,
        SettingsError for a readout that the body lacks, ModelFolderError or BaseModelError if the body can't be had.
        """
        from valence.data.splits import VALIDATION_ROWS, cut
        from valence.model.multi_label import fitter_for
        from valence.training.provenance import versions

        rows, classes = _examples(X, y)
        labels = Labels([str(each) for each in classes], multi_label=rows.multi_label)
        train, validation = cut(rows, rows=min(VALIDATION_ROWS, len(rows) // 5), seed=self.seed)
        start = self._opened(labels)
        if self.readout not in start.body.readouts:
            raise SettingsError(f"The body has no readout {self.readout!r}; it has {', '.join(start.body.readouts)}.")
        fitter = fitter_for(labels, class_weight=self.class_weight)
        seen, held_out = (start.read(part.texts, self.readout, "") for part in (train, validation))
        targets, expected = labels.encode(train.labels), labels.encode(validation.labels)
        fit = fitter.fit(seen, targets, held_out, expected, classes=len(labels))
        provenance = {
            "stage": "fit",
            "config": {name: str(value) for name, value in self.get_params().items()},
            "penalty": fit.penalty,
            "data": {"name": "texts in Python", "train_rows": len(train), "validation_rows": len(validation)},
            "versions": versions(),
        }
        self.classes_, self._as_matrix = classes, _is_matrix(y)
        self.head_ = FittedHead(fit.head, labels, self.readout, start.body.id, provenance=provenance)
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Calibrated probabilities, float64 of shape (n, classes), columns as in `classes_`. Raises TextError."""
        check_is_fitted(self)
        texts = _texts(X)
        features = self._opened(self.head_.labels).read(texts, self.head_.readout, "", keep=False)
        return np.asarray(self.head_.head.predict_proba(features), dtype=np.float64)

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """The likeliest label of each text, shape (n,). Raises TextError for a text that is none.

        Fitted on lists of labels, a tuple of labels for each text, shape (n,); on an indicator matrix, one.
        """
        probabilities = self.predict_proba(X)
        decided = self.head_.head.decide(probabilities)
        if not self.head_.labels.multi_label:
            return np.asarray(self.classes_[decided])
        if self._as_matrix:
            return decided
        rows = np.empty(len(decided), dtype=object)
        rows[:] = [tuple(self.classes_[marks == 1].tolist()) for marks in decided]
        return rows

    def evaluate(self, X: Texts, y: Targets, *, name: str = "texts in Python") -> dict[str, Any]:
        """A result as `valence evaluate` writes it, with 95 % intervals: use texts that `fit` has not seen.

        Raises DataError for a label that `fit` has not seen, TextError for a text that is none.
        """
        from valence.data.examples import content_checksum
        from valence.evaluation.results import Origin, measure
        from valence.evaluation.scored import scored

        started = time.perf_counter()
        probabilities = self.predict_proba(X)
        rows, _ = _examples(X, y)
        head = self.head_.head
        origin = Origin(
            name="only the final layer changed",
            data=name,
            split="test",
            data_checksum=content_checksum(zip(rows.keys, rows.texts, strict=True)),
            seed=self.seed,
            trained_parameters=head.weight.size + head.bias.size,
        )
        labels = self.head_.labels
        tested = scored(probabilities, labels.encode(rows.labels), head=head, labels=labels, texts=rows.texts)
        return measure(tested, origin, started=started).as_json()

    def save(self, path: str | Path, results: Sequence[dict[str, Any]] = (), *, overwrite: bool = False) -> ModelFolder:
        """Writes a model folder, whole or not at all: `valence.load` and `valence serve` read it.

        Args:
            path: the folder to write.
            results: what `evaluate` gave, for the model's card and report.
            overwrite: whether a model that is there already may be replaced.

        Raises OutputError if there is a model and it may not, or something else, or if it cannot be written.
        """
        from valence.model.folder import check_free
        from valence.model.results import Result
        from valence.training.saving import Trained, save

        check_is_fitted(self)
        check_free(Path(path), overwrite=overwrite, hint="save with overwrite=True")
        start = self._opened(self.head_.labels)
        trained = Trained(start.body, self.head_, [Result.model_validate(result) for result in results])
        return save(trained, Path(path), start.with_head(self.head_))

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
    if isinstance(X, str):
        raise TextError("Give a list of texts, not one text.", way_out="Put it into a list: [text].")
    texts = list(X)
    for row, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            what = "is blank" if isinstance(text, str) else f"is {type(text).__name__}, not text"
            raise TextError(f"Text {row} of {len(texts)} (counted from 0) {what}.", way_out="Leave such rows out.")
    return [str(text) for text in texts]  # NumPy's strings are a kind of their own


def _examples(X: Texts, y: Targets) -> tuple[Examples, npt.NDArray[Any]]:
    """(Examples with labels as words, the classes as they were given, sorted)."""
    from valence.data.examples import Examples

    texts = _texts(X)
    targets, classes = _of_matrix(y) if _is_matrix(y) else _of_labels(y)
    if len(targets) != len(texts):
        raise DataError(
            f"There are {len(texts)} texts, and labels of shape ({len(targets)},).",
            way_out="Give one label, or one list of labels, for each text.",
            code="labels-differ",
        )
    return Examples(tuple(texts), tuple(targets), tuple(map(str, range(len(texts))))), classes


def _is_matrix(y: Targets) -> bool:
    """Whether it is an array or a data frame of a column for each label."""
    return len(getattr(y, "shape", ())) == 2


def _of_matrix(y: Targets) -> tuple[list[Target], npt.NDArray[Any]]:
    """Each row's labels by the names or numbers of the columns that are marked, and all of these."""
    marks = np.asarray(y)
    if not np.isin(marks, (0, 1)).all():
        raise DataError(
            "The indicator matrix holds other values than 0 and 1.",
            way_out="Give 1 where a text has the label, else 0.",
            code="labels-differ",
        )
    classes = np.asarray(getattr(y, "columns", np.arange(marks.shape[1])))
    return [tuple(sorted(map(str, classes[row.astype(bool)]))) for row in marks], classes


def _of_labels(y: Targets) -> tuple[list[Target], npt.NDArray[Any]]:
    """Each row's label or labels, and those that occur."""
    several = {isinstance(each, (list, tuple, set, frozenset)) for each in y}
    if several == {False}:
        given = np.asarray(y)
        return [str(each) for each in given], np.unique(given)
    if several == {True, False}:
        raise DataError(
            "Some texts have a list of labels, and others a single label.",
            way_out="Give every text a list, such as ['angry'], and [] where it has no label.",
            code="labels-mixed",
        )
    return [tuple(sorted(set(map(str, each)))) for each in y], np.unique([label for each in y for label in each])
