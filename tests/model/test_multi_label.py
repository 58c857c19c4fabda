"""The head of several labels a text: against scikit-learn, with thresholds that can be checked by hand, and on disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.multiclass import OneVsRestClassifier

from tests.models import with_several_labels
from valence.model.folder import ModelFolder
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead, MultiLabelHeadFitter, choose_thresholds, fitter_for
from valence.model.offsets import OBJECTIVES, Objective
from valence.system.errors import ModelFolderError


def rows(count: int = 300, seed: int = 0) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Features of shape (count, 6), and three labels that each depend on some of them, shape (count, 3)."""
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(count, 6)) * 1.5 + 3
    noise = draw.normal(size=(count, 3))
    return features, (features[:, :3] - 3 + noise > [0.0, 1.0, 2.0]).astype(np.int64)


def test_each_label_is_fitted_as_scikit_learns_one_vs_rest_fits_it() -> None:
    features, marks = rows()
    fit = MultiLabelHeadFitter(penalties=(0.01,)).fit(features, marks, features, marks, classes=3)
    standardised = (features - features.mean(axis=0)) / features.std(axis=0)
    reference = OneVsRestClassifier(LogisticRegression(C=1 / (0.01 * len(features)), tol=1e-8, max_iter=5000))
    expected = reference.fit(standardised, marks).decision_function(standardised)
    np.testing.assert_allclose(fit.head.logits(features) * fit.head.temperature, expected, atol=5e-3)


def test_it_is_calibrated_and_decides_by_its_thresholds() -> None:
    (features, marks), (held_out, truth) = rows(seed=1), rows(seed=2)
    head = MultiLabelHeadFitter().fit(features, marks, held_out, truth, classes=3).head
    probabilities = head.predict_proba(held_out)
    np.testing.assert_allclose(probabilities.mean(axis=0), truth.mean(axis=0), atol=0.05)
    assert (probabilities.sum(axis=1) > 1.1).any()  # labels are no alternatives
    assert isinstance(head, MultiLabelHead)
    assert ((probabilities >= head.thresholds) == head.decide(probabilities)).all()


def test_rare_labels_weigh_more_where_classes_are_balanced() -> None:
    features, marks = rows()
    plain, balanced = (
        fitter_for(Labels(["a", "b", "c"], multi_label=True), class_weight=weight)
        .fit(features, marks, features, marks, classes=3)
        .head.bias[2]
        for weight in (None, "balanced")
    )
    assert balanced > plain


def test_a_label_on_no_row_or_on_every_row_is_certain() -> None:
    features, marks = rows()
    marks[:, 1], marks[:, 2] = 0, 1
    head = MultiLabelHeadFitter(penalties=(0.1, 0.01)).fit(features, marks, features, marks, classes=3).head
    probabilities = head.predict_proba(features)
    assert probabilities[:, 1].max() < 0.01
    assert probabilities[:, 2].min() > 0.99


def test_fitting_twice_gives_the_same_bits() -> None:
    features, marks = rows()
    one, two = (MultiLabelHeadFitter().fit(features, marks, features, marks, classes=3).head for _ in range(2))
    assert one.weight.tobytes() == two.weight.tobytes()
    assert one.temperature == two.temperature


@given(st.integers(0, 200), st.booleans())
@settings(max_examples=20)  # scikit-learn takes a millisecond for each threshold
def test_no_threshold_has_a_greater_f1_than_the_one_chosen(seed: int, ties: bool) -> None:
    draw = np.random.default_rng(seed)
    marks = draw.integers(2, size=(40, 1))
    marks[:10] = 1  # enough of the label to have a threshold of its own
    scores = draw.random((40, 1)).round(1 if ties else 9) * 0.8 + 0.1
    chosen = float(choose_thresholds(scores, marks)[0])
    found = f1_score(marks[:, 0], scores[:, 0] >= chosen)
    assert found == pytest.approx(max(f1_score(marks[:, 0], scores[:, 0] >= each) for each in scores[:, 0]))


def test_a_label_with_few_rows_takes_the_threshold_that_is_best_for_all() -> None:
    marks = np.zeros((40, 2), np.int64)
    marks[:20, 0], marks[0, 1] = 1, 1
    scores = np.column_stack([np.where(np.arange(40) < 20, 0.8, 0.4), np.where(np.arange(40) < 1, 0.1, 0.05)])
    own, common = choose_thresholds(scores, marks)
    assert own == pytest.approx(0.6)
    assert 0.1 < common < 0.8  # not 0.075, which finds the one row that the label has
    assert choose_thresholds(scores, marks * 0).tolist() == [0.5, 0.5]


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> ModelFolder:
    return ModelFolder(with_several_labels(tiny_model, tmp_path / "model"))


def test_it_is_read_back_as_it_was_written(folder: ModelFolder) -> None:
    found = folder.head()
    assert isinstance(found.head, MultiLabelHead)
    assert (found.labels.multi_label, found.labels.names) == (True, ("blame", "praise", "urgent"))
    assert found.head.thresholds.tolist() == np.array([0.4, 0.5, 0.6], np.float32).tolist()
    version = found.version
    found.head.thresholds[0] = 0.3
    assert found.version != version


def test_an_older_valence_refuses_it_and_this_one_reads_older_heads(folder: ModelFolder, tiny_model: Path) -> None:
    assert json.loads((folder.path / "head.json").read_text("utf-8"))["format"] == 2
    old = folder.path / "head.json"
    shutil.copy(tiny_model / "head.safetensors", folder.path)
    content = json.loads((tiny_model / "head.json").read_text("utf-8"))
    assert content["format"] == 1
    del content["multi_label"]
    old.write_text(json.dumps(content), "utf-8")
    assert not folder.head().labels.multi_label


def test_a_head_without_its_thresholds_is_damaged(folder: ModelFolder, tiny_model: Path) -> None:
    single = json.loads((tiny_model / "head.json").read_text("utf-8"))
    shutil.copy(tiny_model / "head.safetensors", folder.path)
    (folder.path / "head.json").write_text(json.dumps({**single, "multi_label": True}), "utf-8")
    with pytest.raises(ModelFolderError, match="thresholds"):
        folder.head()


@pytest.mark.parametrize("objective", OBJECTIVES)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_no_threshold_is_better_for_any_metric_than_the_one_chosen(objective: Objective, seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.random(40)
    marks = (draw.random(40) < scores * draw.random()).astype(np.int64)
    marks[:10] = 1
    measure = {"accuracy": accuracy_score, "macro-f1": f1_score, "balanced-accuracy": balanced_accuracy_score}[
        objective
    ]
    (threshold,) = choose_thresholds(scores[:, np.newaxis], marks[:, np.newaxis], objective=objective)
    best = max(measure(marks, scores >= each) for each in (*scores, 1.1))
    assert measure(marks, scores >= threshold) == pytest.approx(best)


def test_a_label_that_no_score_tells_is_given_to_no_row_for_accuracy() -> None:
    marks = np.array([1] * 10 + [0] * 90)[:, np.newaxis]
    scores = np.linspace(0.1, 1.0, 100)[:, np.newaxis]  # the lowest have the label
    (threshold,) = choose_thresholds(scores, marks, objective="accuracy")
    assert threshold < 1
    assert (scores >= threshold).sum() <= 1
