"""Examples: what is accepted, what a file brings, how they are listed and erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.server.fakes import bearer
from tests.server.teaching.conftest import Person, comments
from valence.server.auth import keys
from valence.server.store.classifier_tables import Example as Row
from valence.server.store.database import Database
from valence.server.teaching.feature_store import FeatureStore
from valence.server.teaching.texts import digest_of, part_of

FILE = "text;label;author\nYou idiot;removed;bob\nThanks a lot;kept;ann\nWhat now?;;bob\n"


def _file(person: Person, content: str, query: str = "", *, expect: int = 200) -> Any:
    path = f"/classifiers/forum/examples/file?{query}"
    return person.call("post", path, expect=expect, data=content.encode(), content_type="text/csv")


def test_the_part_of_a_text_never_changes_and_copies_share_it(person: Person) -> None:
    person.create()
    for text in ("Great film", "great  FILM", "ｇreat film"):
        person.add([{"text": text, "labels": ["kept"]}])
    (only,) = person.call("get", "/classifiers/forum/examples")["items"]
    assert (only["text"], only["part"]) == ("Great film", part_of(digest_of("GREAT FILM")))
    parts = [part_of(digest_of(f"text {i}")) for i in range(1000)]
    assert 150 < parts.count("test") < 250


def test_a_text_that_is_added_again_gets_the_new_label(person: Person) -> None:
    person.create()
    assert person.add([{"text": "hm", "labels": ["kept"]}])["added"] == 1
    assert person.add([{"text": "hm", "labels": ["kept"]}])["unchanged"] == 1
    assert person.add([{"text": "hm"}])["unchanged"] == 1
    assert person.add([{"text": "hm", "labels": ["removed"]}])["relabelled"] == 1
    (only,) = person.call("get", "/classifiers/forum/examples")["items"]
    assert only["labels"] == ["removed"]


def test_a_file_brings_texts_labels_and_authors(person: Person) -> None:
    person.create()
    added = _file(person, FILE, "author_column=author")
    assert added == {"added": 3, "relabelled": 0, "unchanged": 0, "contradicting": 0, "left_out": 0}
    items = person.call("get", "/classifiers/forum/examples")["items"]
    found = [(each["text"], each["labels"], each["author"], each["source"]) for each in items]
    assert sorted(found, key=str) == [
        ("Thanks a lot", ["kept"], "ann", "file"),
        ("What now?", None, None, "file"),
        ("You idiot", ["removed"], "bob", "file"),
    ]


def test_labels_that_are_new_are_refused_or_added(person: Person) -> None:
    person.create()
    file = "text,label\nbuy this now,spam\nvery kind of you,kept\nbuy that now,spam\n"
    refused = _file(person, file, expect=422)
    assert refused["code"] == "unknown-labels"
    assert "'spam'" in refused["detail"]
    assert person.call("get", "/classifiers/forum/examples")["items"] == []
    _file(person, file, "new_labels=add")
    assert person.call("get", "/classifiers/forum")["labels"] == ["removed", "kept", "spam"]


@pytest.mark.parametrize(
    ("file", "labels"),
    [
        ("Kept REMOVED".split(), ["kept", "removed"]),  # as the classifier spells them
        ("Spam spam spam".split(), ["removed", "kept", "spam"]),  # as most rows do
        ("1 1 1.0".split(), ["removed", "kept", "1"]),
        (
            ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "hors\u00a0sujet", "\u05e9\u05dc\u05d5\u05dd", "spam\u200b"],
            None,
        ),
    ],
)
def test_labels_of_a_file_that_look_alike_are_one(person: Person, file: list[str], labels: list[str] | None) -> None:
    person.create()
    rows = "".join(f"text {i},{label}\n" for i, label in enumerate(file))
    _file(person, f"text,label\n{rows}", "new_labels=add")
    found = person.call("get", "/classifiers/forum")["labels"]
    if labels is None:
        assert set(found) == {"removed", "kept", *file[:3], "spam"}
    else:
        assert sorted(found) == sorted({"removed", "kept", *labels})
    # The rules for labels in a request hold for those of a file too.
    person.call("patch", "/classifiers/forum", json={"labels": [*found, "new"]})


@pytest.mark.parametrize("label", ["L" * 101, '"a\nb"', "a\u202eb", "a\u200bb"])
def test_a_file_brings_no_label_that_a_request_could_not(person: Person, label: str) -> None:
    person.create()
    refused = _file(person, f"text,label\nfirst,{label}\nsecond,kept\n", "new_labels=add", expect=422)
    assert refused["code"] == "invalid-file"
    body = {"name": "second", "labels": ["kept", label.strip('"')]}
    person.call("post", "/classifiers", expect=422, json=body)
    assert person.call("get", "/classifiers/forum")["labels"] == ["removed", "kept"]


@pytest.mark.parametrize("alike", [["Spam", "spam"], ["\u00e9", "e\u0301"], ["off topic", "off-topic"], ["\u3164"]])
def test_labels_that_nobody_can_tell_apart_are_refused(person: Person, alike: list[str]) -> None:
    person.call("post", "/classifiers", expect=422, json={"name": "forum", "labels": alike})
    person.create()
    person.call("patch", "/classifiers/forum", expect=422, json={"labels": ["removed", "kept", *alike]})


def test_a_preview_says_which_labels_become_one(person: Person) -> None:
    file = "text,label\nfirst,Spam\nsecond,spam\nthird,kept\n"
    found = person.call("post", "/examples/preview", data=file.encode(), content_type="text/csv")
    assert [note["message"] for note in found["notes"] if note["code"] == "labels-alike"] == [
        "'Spam', 'spam' look alike: here they are one label."
    ]


def test_texts_with_different_labels_are_counted(person: Person) -> None:
    person.create()
    added = _file(person, "text,label\nfine,kept\nFINE,removed\nwell,kept\nwell,kept\n")
    assert added == {"added": 2, "relabelled": 0, "unchanged": 2, "contradicting": 1, "left_out": 0}


def test_a_text_with_invisible_characters_is_the_same_text(person: Person) -> None:
    person.create()
    person.add([{"text": "Great film", "labels": ["kept"]}])
    assert person.add([{"text": "Great \u200bfi\u00adlm", "labels": ["kept"]}])["unchanged"] == 1
    assert _file(person, "text,label\n\u3164,kept\nseen,kept\n")["left_out"] == 1


def test_a_file_without_labels_is_stored_to_be_labelled(person: Person) -> None:
    person.create()
    _file(person, "comment\nfirst text here\nsecond text here\n", "unlabelled=true")
    assert person.call("get", "/classifiers/forum")["examples"]["unlabelled"] == 2


def test_a_file_that_cannot_be_read_names_the_line_and_adds_nothing(person: Person) -> None:
    person.create()
    refused = _file(person, 'text,label\nfine,kept\n"open,removed\n', expect=422)
    assert refused["code"] == "invalid-file"
    assert person.call("get", "/classifiers/forum/examples")["items"] == []


@pytest.mark.parametrize(
    ("example", "field"),
    [
        ({"text": "x", "labels": ["other"]}, "examples.0.labels"),
        ({"text": "x", "labels": ["kept", "removed"]}, "examples.0.labels"),
        ({"text": "x", "labels": []}, "examples.0.labels"),
        ({"text": " \u200b\u3164"}, "examples.0.text"),
        ({"text": "x" * 201}, "examples.0.text"),
        ({"text": "a\0b"}, "examples.0.text"),
    ],
)
def test_an_example_that_cannot_be_used_names_its_field(person: Person, example: dict[str, object], field: str) -> None:
    person.create()
    path = "/classifiers/forum/examples"
    refused = person.call("post", path, expect=422, json={"examples": [example]})
    assert [error["field"] for error in refused["errors"]] == [field]


def test_examples_are_searched_and_paged(person: Person) -> None:
    person.create()
    person.add(comments(30))
    first = person.call("get", "/classifiers/forum/examples?limit=20&search=NUMBER")
    second = person.call("get", f"/classifiers/forum/examples?limit=20&search=number&cursor={first['next']}")
    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 10, None)
    assert len({each["id"] for each in [*first["items"], *second["items"]]}) == 30
    removed = person.call("get", "/classifiers/forum/examples?label=removed&limit=200")["items"]
    assert len(removed) == 15
    assert person.call("get", "/classifiers/forum/examples?search=100%25")["items"] == []


def test_an_export_is_what_training_reads(person: Person) -> None:
    person.create()
    person.add([{"text": "=1+1 is a formula", "labels": ["kept"]}, {"text": "not yet"}])
    lines = person.call("get", "/classifiers/forum/examples/export").text.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["=1+1 is a formula", "not yet"]
    table = person.call("get", "/classifiers/forum/examples/export?format=csv").text.splitlines()
    assert table[0].startswith("id,text,label,part")
    assert "'=1+1" in table[1]


def test_an_author_or_a_text_is_erased_everywhere(person: Person) -> None:
    for name in ("forum", "other"):
        person.create(name)
        person.add([{"text": "first", "author": "bob"}, {"text": "second", "author": "ann"}, {"text": "third"}], name)
    assert person.call("post", "/examples/erase", json={"author": "bob"}) == {"erased": 2, "items": 0}
    assert person.call("post", "/examples/erase", json={"text": "THIRD"}) == {"erased": 2, "items": 0}
    for name in ("forum", "other"):
        assert [each["text"] for each in person.call("get", f"/classifiers/{name}/examples")["items"]] == ["second"]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_deleted_texts_leave_the_database_file(person: Person, database: Database) -> None:
    person.create()
    person.add([{"text": "a xyzzy that is removed"}, {"text": "another xyzzy of the classifier"}])
    one = person.call("get", "/classifiers/forum/examples?search=removed")["items"][0]["id"]
    person.call("delete", f"/classifiers/forum/examples/{one}", expect=204)
    person.call("delete", "/classifiers/forum", expect=204)
    folder = Path(database.place).parent
    for file in folder.iterdir():
        if file.name.startswith(Path(database.place).name):
            assert b"xyzzy" not in file.read_bytes(), file


def test_features_of_removed_texts_are_overwritten() -> None:
    store = FeatureStore(3)
    for name in (b"kept", b"gone"):
        store.add(name, np.full(3, 7.0, np.float32))
    store.keep_only([b"kept"])
    assert store.file.rows([0, 1])[:].tolist() == [[7, 7, 7], [0, 0, 0]]
    store.add(b"new", np.full(3, 8.0, np.float32))
    assert store.file.rows([store.row_of(name) for name in (b"kept", b"new")])[:].tolist() == [[7, 7, 7], [8, 8, 8]]


def test_more_examples_than_allowed_are_refused_together(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(person.state.settings), "max_examples", 3)
    person.create()
    path = "/classifiers/forum/examples"
    refused = person.call("post", path, expect=409, json={"examples": comments(4)})
    assert refused["code"] == "too-many-examples"
    assert person.call("get", path)["items"] == []


def test_a_label_that_examples_have_is_not_taken_away(person: Person) -> None:
    person.create()
    person.add([{"text": "hm", "labels": ["kept"]}])
    refused = person.call("patch", "/classifiers/forum", expect=409, json={"labels": ["removed"]})
    assert refused["code"] == "label-in-use"
    changed = person.call("patch", "/classifiers/forum", json={"labels": ["kept", "spam"], "name": "our-forum"})
    assert (changed["name"], changed["labels"]) == ("our-forum", ["kept", "spam"])


def test_names_are_taken_once(person: Person) -> None:
    person.create()
    for name in ("forum", "fake"):
        refused = person.call("post", "/classifiers", expect=409, json={"name": name})
        assert refused["code"] == "name-taken"
    for name in ("a", "b"):
        person.create(name)
    assert person.call("post", "/classifiers", expect=409, json={"name": "c"})["code"] == "too-many-classifiers"


def test_a_label_is_taken_away_and_nothing_else(person: Person, database: Database) -> None:
    person.create()
    person.add([{"text": "late again", "labels": ["removed"], "author": "bob"}], source="decision", picked="random")
    (before,) = person.call("get", "/classifiers/forum/examples")["items"]
    after = person.call("patch", f"/classifiers/forum/examples/{before['id']}", json={"labels": None})
    kept = ("id", "text", "part", "source", "author", "added_at")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (after["labels"], after["picked"], after["checked"]) == (None, None, False)
    assert after["changed_at"] > before["changed_at"]
    assert person.call("get", "/classifiers/forum")["examples"]["unlabelled"] == 1
    again = person.call("patch", f"/classifiers/forum/examples/{before['id']}", json={"labels": ["kept"]})
    assert (again["labels"], again["source"], again["checked"]) == (["kept"], "hand", False)


def test_who_took_a_label_away_is_recorded(person: Person, database: Database) -> None:
    person.create()
    person.add([{"text": "late again", "labels": ["removed"]}])
    (example,) = person.call("get", "/classifiers/forum/examples")["items"]
    other = keys.create(database, "a moderator", ["classifiers"])
    Person(person.app, bearer(other)).call(
        "patch", f"/classifiers/forum/examples/{example['id']}", json={"labels": None}
    )
    with database.reading() as session:
        assert session.get_one(Row, example["id"]).added_by == other.split("_")[1]


@pytest.mark.parametrize(
    "change", [{}, {"labels": None, "checked": True}, {"labels": None, "picked": "random"}, {"picked": "random"}]
)
def test_a_change_says_one_thing(person: Person, change: dict[str, object]) -> None:
    person.create()
    person.add([{"text": "late again", "labels": ["removed"]}])
    (example,) = person.call("get", "/classifiers/forum/examples")["items"]
    refused = person.call("patch", f"/classifiers/forum/examples/{example['id']}", expect=422, json=change)
    assert refused["code"] == "invalid-fields"
