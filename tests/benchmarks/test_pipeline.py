"""The pipeline benchmark on a tiny base: every way runs and is timed, and a bar that fails is told by the exit code."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PIPELINE = runpy.run_path(str(BENCHMARKS / "pipeline.py"))


def measured(**changed: Any) -> dict[str, Any]:
    figures = {"ratio2": 25.0, "ours": 0.9, "theirs": 0.9, "ratio1": 2.5, "stage1": 7_999, "stage2": 2_999} | changed
    return {
        "stage2": {
            "ratio": figures["ratio2"],
            "by_features": {"validation_accuracy": figures["ours"]},
            "by_epochs": {"validation_accuracy": figures["theirs"]},
        },
        "stage1": {"ratio": figures["ratio1"]},
        "memory": {stage: {"peak_memory_mb": figures[stage]} for stage in ("stage1", "stage2")},
    }


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        ({}, [True] * 5),
        ({"ratio2": 19.9}, [False, True, True, True, True]),
        ({"theirs": 0.9004}, [True, False, True, True, True]),
        ({"ratio1": 2.4}, [True, True, False, True, True]),
        ({"stage1": 8_001}, [True, True, True, False, True]),
        ({"stage2": 3_001}, [True, True, True, True, False]),
    ],
)
def test_every_bar_can_fail(changed: dict[str, Any], held: list[bool]) -> None:
    assert [each["held"] for each in PIPELINE["bars"](measured(**changed))] == held


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_each_part_is_measured_and_kept_as_it_comes(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "pipeline.json"
    places = ["--base", str(tiny_roberta), "--imdb", str(small_data / "aclImdb"), "--sst2", str(small_data / "SST-2")]
    for part in ("stage2", "stage1", "memory"):
        small = ["--rows", "160", "--epochs", "2", "--max-tokens", "62", "--part", part, "--out", str(out)]
        code = PIPELINE["main"]([*places, *small])
    found = json.loads(out.read_text("utf-8"))
    assert code == int(not all(each["held"] for each in found["bars"]))
    assert len(found["bars"]) == 5
    for way in ("by_features", "by_epochs"):
        assert found["stage2"][way]["rows"] == 128
        assert 0.5 <= found["stage2"][way]["validation_accuracy"] <= 1
        assert found["stage2"][way]["seconds"] > 0
    assert found["stage1"]["ours"]["tokens"] == found["stage1"]["by_defaults"]["tokens"] > 1_000
    assert found["memory"]["stage1"]["command"].startswith("valence pretrain --base tiny-roberta --data aclImdb")
    assert found["memory"]["stage2"]["peak_memory_mb"] > 100
