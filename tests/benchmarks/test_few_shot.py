"""The few-shot table: its draws, its means, and when it fails."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from valence.data.examples import Examples

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def few_shot(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The script, with the one beside it that it imports."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "few_shot.py"))


def test_a_draw_has_so_many_rows_of_each_class_or_all_and_the_seed_decides(few_shot: dict[str, Any]) -> None:
    labels = ("a",) * 20 + ("b",) * 3
    rows = Examples(tuple(map(str, range(23))), labels, tuple(map(str, range(23))))
    first, again, other = (few_shot["drawn"](rows, 8, seed) for seed in (1, 1, 2))
    assert Counter(first.labels) == {"a": 8, "b": 3}
    assert first == again != other


def test_a_mean_has_the_interval_of_its_draws(few_shot: dict[str, Any]) -> None:
    mean, half = few_shot["mean_interval"]([0.5, 0.6, 0.7])
    assert (mean, half) == pytest.approx((0.6, 4.303 * 0.1 / 3**0.5))


@pytest.mark.parametrize(("own", "error", "well"), [(0.9, 0.05, True), (0.7, 0.05, False), (0.9, 0.11, False)])
def test_it_passes_if_ours_is_ahead_of_both_and_calibrated(
    few_shot: dict[str, Any], own: float, error: float, well: bool
) -> None:
    ways: dict[str, Any] = {way: {"macro_f1": [0.8, 0.8], "ece": [0.3, 0.3]} for way in ("tfidf", "plain")}
    ways["ours"] = {"macro_f1": [own, own], "ece": [error, error]}
    assert few_shot["passed"]([{"rows": 16, "ways": ways}]) is well
