"""Files in the shapes that people bring, through `valence score`: each row is scored or reported."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.bulk.conftest import Score
from tests.tables.test_cases import CASES, FOLDER, name_of

# Errors that only labels cause: the texts of such files can be scored.
ABOUT_LABELS = {"columns-ambiguous", "label-spans"}
READING = {
    "encoding": "--encoding",
    "separator": "--separator",
    "columns": "--columns",
    "sheet": "--sheet",
    "bad_rows": "--bad-rows",
}


def options_of(case: dict[str, Any]) -> list[str]:
    """The case's options as a command has them, without those about labels."""
    given = case.get("options", {})
    found = ["--no-header"] if given.get("header") is False else []
    for name, option in READING.items():
        if name in given:
            value = given[name]
            found += [option, ",".join(value) if isinstance(value, list) else value]
    if "read" in case:
        found += ["--text-column", case["read"]["text_column"]]
    return found


@pytest.mark.parametrize("case", [case for case in CASES if "read" in case], ids=name_of)
def test_its_rows_are_scored(score: Score, tmp_path: Path, case: dict[str, Any]) -> None:
    expected, out = case["read"], tmp_path / "out.jsonl"
    done = score(FOLDER / case["file"], "--out", out, *options_of(case))
    assert done.exit_code == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text("utf-8").split("\n") if line]
    assert len(rows) == expected["rows"]
    scored = [row for row in rows if row["predicted_label"] is not None]
    assert len(scored) >= expected["rows"] - expected.get("rows_without_text", 0)
    problems = tmp_path / "out.jsonl.problems.jsonl"
    listed = problems.read_text("utf-8").split("\n") if problems.exists() else []
    assert sum("line 14" in line for line in listed) == expected.get("rows_unread", 0)


@pytest.mark.parametrize("case", [case for case in CASES if "read" in case], ids=name_of)
def test_its_texts_are_in_a_csv(score: Score, tmp_path: Path, case: dict[str, Any]) -> None:
    expected, out = case["read"], tmp_path / "out.csv"
    done = score(FOLDER / case["file"], "--out", out, *options_of(case))
    assert done.exit_code == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=expected.get("separator", ",") if expected["kind"] == "csv" else ",")
    column = expected["columns"].index(expected["text_column"])
    blank = sum(not row[column].strip() for row in rows)
    assert (len(rows), len(header)) == (expected["rows"], len(expected["columns"]) + 4)
    assert blank <= expected.get("rows_without_text", 0)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if "error" in case and case["error"]["code"] not in ABOUT_LABELS],
    ids=name_of,
)
def test_it_is_refused_with_what_to_do(score: Score, tmp_path: Path, case: dict[str, Any]) -> None:
    out = tmp_path / "out.jsonl"
    done = score(FOLDER / case["file"], "--out", out, "--bad-rows", "stop", *options_of(case))
    assert done.exit_code != 0
    said = " ".join(done.stderr.split())
    assert all(words in said for words in case["error"]["contains"]), (shlex.join(options_of(case)), said)
    assert not out.exists()
