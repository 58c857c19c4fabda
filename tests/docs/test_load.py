"""The page on the server under load, as it is before and after the measurement."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from valence.evaluation.plots import picture

ROOT = Path(__file__).parents[2]
TABLE = runpy.run_path(str(ROOT / "docs" / "load_table.py"))


def _row(connections: int, per_second: float, **more: int) -> dict[str, Any]:
    row = {"connections": connections, "per_second": per_second, "p50_ms": 2.0, "p95_ms": 3.0, "p99_ms": 1234.5}
    return row | {"answered": 100, "refused": 0, "failed": 0} | more


MEASURED: dict[str, Any] = {
    "processor": "A processor, 2 cores",
    "busy_before_percent": 1.5,
    "texts": 872,
    "model": {"body": "b" * 12, "head": "h" * 12},
    "versions": {"torch": "2.13.0"},
    "ways": [
        {"name": "Valence", "rows": [_row(1, 400.4), _row(64, 1000.0, refused=3)]},
        {"name": "Flask and a pipeline", "rows": [_row(64, 250.0, failed=1)]},
    ],
    "engine": {"1": {"per_second": 500.0, "p50_ms": 1.5}, "64": {"per_second": 1250.0, "p50_ms": 50.0}},
    "overhead": {"one_call_ms": 0.5, "share_of_engine": 0.8},
    "checks": [{"name": "Memory", "measured": 1.5, "unit": "%", "most": 5.0}],
    "overload": {
        **_row(512, 900.0),
        "carried_per_second": 1000.0,
        "asked_per_second": 2000,
        "seconds": 600,
        "refused_p50_ms": 5.0,
        "refused_p99_ms": 20.0,
        "most_waiting": 700,
        "curve": {
            "second": [5.0, 10.0],
            "answered": [900.0, 910.0],
            "refused": [1100.0, 1090.0],
            "p99_ms": [700.0, 720.4],
            "memory_mb": [180.0, 181.0],
        },
    },
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "load.json"
    path.write_text(json.dumps(MEASURED), "utf-8")
    return path


def test_before_the_measurement_the_page_says_so(tmp_path: Path) -> None:
    assert TABLE["page"](tmp_path / "none.json") == TABLE["NOT_YET"]
    assert TABLE["charts"](None) == []


def test_the_tables_have_each_server_and_number_of_connections(results: Path) -> None:
    page = TABLE["page"](results)
    assert "| server | 1 connection | 64 connections |" in page
    assert "| Valence | 400 | 1,000 (3 refused) |" in page
    assert "| Flask and a pipeline |  | 250 (1 failed) |" in page
    assert "| Valence | 2 / 3 / 1,234 | 2 / 3 / 1,234 |" in page
    assert "| Memory | 1.5% | at most 5% |" in page


def test_the_text_has_the_overhead_and_the_overload(results: Path) -> None:
    page = TABLE["page"](results)
    assert "cost 0.5 ms of a single call" in page
    assert "80% of the bare engine" in page
    assert "Asked 2,000 times a second for 10 minutes, it answered 900 a second" in page
    assert "half of them within 5 ms and 99% of those within 20 ms" in page


def test_a_part_that_was_not_measured_is_left_out(results: Path) -> None:
    results.write_text(json.dumps(MEASURED | {"engine": None, "overhead": None, "overload": None}), "utf-8")
    page = TABLE["page"](results)
    assert "bare engine" not in page
    assert "Twice" not in page
    assert "| Valence |" in page


def test_the_curves_are_drawn_where_the_page_shows_them(results: Path) -> None:
    charts = TABLE["charts"](MEASURED)
    assert [f"(images/load/{chart.key}.svg)" in TABLE["page"](results) for chart in charts] == [True] * 3
    calls = charts[0]
    assert calls.rows[1] == ("0.166667", "910", "1090")
    svg = picture(calls, "svg", title=calls.title)
    assert svg == picture(calls, "svg", title=calls.title), "the same bytes each time"
    assert b"Calls a second" in svg
