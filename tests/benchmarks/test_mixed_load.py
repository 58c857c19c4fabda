"""The benchmark of short calls beside long ones: what it sends, and how it tells the answers apart."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "mixed_load.py"))


def test_the_share_of_calls_is_long_and_each_has_the_words(bench: dict[str, Any]) -> None:
    texts, long_from = bench["mixture"](["a good film", "dull"] * 95, 0.05, 1500)
    assert (len(texts), long_from) == (200, 190)
    assert {len(text.split()) for text in texts[long_from:]} == {1500}


def test_of_several_rounds_the_median_is_kept(bench: dict[str, Any]) -> None:
    rounds = [{"short_beside_long": {"p99_ms": p99}} for p99 in (900.0, 100.0, 300.0)]
    assert bench["_median"](rounds) is rounds[2]
    assert bench["_median"](rounds[:2]) is rounds[1]


def test_answers_are_told_apart_by_their_text(bench: dict[str, Any]) -> None:
    sent = {"seconds": 1.0, "failed": 0, "answers": [[0.0, 200, 5.0, 0], [0.1, 503, 1.0, 2], [0.2, 200, 900.0, 2]]}
    assert bench["_only"](sent, range(2))["answers"] == [[0.0, 200, 5.0]]
    assert bench["_only"](sent, range(2, 3))["answers"] == [[0.1, 503, 1.0], [0.2, 200, 900.0]]
