"""The speed of heads is measured case by case, each in a process of its own, and held against its bars."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

SPEED = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "head_speed.py"))


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_a_case_is_measured_with_its_progress() -> None:
    case = SPEED["Case"](classes=3, rows=2600, readouts=("final", "general"), most_s=60)
    found = SPEED["measure"](case)
    assert found["steps_shown"] > 10
    assert found["features_mb"] <= found["peak_mb"]
    assert found["chosen"].startswith(("final", "general"))
    json.dumps(found)


@pytest.mark.parametrize(("found", "over"), [({}, False), ({"processor_s": 61.0}, True), ({"peak_mb": 1001}, True)])
def test_a_case_over_its_bar_is_told(found: dict[str, float], over: bool) -> None:
    case = {"most_s": 60, "most_mb": 1000, "processor_s": 60.0, "peak_mb": 1000, **found}
    assert SPEED["over"](case) == over
    assert not SPEED["over"]({**case, "most_s": None, "most_mb": None})
