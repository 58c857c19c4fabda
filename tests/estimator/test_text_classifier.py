"""TextClassifier: fitted, asked, tested and saved, and at home in scikit-learn."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import valence
from valence import TextClassifier
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.system.errors import DataError, OutputError, SettingsError, TextError
from valence.system.files import umask
from valence.training import feature_cache

ROOT = Path(__file__).parents[2]
PRAISE = "wonderful moving brilliant superb charming gripping funny beautiful clever unforgettable".split()
BLAME = "dull awful boring clumsy tedious lifeless messy predictable shallow unbearable".split()
TEXTS = [f"The {thing} is {word}." for word in (*PRAISE, *BLAME) for thing in ("film", "plot", "music", "ending")]
LABELS = ["praise"] * 40 + ["blame"] * 40


@pytest.fixture(scope="module")
def fitted() -> TextClassifier:
    return TextClassifier().fit(TEXTS, LABELS)


def test_three_texts_of_each_label_are_enough() -> None:
    some = [0, 1, 2, 40, 41, 42]
    few = TextClassifier().fit([TEXTS[row] for row in some], [LABELS[row] for row in some])
    assert few.predict(["The book is wonderful.", "The book is dull."]).tolist() == ["praise", "blame"]
    with pytest.raises(DataError, match="each label needs 2 different texts"):
        TextClassifier().fit([TEXTS[0], TEXTS[1], TEXTS[40]], ["praise", "praise", "blame"])


def test_it_fits_on_the_bundled_body_and_answers(fitted: TextClassifier) -> None:
    assert fitted.classes_.tolist() == ["blame", "praise"]
    texts = ["A touching, warm story.", "A waste of an evening."]
    assert fitted.predict(texts).tolist() == ["praise", "blame"]
    probabilities = fitted.predict_proba(np.array(texts))
    assert probabilities.shape == (2, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_labels_come_back_in_the_type_that_they_were_given_in() -> None:
    numbers = TextClassifier().fit(TEXTS, [10 if label == "praise" else 9 for label in LABELS])
    assert numbers.classes_.tolist() == [9, 10]  # as numbers are sorted, not as words
    assert numbers.predict(["A wonderful film."])[0] == 10
    truth = TextClassifier().fit(TEXTS, np.array(LABELS) == "praise")
    assert truth.predict(["A dull film."]).dtype == bool


SEVERAL = [
    [name for name, found in (("film", "film" in text), ("praise", label == "praise")) if found]
    for text, label in zip(TEXTS, LABELS, strict=True)
]
MATRIX = np.array([["film" in labels, "praise" in labels] for labels in SEVERAL]).astype(int)


def test_several_labels_a_text_as_lists_come_back_as_tuples_and_are_saved(tmp_path: Path) -> None:
    several = TextClassifier(readout="general").fit(TEXTS, SEVERAL)
    assert several.classes_.tolist() == ["film", "praise"]
    texts = ["The film is wonderful.", "The music is dull."]
    assert several.predict(texts).tolist() == [("film", "praise"), ()]
    found = several.evaluate(TEXTS, SEVERAL)
    assert found["multi_label"]
    assert found["metrics"]["subset_accuracy"]["value"] > 0.9
    several.save(tmp_path / "own", results=[found])
    assert valence.load(tmp_path / "own").predict(texts[1]).labels == ()


def test_several_labels_a_text_as_a_matrix_come_back_as_one_and_may_have_names() -> None:
    several = TextClassifier(readout="general").fit(TEXTS, MATRIX)
    texts = ["The film is wonderful.", "The music is dull."]
    assert several.classes_.tolist() == [0, 1]
    assert several.predict(texts).tolist() == [[1, 1], [0, 0]]
    assert pickle.loads(pickle.dumps(several)).predict(texts).tolist() == [[1, 1], [0, 0]]
    folds = KFold(2, shuffle=True, random_state=0)  # the first half of the rows has one label on each
    assert cross_val_score(TextClassifier(readout="general"), TEXTS, MATRIX, cv=folds).mean() > 0.8
    named = TextClassifier(readout="general").fit(TEXTS, pd.DataFrame(MATRIX, columns=["film", "praise"]))
    assert named.classes_.tolist() == ["film", "praise"]


def test_it_is_evaluated_saved_and_loaded_with_the_same_answers(fitted: TextClassifier, tmp_path: Path) -> None:
    texts, labels = ["Warm and touching.", "Flat and far too long.", "A delight."], ["praise", "blame", "praise"]
    found = fitted.evaluate(texts, labels)
    assert (found["rows"], found["metrics"]["accuracy"]["value"]) == (3, 1.0)
    fitted.save(tmp_path / "own", results=[found])
    loaded = valence.load(tmp_path / "own")
    np.testing.assert_allclose(loaded.predict_proba(texts), fitted.predict_proba(texts), atol=1e-5)
    assert ModelFolder(tmp_path / "own").results().results[0].rows == 3
    assert (tmp_path / "own" / "report.html").exists()
    fitted.save(tmp_path / "untested")
    with pytest.raises(OutputError, match=r"already holds a model.*overwrite=True"):
        fitted.save(tmp_path / "untested")
    fitted.save(tmp_path / "untested", overwrite=True)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "untested").rglob("*") if path.is_file()}
    assert modes == {0o666 & ~umask()}, "whichever library wrote it"
    assert not (tmp_path / "untested" / "report.html").exists()
    assert valence.load(tmp_path / "untested").predict("A delight.").label == "praise"


def test_a_copy_through_pickle_answers_alike_and_a_clone_is_not_fitted(fitted: TextClassifier) -> None:
    copy = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(copy.predict_proba(TEXTS[:5]), fitted.predict_proba(TEXTS[:5]))
    with pytest.raises(NotFittedError):
        clone(fitted).predict(TEXTS[:1])


def test_asking_keeps_nothing_on_disk(fitted: TextClassifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VALENCE_HOME", str(tmp_path))
    fitted.predict(["Something private."])
    assert not list(tmp_path.iterdir())


def test_cross_validation_and_a_pipeline() -> None:
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    scores = cross_val_score(Pipeline([("lower", lower), ("classifier", TextClassifier())]), TEXTS, LABELS, cv=3)
    assert scores.mean() > 0.85


def test_calibration_and_a_search_over_its_parameters() -> None:
    calibrated = CalibratedClassifierCV(TextClassifier(), cv=2).fit(TEXTS, LABELS)
    assert calibrated.predict(["A wonderful film."])[0] == "praise"
    search = GridSearchCV(TextClassifier(), {"readout": ["final", "general"]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_params_["readout"] in {"final", "general"}
    assert search.best_score_ > 0.85


def test_what_cannot_be_fitted_is_named() -> None:
    with pytest.raises(TextError, match="Text 1 of 2"):
        TextClassifier().fit(["fine", " "], ["a", "b"])
    with pytest.raises(TextError, match=r"Text 0 of 1 .* is float, not text"):
        TextClassifier().fit([float("nan")], ["a"])  # an empty cell, as pandas reads it
    with pytest.raises(TextError, match="not one text"):
        TextClassifier().fit("fine", ["a"])
    with pytest.raises(DataError, match=r"2 texts, and labels of shape \(1,\)"):
        TextClassifier().fit(["fine", "bad"], ["a"])
    with pytest.raises(DataError, match="only one class"):
        TextClassifier().fit(["fine", "good"], ["a", "a"])
    with pytest.raises(DataError, match="and others a single label"):
        TextClassifier().fit(["fine", "good"], [["a"], "b"])
    with pytest.raises(DataError, match="other values than 0 and 1"):
        TextClassifier().fit(TEXTS, 2 * MATRIX)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"readout": "middle"}, "readout is 'middle'. It must be 'auto', 'final' or 'general'"),
        ({"class_weight": "x"}, "class_weight is 'x'. It must be 'balanced', None, or a dict"),
        ({"class_weight": {"praise": -1}}, r"class_weight\['praise'\] is -1"),
        ({"class_weight": {"prase": 2}}, "names 'prase', which is none of the labels: 'blame', 'praise'"),
        ({"optimise": "f1"}, "optimise is 'f1'"),
        ({"seed": "x"}, "seed is 'x'"),
        ({"seed": -1}, "seed is -1"),
        ({"body": 7}, "body is 7"),
    ],
)
def test_a_wrong_parameter_is_named_before_any_text_is_read(
    parameters: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TextClassifier, "_opened", lambda *_: pytest.fail("the body was opened"))
    with pytest.raises(SettingsError, match=said):
        TextClassifier(**parameters).fit(TEXTS, LABELS)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (None, "requires y to be passed"),
        ([float("nan"), *[0, 1] * 39, 0], "Label 0 of 80 .* is missing"),
        ([*[0, 1] * 39, 0, None], "Label 79 of 80 .* is missing"),
        (pd.Series([*[0, 1] * 39, 0, pd.NA], dtype="Int64"), "Label 79 of 80 .* is missing"),
        (np.ma.masked_equal([*[0, 1] * 39, 0, 7], 7), "Label 79 of 80 .* is missing"),
        ([*LABELS[:-1], " "], "Label 79 of 80 .* is blank"),
        ([[None]] + [["a"]] * 79, "Label 0 of 80 .* is missing"),
        ([*[0, 1] * 39, 0, "one"], "several kinds: numbers and words"),
        (np.linspace(0, 1, 80), "continuous"),
        ("praise", "are str, not a list"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (["only"] * 80, "only one class, 'only'"),
        (
            [str(row) for row in range(80)],
            r"80 rows are too few: each label needs 2 different texts, and 80 of the 80 labels have fewer: '0' \(1\)",
        ),
        (7, "int holds no texts or labels"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_labels_that_cannot_be_learnt_are_named_by_their_row(labels: Any, said: str) -> None:
    with pytest.raises((DataError, TextError), match=said) as caught:
        TextClassifier().fit(TEXTS, labels)
    assert "--" not in str(caught.value), "an option of the command line says nothing in Python"


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1.0] * 79, r"shape \(79,\), and there are 80"),
        ([-1.0] + [1.0] * 79, "negative"),
        ([float("nan")] + [1.0] * 79, "missing"),
        ([0.0] * 80, "zero for every text"),
        (["x"] * 80, "no number"),
    ],
    ids=["too few", "negative", "missing", "zero", "words"],
)
def test_weights_that_cannot_be_used_are_named(weights: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        TextClassifier().fit(TEXTS, LABELS, sample_weight=weights)


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([{"a": 1}], r"results\[0\]\['\w+'\]: Field required\. Give a list of what `evaluate` returned"),
        ([5], r"results\[0\]: "),
        ({"name": "one result, not in a list"}, "results is dict, not a list"),
        (5, "results is int, not a list"),
    ],
)
def test_results_that_are_none_are_named_and_nothing_is_written(
    results: Any, said: str, fitted: TextClassifier, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=said):
        fitted.save(tmp_path / "own", results=results)
    assert not list(tmp_path.iterdir())


def test_weights_of_rows_and_of_classes_move_the_answers() -> None:
    """What is weighed up is answered more often, in whichever of the three ways."""
    plain = TextClassifier().fit(TEXTS, LABELS).predict_proba(TEXTS)[:, 1].mean()
    weights = [9.0 if each == "praise" else 1.0 for each in LABELS]
    by_row = TextClassifier().fit(TEXTS, LABELS, sample_weight=weights)
    by_class = TextClassifier(class_weight={"praise": 9.0}).fit(TEXTS, LABELS)
    assert by_row.predict_proba(TEXTS)[:, 1].mean() > plain
    assert by_class.predict_proba(TEXTS)[:, 1].mean() > plain
    without = TextClassifier().fit([*TEXTS, "left out"], [*LABELS, "third"], sample_weight=np.append(np.ones(80), 0.0))
    assert without.classes_.tolist() == ["blame", "praise"], "a row of weight 0 is as if it were not there"


@pytest.mark.parametrize("labels", ["single", "lists", "matrix"])
def test_no_texts_get_no_answers_of_the_right_shape(labels: str, fitted: TextClassifier) -> None:
    several = {"lists": SEVERAL, "matrix": MATRIX}
    asked = TextClassifier(readout="general").fit(TEXTS, several[labels]) if labels in several else fitted
    assert asked.predict([]).shape == ((0, 2) if labels == "matrix" else (0,))
    assert asked.predict([]).dtype == asked.predict(TEXTS[:1]).dtype
    assert asked.predict_proba([]).shape == asked.predict_log_proba([]).shape == (0, 2)
    assert asked.decision_function([]).shape == ((0,) if labels == "single" else (0, 2))


def test_answers_for_a_metric_are_saved_and_probabilities_stay_the_same(tmp_path: Path) -> None:
    texts = [f"{text} {i}" for i in range(3) for text in TEXTS]
    seldom = np.random.default_rng(0).random(len(texts)) < 0.3
    labels = [label if shown else "praise" for label, shown in zip(LABELS * 3, seldom, strict=True)]  # blame is rare
    plain, chosen = (
        TextClassifier(readout="final", optimise=each).fit(texts, labels) for each in (None, "balanced-accuracy")
    )
    np.testing.assert_array_equal(plain.predict_proba(texts), chosen.predict_proba(texts))
    answers = chosen.predict(texts)
    assert (answers == "blame").sum() > (plain.predict(texts) == "blame").sum()
    decision = chosen.decision_function(texts)
    assert np.where(decision > 0, "praise", "blame").tolist() == answers.tolist()
    measured = chosen.evaluate(texts, labels)
    assert measured["metrics"]["accuracy"]["value"] == pytest.approx((answers == np.array(labels)).mean(), abs=1e-5)
    chosen.save(tmp_path / "model")
    assert [found.label for found in valence.load(tmp_path / "model").predict(texts)] == answers.tolist()


def test_decision_and_logarithms_agree_with_probabilities(fitted: TextClassifier) -> None:
    texts = ["A wonderful film.", "A dull film.", "A film."]
    np.testing.assert_allclose(np.exp(fitted.predict_log_proba(texts)), fitted.predict_proba(texts))
    decided = np.where(fitted.decision_function(texts) > 0, "praise", "blame")
    assert decided.tolist() == fitted.predict(texts).tolist()
    several = TextClassifier(readout="general").fit(TEXTS, MATRIX)
    assert ((several.decision_function(TEXTS) >= 0) == several.predict(TEXTS)).all()
    np.testing.assert_allclose(np.exp(several.predict_log_proba(texts)), several.predict_proba(texts))


def test_a_search_reads_each_text_at_most_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VALENCE_HOME", str(tmp_path))
    monkeypatch.setattr(feature_cache, "_recent", feature_cache._Recent())
    read: list[str] = []
    original = Engine._features  # of one readout, or of all in one pass

    def counted(engine: Engine, texts: Sequence[str], readout: str | None) -> Any:
        read.extend(texts)
        return original(engine, texts, readout)

    monkeypatch.setattr(Engine, "_features", counted)
    candidates = {"class_weight": [None, "balanced"], "seed": [1, 2]}
    GridSearchCV(TextClassifier(), candidates, cv=5).fit(TEXTS, LABELS)
    assert sorted(set(read)) == sorted(TEXTS)
    assert max(Counter(read).values()) <= 2, "once to fit, with both readouts, and once to predict, with one"
    assert len(read) < 2 * len(TEXTS)


def test_frames_and_columns_are_texts_and_labels(fitted: TextClassifier) -> None:
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
    found = TextClassifier().fit(frame[["text"]], frame["label"])
    assert found.predict(frame[["text"]]).tolist() == fitted.predict(TEXTS).tolist()
    assert TextClassifier().fit(frame["text"], frame[["label"]]).classes_.tolist() == ["blame", "praise"]
    with pytest.raises(TextError, match=r"2 columns \('text', 'label'\)"):
        fitted.predict(frame)
    with pytest.raises(TextError, match="bytes"):
        fitted.predict(b"fine")
    with pytest.raises(DataError, match="have lists of labels each, and `fit` was given one label"):
        fitted.evaluate(TEXTS, SEVERAL)


def test_a_label_that_fit_has_not_seen_is_named(fitted: TextClassifier) -> None:
    with pytest.raises(DataError, match="mixed"):
        fitted.evaluate(["So so."], ["mixed"])


def test_an_exported_body_needs_no_torch_and_the_import_is_quick() -> None:
    program = (
        "import sys, valence; assert 'sklearn' not in sys.modules and 'numpy' not in sys.modules\n"
        f"import json; texts, labels = json.loads({json.dumps(json.dumps([TEXTS, LABELS]))})\n"
        "print(valence.TextClassifier().fit(texts, labels).predict(['A dull film.'])[0])\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("blame\n", 0), done.stderr


def test_the_example_of_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    known = {"texts": TEXTS, "labels": LABELS, "new_texts": ["A delight."], "new_labels": ["praise"]}
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        exec(block, known)
    assert valence.load("models/own").labels == ("blame", "praise")
