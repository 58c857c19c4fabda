"""The map of the code in docs/architecture.md: four journeys as lists of functions, and the rooms with their imports.

A step names its function by as little of the module's path as tells it apart, so a module that moves to another room
keeps its step; `make docs` then writes the new path. A function that is renamed, or that the step before it no longer
calls, fails tests/docs/test_architecture.py.
"""

from __future__ import annotations

import ast
import re
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp
from journeys import JOURNEYS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src"
PACKAGE = "valence"


@dataclass(frozen=True)
class Place:
    """Where a function is.

    Attributes:
        path: its file.
        name: its name in there, with its class's.
        source: its text, with decorators.
    """

    path: Path
    name: str
    source: str

    @property
    def names(self) -> frozenset[str]:
        """Every name and attribute that its code uses or imports; in C every word."""
        if self.path.suffix == ".c":
            return frozenset(re.findall(r"[A-Za-z_]\w*", self.source))
        nodes = list(ast.walk(ast.parse(textwrap.dedent(self.source))))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.name for node in nodes if isinstance(node, ast.alias)}
        return frozenset(names | {node.attr for node in nodes if isinstance(node, ast.Attribute)})


@cache
def _modules() -> dict[str, Path]:
    """Dotted name -> file; a C file under its folder's name and its own, ending included."""
    files = [path for ending in ("*.py", "*.c") for path in (SOURCES / PACKAGE).rglob(ending)]
    return {_dotted(path): path for path in sorted(files)}


def _dotted(path: Path) -> str:
    parts = path.relative_to(SOURCES)
    if path.suffix == ".c":
        return ".".join(parts.parts)
    return ".".join(parts.with_suffix("").parts).removesuffix(".__init__")


@cache
def _definitions(path: Path) -> dict[str, str]:
    """Name -> text of each function, class and constant of a file, a method with its class's name."""
    text = path.read_text("utf-8")
    if path.suffix == ".c":
        return dict.fromkeys(re.findall(r"^(?:EXPORTED|static) [\w *]*?(\w+)\(", text, re.MULTILINE), text)
    lines = text.splitlines()
    return {
        name: "\n".join(
            lines[min([node, *getattr(node, "decorator_list", ())], key=_line).lineno - 1 : node.end_lineno]
        )
        for name, node in _walked(ast.parse(text).body, "")
    }


def _line(node: ast.stmt | ast.expr) -> int:
    return node.lineno


def _walked(body: list[ast.stmt], within: str) -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield within + node.targets[0].id, node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield within + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _walked(node.body, f"{within}{node.name}.")


def place_of(where: str) -> Place:
    """The function of a step. Raises LookupError unless there is exactly one."""
    end, _, name = where.partition(":")
    found = [
        path
        for dotted, path in _modules().items()
        if (not end or f".{dotted}".endswith(f".{end}")) and name in _definitions(path)
    ]
    if len(found) != 1:
        at = ", ".join(str(path.relative_to(ROOT)) for path in found) or "nowhere"
        raise LookupError(f"docs/architecture.py: {where} is in {at}; a step must name one function.")
    return Place(found[0], name, _definitions(found[0])[name])


def table(number: int) -> str:
    """The steps of a journey."""
    lines = ["| | function | what it does |", "|--:|---|---|"]
    for count, step in enumerate(JOURNEYS[number].steps, 1):
        place = place_of(step.where)
        path = place.path.relative_to(SOURCES / PACKAGE)
        lines.append(f"| {count} | [{path}](../{place.path.relative_to(ROOT)}) `{place.name}` | {step.what} |")
    return "\n".join(lines)


def journey(number: int) -> str:
    """A journey's heading, command and table."""
    return f"## {JOURNEYS[number].title}\n\n{JOURNEYS[number].command}\n\n{table(number)}"


@cache
def rooms() -> dict[str, frozenset[str]]:
    """Each package of the first level, from the top of the house down, with the packages that it imports."""
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    ordered = [name.strip() for layer in layers for name in layer.split("|")]
    packages = [name for name in ordered if (SOURCES / PACKAGE / name).is_dir()]
    imported: dict[str, set[str]] = {name: set() for name in packages}
    for module in graph.modules:
        room = _room(module)
        if room in imported:
            imported[room] |= {
                _room(other) for other in graph.find_modules_directly_imported_by(module)
            } & imported.keys()
    return {name: frozenset(others - {name}) for name, others in imported.items()}


def _room(module: str) -> str:
    return f"{module}.".split(".")[1]


def _reachable(room: str) -> set[str]:
    direct = rooms()[room]
    return set(direct).union(*(_reachable(other) for other in direct))


def picture() -> str:
    """The rooms as a Mermaid chart. An arrow that a longer way implies is left out."""
    lines = ["```mermaid", "flowchart TD"]
    for room, others in rooms().items():
        implied = set[str]().union(*(_reachable(other) for other in others))
        lines += [f"  {room} --> {other}" for other in rooms() if other in others - implied]
    return "\n".join([*lines, "```"])


def room_table() -> str:
    """What each room does, in the first sentence of its docstring, and what it imports."""
    lines = ["| room | what it does | imports |", "|---|---|---|"]
    for room, others in rooms().items():
        path = SOURCES / PACKAGE / room
        inside = [path, *sorted(child for child in path.iterdir() if (child / "__init__.py").exists())]
        lines.append(
            f"| {_link(path)} | {_first_sentence(path)} | {', '.join(name for name in rooms() if name in others)} |"
        )
        lines += [f"| &nbsp;&nbsp;{_link(child)} | {_first_sentence(child)} | |" for child in inside[1:]]
    return "\n".join(lines)


def _link(path: Path) -> str:
    return f"[{path.relative_to(SOURCES / PACKAGE)}](../{path.relative_to(ROOT)})"


def _first_sentence(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse((path / "__init__.py").read_text("utf-8"))) or ""
    return re.split(r"(?<=\.)\s", " ".join(docstring.split()), maxsplit=1)[0].replace("|", "\\|")
