"""The benchmark of the formats: its files, its bars, and a small run."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from valence.bulk.request import ScoreRequest, source_of
from valence.tables.answers import Added

BENCHMARK = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "score_formats.py"))


@pytest.mark.parametrize("kind", BENCHMARK["FORMATS"])
def test_its_files_have_the_same_rows(tmp_path: Path, kind: str) -> None:
    path = BENCHMARK["make"](tmp_path / f"in.{kind}", kind, 600)
    expected = BENCHMARK["make"](tmp_path / "same.csv", "csv", 600)
    texts = list[list[object]]()
    for file in (path, expected):
        with source_of(ScoreRequest(file, tmp_path / "out", text_column="comment"), Added()) as source:
            texts.append([text for block in source.blocks() for text in block.texts])
    assert texts[0] == texts[1]
    assert len(texts[0]) == 600


def run(kind: str, rows: int, code: str, used: float, memory: int, to: str | None = None) -> dict[str, Any]:
    about = {"from": kind, "to": to or kind, "rows": rows, "code": code, "seconds": used}
    return {**about, "processor_seconds": used, "peak_memory_mb": memory}


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({}, []),
        ({"processor_seconds": 1.1}, ["speed of csv, times that of the other commit"]),
        ({"peak_memory_mb": 116}, ["memory of csv, times that of a tenth"]),
    ],
)
def test_slower_code_and_growing_memory_are_told(changed: dict[str, Any], failed: list[str]) -> None:
    runs = [run(kind, 100, "this", 0.1, 100) for kind in BENCHMARK["FORMATS"]]
    runs += [run(kind, 1_000, code, 1.0, 100) for kind in BENCHMARK["FORMATS"] for code in ("this", "beside")]
    runs[3].update(changed)
    assert [bar["bar"] for bar in BENCHMARK["bars_of"](runs, besides=True) if not bar["held"]] == failed


def test_a_workbook_has_a_bar_of_its_own() -> None:
    runs = [run(kind, rows, "this", 1.0, 100) for kind in BENCHMARK["FORMATS"] for rows in (100, 1_000)]
    runs.append(run("csv", 1_000, "this", 1.0, 301, to="xlsx"))
    assert [bar["held"] for bar in BENCHMARK["bars_of"](runs, besides=False)] == [True, True, True, False]
