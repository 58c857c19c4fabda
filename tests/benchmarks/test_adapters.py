"""The benchmark of addresses in other services' forms: every address answers, and the figures are the server's own."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCHMARK = ROOT / "benchmarks" / "adapters.py"


def test_a_short_run_measures_every_address(tmp_path: Path) -> None:
    out = tmp_path / "adapters.json"
    command = [sys.executable, str(BENCHMARK), "--rounds", "1", "--calls", "1", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.exists(), done.stderr
    rows = json.loads(out.read_text("utf-8"))["rows"]
    assert rows[0]["call"] == "native"
    assert len(rows) == 7
    assert all(row["processor_ms"] > 0 for row in rows), "the kernel counted the server's threads"


def test_the_processors_time_grows_with_work_and_not_with_waiting() -> None:
    seconds = runpy.run_path(str(BENCHMARK.with_name("server_time.py")))["processor_of"]([os.getpid()])
    before = seconds()
    time.sleep(0.01)
    while seconds() == before:  # the loop itself is the work; it ends because it is counted
        sum(range(1000))
    assert seconds() > before
