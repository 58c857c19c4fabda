"""A run that is killed goes on to the same model, and nothing half-written is ever read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from valence.training.checkpoints import last_complete, mark

ROOT = Path(__file__).parents[2]


@pytest.mark.slow(reason="trains each stage many times, killed at random moments: minutes")
def test_killed_runs_end_as_undisturbed_ones_do(tmp_path: Path) -> None:
    """Two of the five ways; in a process of its own, since one that has trained must not be forked."""
    out = tmp_path / "faults.json"
    command = [sys.executable, "-m", "tests.training.faults", "--kills", "1", "--out", str(out)]
    command += ["--way", "pretrain", "--way", "transfer"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"kills": 1') == 2


def checkpoint(run: Path, step: int, *, best: Path | None = None) -> Path:
    path = run / f"checkpoint-{step}"
    path.mkdir(parents=True)
    (path / "model.safetensors").write_bytes(b"weights")
    said = "null" if best is None else f'"{best}"'
    (path / "trainer_state.json").write_text(f'{{"best_model_checkpoint": {said}}}', "utf-8")
    return path


def test_only_a_whole_checkpoint_with_a_whole_best_one_is_gone_on_with(tmp_path: Path) -> None:
    assert last_complete(tmp_path) is None
    first, second, third = (checkpoint(tmp_path, step, best=tmp_path / "checkpoint-9") for step in (9, 20, 100))
    assert last_complete(tmp_path) is None, "none says that it is whole"
    for each in (first, second, third):
        mark(each)
    assert last_complete(tmp_path) == third
    (third / "model.safetensors").write_bytes(b"wei")
    assert last_complete(tmp_path) == second
    (first / "model.safetensors").unlink()
    assert last_complete(tmp_path) is None, "the best one is damaged"


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_a_list_that_says_nothing_makes_no_checkpoint_whole(content: str, tmp_path: Path) -> None:
    (checkpoint(tmp_path, 1) / "complete.json").write_text(content, "utf-8")
    assert last_complete(tmp_path) is None
