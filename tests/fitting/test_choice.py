"""What a head reads is chosen by what the labels depend on, and said; it is calibrated even on few rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from valence.fitting.blocks import READOUT_PENALTIES
from valence.fitting.candidates import FEW_FOR_ONE_KIND
from valence.fitting.choice import HeadChoice, HeadChooser, HeadRows
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead

ROWS = 240
DRAW = np.random.default_rng(5)
TRUTH = np.tile([0, 1], ROWS // 2).astype(np.int64)
NOISE = DRAW.normal(size=(ROWS, 8)).astype(np.float32)
TELLING = (NOISE + 2 * (TRUTH[:, None] - 0.5)).astype(np.float32)
PLAIN_TEXTS = [f"text number {DRAW.integers(1000)}" for _ in range(ROWS)]
TELLING_TEXTS = [f"{('dreadful', 'lovely')[label]} {DRAW.integers(1000)}" for label in TRUTH]
TWO = Labels(["a", "b"])


def _chosen(texts: list[str], chooser: HeadChooser | None = None, **features: np.ndarray) -> HeadChoice:
    rows = HeadRows(texts, TRUTH, np.arange(ROWS), np.arange(200, ROWS))
    return (chooser or HeadChooser(TWO)).choose(rows, features)


def _inputs(choice: HeadChoice, texts: list[str], features: np.ndarray) -> np.ndarray:
    return features if choice.ngrams is None else np.hstack([features, choice.ngrams.scores(texts)])


def test_the_readout_that_tells_the_labels_apart_is_chosen() -> None:
    choice = _chosen(PLAIN_TEXTS, final=NOISE, general=TELLING)
    assert choice.chosen.readout == "general"
    assert choice.candidates[-1].readout == "final"
    assert "chosen over" in str(choice)
    assert "cross-validation in 5 parts" in str(choice)


def test_ngrams_are_taken_where_words_decide() -> None:
    choice = _chosen(TELLING_TEXTS, final=NOISE)
    assert choice.chosen.ngrams
    probabilities = choice.head.predict_proba(_inputs(choice, TELLING_TEXTS, NOISE))
    assert (probabilities.argmax(axis=1) == TRUTH).all()


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["film good", "good film"], "word n-grams"),  # the order of whole words
        (["un{0}ly", "re{0}ing"], "character n-grams"),  # parts of words that are all different
    ],
)
def test_ngrams_of_the_kind_that_decides_are_taken_alone(texts: list[str], kind: str) -> None:
    numbers = DRAW.integers(10**6, size=ROWS)
    rows = [f"{number * 7} {texts[label].format(number)}" for label, number in zip(TRUTH, numbers, strict=True)]
    some = HeadRows(rows, TRUTH, np.arange(ROWS), np.zeros(0, np.int64), whole=FEW_FOR_ONE_KIND - 1)
    assert {each.ngrams for each in HeadChooser(TWO).choose(some, {"final": NOISE}).candidates} == {None, "n-grams"}
    choice = HeadChooser(TWO).choose(replace(some, whole=FEW_FOR_ONE_KIND), {"final": NOISE})
    assert choice.chosen.ngrams == kind
    assert kind in str(choice)
    probabilities = choice.head.predict_proba(_inputs(choice, rows, NOISE))
    assert (probabilities.argmax(axis=1) == TRUTH).all()


def test_a_readout_that_is_asked_for_is_taken_alone() -> None:
    choice = _chosen(TELLING_TEXTS, HeadChooser(TWO, ngrams=False), final=NOISE)
    assert choice.ngrams is None
    assert choice.head.features == NOISE.shape[1]
    assert len(choice.candidates) == 1


@pytest.mark.parametrize("cross_validated", [0, 2000])
def test_held_out_probabilities_are_of_heads_that_had_not_seen_the_rows(cross_validated: int) -> None:
    chooser = HeadChooser(TWO, ngrams=False, cross_validated=cross_validated)
    choice = _chosen(PLAIN_TEXTS, chooser, final=NOISE)
    assert sorted(choice.held_out) == list(range(ROWS) if cross_validated else range(200, ROWS))
    hits = (choice.probabilities.argmax(axis=1) == TRUTH[choice.held_out]).mean()
    assert hits < 0.65, "labels that depend on nothing cannot be told apart"


def test_labels_that_depend_on_nothing_get_no_certainty() -> None:
    choice = _chosen(PLAIN_TEXTS, final=NOISE)
    assert choice.head.predict_proba(_inputs(choice, PLAIN_TEXTS, NOISE)).max() < 0.8


def test_few_rows_are_calibrated_and_named() -> None:
    """Twelve rows that the head separates perfectly do not make it certain."""
    rows = HeadRows(TELLING_TEXTS[:12], TRUTH[:12], np.arange(12), np.arange(10, 12))
    choice = HeadChooser(TWO, ngrams=False).choose(rows, {"final": TELLING[:12]})
    assert 0.25 <= choice.head.temperature <= 10
    assert any("only 12 rows" in note for note in choice.notes)


def test_the_end_of_the_penalties_is_noticed() -> None:
    choice = _chosen(PLAIN_TEXTS, HeadChooser(TWO, ngrams=False), final=NOISE * 1e-3)
    ends = choice.chosen.penalties[0] in (READOUT_PENALTIES[0], READOUT_PENALTIES[-1])
    assert ends == any("last that was tried" in note for note in choice.notes)


def test_several_labels_get_thresholds() -> None:
    marks = np.column_stack([TRUTH, 1 - TRUTH, TRUTH])
    rows = HeadRows(TELLING_TEXTS, marks, np.arange(ROWS), np.arange(200, ROWS))
    labels = Labels(["a", "b", "c"], multi_label=True)
    choice = HeadChooser(labels).choose(rows, {"final": TELLING})
    assert isinstance(choice.head, MultiLabelHead)
    inputs = _inputs(choice, TELLING_TEXTS, TELLING)
    assert (choice.head.decide(choice.head.predict_proba(inputs)) == marks).mean() > 0.95


def test_weights_count_rows_several_times() -> None:
    rows = HeadRows(PLAIN_TEXTS, TRUTH, np.arange(ROWS), np.arange(200, ROWS))
    heavy = replace(rows, weights=np.where(TRUTH == 1, 9.0, 1.0))
    plain, weighed = (HeadChooser(TWO, ngrams=False).choose(each, {"final": NOISE}).head for each in (rows, heavy))
    assert weighed.predict_proba(NOISE)[:, 1].mean() > plain.predict_proba(NOISE)[:, 1].mean() + 0.2


def test_the_same_rows_give_the_same_head() -> None:
    one, two = (_chosen(TELLING_TEXTS, final=NOISE, general=TELLING) for _ in range(2))
    np.testing.assert_array_equal(one.head.weight, two.head.weight)


def test_class_weights_count_in_the_choice_and_the_calibration() -> None:
    """Twenty rows of the rare class count as much as 220 of the other: the held-out loss is the weighted one."""
    labels = (np.arange(ROWS) % 12 == 0).astype(np.int64)
    telling = (NOISE + labels[:, None]).astype(np.float32)
    rows = HeadRows(PLAIN_TEXTS, labels, np.arange(ROWS), np.zeros(0, np.int64))
    choice = HeadChooser(TWO, ngrams=False, class_weight="balanced").choose(rows, {"final": telling})
    truth = labels[choice.held_out]
    losses = -np.log(choice.probabilities[np.arange(ROWS), truth])
    balanced = (losses[truth == 0].mean() + losses[truth == 1].mean()) / 2
    assert choice.chosen.log_loss == pytest.approx(balanced + 2 / ROWS, abs=1e-4)
    plain = HeadChooser(TWO, ngrams=False).choose(rows, {"final": telling})
    assert balanced < np.mean([-np.log(plain.probabilities[truth == each, each]).mean() for each in (0, 1)])


def test_balanced_labels_of_several_per_text_are_chosen_and_calibrated_by_their_weighted_loss() -> None:
    rare = (np.arange(ROWS) % 12 == 0).astype(np.int64)
    marks = np.column_stack([rare, TRUTH])
    telling = (NOISE + rare[:, None]).astype(np.float32)
    rows, labels = (
        HeadRows(PLAIN_TEXTS, marks, np.arange(ROWS), np.zeros(0, np.int64)),
        Labels(["a", "b"], multi_label=True),
    )
    choice = HeadChooser(labels, ngrams=False, class_weight="balanced").choose(rows, {"final": telling})
    truth, found = marks[choice.held_out], choice.probabilities
    losses = -np.log(np.where(truth == 1, found, 1 - found))
    each = [[losses[truth[:, label] == mark, label].mean() for mark in (0, 1)] for label in (0, 1)]
    assert choice.chosen.log_loss == pytest.approx(np.mean(each) + 2 / ROWS, abs=1e-4)
    assert found[truth[:, 0] == 1, 0].mean() > 0.5, "though one row in twelve has the label"


def test_ngrams_are_not_tried_on_few_rows() -> None:
    rows = HeadRows(TELLING_TEXTS[:98], TRUTH[:98], np.arange(98), np.zeros(0, np.int64))
    assert not any(each.ngrams for each in HeadChooser(TWO).choose(rows, {"final": NOISE[:98]}).candidates)


def test_few_rows_get_a_usual_penalty() -> None:
    telling = NOISE + TRUTH[:, None].astype(np.float32)
    for seed in range(4):
        drawn = np.random.default_rng(seed).permutation(ROWS)[:24]
        rows = HeadRows([PLAIN_TEXTS[row] for row in drawn], TRUTH[drawn], np.arange(24), np.zeros(0, dtype=np.int64))
        chosen = HeadChooser(TWO, seed=seed).choose(rows, {"final": telling[drawn]}).chosen
        assert 0.011 < chosen.penalties[0] * 24 / NOISE.shape[1] < 0.12
