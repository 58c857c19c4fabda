"""The tutorial is followed word by word, and its tables and charts are those of the results files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.docs.tutorial import CHAPTERS, ROOT, Reader, Room, assert_alike


@pytest.fixture
def room(tmp_path: Path, tiny_roberta: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """The commands there find the `valence` beside this Python, and notebooks leave nothing in anybody's home."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    return Room(tmp_path, tiny_roberta, small_data)


@pytest.mark.slow(reason="follows the whole tutorial: the stages are tested in tests/training")
def test_whoever_follows_the_chapters_in_order_meets_no_step_that_fails(room: Room) -> None:
    reader = Reader(room)
    assert [chapter.name[0] for chapter in CHAPTERS] == ["1", "2", "3"]
    assert all(reader.follow(chapter) > 5 for chapter in CHAPTERS)
    (call,) = (
        line for line in (room.folder / "server.log").read_text("utf-8").splitlines() if "/api/v1/predict" in line
    )
    assert "wonderful" not in call


def chapter_of(folder: Path, command: str, shown: str) -> Path:
    """A chapter with one block, and its notebook beside it."""
    chapter = folder / "0-made-up.md"
    chapter.write_text(f"# Made up\n\n```console\n$ {command}\n{shown}\n```\n", "utf-8")
    cell = nbformat.v4.new_code_cell(f"%%bash\n{command}\n")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), chapter.with_suffix(".ipynb"))
    return chapter


@pytest.mark.slow(reason="starts notebooks")
def test_a_block_that_prints_something_else_or_fails_half_way_is_told(room: Room) -> None:
    reader = Reader(room)
    assert reader.follow(chapter_of(room.folder, "echo spam", "spam")) == 1
    with pytest.raises(AssertionError, match=r"0-made-up\.md:3 shows\nham\nand it prints\nspam"):
        reader.follow(chapter_of(room.folder, "echo spam", "ham"))
    with pytest.raises(CellExecutionError):
        reader.follow(chapter_of(room.folder, "false\necho spam", "spam"))


@pytest.mark.parametrize("printed", ["ham 98.6%", "spam 90.1%"], ids=["other words", "another number"])
def test_what_is_not_as_shown_is_told(printed: str) -> None:
    assert_alike("spam  98.1%\n", "spam 98.6%", "here")
    with pytest.raises(AssertionError, match="here"):
        assert_alike(printed, "spam 98.6%", "here")


def test_the_charts_are_drawn_from_the_results(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "figures.py", tmp_path], check=True, capture_output=True)
    for place in ("tutorial/images", "images/load"):
        drawn = {path.name: path.read_bytes() for path in (tmp_path / place).iterdir()}
        kept = {path.name: path.read_bytes() for path in (ROOT / "docs" / place).glob("*")}
        assert drawn == kept, "stale: python docs/figures.py"
