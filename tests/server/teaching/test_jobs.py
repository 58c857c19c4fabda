"""Files that a taught classifier scores: a job keeps the version that it began with, and says which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from tests.server.fakes import FakeHeadScorer, bearer
from tests.server.teaching.conftest import Person, comments
from valence.inference.prediction import Prediction
from valence.server.auth import keys
from valence.server.store.database import Database
from valence.system.errors import TextError

FILE = "text\n" + "".join(f"you idiot {n}\n" for n in range(100))


@pytest.fixture
def sender(person: Person, database: Database) -> Person:
    """Who sends files to the person's server."""
    return Person(person.app, bearer(keys.create(database, "a sender", ["score-files"])))


def taught(person: Person) -> str:
    """The head of a published version."""
    person.create()
    person.add(comments(40))
    person.fit()
    return str(person.publish(1)["published"]["head"])


def publish_another(person: Person) -> str:
    """The head of a second version, with the labels the other way round."""
    other = {"removed": "kept", "kept": "removed"}
    person.add([{**each, "labels": [other[each["labels"][0]]]} for each in comments(40)])
    assert person.fit()["version"] == 2
    return str(person.publish(2)["published"]["head"])


def send(sender: Person) -> str:
    job = sender.call("post", "/jobs?model=forum", expect=202, data=FILE, content_type="text/csv")
    return str(job["id"])


def result(sender: Person, job: str) -> tuple[str, int]:
    """The head that scored the whole file, and how many of its rows are to be removed."""
    described = sender.call("get", f"/jobs/{job}")
    assert (described["state"], described["rows_done"]) == ("done", 100), described["reason"]
    text = sender.call("get", f"/jobs/{job}/result").text
    return described["model"]["head"], text.count(",removed,")


def test_a_job_is_scored_by_a_taught_classifier(person: Person, sender: Person) -> None:
    head = taught(person)
    job = send(sender)
    assert sender.state.runner.run_once()
    assert result(sender, job) == (head, 100)


def test_a_job_that_waits_keeps_its_version_when_another_is_published(person: Person, sender: Person) -> None:
    first = taught(person)
    job = send(sender)
    assert publish_another(person) != first
    assert sender.state.runner.run_once()
    assert result(sender, job) == (first, 100)


def test_a_job_that_is_running_keeps_its_version_also_on_another_server(
    person: Person,
    sender: Person,
    make_app: Callable[[], Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = taught(person)
    job = send(sender)
    score = FakeHeadScorer.score

    def and_publish(self: FakeHeadScorer, texts: Sequence[str], **how: Any) -> list[Prediction | TextError]:
        monkeypatch.undo()
        publish_another(person)
        sender.state.runner.close()
        return score(self, texts, **how)

    monkeypatch.setattr(FakeHeadScorer, "score", and_publish)
    assert sender.state.runner.run_once()
    described = sender.call("get", f"/jobs/{job}")
    assert (described["state"], 0 < described["rows_done"] < 100) == ("waiting", True)
    other = Person(make_app(), sender.key)
    other.state.publications.refresh()
    assert other.state.runner.run_once()
    assert result(other, job) == (first, 100)


def test_a_job_keeps_its_version_after_nothing_is_published_any_more(person: Person, sender: Person) -> None:
    first = taught(person)
    job = send(sender)
    person.call("delete", "/classifiers/forum/published", expect=204)
    assert sender.state.runner.run_once()
    assert result(sender, job) == (first, 100)


def test_a_job_whose_version_is_gone_starts_over_with_the_one_that_answers(person: Person, sender: Person) -> None:
    taught(person)
    job = send(sender)
    second = publish_another(person)
    person.call("delete", "/classifiers/forum/versions/1", expect=204)
    assert sender.state.runner.run_once()
    assert result(sender, job) == (second, 0)


def test_a_job_whose_classifier_is_gone_fails_and_says_so(person: Person, sender: Person) -> None:
    taught(person)
    job = send(sender)
    person.call("delete", "/classifiers/forum", expect=204)
    assert sender.state.runner.run_once()
    described = sender.call("get", f"/jobs/{job}")
    assert (described["state"], "no longer served" in described["reason"]) == ("failed", True)
