"""Each case against what is expected of it: comments, parents, authors, times, and what was left out."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from valence.discussions.comment import Discussion
from valence.discussions.pasted import reading as pasted
from valence.discussions.reading import read

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PASTED: dict[str, Any] = json.loads((CASES / "pasted.json").read_text("utf-8"))
EXPORTS: dict[str, Any] = json.loads((CASES / "exports.json").read_text("utf-8"))


def as_case(found: Discussion) -> dict[str, Any]:
    comments = [
        {
            "id": one.id,
            "parent": one.parent_id,
            "author": one.author,
            "time": one.created_at.isoformat() if one.created_at else None,
            "text": one.text,
            **{name: value for name in ("score", "line", "thread_id", "title", "url") if (value := getattr(one, name))},
        }
        for one in found.comments
    ]
    return {
        "format": found.format,
        **({"split": found.split} if found.split else {}),
        "left_out": {out.why: out.count for out in found.left_out},
        "warnings": list(found.warnings),
        "comments": comments,
    }


def without_zeros(case: dict[str, Any]) -> dict[str, Any]:
    comments = [{key: value for key, value in one.items() if key != "score" or value} for one in case["comments"]]
    return {**case, "comments": comments}


@pytest.mark.parametrize("name", PASTED)
def test_pasted_discussions_come_in_as_expected(name: str) -> None:
    text = (CASES / "pasted" / f"{name}.txt").read_text("utf-8")
    assert as_case(pasted.read(text, now=NOW)) == PASTED[name]


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_come_in_as_expected(name: str) -> None:
    assert as_case(read(CASES / "exports" / name, now=NOW)) == without_zeros(EXPORTS[name])


@pytest.mark.parametrize("name", EXPORTS)
def test_the_name_of_a_file_decides_nothing(name: str) -> None:
    """The bytes alone, under a name without an ending, and compressed."""
    content = gzip.compress((CASES / "exports" / name).read_bytes())
    found = read(Path("file"), file=io.BytesIO(content), now=NOW)
    table = EXPORTS[name]["format"].startswith("a table")
    assert len(found.comments) == len(EXPORTS[name]["comments"]) or table
    if not table:
        assert as_case(found)["comments"] == without_zeros(EXPORTS[name])["comments"]


@pytest.mark.parametrize("name", [name for name in PASTED if PASTED[name]["split"] == "site"] + ["messenger"])
def test_a_pasted_discussion_may_be_saved_as_a_file(name: str) -> None:
    found = read(CASES / "pasted" / f"{name}.txt", now=NOW)
    assert as_case(found)["comments"] == PASTED[name]["comments"]


@pytest.mark.parametrize("name", [name for name in PASTED if name != "messenger"])
def test_windows_line_ends_and_no_break_spaces_change_nothing(name: str) -> None:
    text = (CASES / "pasted" / f"{name}.txt").read_text("utf-8")
    changed = text.replace(" ", "\u00a0").replace("\n", "\r\n")
    assert as_case(pasted.read(changed, now=NOW)) == PASTED[name]


def test_no_address_is_kept() -> None:
    for path in sorted((CASES / "exports").iterdir()):
        kept = repr(read(path, with_deleted=True))
        assert "@" not in kept, path.name
        assert "192.0.2" not in kept, path.name
        assert "127.0.0.1" not in kept, path.name


def test_removed_comments_come_with_their_text_where_they_are_asked_for() -> None:
    found = read(CASES / "exports" / "wordpress.xml", with_deleted=True)
    assert [(one.id, one.text) for one in found.comments if one.deleted] == [("34", "Rubbish.")]
