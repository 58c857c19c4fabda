"""Writes docs/reference/*.md from the code: python docs/reference.py [--check].

Commands from click, the HTTP API from its OpenAPI document (which tests hold in step with the server), Python from the
docstrings. With --check nothing is written, and the exit code is 1 where a page is stale.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from generated import write_or_check

import valence
from valence.cli import main as command_line
from valence.system.errors import ValenceError

FOLDER = Path(__file__).parent / "reference"
MADE = "Generated from the code by `make docs`."


def commands() -> str:
    """Every command's help, as it prints it at 100 columns."""
    pages = [f"# Commands\n\n{MADE} Brackets mark optional options."]
    for name, command in _every(command_line, "valence"):
        with click.Context(command, info_name=name, terminal_width=100, max_content_width=100, **_STYLE) as context:
            pages.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```")
    return "\n\n".join(pages)


_STYLE: dict[str, Any] = {"help_option_names": ["-h", "--help"], "show_default": True}


def _every(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from _every(found, f"{name} {each}")


def http() -> str:
    """Every call with its parameters and answers; the whole document is at /openapi.json."""
    api = json.loads((FOLDER.parents[1] / "web" / "openapi.json").read_text("utf-8"))
    pages = [
        f"# HTTP API\n\n{MADE} A running server has an interactive reference at `/docs`, and the OpenAPI document at "
        "`/openapi.json`."
    ]
    for path, calls in api["paths"].items():
        for method, call in calls.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                pages.append(_call(f"{method.upper()} {path}", call))
    return "\n\n".join(pages)


def _call(title: str, call: dict[str, Any]) -> str:
    lines = [f"## `{title}`\n", call.get("summary", ""), "", call.get("description", "")]
    given = call.get("parameters", [])
    lines += ["", *(f"- `{each['name']}`: {each.get('description', '')}" for each in given)] if given else []
    lines += ["", "| status | answer |", "|---|---|"]
    lines += [f"| {status} | {_cell(answer.get('description', ''))} |" for status, answer in call["responses"].items()]
    return "\n".join(lines)


def python() -> str:
    """What `import valence` gives, and the tree of errors."""
    pages = [f"# Python\n\n{MADE}"]
    for name in sorted(set(valence.__all__)):
        found = getattr(valence, name)
        if not callable(found):
            continue
        pages.append(_documented(f"valence.{name}", found))
        if inspect.isclass(found) and not issubclass(found, Exception):
            pages += [
                _documented(f"{name}.{each}", member)
                for each, member in vars(found).items()
                if not each.startswith("_") and (callable(member) or isinstance(member, property))
            ]
    tree = inspect.getdoc(inspect.getmodule(ValenceError)) or ""
    pages.append(f"## Errors\n\n```text\n{tree}\n```")
    return "\n\n".join(pages)


def _documented(name: str, found: Any) -> str:
    target = found.fget if isinstance(found, property) else found
    given = "" if isinstance(found, property) else str(inspect.signature(target)).replace("'", "")
    return f"## `{name}{given}`\n\n```text\n{inspect.getdoc(target) or ''}\n```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check((FOLDER / f"{make.__name__}.md", _page(make())) for make in (commands, http, python)))
