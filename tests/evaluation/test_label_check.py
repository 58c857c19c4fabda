"""Labels that look wrong: found where they were flipped, ranked, and the same rows as the reference finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from valence.evaluation.label_check import check_labels, suspects
from valence.model.labels import Labels

Array = npt.NDArray[Any]


def noisy(classes: int, rows: int, wrong: float, *, seed: int = 1, skill: float = 3.0) -> tuple[Array, Array, Array]:
    """(exact probabilities of the true classes, given classes, which of these were flipped)."""
    draw = np.random.default_rng(seed)
    true = draw.integers(classes, size=rows)
    scores = skill * (draw.normal(size=(rows, classes)) + skill * np.eye(classes)[true])
    probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    flipped = np.asarray(draw.random(rows) < wrong)
    return probabilities, np.where(flipped, (true + draw.integers(1, classes, size=rows)) % classes, true), flipped


@pytest.mark.parametrize("classes", [2, 4, 10])
@pytest.mark.parametrize("wrong", [0.05, 0.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_labels_are_found_and_few_others(classes: int, wrong: float, seed: int) -> None:
    probabilities, given, flipped = noisy(classes, 3000, wrong, seed=seed)
    found = suspects(probabilities, given)
    assert flipped[found.rows].mean() > 0.5, "precision"
    assert flipped[found.rows].sum() > 0.8 * flipped.sum(), "recall"
    most = found.rows[: int(flipped.sum()) // 2]
    assert flipped[most].mean() > 0.95, "the most suspect first"
    true = probabilities[most].argmax(axis=1)
    assert (found.suggested[: len(most)] == true).mean() > 0.98
    assert found.share == pytest.approx(flipped.mean(), abs=0.06)


def test_few_right_labels_look_wrong() -> None:
    probabilities, given, _ = noisy(4, 2000, 0.0)
    assert len(suspects(probabilities, given).rows) < 40


# Of cleanlab 2.9.0: find_label_issues(given, probabilities, filter_by="prune_by_noise_rate"), sorted.
REFERENCE = [9, 13, 14, 22, 23, 33, 34, 49, 50, 51, 60, 65, 72, 86, 90, 102, 105, 110, 111, 119]


def test_the_reference_finds_the_same_rows_but_for_rounding() -> None:
    probabilities, given, _ = noisy(3, 120, 0.15, seed=7, skill=1.5)
    found = suspects(probabilities, given).rows.tolist()
    assert set(found) <= set(REFERENCE)
    assert len(found) >= len(REFERENCE) - 1


def test_a_label_that_is_not_judged_is_neither_suspect_nor_suggested() -> None:
    probabilities, given, _ = noisy(3, 600, 0.1)
    judged = np.array([True, True, False])
    found = suspects(probabilities, given, judged)
    assert len(found.rows) > 10
    assert not (given[found.rows] == 2).any()
    assert not (found.suggested == 2).any()
    rare = np.concatenate([np.flatnonzero(given != 2), np.flatnonzero(given == 2)[:4]])
    assert not (given[rare][suspects(probabilities[rare], given[rare]).rows] == 2).any(), "four rows are too few"


def test_rows_are_named_and_their_probabilities_are_those_of_both_labels() -> None:
    probabilities, given, _ = noisy(2, 200, 0.1)
    keys = tuple(f"own.csv:{i + 2}" for i in range(200))
    found = check_labels(probabilities, given, Labels(["no", "yes"]), keys, np.array([True, True]))
    assert (found.rows, found.not_judged, found.found) == (200, [], len(found.suspects))
    first = found.suspects[0]
    row = keys.index(first.key)
    assert first.given == ("no", "yes")[given[row]] != first.suggested
    assert first.given_probability == pytest.approx(probabilities[row, given[row]], abs=1e-5)
    assert first.suggested_probability == pytest.approx(probabilities[row, 1 - given[row]], abs=1e-5)


def test_each_of_several_labels_is_judged_against_its_absence() -> None:
    columns = [noisy(2, 1000, 0.05, seed=seed) for seed in (1, 2, 3)]
    probabilities = np.column_stack([scores[:, 1] for scores, _, _ in columns])
    truth, flipped = (np.column_stack([column[i] for column in columns]) for i in (1, 2))
    truth[:, 2] = 0  # no row has it
    labels = Labels(["angry", "rude", "urgent"], multi_label=True)
    keys = tuple(map(str, range(1000)))
    found = check_labels(probabilities, truth, labels, keys, np.array([True, True, False]))
    wrong = np.asarray(flipped[:, :2].any(axis=1))
    rows = np.array([int(each.key) for each in found.suspects])
    assert wrong[rows].mean() > 0.7
    assert wrong[rows].sum() > 0.9 * wrong.sum()
    assert found.not_judged == ["urgent"]
    marks = np.where(flipped[rows[0]], 1 - truth[rows[0]], truth[rows[0]])[:2]
    assert found.suspects[0].suggested == (", ".join(np.array(["angry", "rude"])[marks == 1]) or "no label")
