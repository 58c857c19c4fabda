"""The try page's own examples: the bundled model answers each one as the page says it does, and can explain it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import valence

_FILE = Path(__file__).parents[3] / "web" / "src" / "features" / "try" / "examples.json"
EXAMPLES = json.loads(_FILE.read_text("utf-8"))
# Probability: an answer that moves less than this by any word shows a newcomer nothing.
_VISIBLE_EFFECT = 0.1


@pytest.fixture(scope="module")
def bundled() -> valence.Classifier:
    return valence.load()


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["kind"] for example in EXAMPLES])
def test_an_example_is_answered_as_the_page_says(bundled: valence.Classifier, example: dict[str, Any]) -> None:
    answer = bundled.explain(example["text"])
    if example["expected"] is None:
        assert not answer.sure
    else:
        assert answer.sure
        assert (answer.label == example["expected"]) == ("mistake" not in example)
    assert max(abs(word.effect) for word in answer.words or ()) > _VISIBLE_EFFECT


def test_one_example_is_a_known_mistake() -> None:
    assert sum("mistake" in example for example in EXAMPLES) == 1
