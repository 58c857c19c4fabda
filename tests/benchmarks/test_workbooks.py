"""The benchmark of workbooks, on a small one."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "workbooks.py"


@pytest.mark.parametrize("way", ["valence", "openpyxl"])
def test_every_row_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    benchmark = runpy.run_path(str(BENCHMARK))
    benchmark["write_book"](tmp_path / "book.xlsx", 50)
    benchmark["read_once"](way, tmp_path / "book.xlsx")
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == (50 if way == "valence" else 51)  # with the header
    assert found["peak_memory_mb"] > 0
