"""The encoder in C is built where there is a compiler for it, and without a warning."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from valence.inference.fused import encoder

SOURCE = Path(__file__).parents[2] / "src" / "valence" / "inference" / "fused" / "encoder.c"
pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64") or not shutil.which("cc"),
    reason="encoder.c does nothing here, or there is no C compiler: onnxruntime runs the body",
)


def test_it_was_built() -> None:
    """A compiler's error would go unseen otherwise, as onnxruntime stands in."""
    library, _ = encoder.available()
    assert library is not None


@pytest.mark.parametrize("elsewhere", [[], ["-U__linux__", "-Wno-unused-parameter"]])
def test_it_compiles_without_a_warning(elsewhere: list[str], tmp_path: Path) -> None:
    """Here, and on another system, where it only says that it does nothing."""
    command = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *elsewhere]
    done = subprocess.run([*command, SOURCE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
