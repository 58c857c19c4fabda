"""The tutorial's blocks, and what they become where they run: the same commands, on data as small as can be."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from typing import NamedTuple

import nbformat
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "docs" / "tutorial").glob("[1-3]-*.md"))
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
NEAR = 3.0  # how far a printed number may be off: processors differ in the last digits, and so do libraries


class Room:
    """A folder where the chapters are followed, with what the commands need and small data instead of the large."""

    def __init__(self, folder: Path, base: Path, data: Path) -> None:
        self.folder = folder
        self.smaller = {
            "--base minilm": f"--base {base} --epochs 1 --max-tokens 48",
            "--data imdb": f"--data {data / 'aclImdb'}",
            "--data sst2": f"--data {data / 'SST-2'}",
            "valence data get imdb sst2": "valence data list",  # these are fetched; tests/data has the fetching
            "8000": str(_free_port()),
            "deploy heroku my-forum": f"deploy heroku my-forum --source {clone(folder)}",
        }

    def small(self, words: str) -> str:
        """A block with the large data's names replaced."""
        for name, instead in self.smaller.items():
            words = words.replace(name, instead)
        return words


def clone(folder: Path) -> Path:
    """A repository with a branch named main, for the push that is only shown."""
    path = folder / "clone"
    git = ["git", "-C", str(path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", str(path)], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "none"], check=True)
    return path


class Reader:
    """Follows a chapter by its notebook: runs each block, and holds what it prints against what the chapter shows."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def follow(self, chapter: Path) -> int:
        """How many blocks were run.

        Raises CellExecutionError, with what it said, at a block that fails, and AssertionError where an output is not
        what is shown.
        """
        blocks = _blocks(chapter)
        notebook = nbformat.read(chapter.with_suffix(".ipynb"), as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert len(cells) == len(blocks), f"{chapter.name}: its notebook has other blocks"
        for cell in cells:
            # A shell's block fails with any of its commands; by itself the cell would fail with its last one alone.
            cell.source = self.room.small(cell.source).replace("%%bash\n", "%%bash\nset -euo pipefail\n")
        NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": self.room.folder}}
        ).execute()
        for block, cell in zip(blocks, cells, strict=True):
            assert cell.execution_count, f"{block.where} was not run"
            if block.shown:
                assert_alike(_printed(cell), block.shown, block.where)
        return len(cells)


class _Block(NamedTuple):
    """A chapter's block that is run, and what the chapter shows of its output."""

    where: str
    shown: str


def _blocks(chapter: Path) -> list[_Block]:
    """In order. Raises AssertionError if a block is of a kind that is not run."""
    found: list[_Block] = []
    for token in MarkdownIt().parse(chapter.read_text("utf-8")):
        if token.type == "fence":
            assert token.map is not None
            where = f"{chapter.name}:{token.map[0] + 1}"
            assert token.info in {"python", "console", "text"}, f"{where} is of a kind that is not run"
            if token.info == "text":  # what the block before it prints
                found[-1] = found[-1]._replace(shown=token.content)
            else:
                found.append(_Block(where, _shown(token.content) if token.info == "console" else ""))
    return found


def _shown(block: str) -> str:
    """The output that a console block shows: what is none of its commands."""
    return "\n".join(line for line in block.splitlines() if not line.startswith("$ "))


def _printed(cell: NotebookNode) -> str:
    return "".join(each.text for each in cell.outputs if each.output_type == "stream" and each.name == "stdout")


def assert_alike(printed: str, shown: str, where: str) -> None:
    """The same words, and numbers that differ by three at most."""
    found, wanted = (" ".join(text.split()) for text in (printed, shown))
    assert _NUMBER.sub("#", found) == _NUMBER.sub("#", wanted), f"{where} shows\n{shown}\nand it prints\n{printed}"
    pairs = zip(_NUMBER.findall(found), _NUMBER.findall(wanted), strict=True)
    far = [pair for pair in pairs if abs(float(pair[0]) - float(pair[1])) > NEAR]
    assert not far, f"{where}: printed and shown numbers differ: {far}"


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
