"""The benchmark of `valence score`, on a few rows and with two kills."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_a_killed_run_that_goes_on_is_held_against_the_undisturbed_one(tmp_path: Path) -> None:
    score = runpy.run_path(str(BENCHMARKS / "score.py"))
    rows = 700
    run = score["measure"](tmp_path, ("A good film.", "A bad one."), rows)
    assert run["rows"] == rows
    assert run["peak_memory_mb"] > 0
    with (tmp_path / f"comments-{rows}.whole.csv").open(encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == list(map(str, range(rows)))
    killed = score["measure_killed"](tmp_path, rows, 2, run["seconds"])
    assert killed["kills"] <= 2
    assert killed["same"]


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_another_output_is_told(tmp_path: Path) -> None:
    score = runpy.run_path(str(BENCHMARKS / "score.py"))
    run = score["measure"](tmp_path, ("A good film.", "A bad one."), 20)
    with (tmp_path / "comments-20.whole.csv").open("a", encoding="utf-8") as file:
        file.write("20,once more\n")
    assert not score["measure_killed"](tmp_path, 20, 0, run["seconds"])["same"]
