"""Which words of an explanation are marked."""

from __future__ import annotations

import numpy as np
import pytest

from valence.inference.marking import marked


@pytest.mark.parametrize(
    ("words", "effects", "expected"),
    [
        ("the cast is wonderful", [0.0, 0.06, 0.03, -0.1], "wonderful"),
        ("it was awful and slow", [0.1, 1.1, 5.2, 1.3, 0.6], "awful slow"),
        (
            "the film was a bore and it's not for me",
            [0.3, 0.1, 1.4, 0.2, 1.5, 0.9, 1.0, -0.8, 0.1, 0.1],
            "was bore and it's not",
        ),
        ("today is the day", [0.02, 0.4, 0.3, 0.01], ""),
        ("It's what it is", [0.9, 0.8, 0.7, 0.6], ""),
        ("", [], ""),
    ],
)
def test_function_words_are_marked_only_beside_words_that_decide(
    words: str, effects: list[float], expected: str
) -> None:
    parts = words.split()
    found = marked(parts, np.array(effects), len(parts))
    assert [word for word, mark in zip(parts, found, strict=True) if mark] == expected.split()


def test_at_most_five_parts_of_a_long_text_are_marked() -> None:
    effects = np.linspace(0.1, 3.0, 100)
    assert marked(["word"] * 100, effects, 100).sum() == 5
    assert marked(["word"] * 100, effects, 100)[-5:].all()
    assert marked(["some words"] * 20, effects[:20], 81).sum() == 5
    assert marked(["word"] * 80, effects[:80], 80).sum() > 5
