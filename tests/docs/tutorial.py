"""The tutorial's blocks, and what they become where they run: the same commands, on data as small as can be."""

from __future__ import annotations

import contextlib
import io
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "docs" / "tutorial").glob("[0-9]-*.md"))
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

    @property
    def environment(self) -> dict[str, str]:
        """Of the commands; the `valence` that they find is the one beside this Python."""
        return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def clone(folder: Path) -> Path:
    """A repository with a branch named main, for the push that is only shown."""
    path = folder / "clone"
    git = ["git", "-C", str(path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", str(path)], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "none"], check=True)
    return path


class Reader:
    """Follows a chapter word by word: runs each block, and holds what it prints against what the chapter shows."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._printed = ""

    def follow(self, chapter: Path) -> int:
        """How many blocks were run. Raises AssertionError at the first whose output is not what is shown."""
        parsers = [
            CodeBlockParser(language, evaluator)
            for language, evaluator in (("python", self._python), ("console", self._console), ("text", self._shown))
        ]
        examples = list(Sybil(parsers).parse(chapter).examples())
        fences = re.findall(r"^```(\w+)$", chapter.read_text("utf-8"), re.MULTILINE)
        assert len(examples) == len(fences), f"{chapter.name}: a block is of a kind that is not run"
        for example in examples:
            example.evaluate()
        return len(examples)

    def _python(self, example: Example) -> None:
        code = compile(self.room.small(example.parsed), f"{example.path}:{example.line}", "exec")
        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.chdir(self.room.folder):
            exec(code, example.namespace)
        self._printed = printed.getvalue()

    def _shown(self, example: Example) -> None:
        assert_alike(self._printed, example.parsed, f"{example.path}:{example.line}")

    def _console(self, example: Example) -> None:
        where = f"{example.path}:{example.line}"
        commands, shown = parted(example.parsed)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.room.small(commands)],
            cwd=self.room.folder,
            env=self.room.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{where}: {done.stdout}{done.stderr}"
        if shown:
            assert_alike(done.stdout, shown, where)


def parted(block: str) -> tuple[str, str]:
    """A console block's commands, without their `$ `, and the output that it shows."""
    lines = block.splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    shown = [line for line in lines if not line.startswith("$ ")]
    return "\n".join(commands), "\n".join(shown)


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
