"""The benchmark of suspect labels: which labels are replaced, and its figures."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from valence.data.examples import Examples

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ROWS = Examples(tuple(f"text {row}" for row in range(300)), ("a", "b", "c") * 100, tuple(map(str, range(300))))


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The script, with the one beside it that it imports."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "label_check.py"))


def test_a_share_of_the_labels_is_replaced_by_other_ones(benchmark: dict[str, Any]) -> None:
    rows, changed = benchmark["flipped"](ROWS, 0.05, 1)
    different = [row for row, (before, now) in enumerate(zip(ROWS.labels, rows.labels, strict=True)) if before != now]
    assert len(different) == 15
    assert different == changed.tolist()
    assert rows.texts == ROWS.texts
    assert benchmark["flipped"](ROWS, 0.05, 1)[0] == rows


def test_precision_is_of_the_first_suspects_and_recall_of_all(benchmark: dict[str, Any]) -> None:
    rows, changed = benchmark["flipped"](ROWS, 0.5, 1)
    wrong = [rows.keys[row] for row in changed]
    right = [key for key in rows.keys if key not in set(wrong)]
    listed = [*wrong[:80], *right[:20], *wrong[80:110]]
    found = SimpleNamespace(found=len(listed), suspects=[SimpleNamespace(key=key) for key in listed])
    figures = benchmark["figures"](found, rows, changed)
    assert figures["precision_of_first"] == 0.8
    assert figures["recall"] == round(110 / 150, 4)
    assert figures["precision"] == round(110 / 130, 4)
