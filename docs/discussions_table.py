"""What was expected of each discussion in tests/discussions/cases and what comes, for docs/discussions.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from valence.discussions.comment import Comment
from valence.discussions.pasted import reading as pasted
from valence.discussions.reading import read

CASES = Path(__file__).parents[1] / "tests" / "discussions" / "cases"
_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def table() -> str:
    """In Markdown: one row for each case."""
    lines = ["| source | read as | comments expected | comments that came | wrong |", "|---|---|--:|--:|--:|"]
    for name, expected, came in _cases():
        wrong = sum(_row(one) != _expected(other) for one, other in zip(came, expected["comments"], strict=False))
        wrong += abs(len(came) - len(expected["comments"]))
        lines.append(f"| {name} | {expected['format']} | {len(expected['comments'])} | {len(came)} | {wrong} |")
    return "\n".join(lines)


def _cases() -> Iterator[tuple[str, dict[str, Any], tuple[Comment, ...]]]:
    for name, expected in _read("exports").items():
        yield name, expected, read(CASES / "exports" / name, now=_NOW).comments
    for name, expected in _read("pasted").items():
        text = (CASES / "pasted" / f"{name}.txt").read_text("utf-8")
        yield f"{name}.txt", expected, pasted.read(text, now=_NOW).comments


def _read(kind: str) -> dict[str, Any]:
    cases: dict[str, Any] = json.loads((CASES / f"{kind}.json").read_text("utf-8"))
    return cases


def _row(one: Comment) -> tuple[object, ...]:
    time = one.created_at.isoformat() if one.created_at else None
    return (one.id, one.parent_id, one.author, time, one.text, one.title, one.thread_id)


def _expected(case: dict[str, Any]) -> tuple[object, ...]:
    return tuple(case.get(key) for key in ("id", "parent", "author", "time", "text", "title", "thread_id"))


if __name__ == "__main__":
    print(table())  # noqa: T201
