"""Directions in which all texts vary are made shorter, and the head stays one linear layer on the features."""

from __future__ import annotations

import numpy as np

from valence.fitting.choice import CROSS_VALIDATED, HeadChooser, HeadRows
from valence.fitting.common_directions import CommonDirections, common_directions
from valence.model.bundled import bundled_folder
from valence.model.folder import ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels

WIDTH = 40
DRAW = np.random.default_rng(3)
LOUD = np.linalg.qr(DRAW.normal(size=(WIDTH, 4)))[0]


def _features(rows: int, labels: Floats | None = None) -> Floats:
    """Noise that is loud in four directions; labels show in the other directions only."""
    quiet = DRAW.normal(size=(rows, WIDTH))
    if labels is not None:
        quiet += 1.2 * np.outer(labels, np.sign(np.arange(WIDTH) - WIDTH / 2)) / WIDTH**0.5
    quiet -= quiet @ LOUD @ LOUD.T
    return np.asarray(quiet + 6 * DRAW.normal(size=(rows, 4)) @ LOUD.T, dtype=np.float32)


KNOWN = CommonDirections.of(_features(400), most=6)


def test_a_layer_on_the_shorter_rows_is_the_unfolded_layer_on_the_standardised_features() -> None:
    features = _features(30)
    mean = features.mean(axis=0)
    block = KNOWN.block("general", features, mean, 2)
    weight = DRAW.normal(size=(block.rows.shape[1], 2)).astype(np.float32)
    expected = ((features - mean) / KNOWN.scale) @ block.unfold(weight)
    np.testing.assert_allclose(block.rows @ weight, expected, atol=1e-3)


def test_loud_directions_are_found_and_shortened_most_while_rows_keep_their_mean_length() -> None:
    own = np.abs(KNOWN.directions[:, :4].T @ (LOUD / np.linalg.norm(LOUD, axis=0)))
    assert np.linalg.norm(own) > 1.5, "the four loudest directions span about the space of the loud ones"
    assert (np.diff(KNOWN.shares) >= 0).all()
    assert KNOWN.shares[0] < 0.7
    assert KNOWN.shares.max() <= 1
    features = _features(200)
    rows = KNOWN.block("general", features, features.mean(axis=0), 2).rows
    assert isinstance(rows, np.ndarray)
    assert abs(np.vdot(rows, rows) / rows.size - 1) < 1e-3


def test_few_rows_are_told_apart_better_with_them() -> None:
    truth = np.tile([0, 1], 500).astype(np.int64)
    test = _features(1000, 2.0 * truth - 1)
    two, hits = Labels(["a", "b"]), np.zeros(2)
    for seed in range(8):
        draw = _features(20, 2.0 * truth[:20] - 1)
        rows = HeadRows([f"text {row}" for row in range(20)], truth[:20], np.arange(20), np.zeros(0, np.int64))
        for way, directions in enumerate(({}, {"general": KNOWN})):
            head = HeadChooser(two, ngrams=False, seed=seed, directions=directions).choose(rows, {"general": draw}).head
            hits[way] += (head.predict_proba(test).argmax(axis=1) == truth).mean()
    assert hits[1] > hits[0] + 0.1


def test_many_rows_do_without_them() -> None:
    rows = CROSS_VALIDATED + 1
    truth = np.arange(rows) % 2
    features = {"general": _features(rows, 2.0 * truth - 1)}
    learnt = HeadRows([f"text {row}" for row in range(rows)], truth, np.arange(rows), np.arange(0, rows, 5))
    with_, without = (
        HeadChooser(Labels(["a", "b"]), ngrams=False, directions=known).choose(learnt, features).head
        for known in ({"general": KNOWN}, {})
    )
    np.testing.assert_array_equal(with_.weight, without.weight)


def test_the_packages_directions_are_those_of_the_bundled_body_and_of_no_other() -> None:
    body = ModelFolder(bundled_folder()).body()
    known = common_directions(body.id)
    assert {name: each.scale.shape for name, each in known.items()} == {"general": (body.readouts["general"],)}
    directions = known["general"].directions
    np.testing.assert_allclose(directions.T @ directions, np.eye(directions.shape[1]), atol=5e-3)
    assert common_directions("another body") == {}
