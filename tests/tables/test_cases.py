"""Files in the shapes that people bring: each is read, or refused, as cases/expected.json says."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from valence.data import labelled_file
from valence.data.labelled_file import LabelledFile
from valence.system.errors import DataError
from valence.tables.noticed import missing_words
from valence.tables.opening import opened
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.whole import read_whole

FOLDER = Path(__file__).parent / "cases"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))["cases"]
READ = [case for case in CASES if "read" in case]
REFUSED = [case for case in CASES if "error" in case]


def name_of(case: dict[str, Any]) -> str:
    return f"{case['file']} {' '.join(case.get('options', ()))}".strip()


def options_of(case: dict[str, Any]) -> TableOptions:
    given: dict[str, Any] = {}
    reading: dict[str, Any] = {}
    for name, value in case.get("options", {}).items():
        of_whom = reading if name in ReadOptions.__dataclass_fields__ else given
        of_whom[name] = tuple(value) if isinstance(value, list) else value
    return TableOptions(**given, reading=ReadOptions(**reading))


def read(case: dict[str, Any], *, to_learn: bool = False) -> LabelledFile:
    return labelled_file.read(FOLDER / case["file"], options_of(case), to_learn=to_learn)


def check_error(error: DataError, expected: dict[str, Any]) -> None:
    assert error.code == expected["code"]
    assert all(words in str(error) for words in expected["contains"]), str(error)
    if "line" in expected:
        assert f", line {expected['line']}:" in error.message


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_its_format_is_told(case: dict[str, Any]) -> None:
    expected = case["read"]
    with opened(FOLDER / case["file"], options_of(case).reading) as table:
        rows, understood = list(table), table.understood
    encoding = understood.encoding and understood.encoding.removesuffix("-sig")
    told = {
        "kind": understood.format,
        "encoding": encoding,
        "separator": understood.separator,
        "archive": understood.packing,
        "member": understood.member,
        "tool": understood.tool,
        "sheet": understood.sheet,
    }
    packed = {"archive": "zip"} if "member" in expected else {}
    assert {name: value for name, value in told.items() if value is not None} == {
        **packed,
        **{name: expected[name] for name in told if name in expected},
    }
    assert len(rows) == expected["rows"] + expected.get("rows_unread", 0)


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_it_is_read(case: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    expected = case["read"]
    with caplog.at_level(logging.WARNING):
        file = read(case)
    grid = read_whole(FOLDER / case["file"], options_of(case).reading, options_of(case).bad_rows)
    assert list(grid.columns) == expected["columns"]
    assert (file.choice.text, list(file.choice.labels)) == (expected["text_column"], expected["label_columns"])
    assert file.examples.label_counts == expected["labels"]
    assert file.examples.multi_label == expected.get("multi_label", False)
    assert Counter(note.code for note in file.notes) == Counter(expected["notes"])
    assert all(str(note) in caplog.text for note in file.notes)
    left_out = {name: file.facts.get(name, 0) for name in ("rows_without_text", "rows_without_label")}
    assert left_out == {name: expected.get(name, 0) for name in left_out}
    assert len(grid.unread) == expected.get("rows_unread", 0)
    assert len(file.examples) + sum(left_out.values()) == expected["rows"]
    for column, words in expected.get("missing_words", {}).items():
        assert missing_words(grid.columns[column]) == words
    if "offers" in expected:
        assert any(expected["offers"] in str(note) for note in file.notes)


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_it_is_refused_with_what_to_do(case: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        read(case)
    check_error(refused.value, case["error"])


@pytest.mark.parametrize("case", [case for case in CASES if "to_learn" in case], ids=name_of)
def test_training_refuses_what_cannot_be_learnt(case: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        read(case, to_learn=True)
    check_error(refused.value, case["to_learn"]["error"])


def test_every_file_has_a_case() -> None:
    files = {path.name for path in FOLDER.glob("[0-9]*")}  # the others are lists of cases themselves
    assert files == {case["file"] for case in CASES}
