"""The simulator of clusters, on figures that can be worked by hand."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def sizing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(DOCS)
    return runpy.run_path(str(DOCS / "sizing.py"))


def by(sizing: dict[str, Any], **changes: float) -> Any:
    """A core does 100 rows a second, of 50 bytes read and 100 written; a shard takes 10 ms and 1 kB."""
    figures = {"rows": 100.0, "read": 50.0, "written": 100.0, "start_s": 40.0, "row_to_plain": 1.0}
    return sizing["Measured"](**{**figures, "shard_s": 0.01, "shard_bytes": 1000.0, **changes})


def machine(sizing: dict[str, Any], **changes: Any) -> Any:
    return sizing["Machine"](**{"name": "m", "cores": 10, "memory_gb": 1.0, "gbit": 1.0, "dollars": 0.5, **changes})


def test_hours_and_dollars_follow_from_cores(sizing: dict[str, Any]) -> None:
    found = sizing["estimate"](by(sizing), 7.2e6, machine(sizing), 2, 1_000)
    assert found.hours == pytest.approx((40 + 7.2e6 / (20 * 100)) / 3600)
    assert found.dollars == pytest.approx(found.hours * 2 * 0.5)
    assert found.network == pytest.approx(10 * 100 * 200 * 8 / 1e9)
    assert found.handing_out == pytest.approx(7_200 * 0.01 / 3_600)
    assert found.memory == pytest.approx(7_200 * 1_000 / 1e9)
    assert found.limit == "arithmetic"


@pytest.mark.parametrize(
    ("measured", "rented", "shard_rows", "limit"),
    [
        ({}, {"gbit": 1e-3}, 1_000, "the network"),
        ({}, {"cores": 1000}, 100, "assigning shards: use larger shards"),
        ({"shard_bytes": 1e6}, {}, 1_000, "the command's memory: use larger shards"),
    ],
)
def test_the_limit_is_what_cannot_keep_up(
    sizing: dict[str, Any], measured: dict[str, float], rented: dict[str, Any], shard_rows: int, limit: str
) -> None:
    found = sizing["estimate"](by(sizing, **measured), 1e6, machine(sizing, **rented), 1, shard_rows)
    assert found.limit == limit


def test_a_run_has_no_more_busy_cores_than_shards(sizing: dict[str, Any]) -> None:
    found = sizing["estimate"](by(sizing, start_s=0), 1_000, machine(sizing), 1, 1_000)
    assert found.hours == pytest.approx(10 / 3600)


def test_several_machines_are_worth_it_where_they_save_more_than_the_start(sizing: dict[str, Any]) -> None:
    figures, two_cores = by(sizing, shard_s=0, row_to_plain=1.1), machine(sizing, cores=2)
    count = sizing["worth_it_from"](figures, 4)
    alone = sizing["estimate"](by(sizing, rows=110, shard_s=0, start_s=0), count, two_cores, 1, 1)
    together = sizing["estimate"](figures, count, two_cores, 4, 1)
    assert together.hours == pytest.approx(alone.hours)


def test_a_machine_of_one_s_own_needs_all_its_figures(
    sizing: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        sizing["main"](["--comments", "1e6", "--machine", "ours", "--cores", "4"])
    assert "--memory-gb, --gbit and --dollars" in capsys.readouterr().err
    own = ["--machine", "ours", "--cores", "4", "--memory-gb", "8", "--gbit", "1", "--dollars", "0.2"]
    assert sizing["main"](["--comments", "1e6", *own]) == 0
    assert "limit: arithmetic" in capsys.readouterr().out
