"""Folding rows into fewer coordinates changes no layer; with much data few penalties are tried."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from valence.fitting import blocks
from valence.fitting.blocks import READOUT_PENALTIES, Block, Blocks, Problem, ngram_block, path, readout_block
from valence.fitting.folds import folds
from valence.fitting.linear import SINGLE, fit_layer, one_column_a_class
from valence.model.feature_rows import SomeRows
from valence.model.head import standardiser
from valence.model.ngrams import Vocabulary

DRAW = np.random.default_rng(7)
LABELS = np.tile([0, 1, 2], 10).astype(np.int64)


def test_wide_rows_are_folded_without_loss() -> None:
    features = (DRAW.normal(size=(30, 100)) + LABELS[:, None]).astype(np.float32)
    block = readout_block("final", features, np.zeros(100, np.float32), np.ones(100, np.float32), 3)
    assert block.rows.shape[1] <= 30
    targets = one_column_a_class(LABELS, 3)
    assert block.in_axes
    assert isinstance(block.rows, np.ndarray)
    products = block.rows.T @ block.rows
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=1e-4 * products.max())
    folded = fit_layer(block.rows, targets, 0.1, SINGLE, tolerance=1e-10, in_axes=True)
    whole = fit_layer(features, targets, 0.1, SINGLE, tolerance=1e-10)
    np.testing.assert_allclose(block.unfold(folded.weight), whole.weight, atol=2e-3)
    np.testing.assert_allclose(features @ block.unfold(folded.weight), block.rows @ folded.weight, atol=1e-3)


def test_principal_axes_and_ngrams_give_the_same_logits_when_unfolded() -> None:
    features = DRAW.normal(size=(60, 10)).astype(np.float32)
    block = readout_block("final", features, np.zeros(10, np.float32), np.ones(10, np.float32), 3)
    weight = DRAW.normal(size=(block.rows.shape[1], 3)).astype(np.float32)
    np.testing.assert_allclose(features @ block.unfold(weight), block.rows @ weight, atol=1e-4)
    texts = [f"word{i} some text" for i in range(10)]
    vocabulary = Vocabulary.of(texts, 3)
    block = ngram_block(texts, vocabulary)
    assert block.rows.shape[1] <= 10
    weight = DRAW.normal(size=(block.rows.shape[1], 3)).astype(np.float32)
    rows = vocabulary.rows(texts)
    dense = np.zeros((10, rows.width), np.float32)
    dense[np.repeat(np.arange(10), np.diff(rows.starts)), rows.columns] = rows.values
    np.testing.assert_allclose(dense @ block.unfold(weight), block.rows @ weight, atol=1e-4)


@pytest.mark.parametrize("noise", [0.1, 3.0, 300.0])
def test_with_much_data_the_best_penalty_is_found_from_the_middle_on_the_first_fold(
    noise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = np.arange(300) % 3
    features = (noise * DRAW.normal(size=(300, 6)) + np.eye(3)[labels] @ DRAW.normal(size=(3, 6))).astype(np.float32)
    block = readout_block("final", features, *standardiser(features, None), 3)
    cut = list(folds(labels, np.arange(300), 3, 1))
    problem = Problem(one_column_a_class(labels, 3), SINGLE, None, None, cut)
    steps: list[str] = []
    every = path(block, problem, lambda _: None)
    monkeypatch.setattr(blocks, "_LARGE", 0)
    few = path(block, problem, steps.append)
    assert few.penalty in READOUT_PENALTIES[::2]
    assert problem.loss(few.logits) < problem.loss(every.logits) * 1.03
    assert few.logits.shape == every.logits.shape == (300, 3)
    assert [step for step in steps if "fold" in step] == ["final: fold 2 of 3", "final: fold 3 of 3"]
    assert len(few.losses) < len(READOUT_PENALTIES[::2]), "not all are tried"


def test_small_blocks_are_kept_and_large_ones_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def maker(name: str, rows: int) -> Callable[[], Block]:
        def make() -> Block:
            made.append(name)
            return Block(name, np.zeros((rows, 25), np.float32), lambda weight: weight, (1.0,))

        return make

    monkeypatch.setattr(blocks, "_KEPT_BYTES", 2500)
    found = Blocks({name: maker(name, rows) for name, rows in (("small", 10), ("large", 26), ("other", 15))})
    for _ in range(2):
        assert [found[name].name for name in found] == ["small", "large", "other"]
    assert made == ["small", "large", "other", "large"]


def test_rows_in_a_file_give_the_same_block_as_an_array() -> None:
    features = DRAW.normal(size=(600, 80)).astype(np.float32)
    scale = standardiser(features, None)
    for classes in (1, 3):  # in their principal axes, and as they are
        given = (features, SomeRows(features[::-1], np.arange(599, -1, -1)))
        whole, lazy = (readout_block("final", rows, *scale, classes).rows for rows in given)
        np.testing.assert_array_equal(whole, lazy)
