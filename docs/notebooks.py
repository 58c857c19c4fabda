"""Makes the tutorial's notebooks from its chapters for a terminal: python docs/notebooks.py [--check].

A chapter's prose becomes Markdown cells, its Python and its commands become code cells, and the output that it shows is
left out: a notebook prints its own. With --check nothing is written, and the exit code is 1 where one is stale.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jupytext
import nbformat
from generated import write_or_check

# Chapter 4 takes place in the page: web/e2e/tutorial.spec.ts follows it.
CHAPTERS = sorted((Path(__file__).parent / "tutorial").glob("[1-3]-*.md"))
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SHOWN = re.compile(r"^```text\n.*?^```\n+", re.DOTALL | re.MULTILINE)
_HEADER = "---\njupyter:\n  kernelspec:\n    display_name: Python 3\n    language: python\n    name: python3\n---\n\n"
_MADE = re.compile(r"<!--\[\[\[.*?\]\]\]-->\n", re.DOTALL)  # what makes a table, and no part of the text


def notebook(chapter: Path) -> str:
    """The chapter as a notebook's JSON, without outputs; the same characters each time."""
    text = _MADE.sub("", _SHOWN.sub("", chapter.read_text("utf-8")))
    text = _CONSOLE.sub(lambda block: f"```bash\n{_commands(block[1])}```", text)
    made = jupytext.reads(_HEADER + text, fmt="md")
    made.metadata = nbformat.NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {}
    return str(nbformat.writes(made, indent=1)) + "\n"


def _commands(block: str) -> str:
    return "".join(f"{line[2:]}\n" for line in block.splitlines() if line.startswith("$ "))


if __name__ == "__main__":
    sys.exit(write_or_check((chapter.with_suffix(".ipynb"), notebook(chapter)) for chapter in CHAPTERS))
