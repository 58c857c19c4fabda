"""Which of several inputs is judged best on held-out rows."""

from __future__ import annotations

import numpy as np
import pytest

from valence.fitting.blocks import Path, Problem
from valence.fitting.candidates import NGRAMS, ranked
from valence.fitting.linear import SINGLE, Layer, one_column_a_class
from valence.model.head import Floats

DRAW = np.random.default_rng(1)
TRUTH = np.arange(200) % 2
EMPTY = Layer(np.zeros((1, 2), np.float32), np.zeros(2, np.float32))


def _problem(rows: int) -> Problem:
    every = np.arange(rows)
    return Problem(one_column_a_class(TRUTH[:rows], 2), SINGLE, None, None, [(every, every)])


def _path(logit: Floats) -> Path:
    """Held-out logits of the first class and the second."""
    return Path(1.0, {1.0: 0.5}, np.column_stack([-logit, logit]) / 2, EMPTY)


def _telling(rows: int, strength: float) -> Floats:
    return np.asarray(strength * (2 * TRUTH[:rows] - 1) + DRAW.normal(size=rows))


@pytest.mark.parametrize(("strength", "best"), [(0.9, "general"), (3.0, "final")])
def test_another_readout_must_be_better_than_the_first_by_more_than_chance(strength: float, best: str) -> None:
    noise, sign = DRAW.normal(size=30), 2 * TRUTH[:30] - 1
    paths = {"general": _path((0.8 + noise) * sign), "final": _path((strength + noise[::-1]) * sign)}
    found = ranked(["general", "final"], paths, _problem(30))
    assert found[0].readout == best
    assert min(found, key=lambda each: each.log_loss).readout == "final", "by the figures alone, it would be chosen"


def test_each_readout_is_tried_alone_and_beside_the_ngrams() -> None:
    paths = {name: _path(_telling(200, 1.0)) for name in ("general", "final", *NGRAMS)}
    found = ranked(["general", "final"], paths, _problem(200))
    assert {str(each) for each in found} == {
        "general readout",
        "general readout beside n-grams",
        "general readout beside word n-grams",
        "general readout beside character n-grams",
        "final readout",
        "final readout beside n-grams",
        "final readout beside word n-grams",
        "final readout beside character n-grams",
    }
    assert found[0].ngrams, "two independent sources tell more than one"
    assert len(found[0].penalties) == len(found[0].factors) == 2
