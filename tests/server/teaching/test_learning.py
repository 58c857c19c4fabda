"""What more examples would bring: roughly right where the truth is known, and silent where nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest

from tests.server.teaching.conftest import Person, comments
from valence.data.examples import Examples
from valence.fitting.choice import HeadChooser, HeadRows
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.server.teaching.learning import CANNOT_TELL, extrapolated, learning_of

WIDTH, ROWS, MORE = 60, 200, 100
LABELS = Labels(["kept", "removed"])


def drawn(rows: int, generator: np.random.Generator) -> tuple[Floats, Ints]:
    """Features of two overlapping classes, and their labels: the more rows, the better the direction is known."""
    truth = np.arange(rows) % 2
    centre = np.zeros(WIDTH)
    centre[:12] = 0.35
    return (generator.normal(size=(rows, WIDTH)) + np.outer(2 * truth - 1, centre)).astype(np.float32), truth


def test_the_gain_is_roughly_the_one_that_more_rows_then_bring() -> None:
    """The mean over draws, compared with what this number of further rows really adds on 4,000 others."""
    said, real = [], []
    for seed in range(6):
        generator = np.random.default_rng(seed)
        features, truth = drawn(ROWS + MORE, generator)
        others, answers = drawn(4000, generator)
        rows = Examples(
            tuple(f"text {i}" for i in range(ROWS)),
            tuple(LABELS.names[i] for i in truth[:ROWS]),
            tuple(map(str, range(ROWS))),
        )
        accuracy = []
        for size in (ROWS, ROWS + MORE):
            given = HeadRows(
                [f"text {i}" for i in range(size)], truth[:size], np.arange(size), np.zeros(0, dtype=np.int64)
            )
            choice = HeadChooser(LABELS, ngrams=False).choose(given, {"final": features[:size]})
            accuracy.append(float((choice.head.predict_proba(others).argmax(axis=1) == answers).mean()))
            if size == ROWS:
                found = learning_of(choice, LABELS, rows, features[:ROWS], body="none", seed=seed)
        assert (found.more, [point.rows for point in found.points]) == (MORE, [40, 80, 160])
        assert found.gain is not None
        said.append(found.gain.value)
        real.append(accuracy[1] - accuracy[0])
    assert np.mean(real) > 0.01, "otherwise this shows nothing"
    assert np.mean(said) == pytest.approx(np.mean(real), abs=0.015)


def right(*shares: float, rows: int = 1000) -> Floats:
    """Rows of which these shares are answered rightly, the same ones again where more are."""
    return np.stack([(np.arange(rows) < share * rows).astype(np.float64) for share in shares])


def test_a_clear_gain_is_a_sentence_with_its_interval() -> None:
    found = extrapolated(right(0.6, 0.7, 0.77), (100, 200, 400), 500)
    assert found.gain is not None
    assert found.gain.low > 0
    assert found.sentence.startswith("200 more examples: about 2 points more (")


def test_a_gain_whose_interval_covers_zero_is_none_to_speak_of() -> None:
    noise = np.random.default_rng(0).random((3, 60)) < 0.7
    assert extrapolated(noise.astype(np.float64), (10, 20, 40), 50).sentence == CANNOT_TELL


def test_a_curve_that_falls_promises_nothing() -> None:
    found = extrapolated(right(0.8, 0.7, 0.6), (100, 200, 400), 500)
    assert "hardly help" in found.sentence


def test_no_more_is_promised_than_there_is_room_for() -> None:
    found = extrapolated(right(0.5, 0.8, 0.99), (10, 20, 40), 50)
    assert found.gain is not None
    assert found.gain.high <= 0.01


def test_a_version_says_what_more_examples_would_bring(person: Person) -> None:
    person.create()
    person.add(comments(20))
    person.fit()
    few = person.call("get", "/classifiers/forum/versions/1")["learning"]
    assert few == {"sentence": CANNOT_TELL, "more": None, "gain": None, "points": []}
    person.add(comments(120, first=20))
    person.fit()
    version = person.call("get", "/classifiers/forum/versions/1")
    assert [point["rows"] for point in version["learning"]["points"]] == sorted(
        {round(share * 0.8 * version["rows"]) for share in (0.25, 0.5, 1.0)}
    )
    assert version["learning"]["gain"]["low"] <= version["learning"]["gain"]["value"]


def test_several_labels_have_a_curve_too(person: Person) -> None:
    person.create("tickets", labels=["angry", "urgent"], multi_label=True)
    examples = []
    for i in range(80):
        labels = [name for name, bit in (("angry", 1), ("urgent", 2)) if i & bit]
        words = " ".join({"angry": "stupid", "urgent": "now"}[label] for label in labels) or "thanks"
        examples.append({"text": f"{words} number{i}", "labels": labels})
    person.add(examples, "tickets")
    person.fit("tickets")
    learning = person.call("get", "/classifiers/tickets/versions/1")["learning"]
    assert len(learning["points"]) == 3
