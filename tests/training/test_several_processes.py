"""`valence pretrain` under torchrun: two processes share each batch over gloo, and one of them writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from valence.model.folder import ModelFolder

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "valence", "pretrain"]


def pretrain(base: Path, data: Path, out: Path, *, batch_size: int) -> subprocess.CompletedProcess[str]:
    options = {
        "--base": base,
        "--data": data / "aclImdb",
        "--out": out,
        "--epochs": 3,
        "--batch-size": batch_size,
        "--learning-rate": 4e-3,
        "--max-tokens": 62,
        "--precision": "fp32",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return subprocess.run([sys.executable, *TORCHRUN, *words], capture_output=True, text=True, check=False, timeout=300)


def test_two_processes_train_one_model(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "body"
    done = pretrain(tiny_roberta, small_data, out, batch_size=16)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(f"Saved to {out}.") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["body"]
    folder = ModelFolder(out)
    assert folder.head().provenance["processes"] == 2
    assert folder.head().provenance["validation"][-1]["step"] == 60, "320 texts, 16 a step whoever takes them, thrice"
    (found,) = folder.results()["results"]
    assert (found["rows"], found["metrics"]["accuracy"]["low"] > 0.9) == (160, True)


def test_a_fault_ends_all_and_leaves_nothing(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    done = pretrain(tiny_roberta, small_data, tmp_path / "body", batch_size=15)
    assert done.returncode != 0
    assert "--batch-size 15 cannot be shared evenly by 2 processes.\nGive a multiple of 2." in done.stderr
    assert list(tmp_path.iterdir()) == []
