"""What slips of the finger cost, measured on small data."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_a_model_is_measured_on_the_same_rows_both_ways(
    tiny_model: Path, small_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typos = runpy.run_path(str(BENCHMARKS / "typos.py"))
    out = tmp_path / "typos.json"
    options = ["--model", str(tiny_model), "--data", str(small_data / "SST-2"), "--results", str(out)]
    typos["main"](options)
    found = json.loads(out.read_text("utf-8"))
    as_they_are, mistyped = found["models"]
    assert (as_they_are["texts"], mistyped["texts"]) == ("as they are", "mistyped")
    assert as_they_are["log_loss"] != mistyped["log_loss"]
    assert found["split"] == "validation"
    assert f"{found['rows']:,} validation rows" in capsys.readouterr().out
