"""Each chapter's notebook is the chapter; test_tutorial runs them."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.tutorial import ROOT


def test_the_notebooks_are_the_ones_that_the_chapters_make() -> None:
    command = [sys.executable, str(ROOT / "docs" / "notebooks.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
