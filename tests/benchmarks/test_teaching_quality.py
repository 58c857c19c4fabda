"""The quality of taught classifiers: what is measured stays, and what counts as worse."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def quality(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "teaching_quality.py"))


def beside(high: float, macro_high: float) -> dict[str, Any]:
    return {"file": "comments", "beside": {"difference": {"high": high}, "macro_f1": {"high": macro_high}}}


@pytest.mark.parametrize(
    ("high", "macro_high", "found"), [(0.01, 0.01, []), (-0.01, 0.01, ["comments"]), (0.01, -0.01, ["comments"])]
)
def test_worse_is_what_has_its_whole_interval_below_zero(
    quality: dict[str, Any], high: float, macro_high: float, found: list[str]
) -> None:
    assert quality["worse"]([beside(high, macro_high)]) == found


def test_what_was_measured_before_stays_in_the_file(quality: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    for file, value in (("tweets", 1), ("comments", 2), ("tweets", 3)):
        quality["Measured"](path).add_whole({"file": file, "value": value})
    found = json.loads(path.read_text("utf-8"))["whole"]
    assert [(each["file"], each["value"]) for each in found] == [("comments", 2), ("tweets", 3)]
