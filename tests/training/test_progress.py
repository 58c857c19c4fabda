"""What a training run shows: a line for each validation pass, and nothing that the libraries print by themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow(reason="runs all stages again, for what they print")
def test_a_run_prints_lines_and_no_dicts_and_no_bars_of_the_libraries(
    tiny_roberta: Path, small_data: Path, tmp_path: Path
) -> None:
    arguments = ["--base", str(tiny_roberta), "--data", str(small_data / "SST-2"), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "valence", "pretrain", *arguments, "--epochs", "1", "--max-tokens", "16"],
        capture_output=True,
        text=True,
        check=True,
    )
    shown = done.stdout + done.stderr
    assert "{" not in shown
    assert "Writing model shards" not in shown
    lines = [line for line in done.stderr.splitlines() if "validation loss" in line]
    assert len(lines) == len(set(lines)) >= 2, lines
    assert all(line.startswith("Step ") and ", accuracy 0." in line for line in lines), lines
