"""`valence pretrain` under torchrun: two processes share each batch over gloo, and one of them writes."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from valence.model.folder import ModelFolder

pytestmark = pytest.mark.slow(reason="starts torchrun, with several processes for each test")

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "valence", "pretrain"]


def command(base: Path, data: Path, out: Path, *, batch_size: int = 16, epochs: int = 3) -> list[str]:
    options = {
        "--base": base,
        "--data": data / "aclImdb",
        "--out": out,
        "--epochs": epochs,
        "--batch-size": batch_size,
        "--learning-rate": 4e-3,
        "--max-tokens": 62,
        "--precision": "fp32",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, *TORCHRUN, *words]


def pretrain(base: Path, data: Path, out: Path, *, batch_size: int) -> subprocess.CompletedProcess[str]:
    words = command(base, data, out, batch_size=batch_size)
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)


def test_two_processes_train_one_model(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "body"
    done = pretrain(tiny_roberta, small_data, out, batch_size=16)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(f"Saved to {out}.") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["body"]
    folder = ModelFolder(out)
    assert folder.head().provenance["processes"] == 2
    assert folder.head().provenance["validation"][-1]["step"] == 60, "320 texts, 16 a step whoever takes them, thrice"
    (found,) = folder.results().results
    assert (found.rows, found.metrics["accuracy"].low > 0.9) == (160, True)


def test_a_fault_ends_all_and_leaves_nothing(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    done = pretrain(tiny_roberta, small_data, tmp_path / "body", batch_size=15)
    assert done.returncode != 0
    assert "--batch-size 15 can't be shared evenly by 2 processes.\nGive a multiple of 2." in done.stderr
    assert list(tmp_path.iterdir()) == []


def die(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def fill_its_disk(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


@pytest.mark.parametrize(("fault", "rank"), [(die, 0), (die, 1), (fill_its_disk, 0)])
def test_a_fault_in_one_process_ends_the_others(
    fault: Callable[[int], None], rank: int, tiny_roberta: Path, small_data: Path, tmp_path: Path
) -> None:
    out, run = tmp_path / "body", tmp_path / "body.training"
    with (tmp_path / "said").open("wb") as said:
        started = subprocess.Popen(command(tiny_roberta, small_data, out, epochs=500), stdout=said, stderr=said)
    try:
        while not list(run.glob("runs/*/*")):  # TensorBoard's file is there when training begins
            assert started.poll() is None, (tmp_path / "said").read_text("utf-8")
            time.sleep(0.2)
        ranks = children(started.pid)
        assert len(ranks) == 2
        fault(ranks[rank])
        assert started.wait(120) != 0
    finally:
        started.kill()
    assert not [each for each in ranks if Path(f"/proc/{each}").exists()]
    assert not out.exists()


def children(process: int) -> list[int]:
    """Process ids, in the order in which they were started."""
    found = [path.read_text("utf-8") for path in Path(f"/proc/{process}/task").glob("*/children")]
    return sorted(int(each) for words in found for each in words.split())
