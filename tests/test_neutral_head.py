"""The third label of the bundled model's head: the other two stay as they are."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

import valence
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder

NEUTRAL_HEAD = runpy.run_path(str(Path(__file__).parents[1] / "runs" / "neutral_head.py"))
TEXTS = ["A wonderful, moving film.", "Dull from beginning to end.", "The shop opens at nine.", "It is a film."]


def test_a_fitted_third_label_leaves_the_others_as_they_were(tiny_model: Path) -> None:
    engine = Engine(tiny_model, threads=1)
    texts = ["a wonderful film", "a dull film", "the film", "a movie", "great acting", "a bad plot", "that is it"] * 4
    neutral = np.array([0.0, 0, 1, 1, 0, 0, 1] * 4)
    features = engine.features(texts)
    three = NEUTRAL_HEAD["with_neutral"](engine.fitted, features, neutral, np.ones(len(texts)))
    assert three.labels.names == ("negative", "neutral", "positive")
    probabilities = three.head.predict_proba(features)
    assert ((probabilities.argmax(axis=1) == 1) == (neutral == 1)).all()
    two = three.restricted_to(["negative", "positive"]).head.predict_proba(features)
    assert two == pytest.approx(engine.fitted.head.predict_proba(features), abs=1e-6)


def test_in_the_package_two_labels_are_answered_as_by_the_bundled_model() -> None:
    two = valence.load("sentiment", threads=1, labels=["negative", "positive"])
    assert two.predict_proba(TEXTS) == pytest.approx(valence.load(threads=1).predict_proba(TEXTS), abs=1e-6)


def test_in_the_package_plain_texts_are_neutral() -> None:
    answers = valence.load("sentiment", threads=1).predict(TEXTS[:3])
    assert [answer.label for answer in answers] == ["positive", "negative", "neutral"]


def test_it_is_made_for_the_bundled_body() -> None:
    sentiment = ModelFolder(Path(valence.__file__).parent / "bundled" / "sentiment")
    assert sentiment.head().provenance["commands"][-1].startswith("python runs/neutral_head.py")
    assert sentiment.card().startswith("---")
