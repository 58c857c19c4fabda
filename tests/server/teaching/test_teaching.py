"""From a classifier's name to its answer, through the API; with SQLite and with PostgreSQL."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from tests.server.fakes import FakeBody
from tests.server.teaching.conftest import Person, comments
from valence.server.teaching.identity import texts as identity_texts


def test_from_a_name_to_an_answer(person: Person) -> None:
    created = person.create()
    assert (created["examples"]["train"], created["newest"], created["published"]) == (0, None, None)
    assert person.add(comments(100)) == {
        "added": 20,
        "relabelled": 0,
        "unchanged": 0,
        "contradicting": 0,
        "left_out": 0,
    }
    fit = person.fit(note="the first one")
    assert (fit["state"], fit["version"], fit["reason"]) == ("done", 1, None)
    person.call("post", "/predict", expect=404, json={"text": "an idiot", "model": "forum"})
    published = person.publish(1)["published"]
    assert (published["number"], published["published"], published["note"]) == (1, True, "the first one")
    answer = person.call("post", "/predict", json={"texts": ["you idiot", "very kind"], "model": "forum"})
    assert [result["label"] for result in answer["results"]] == ["removed", "kept"]
    assert answer["model"]["head"] == published["head"]
    models = person.call("get", "/models")["models"]
    assert [(model["name"], model["default"]) for model in models] == [("fake", True), ("forum", False)]


def test_figures_are_of_texts_that_the_head_has_not_seen(person: Person) -> None:
    person.create()
    person.add(comments(300))
    person.fit()
    version = person.call("get", "/classifiers/forum/versions/1")
    counts = person.call("get", "/classifiers/forum")["examples"]
    assert (version["tested_on"], version["tested_rows"], version["rows"]) == ("test", counts["test"], counts["train"])
    assert counts["train"] + counts["test"] == 300
    assert version["accuracy"]["low"] <= version["accuracy"]["value"] <= version["accuracy"]["high"]
    assert [rival["kind"] for rival in version["beside"]] == ["most-frequent", "n-grams"]
    assert version["enough"]
    assert sum(map(sum, version["confusion"])) == counts["test"]


def test_few_examples_are_tested_by_cross_validation_and_said_to_be_few(person: Person) -> None:
    person.create()
    person.add(comments(12))
    person.fit()
    version = person.call("get", "/classifiers/forum/versions/1")
    assert (version["tested_on"], version["tested_rows"]) == ("cross-validation", version["rows"])
    assert version["accuracy"]["high"] - version["accuracy"]["low"] > 0.2
    assert not version["enough"]
    assert version["verdict"].startswith("Too few to know")


def test_too_few_examples_are_refused_with_what_is_missing(person: Person) -> None:
    person.create()
    person.add([{"text": "the only one", "labels": ["kept"]}])
    fit = person.fit()
    assert fit["state"] == "failed"
    assert "Two labels need at least 2 training examples each" in fit["reason"]


def test_a_version_is_replaced_until_it_is_published(person: Person) -> None:
    person.create()
    person.add(comments(40))
    assert [person.fit()["version"], person.fit()["version"]] == [1, 1]
    person.publish(1)
    person.add(comments(20, first=40))
    assert person.fit()["version"] == 2
    listed = person.call("get", "/classifiers/forum/versions")["versions"]
    assert [(each["number"], each["published"]) for each in listed] == [(2, False), (1, True)]


def test_going_back_is_publishing_an_older_version(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    first = person.publish(1)["published"]["head"]
    person.add(comments(40, first=40))
    person.fit()
    second = person.publish(2)["published"]["head"]
    assert first != second
    assert person.publish(1)["published"]["head"] == first
    answer = person.call("post", "/predict", json={"text": "kind", "model": "forum"})
    assert answer["model"]["head"] == first


def test_only_the_version_that_was_seen_is_published(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    seen = person.call("get", "/classifiers/forum")["newest"]["head"]
    person.add(comments(40, first=40))
    person.fit()
    refused = person.call("post", "/classifiers/forum/published", expect=409, json={"version": 1, "head": seen})
    assert refused["code"] == "version-replaced"


def test_the_published_version_is_not_deleted(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    person.publish(1)
    assert person.call("delete", "/classifiers/forum/versions/1", expect=409)["code"] == "version-published"
    person.call("delete", "/classifiers/forum/published", expect=204)
    person.call("post", "/predict", expect=404, json={"text": "kind", "model": "forum"})
    person.call("delete", "/classifiers/forum/versions/1", expect=204)
    assert person.call("get", "/classifiers/forum/versions")["versions"] == []


def test_another_server_answers_with_what_was_published(person: Person, make_app: Callable[[], Flask]) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    other = Person(make_app(), person.key)
    person.publish(1)
    other.call("post", "/predict", expect=404, json={"text": "kind", "model": "forum"})
    other.state.publications.refresh()
    assert other.call("post", "/predict", json={"text": "kind", "model": "forum"})["results"][0]["label"] == "kept"
    person.call("delete", "/classifiers/forum", expect=204)
    other.state.publications.refresh()
    other.call("post", "/predict", expect=404, json={"text": "kind", "model": "forum"})


def test_a_version_for_another_encoder_is_not_published(person: Person, body: FakeBody) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    body.id = "c" * 64
    assert not person.call("get", "/classifiers/forum")["newest"]["usable"]
    refused = person.call("post", "/classifiers/forum/published", expect=409, json={"version": 1})
    assert refused["code"] == "version-unusable"


def test_a_text_is_tried_before_anything_is_published(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    tried = person.call("post", "/classifiers/forum/versions/1/predict", json={"text": "what an idiot"})
    assert tried["results"][0]["label"] == "removed"
    refused = person.call("post", "/classifiers/forum/versions/1/predict", expect=422, json={"text": " "})
    assert refused["code"] == "text-empty"


def test_two_versions_are_compared_on_the_same_examples(person: Person) -> None:
    person.create()
    person.add(comments(60))
    person.fit()
    person.publish(1)
    changed = [
        {**each, "labels": ["kept" if each["text"].startswith("very") else each["labels"][0]]} for each in comments(60)
    ]
    person.add(changed)
    person.fit()
    found = person.call("get", "/classifiers/forum/versions/2/compare?with_version=1")
    counts = person.call("get", "/classifiers/forum")["examples"]
    assert found["rows"] in {0, counts["test"]}
    assert found["flipped"] >= len(found["texts"])
    same = person.call("get", "/classifiers/forum/versions/1/compare")
    assert (same["with_version"], same["flipped"], same["only_this"], same["only_other"]) == (1, 0, 0, 0)


def test_a_fit_costs_the_body_only_what_is_new(person: Person, body: FakeBody) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    sentences = identity_texts()
    assert sorted(body.read) == sorted([*(each["text"] for each in comments(40)), *sentences])
    read = len(body.read)
    person.add(comments(1, first=40))
    person.fit()
    assert body.read[read:] == [comments(1, first=40)[0]["text"]]


def test_a_cancelled_fit_makes_no_version(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.call("post", "/classifiers/forum/fit", expect=202, json={})
    person.call("delete", "/classifiers/forum/fit", expect=204)
    assert not person.state.teacher.run_once()
    assert person.call("get", "/classifiers/forum/fit")["state"] == "cancelled"
    assert person.call("get", "/classifiers/forum/versions")["versions"] == []


def test_suspects_leave_the_list_once_somebody_has_seen_to_them(person: Person) -> None:
    person.create()
    wrong = [{**each, "labels": ["kept"]} for each in comments(160)[1::16]]  # ten that should be removed
    person.add([*comments(160), *wrong])
    person.fit()
    found = person.call("get", "/classifiers/forum/suspects")
    texts = [suspect["example"]["text"] for suspect in found["suspects"]]
    assert set(texts) & {each["text"] for each in wrong}
    first, *others = found["suspects"]
    person.call("patch", f"/classifiers/forum/examples/{first['example']['id']}", json={"checked": True})
    left = person.call("get", "/classifiers/forum/suspects")["suspects"]
    assert [suspect["example"]["id"] for suspect in left] == [suspect["example"]["id"] for suspect in others]


def test_next_texts_say_which_ones_are_random_and_none_of_the_uncertain_is_tested_on(person: Person) -> None:
    person.create()
    person.add(comments(40))
    person.fit()
    person.add([{"text": f"quite new text {i}"} for i in range(60)])
    found = person.call("get", "/classifiers/forum/next?limit=20")
    assert found["unlabelled"] == 60
    assert [each["picked"] for each in found["texts"]] == ["random", "uncertain"] * 10
    assert {each["example"]["part"] for each in found["texts"] if each["picked"] == "uncertain"} == {"train"}
    assert len({each["example"]["id"] for each in found["texts"]}) == 20
    one = found["texts"][0]["example"]["id"]
    labelled = person.call("patch", f"/classifiers/forum/examples/{one}", json={"labels": ["kept"], "picked": "random"})
    assert (labelled["labels"], labelled["picked"], labelled["source"]) == (["kept"], "random", "hand")


def test_several_labels_per_text(person: Person) -> None:
    person.create("tickets", labels=["angry", "urgent"], multi_label=True)
    examples = []
    for i in range(80):
        labels = [name for name, bit in (("angry", 1), ("urgent", 2)) if i & bit]
        words = " ".join({"angry": "stupid", "urgent": "now"}[label] for label in labels) or "thanks"
        examples.append({"text": f"{words} number{i}", "labels": labels})
    person.add(examples, "tickets")
    assert person.fit("tickets")["state"] == "done"
    person.publish(1, "tickets")
    answer = person.call("post", "/predict", json={"text": "stupid now", "model": "tickets"})["results"][0]
    assert answer["labels"] is not None


def test_a_download_is_a_model_folder(person: Person, body: FakeBody, tiny_model: Path) -> None:
    from valence.model.folder import ModelFolder

    body.folder, body.id = tiny_model, ModelFolder(tiny_model).body().id
    body.readouts = ModelFolder(tiny_model).body().readouts
    person.create()
    person.add(comments(40))
    person.fit()
    answer = person.call("get", "/classifiers/forum/versions/1/download")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"forum-1"}
        archive.extractall(tiny_model.parent / "downloaded")
    folder = ModelFolder(tiny_model.parent / "downloaded" / "forum-1")
    assert folder.head().labels.names == ("kept", "removed")
    folder.served_files()
