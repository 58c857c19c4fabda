"""The tools, asked by the official SDK's client: `valence mcp` as a process, over its standard input and output."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from valence.server.schemas.predict import PredictResponse, Scored

PROGRAM = "from valence.cli import main; main()"


def ask(model: Path, *options: str, then: Callable[[Client], Awaitable[None]]) -> None:
    """Runs `then` with a client of a new process."""
    arguments = ["-c", PROGRAM, "mcp", "--model", f"tiny={model}", *options]

    async def play() -> None:
        async with Client(StdioServerParameters(command=sys.executable, args=arguments)) as client:
            await then(client)

    asyncio.run(play())


def said(result: CallToolResult) -> str:
    return "".join(getattr(part, "text", "") for part in result.content)


def test_a_client_lists_the_tools_and_uses_each(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("id,review\n1,it was good\n2,it was bad\n", "utf-8")

    async def then(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"list_classifiers", "classify", "explain", "score_file"}
        assert tools["classify"].output_schema == PredictResponse.model_json_schema()
        assert tools["explain"].output_schema == Scored.model_json_schema()
        assert tools["classify"].input_schema["required"] == ["texts"]

        listed = (await client.call_tool("list_classifiers", {})).structured_content
        assert listed is not None
        assert listed["result"][0]["labels"] == ["negative", "positive"]

        answer = (await client.call_tool("classify", {"texts": ["it was good", "it was bad", " "]})).structured_content
        response = PredictResponse.model_validate(answer)
        assert [getattr(result, "label", "error") for result in response.results] == ["positive", "negative", "error"]

        explained = (await client.call_tool("explain", {"text": "it was good"})).structured_content
        words = Scored.model_validate(explained).words
        assert words is not None
        assert max(words, key=lambda word: word.effect).start == 7

        done = await client.call_tool("score_file", {"path": "reviews.csv", "out": "scored.csv"})
        assert done.structured_content == {"out": "scored.csv", "rows": 2, "blank": 0, "unscored": 0, "unread": 0}

    ask(tiny_model, "--folder", str(tmp_path), then=then)
    with (tmp_path / "scored.csv").open(encoding="utf-8", newline="") as file:
        assert [row["predicted_label"] for row in csv.DictReader(file)] == ["positive", "negative"]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("classify", {"texts": ["a"], "classifier": "other"}, "There is no model 'other'"),
    ("classify", {"texts": []}, "at least 1"),
    ("classify", {"texts": ["a"] * 200}, "128 texts"),
    ("explain", {"text": " "}, "The text is empty"),
    ("score_file", {"path": "../secret.csv", "out": "out.csv"}, "outside the folder"),
    ("score_file", {"path": "/etc/passwd", "out": "out.csv"}, "outside the folder"),
    ("score_file", {"path": "", "out": "out.csv"}, "outside the folder"),
    ("score_file", {"path": "in.csv\0", "out": "out.csv"}, "isn't a file name"),
    ("score_file", {"path": "in.csv", "out": f"{'x' * 5000}.csv"}, "isn't a file name"),
    ("score_file", {"path": "in.csv", "out": "in.csv"}, "in.csv already exists. Name another file for `out`."),
    ("score_file", {"path": "nothing.csv", "out": "out.csv"}, "nothing.csv"),
]


def test_each_error_says_what_is_wrong(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "in.csv").write_text("id,review\n1,it was good\n", "utf-8")
    (tmp_path / "secret.csv").write_text("id,review\n1,it was good\n", "utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")

    async def then(client: Client) -> None:
        link = ("score_file", {"path": "link.csv", "out": "out.csv"}, "outside the folder")
        for tool, arguments, message in [*WRONG, link]:
            result = await client.call_tool(tool, arguments)
            assert result.is_error, tool
            assert message in said(result)

    ask(tiny_model, "--folder", str(folder), then=then)
    assert not (folder / "out.csv").exists()


def test_without_a_folder_there_is_no_tool_for_files(tiny_model: Path) -> None:
    async def then(client: Client) -> None:
        assert "score_file" not in {tool.name for tool in (await client.list_tools()).tools}

    ask(tiny_model, then=then)


def test_without_the_sdk_the_command_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from valence.cli import main

    monkeypatch.delitem(sys.modules, "valence.cli.mcp_tools.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    for name in [name for name in sys.modules if name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    done = CliRunner().invoke(main, ["mcp"])
    assert done.exit_code == 2
    assert ".[mcp]" in done.output
