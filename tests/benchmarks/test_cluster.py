"""The cluster's benchmark: what it makes of what it sees. The runs themselves are tested in tests/cluster."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "cluster.py"))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "cluster_runs.py"))


def _shards(folder: Path, *shards: list[str]) -> Path:
    folder.mkdir()
    for number, rows in enumerate(shards):
        (folder / f"part-{number:06}.csv").write_text("\n".join(["id,comment", *rows]) + "\n", "utf-8")
    return folder


def _alone(folder: Path, rows: list[str]) -> Path:
    file = folder / "alone.csv"
    file.write_text("\n".join(["id,comment", *rows]) + "\n", "utf-8")
    return file


def test_rows_are_lost_or_doubled_or_the_same(runs: dict[str, Any], tmp_path: Path) -> None:
    alone = _alone(tmp_path, ["1,a", "2,b", "3,c", "4,d"])
    assert runs["same_rows"](_shards(tmp_path / "same", ["1,a", "2,b"], ["3,c", "4,d"]), alone) == (0, 0)
    assert runs["same_rows"](_shards(tmp_path / "lost", ["1,a", "2,b"], ["4,d"]), alone) == (1, 0)
    assert runs["same_rows"](_shards(tmp_path / "doubled", ["1,a", "2,b"], ["2,b", "3,c", "4,d"]), alone) == (0, 1)


@pytest.mark.parametrize(
    ("shards", "words"),
    [
        ([["3,c", "4,d"], ["1,a", "2,b"]], "another order"),
        ([["1,a", "2,b"], ["3,c", "4,changed"]], "other rows"),
    ],
)
def test_rows_that_are_others_are_no_loss_but_an_error(
    runs: dict[str, Any], tmp_path: Path, shards: list[list[str]], words: str
) -> None:
    alone = _alone(tmp_path, ["1,a", "2,b", "3,c", "4,d"])
    with pytest.raises(RuntimeError, match=words):
        runs["same_rows"](_shards(tmp_path / "out", *shards), alone)


def test_what_ray_costs_is_a_start_and_a_share_of_every_row(bench: dict[str, Any]) -> None:
    sizes = [
        {"rows": 1_000, "plain_s": 3.0, "cluster_s": 23.1},
        {"rows": 101_000, "plain_s": 103.0, "cluster_s": 133.1},
    ]
    found = bench["worth_it"](sizes)
    assert found["row_to_plain"] == pytest.approx(1.1)
    assert found["start_s"] == pytest.approx(20.0)  # of 22 s for no row, beside 2 s


def test_every_bar_is_held_against_its_own_figure(bench: dict[str, Any]) -> None:
    good = {
        "scaling": {"efficiency": 0.85},
        "memory": {"growth": 1.1},
        "faults": {"lost": 0, "doubled": 0, "workers_killed": 20, "nodes_killed": 3},
    }
    assert [each["holds"] for each in bench["checks"](good)] == [True] * 4
    bad = {
        "scaling": {"efficiency": 0.84},
        "memory": {"growth": 1.11},
        "faults": {"lost": 0, "doubled": 1, "workers_killed": 20, "nodes_killed": 2},
    }
    assert [each["holds"] for each in bench["checks"](bad)] == [False] * 4
    assert bench["checks"]({"scaling": good["scaling"]})[0]["measured"] == 0.85


@pytest.mark.slow(reason="measures, with processes of its own; the arithmetic is tested beside it")
def test_a_core_s_time_is_measured_step_by_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_model: Path
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    measured = runpy.run_path(str(BENCHMARKS / "cluster_steps.py"))
    file = tmp_path / "comments.csv"
    file.write_text("id,comment,votes\n" + "".join(f"{n},a dull film,{n}\n" for n in range(700)), "utf-8")
    found = measured["steps"](file, tmp_path / "out", tiny_model)
    assert found["rows"] == 700
    assert found["bytes_a_row"]["written"] > found["bytes_a_row"]["read"]
    times = found["microseconds_a_row"]
    assert set(times) == {"cutting", "reading", "tokenising", "arithmetic", "scoring", "writing"}
    assert min(times.values()) > 0
    assert json.dumps(found)
    assert len((tmp_path / "out" / "part-000000.csv").read_text("utf-8").splitlines()) == 701
