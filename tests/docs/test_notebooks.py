"""Each chapter's notebook is the chapter, and runs from top to bottom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.docs.tutorial import CHAPTERS, ROOT, Room


def test_the_notebooks_are_the_ones_that_the_chapters_make() -> None:
    command = [sys.executable, str(ROOT / "docs" / "notebooks.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_they_run_from_top_to_bottom_one_after_the_other(
    tmp_path: Path, tiny_roberta: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(tmp_path, tiny_roberta, small_data)
    monkeypatch.setenv("PATH", room.environment["PATH"])
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    for chapter in CHAPTERS:
        notebook = nbformat.read(chapter.with_suffix(".ipynb"), as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell in code:
            cell.source = room.small(cell.source)
        client = NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )
        client.execute()  # raises CellExecutionError with the cell and what it said
        assert all(cell.execution_count for cell in code)
