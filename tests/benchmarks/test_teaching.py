"""The benchmark of teaching: its labels, its bars, and what it counts as the server's memory and time."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "teaching.py"))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARKS / "teaching_server.py"))


def test_a_label_follows_from_the_longest_word(bench: dict[str, Any]) -> None:
    assert bench["label_of"]("an EXTRAORDINARY day") == bench["label_of"]("extraordinary") != bench["label_of"]("day")
    assert bench["label_of"]("").startswith("topic ")


def test_figures_over_their_bars_are_named(bench: dict[str, Any]) -> None:
    case = {"seconds": 600.0, "peak_mb": 600, "p99_ms": 80.0, "failed": 1}
    assert bench["over_bar"](case, bench["BARS"]["large"]) == ["peak_mb", "failed"]


def test_memory_and_time_are_those_of_a_process_and_what_it_started(watched: dict[str, Any]) -> None:
    code = "import sys; held = bytearray(b'x' * (50 << 20)); print('ready', flush=True); sys.stdin.read()"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    with subprocess.Popen([sys.executable, "-c", nested], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        found = watched["descendants"](process.pid)
        assert len(found) == 2
        assert found[0] == process.pid
        assert watched["memory_mb"](found[1]) > 50
        process.stdin.close()
    assert watched["descendants"](process.pid) == [process.pid], "what has ended has no children"
    assert watched["processor_s"](os.getpid()) > 0
