"""Answers for a metric: better on rows that nothing was chosen on, and the probabilities as they were."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from valence.classifier import load
from valence.model.fitted_head import EXTENDED_FORMAT, FORMAT
from valence.model.folder import ModelFolder
from valence.model.head import HeadFitter
from valence.model.offsets import Objective, choose_offsets, log_of

Array = npt.NDArray[Any]
SHARES = np.array([0.7, 0.2, 0.07, 0.03])


def measured(objective: Objective, truth: Array, answers: Array) -> float:
    if objective == "accuracy":
        return float((truth == answers).mean())
    if objective == "balanced-accuracy":
        return float(balanced_accuracy_score(truth, answers))
    return float(f1_score(truth, answers, average="macro"))


def exact_probabilities(rows: int, seed: int) -> tuple[Array, Array]:
    """(probabilities of four classes, one of them rare, from features of known densities; the classes)."""
    draw = np.random.default_rng(seed)
    truth = draw.choice(4, size=rows, p=SHARES)
    features = draw.normal(size=(rows, 4)) + 1.5 * np.eye(4)[truth]
    scores = np.exp(1.5 * features) * SHARES
    return scores / scores.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize(("objective", "gain"), [("macro-f1", 0.02), ("balanced-accuracy", 0.1)])
def test_other_rows_gain_by_the_metric_that_the_offsets_were_chosen_for(objective: Objective, gain: float) -> None:
    chosen_on, truth = exact_probabilities(2000, seed=1)
    offsets = choose_offsets(chosen_on, truth, objective)
    assert offsets is not None
    others, other_truth = exact_probabilities(20_000, seed=2)
    before, after = (
        measured(objective, other_truth, (log_of(others) + added).argmax(axis=1)) for added in (0.0, offsets)
    )
    assert after > before + gain


def test_exact_probabilities_need_no_offset_for_accuracy_and_weighted_ones_do() -> None:
    probabilities, truth = exact_probabilities(5000, seed=1)
    exact = measured("accuracy", truth, probabilities.argmax(axis=1))
    needed = choose_offsets(probabilities, truth, "accuracy")
    assert needed is None or np.ptp(needed) < 0.5
    weighted = probabilities / SHARES
    offsets = choose_offsets(weighted / weighted.sum(axis=1, keepdims=True), truth, "accuracy")
    assert offsets is not None
    assert measured("accuracy", truth, weighted.argmax(axis=1)) < exact - 0.05
    assert measured("accuracy", truth, (log_of(weighted) + offsets).argmax(axis=1)) > exact - 0.01


def two_classes(rows: int, rare: float, apart: float, seed: int) -> tuple[Array, Array]:
    """(exact probabilities of two classes, one of them rare, whose features are this far apart; the classes)."""
    draw = np.random.default_rng(seed)
    truth = (draw.random(rows) < rare).astype(np.int64)
    logits = apart * (draw.normal(size=rows) + apart * (truth - 0.5)) + np.log(rare / (1 - rare))
    share = 1 / (1 + np.exp(-logits))
    return np.stack([1 - share, share], axis=1), truth


def test_without_a_metric_macro_f1_gains_where_that_costs_little_accuracy() -> None:
    offsets = choose_offsets(*two_classes(2000, rare=0.06, apart=1.7, seed=1), None)
    assert offsets is not None
    assert offsets[1] > offsets[0]
    others, truth = two_classes(50_000, rare=0.06, apart=1.7, seed=2)
    before, after = others.argmax(axis=1), (log_of(others) + offsets).argmax(axis=1)
    assert measured("macro-f1", truth, after) > measured("macro-f1", truth, before) + 0.01
    assert measured("accuracy", truth, after) > measured("accuracy", truth, before) - 0.005


@pytest.mark.parametrize(
    ("rows", "rare", "apart"),
    [
        pytest.param(2000, 0.5, 1.7, id="no class is rare"),
        pytest.param(2000, 0.06, 5.0, id="the classes are far apart"),
        pytest.param(249, 0.06, 1.7, id="too few rows"),
        pytest.param(500, 0.02, 2.0, id="too few rows of the rare class"),
    ],
)
def test_without_a_metric_the_most_probable_class_is_the_answer_where_offsets_gain_little(
    rows: int, rare: float, apart: float
) -> None:
    assert choose_offsets(*two_classes(rows, rare, apart, seed=1), None) is None


def test_a_weight_of_two_is_as_good_as_the_row_twice() -> None:
    probabilities, truth = exact_probabilities(400, seed=3)
    twice = np.arange(400) % 3 == 0
    doubled = np.concatenate([np.arange(400), np.flatnonzero(twice)])
    weighted = choose_offsets(probabilities, truth, "macro-f1", np.where(twice, 2.0, 1.0))
    repeated = choose_offsets(probabilities[doubled], truth[doubled], "macro-f1")
    assert weighted is not None
    assert repeated is not None
    np.testing.assert_allclose(weighted, repeated, rtol=1e-5)


def test_a_class_without_a_row_is_no_reason_to_answer_it() -> None:
    probabilities, truth = exact_probabilities(500, seed=4)
    kept = truth < 3
    offsets = choose_offsets(probabilities[kept], truth[kept], "macro-f1")
    assert offsets is not None
    assert np.isfinite(offsets).all()
    answers = (log_of(probabilities[kept]) + offsets).argmax(axis=1)
    assert measured("macro-f1", truth[kept], answers) > 0.4


def test_a_fitted_head_decides_with_its_offsets_and_its_probabilities_are_the_same() -> None:
    draw = np.random.default_rng(0)
    labels = (draw.random(1500) < 0.1).astype(np.int64)
    features = draw.normal(size=(1500, 4)) + labels[:, np.newaxis] * 0.8
    rows = (features[:900], labels[:900], features[900:], labels[900:])
    objectives: tuple[Objective, ...] = ("accuracy", "balanced-accuracy")
    plain, chosen = (HeadFitter(optimise=each).fit(*rows, classes=2).head for each in objectives)
    probabilities = chosen.predict_proba(features)
    np.testing.assert_array_equal(probabilities, plain.predict_proba(features))
    assert chosen.decide(probabilities).sum() > 1.5 * plain.decide(probabilities).sum()
    np.testing.assert_array_equal(chosen.decision(features).argmax(axis=1), chosen.decide(probabilities))


def test_offsets_are_saved_an_older_valence_refuses_them_and_a_score_uses_them(
    tiny_model: Path, tmp_path: Path
) -> None:
    folder = ModelFolder(copytree(tiny_model, tmp_path / "model"))
    before = folder.head()
    assert folder._json("head.json")["format"] == FORMAT
    praise = load(folder.path).predict("a wonderful film")
    before.head.offsets = np.array([9.0, 0.0], np.float32)
    folder.write_head(before)
    assert folder._json("head.json")["format"] == EXTENDED_FORMAT
    assert folder.head().version == before.version != ModelFolder(tiny_model).head().version
    found = load(folder.path).predict("a wonderful film")
    assert found.probabilities == praise.probabilities
    assert (praise.label, found.label) == ("positive", "negative")
    assert found.probability == praise.probabilities["negative"]
    assert not found.sure
