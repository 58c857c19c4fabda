"""The simulation of intervals: a draw is a run, and an interval that holds the truth too rarely is a failure."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parents[2] / "benchmarks" / "interval_coverage.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    specification = importlib.util.spec_from_file_location("interval_coverage", HERE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["interval_coverage"] = module
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("rows", [12, 260])
def test_a_draw_has_figures_with_intervals_and_the_truth_and_is_the_same_again(
    benchmark: ModuleType, rows: int
) -> None:
    drawn = benchmark.one_draw(rows, 2)
    assert drawn.keys() == {"accuracy", "macro_f1"}
    for figure in drawn.values():
        assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1
        assert 0.3 < figure["truth"] < 1
    assert benchmark.one_draw(rows, 2) == drawn


@pytest.mark.parametrize(("held", "code"), [(0.95, 0), (0.89, 1), (1.0, 1)])
def test_it_fails_if_intervals_hold_the_truth_too_rarely_or_always(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, held: float, code: int
) -> None:
    def coverage(rows: int, draws: int, workers: int) -> dict[str, Any]:
        return {"rows": rows, "draws": draws, "accuracy": {"held": held}, "macro_f1": {"held": 0.95}}

    monkeypatch.setattr(benchmark, "coverage", coverage)
    results = tmp_path / "results.json"
    assert benchmark.main(["--draws", "1", "--rows", "12", "--results", str(results)]) == code
    assert benchmark.main(["--draws", "1", "--rows", "30", "--results", str(results)]) == code
    assert [each["rows"] for each in json.loads(results.read_text("utf-8"))["coverage"]] == [12, 30], "both stay"
