"""Files of our own stay short enough to read in one go, and functions short enough to see at once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES, FUNCTION_LINES = 300, 60
SUFFIXES = {".py", ".sh", ".mjs", ".ts", ".tsx", ".css"}
# Built or installed, not written: the client is generated from the API document.
GENERATED = ("web/src/api/generated/",)


def sources() -> Iterator[Path]:
    """Python, TypeScript and CSS that people write; the C engine is one file on purpose."""
    patterns = ("src", "benchmarks", "docs", "runs", "web/src", "setup.py")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in SUFFIXES and not name.startswith(GENERATED) and path.exists():
            yield path


def long_functions(content: str) -> list[tuple[str, int]]:
    """Name and lines of each function that is too long."""
    functions = [
        node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lines = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [(name, count) for name, count in lines if count > FUNCTION_LINES]


def test_a_function_is_short() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name} has {count} lines"
        for path in sources()
        if path.suffix == ".py"
        for name, count in long_functions(path.read_text("utf-8"))
    }
    assert not found


def test_a_file_is_short() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert not {name: count for name, count in lines.items() if count > FILE_LINES}


def test_a_long_function_is_seen() -> None:
    content = "def short():\n    pass\n\n\nasync def long():\n" + "    pass\n" * FUNCTION_LINES
    assert long_functions(content) == [("long", FUNCTION_LINES + 1)]
