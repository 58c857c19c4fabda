"""The share of the machine, read from made-up cgroup folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from valence.inference.cores import available_cores, cgroup_quota


def _cgroup(tmp_path: Path, files: dict[str, str], own: str) -> tuple[Path, Path]:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    process = tmp_path / "self"
    process.write_text(own)
    return tmp_path, process


@pytest.mark.parametrize(
    ("files", "own", "cores"),
    [
        ({"cpu.max": "150000 100000"}, "0::/\n", 1.5),
        ({"cpu.max": "max 100000"}, "0::/\n", None),
        ({"cpu.max": "max 100000", "a/cpu.max": "400000 100000", "a/b/cpu.max": "max 100000"}, "0::/a/b\n", 4.0),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, "3:cpu,cpuacct:/\n", 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "3:cpu:/\n", None),
        ({"cpu.max": "nonsense"}, "", None),
        ({}, "", None),
    ],
)
def test_the_quota_is_the_tightest_that_the_cgroup_grants(
    tmp_path: Path, files: dict[str, str], own: str, cores: float | None
) -> None:
    assert cgroup_quota(*_cgroup(tmp_path, files, own)) == cores


def test_half_a_core_is_one_thread(tmp_path: Path) -> None:
    assert available_cores(*_cgroup(tmp_path, {"cpu.max": "50000 100000"}, "0::/\n")) == 1


def test_without_a_quota_the_affinity_counts(tmp_path: Path) -> None:
    assert available_cores(tmp_path, tmp_path / "none") == len(os.sched_getaffinity(0))
