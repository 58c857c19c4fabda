"""Several labels a text in a user's file: lists, a separator, rows without any, and every refusal."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.data.test_labelled_file import csv_of, lines, read_text
from valence.data.labelled_file import read
from valence.system.errors import DataError, SettingsError
from valence.tables.options import TableOptions

ROWS: list[dict[str, Any]] = [
    {"text": "You again!", "labels": ["rude", "angry"]},
    {"text": "Is this open?", "labels": []},
    {"text": "Get out.", "labels": ["rude"]},
    {"text": "I am furious.", "labels": ["angry"]},
]
EXPECTED = (("angry", "rude"), (), ("rude",), ("angry",))


def separated(rows: list[dict[str, Any]], separator: str = "|") -> list[dict[str, Any]]:
    return [{**row, "labels": separator.join(map(str, row["labels"]))} for row in rows]


def test_every_format_gives_the_same_labels(tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_pylist(ROWS), tmp_path / "own.parquet")
    found = [
        read_text(tmp_path, csv_of(separated(ROWS)), label_separator="|"),
        read_text(tmp_path, csv_of(separated(ROWS, ", ")), "other.csv", label_separator=","),
        read_text(tmp_path, lines(ROWS), "own.jsonl"),
        read_text(tmp_path, lines(separated(ROWS)), "strings.jsonl", label_separator="|"),
        read(tmp_path / "own.parquet", TableOptions()),
    ]
    assert {each.examples.labels for each in found} == {EXPECTED}
    assert len({each.checksum for each in found}) == 1
    assert all(each.examples.multi_label for each in found)
    assert found[0].facts["label_separator"] == "|"


def test_numbers_are_alike_and_a_label_twice_is_one(tmp_path: Path) -> None:
    rows = [{"text": f"text {i}", "label": label} for i, label in enumerate([[1, 2.0, "1"], [2], [], [1.0]])]
    assert read_text(tmp_path, lines(rows), "own.jsonl").examples.labels == (("1", "2"), ("2",), (), ("1",))


def test_a_list_column_is_found_by_its_name_and_null_is_a_row_that_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{**row, "ids": [1, 2], "votes": i % 2} for i, row in enumerate(ROWS)]
    rows.append({"text": "Who knows?", "labels": None, "ids": [], "votes": 1})
    with caplog.at_level(logging.INFO, "valence"):
        found = read_text(tmp_path, lines(rows), "own.jsonl")
    assert found.unlabelled == ("Who knows?",)
    assert "labels from 'labels' (by its name)" in caplog.text
    assert "multi-label, 1.00 labels per text on average; 1 rows have none" in caplog.text


def test_class_names_that_datasets_keeps_for_lists_in_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {"text": ["a b c", "d e f", "g h i", "j"], "labels": [[0, 1], [1], [], [0]], "vector": [[0.5]] * 4}
    )
    names = {"feature": {"names": ["angry", "rude"], "_type": "ClassLabel"}, "_type": "List"}
    kept = {"huggingface": json.dumps({"info": {"features": {"labels": names}}})}
    parquet.write_table(table.replace_schema_metadata(kept), tmp_path / "own.parquet")
    found = read(tmp_path / "own.parquet", TableOptions(text_column="text"))
    assert found.examples.labels == (("angry", "rude"), ("rude",), (), ("angry",))


def flags(rows: list[dict[str, Any]], yes: Any = 1, no: Any = 0) -> list[dict[str, Any]]:
    return [
        {"text": row["text"], **{name: yes if name in row["labels"] else no for name in ("rude", "angry")}}
        for row in rows
    ]


def test_a_column_for_each_label_is_the_same_as_a_list(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    columns: dict[str, Any] = {"label_columns": ("rude", "angry")}
    parquet.write_table(pa.Table.from_pylist(flags(ROWS, yes=True, no=False)), tmp_path / "own.parquet")
    found = [
        read_text(tmp_path, csv_of(flags(ROWS)), **columns),
        read_text(tmp_path, csv_of(flags(ROWS, "Yes", "no")), "words.csv", **columns),
        read_text(tmp_path, lines(flags(ROWS, 1.0, 0.0)), "own.jsonl", **columns),
        read(tmp_path / "own.parquet", TableOptions(label_columns=("rude", "angry"))),
    ]
    assert {each.examples.labels for each in found} == {EXPECTED}
    assert {each.checksum for each in found} == {read_text(tmp_path, lines(ROWS), "list.jsonl").checksum}
    assert found[0].facts["label_column"] == ["rude", "angry"]
    with caplog.at_level(logging.INFO, "valence"):
        read_text(tmp_path, csv_of(flags(ROWS)), **columns)
    assert "labels from 'rude', 'angry' (as named)" in caplog.text


def test_a_row_in_which_one_label_is_not_known_says_nothing(tmp_path: Path) -> None:
    rows = [*flags(ROWS), {"text": "Who knows?", "rude": "", "angry": 1}]
    found = read_text(tmp_path, csv_of(rows), label_columns=("rude", "angry"))
    assert found.unlabelled == ("Who knows?",)
    assert found.examples.labels == EXPECTED


def test_a_label_that_no_row_has_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [{**row, "sad": 0} for row in flags(ROWS)]
    with caplog.at_level(logging.WARNING, "valence"):
        found = read_text(tmp_path, csv_of(rows), label_columns=("rude", "sad", "angry"))
    assert "no row has the label 'sad', so it is left out" in caplog.text
    assert sorted(found.examples.label_counts) == ["angry", "rude"]


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ({"rude": "0.7"}, "line 6: 'rude' is '0.7', neither 0 nor 1"),
        ({"angry": "-1"}, "line 6: 'angry' is '-1', neither 0 nor 1"),
        ({"angry": "maybe"}, "line 6: 'angry' is 'maybe', neither 0 nor 1"),
    ],
)
def test_a_cell_that_says_neither_yes_nor_no_is_named(tmp_path: Path, odd: dict[str, str], message: str) -> None:
    rows = [*flags(ROWS), {"text": "x", "rude": "1", "angry": "0", **odd}]
    with pytest.raises(DataError, match=message):
        read_text(tmp_path, csv_of(rows), label_columns=("rude", "angry"))
    rows[-1] = {"text": "x", "rude": [1], "angry": 0}
    with pytest.raises(DataError, match="line 5: 'rude' is 'a list', neither 0 nor 1"):
        read_text(tmp_path, lines(rows), "own.jsonl", label_columns=("rude", "angry"))


def test_columns_of_yes_or_no_are_never_taken_for_one_label_by_a_guess(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"a{row}",
            "comment_text": f"This is comment {row}.",
            "toxic": row % 2,
            "threat": 0,
            "id hate": row % 3 // 2,
        }
        for row in range(12)
    ]
    with pytest.raises(DataError, match="3 columns could hold the labels: 'toxic', 'threat', 'id hate'") as caught:
        read_text(tmp_path, csv_of(rows))
    assert caught.value.advice == (
        "Name the one that is meant: --label-column NAME. If each is a label of its own: "
        "--label-column toxic --label-column threat --label-column 'id hate'"
    )
    named = [{"comment_text": row["comment_text"], "threat": row["threat"], "label": row["toxic"]} for row in rows]
    assert read_text(tmp_path, csv_of(named)).choice.labels == ("label",)  # a name that says it decides
    alone = [{"comment_text": row["comment_text"], "toxic": row["toxic"], "votes": row["id"]} for row in rows]
    assert read_text(tmp_path, csv_of(alone)).choice.labels == ("toxic",)


def test_options_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(SettingsError, match="is for labels in one column"):
        TableOptions(label_columns=("a", "b"), label_separator="|")
    with pytest.raises(SettingsError, match="names 'a' more than once"):
        TableOptions(label_columns=("a", "b", "a"))


def test_long_lists_are_not_read_as_labels(tmp_path: Path) -> None:
    table = pa.table({"text": ["a b c", "d e f"] * 4, "label": ["x", "y"] * 4, "ids": [list(range(100))] * 8})
    parquet.write_table(table, tmp_path / "own.parquet")
    assert read(tmp_path / "own.parquet", TableOptions()).examples.labels == ("x", "y") * 4
    with pytest.raises(DataError, match="the label is a list, not a word"):
        read(tmp_path / "own.parquet", TableOptions(label_columns=("ids",)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS, {"text": "x", "labels": "rude"}], "line 5: the label is 'rude', but other rows have a list"),
        ([*ROWS, {"text": "x", "labels": [["rude"]]}], "line 5: the label is a list, not a word"),
        ([*ROWS, {"text": "x", "labels": {"rude": 1}}], "line 5: the label is an object"),
        ([{**row, "labels": ["rude"] if row["labels"] else []} for row in ROWS], "only the label 'rude'"),
        ([{**row, "labels": [*row["labels"], "all"]} for row in ROWS], "has the label 'all' on every row"),
        ([{**row, "labels": [f"id {i}"]} for i, row in enumerate(ROWS)], "a label of its own"),
    ],
)
def test_what_cannot_be_learnt_is_named(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_text(tmp_path, lines(rows), "own.jsonl")


def test_a_separator_that_is_nowhere_is_told_and_an_empty_one_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = separated(ROWS, ";") * 2
    with caplog.at_level(logging.WARNING, "valence"):
        read_text(tmp_path, csv_of(rows), label_separator="|")
    assert "no cell of 'labels' contains '|'" in caplog.text
    with pytest.raises(SettingsError, match="--label-separator is empty"):
        TableOptions(label_separator="")
