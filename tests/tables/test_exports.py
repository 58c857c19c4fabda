"""Exports of labelling tools: only what a person accepted is a label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from valence.data.labelled_file import LabelledFile, read
from valence.system.errors import DataError
from valence.tables.exports import ObjectCells
from valence.tables.grid import SPANS, Nested
from valence.tables.options import TableOptions


def cells_of(*objects: dict[str, Any]) -> tuple[str | None, list[dict[str, Any]], list[str]]:
    cells = ObjectCells()
    read_as = [cells(one) for one in objects]
    return cells.tool, read_as, [note.code for note in cells.notes]


def file_of(tmp_path: Path, objects: list[dict[str, Any]], **options: Any) -> LabelledFile:
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, objects)), "utf-8")
    return read(tmp_path / "own.jsonl", TableOptions(**options), to_learn=False)


def task(*annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"text": "a text", **data}, "annotations": list(annotations)}


def chosen(*names: str, kind: str = "choices", **more: Any) -> dict[str, Any]:
    value = {kind: list(names)} if kind == "choices" else {kind: more.pop("value")}
    return {"result": [{"from_name": "kind", "to_name": "text", "type": kind, "value": value}], **more}


@pytest.mark.parametrize(
    ("annotations", "label"),
    [
        ([chosen("A")], ("A",)),
        ([chosen("A", "B")], ("A", "B")),
        ([chosen("A"), chosen("A")], ("A",)),
        ([chosen("A", was_cancelled=True), chosen("B")], ("B",)),
        ([chosen(kind="rating", value=4)], (4,)),
        ([chosen(kind="taxonomy", value=[["Food", "Fruit"], ["Home"]])], ("Food / Fruit", "Home")),
    ],
)
def test_the_choices_of_label_studio_are_labels(annotations: list[dict[str, Any]], label: tuple[Any, ...]) -> None:
    tool, (cells,), notes = cells_of(task(*annotations))
    assert (tool, notes) == ("Label Studio", [])
    assert (cells["text"], cells["kind"].items) == ("a text", label)


def test_a_task_that_was_skipped_or_is_disputed_has_no_label() -> None:
    _, cells, notes = cells_of(task(), task(chosen("A", was_cancelled=True)), task(chosen("A"), chosen("B")))
    assert [one.get("kind") for one in cells] == [None, None, None]
    assert notes == ["annotators-disagree"]


def test_spans_of_label_studio_are_no_labels_of_the_text() -> None:
    span = {"from_name": "who", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PERSON"]}}
    _, (cells,), _ = cells_of(task({"result": [span, {"type": "relation"}]}))
    assert cells["who"] == Nested(SPANS)


def test_the_short_export_of_label_studio_is_read() -> None:
    tool, (cells,), _ = cells_of({"text": "a", "kind": {"choices": ["A", "B"]}, "annotator": 1, "annotation_id": 2})
    assert (tool, cells["kind"].items) == ("Label Studio", ("A", "B"))


def test_only_accepted_rows_of_prodigy_have_labels(tmp_path: Path) -> None:
    rows = [
        {"text": f"text {row}", "label": "AB"[row % 2], "answer": answer, "_task_hash": row}
        for row, answer in enumerate(["accept", "reject", "ignore", "accept"])
    ]
    file = file_of(tmp_path, rows)
    assert file.examples.label_counts == {"A": 1, "B": 1}
    assert file.examples.texts == ("text 0", "text 3")
    (note,) = file.notes
    assert "2 rows without a label: not accepted in Prodigy (1 rejected, 1 ignored)" in note.message


@pytest.mark.parametrize(("accepted", "labels"), [([["A"], ["B"]], ["A", "B"]), ([["A", "B"], []], [("A", "B"), ()])])
def test_the_choices_of_prodigy_are_labels(tmp_path: Path, accepted: list[list[str]], labels: list[Any]) -> None:
    rows = [
        {"text": f"text {row}", "options": [{"id": "A"}, {"id": "B"}], "accept": accept, "answer": "accept"}
        for row, accept in enumerate(accepted)
    ]
    assert list(file_of(tmp_path, rows).examples.labels) == labels


def test_doccano_writes_a_single_label_as_a_list(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": row, "text": f"text {row}", "label": ["AB"[row % 2]], "Comments": []} for row in range(4)
    ]
    assert file_of(tmp_path, rows).examples.label_counts == {"A": 2, "B": 2}
    assert file_of(tmp_path, rows).examples.multi_label is False
    assert file_of(tmp_path, [*rows, {**rows[0], "label": []}]).unlabelled == ("text 0",)
    assert file_of(tmp_path, [*rows, {**rows[0], "label": ["A", "B"]}]).examples.multi_label is True


def test_lists_in_any_other_file_stay_lists(tmp_path: Path) -> None:
    rows = [{"text": f"text {row}", "label": ["AB"[row % 2]]} for row in range(4)]
    assert file_of(tmp_path, rows).examples.labels == (("A",), ("B",), ("A",), ("B",))


@pytest.mark.parametrize(
    "spans",
    [
        {"label": [[0, 3, "PERSON"]]},
        {"labels": [[0, 3, "PERSON"]]},
        {"entities": [{"label": "PERSON", "start_offset": 0, "end_offset": 3}], "label": [[0, 3, "PERSON"]]},
    ],
)
def test_spans_are_refused_as_labels_and_read_as_texts(tmp_path: Path, spans: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="spans of the text") as refused:
        file_of(tmp_path, [{"id": 1, "text": "Ada wrote it", **spans}] * 3)
    assert refused.value.code == "label-spans"
