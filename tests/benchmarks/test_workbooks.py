"""The benchmark of workbooks, on a small one."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "workbooks.py"
RESULTS = Path(__file__).parents[2] / "docs" / "results" / "workbooks.json"


@pytest.mark.parametrize("way", ["valence", "openpyxl"])
def test_every_row_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    benchmark = runpy.run_path(str(BENCHMARK))
    benchmark["write_book"](tmp_path / "book.xlsx", 50)
    benchmark["read_once"](way, tmp_path / "book.xlsx")
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == (50 if way == "valence" else 51)  # with the header
    assert found["peak_memory_mb"] > 0


def test_the_recorded_figures_keep_to_the_bar() -> None:
    measured = json.loads(RESULTS.read_text("utf-8"))
    assert measured["rows"] == measured["valence"]["book"]["rows"] == 100_000
    assert measured["valence"]["book"]["peak_memory_mb"] < 300
    assert "rows" in measured["valence"]["one_cell_in_the_last_corner"]
