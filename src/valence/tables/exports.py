"""Turns the objects of a JSON file into cells, also where a labelling tool has exported them.

Each tool has a layout of its own, which the first object tells. What a person rejected, skipped or cancelled has no
label; where annotators disagree, a task has no label either.

Layouts: Label Studio "JSON" (`data` beside `annotations`) and "JSON-MIN"; Prodigy's `db-out`, whose `answer` is accept,
reject or ignore; doccano's JSONL, whose `label` is a list of labels, or of spans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from valence.system.offers import Offer
from valence.tables.grid import SPANS, Nested
from valence.tables.notes import Note, counted

_ANSWERS = frozenset(("accept", "reject", "ignore"))
_TASK_KEYS = frozenset(("id", "data", "meta", "predictions"))  # of a task of Label Studio that nobody has labelled
_DOCCANO_KEYS = frozenset(("Comments", "meta", "entities", "relations", "annotation_approver", "cats"))


def cell(value: Any) -> Any:
    """The cell for any JSON value.

    >>> cell("a"), cell([[0, 3, "PERSON"]]).kind
    ('a', 'spans of the text')
    """
    if isinstance(value, dict):
        return Nested("an object")
    if isinstance(value, list):
        return Nested(SPANS) if _is_spans(value) else Nested.of_list(value)
    return value


class ObjectCells:
    """Called with each object of a file in turn, it gives the cells of its row: column -> cell.

    Attributes:
        tool: the labelling tool that wrote the file, as its first object tells; None before it, and for any other file.
    """

    def __init__(self) -> None:
        self.tool: str | None = None
        self._counts = Counter[str]()
        self._read: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    def __call__(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if self._read is None:
            self.tool, self._read = self._recognised(value)
        return self._read(value)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed in the objects so far."""
        notes = []
        if left := self._counts["reject"] + self._counts["ignore"]:
            notes.append(
                Note(
                    "answers-rejected",
                    f"{counted(left, 'row')} without a label: not accepted in Prodigy ({self._counts['reject']:,} "
                    f"rejected, {self._counts['ignore']:,} ignored).",
                    offers=(
                        Offer("To learn which are accepted and which are rejected", {"label_column": ("answer",)}),
                    ),
                )
            )
        if disagree := self._counts["disagree"]:
            notes.append(
                Note("annotators-disagree", f"The annotators disagree on {counted(disagree, 'task')}, left out.")
            )
        return tuple(notes)

    def _recognised(self, value: Mapping[str, Any]) -> tuple[str | None, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        done = isinstance(value.get("annotations", value.get("completions")), list)
        if isinstance(value.get("data"), dict) and (done or value.keys() <= _TASK_KEYS):
            return "Label Studio", self._label_studio
        if {"annotation_id", "annotator"} <= value.keys() or {"annotation_id", "lead_time"} <= value.keys():
            return "Label Studio", _label_studio_min
        if "text" in value and isinstance(value.get("answer"), str) and value["answer"] in _ANSWERS:
            return "Prodigy", self._prodigy
        labels = value.get("label", value.get("labels", value.get("entities")))
        if isinstance(labels, list) and (_DOCCANO_KEYS & value.keys() or _is_spans(labels)):
            return "doccano", _doccano
        return None, _plain

    def _label_studio(self, task: Mapping[str, Any]) -> dict[str, Any]:
        data = task.get("data")
        cells = {**({"id": task["id"]} if "id" in task else {}), **_plain(data if isinstance(data, dict) else {})}
        done = [
            one for one in _objects(task.get("annotations", task.get("completions"))) if not one.get("was_cancelled")
        ]
        answers = [_choices(_objects(one.get("result"))) for one in done]
        names = dict.fromkeys(name for answer in answers for name in answer)
        for name in names:
            given = [answer.get(name) for answer in answers]
            if all(one == given[0] for one in given):
                cells[name] = given[0]
            else:
                cells[name] = None
                self._counts["disagree"] += 1
        return cells

    def _prodigy(self, row: Mapping[str, Any]) -> dict[str, Any]:
        cells = {name: cell(item) for name, item in row.items() if not name.startswith("_")}
        for name in ("options", "spans", "tokens", "config", "meta"):
            cells.pop(name, None)
        if isinstance(row.get("accept"), list):
            del cells["accept"]
            cells["label"] = Nested.of_labels(row["accept"])
        elif "label" not in row and row.get("spans"):
            cells["label"] = Nested(SPANS)
        if row.get("answer") != "accept":
            self._counts[str(row.get("answer"))] += 1
            cells["label"] = None
        return cells


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell(item) if isinstance(item, (dict, list)) else item for name, item in value.items()}


def _label_studio_min(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Nested.of_labels(item["choices"])
        if isinstance(item, dict) and isinstance(item.get("choices"), list)
        else cell(item)
        for name, item in row.items()
    }


def _doccano(row: Mapping[str, Any]) -> dict[str, Any]:
    cells = _plain(row)
    for name in ("label", "labels", "entities"):
        if isinstance(row.get(name), list) and not _is_spans(row[name]):
            cells[name] = Nested.of_labels(row[name])
    return cells


def _objects(values: Any) -> list[dict[str, Any]]:
    """The objects of a list; none if it is no list."""
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _choices(results: list[dict[str, Any]]) -> dict[str, Nested]:
    """Each control of a Label Studio annotation -> what was chosen in it."""
    chosen: dict[str, Nested] = {}
    for result in results:
        value, name = result.get("value"), result.get("from_name")
        if not isinstance(value, dict) or not isinstance(name, str):
            continue  # a relation between spans
        if isinstance(value.get("choices"), list) and "start" not in value:
            chosen[name] = Nested.of_labels(value["choices"])
        elif isinstance(value.get("taxonomy"), list):
            paths = [path if isinstance(path, list) else [path] for path in value["taxonomy"]]
            chosen[name] = Nested.of_labels([" / ".join(map(str, path)) for path in paths])
        elif "rating" in value:
            chosen[name] = Nested.of_labels([value["rating"]])
        elif "start" in value:
            chosen[name] = Nested(SPANS)
    return chosen


def _is_spans(values: list[Any]) -> bool:
    """Whether a list holds labels of parts of the text: [start, end, label], or objects with such keys."""
    return bool(values) and all(_is_span(value) for value in values)


def _is_span(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) == 3 and isinstance(value[0], int) and isinstance(value[1], int)
    return isinstance(value, dict) and bool({"start", "start_offset"} & value.keys())
