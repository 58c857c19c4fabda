"""A file to score and the ways to score it, for all tests of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from valence.bulk import blocks
from valence.cli import main

Score = Callable[..., Result]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows of a block: few, so that a small file has many blocks."""
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 24)
    return 24


@pytest.fixture
def score(tiny_model: Path) -> Score:
    """`valence score` on the tiny model, in this process."""

    def run(*arguments: str | Path, typed: bytes | None = None) -> Result:
        command = ["score", *map(str, arguments), "--model", str(tiny_model)]
        return CliRunner().invoke(main, command, input=typed)

    return run


@pytest.fixture
def process(tiny_model: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """The same as a process of its own, which can be killed; it commits every block, not every two seconds."""

    def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
        code = "from valence.bulk import run; from valence.cli import main; run.COMMIT_S = -1; main()"
        command = [sys.executable, "-c", code, "score", *map(str, arguments), "--model", str(tiny_model)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    return start
