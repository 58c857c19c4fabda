"""The thread that scores jobs, with both databases: interruptions, other servers, other versions of the model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FACTS, FULL, FakeScorer, served
from tests.server.jobs.requests import HUNDRED, URL, scored, send
from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs import runner as runner_module
from valence.server.jobs.runner import MAX_ATTEMPTS, Runner
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job
from valence.system.errors import TextError


def test_what_was_scored_stays_when_the_server_stops_in_the_middle(
    client: FlaskClient, me: dict[str, str], scorer: FakeScorer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    seen: list[str] = []
    stopping = Runner(database, Registry([served(scorer)]), jobs=True)

    def score(texts: Sequence[str], **how: Any) -> list[Prediction | TextError]:
        seen.extend(texts)
        if len(seen) > 40:
            stopping.close()
        return [scorer._one(text, explain=False) for text in texts]

    monkeypatch.setattr(scorer, "score", score)
    stopping.run_once()
    job = rows.get(database, identity)
    assert job is not None
    assert (job.state, job.rows_done) == ("waiting", 64)
    Runner(database, Registry([served(scorer)]), jobs=True).run_once()
    assert sorted(seen) == sorted(f"good {n}" for n in range(100)), "each row once"
    assert client.get(f"{URL}/{identity}", headers=me).get_json()["state"] == "done"


def test_a_full_queue_is_waited_for(
    client: FlaskClient, me: dict[str, str], runner: Runner, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer.failure = FULL
    monkeypatch.setattr(runner_module, "RETRY_S", 0)
    monkeypatch.setattr(runner._stopping, "wait", lambda _: setattr(scorer, "failure", None))
    assert scored(client, me, runner, HUNDRED).text.count("positive") == 100


def test_one_result_never_holds_the_answers_of_two_versions(
    client: FlaskClient, me: dict[str, str], scorer: FakeScorer, database: Database
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    old = rows.claim(database)
    part = rows.next_part(database, identity)
    assert old is not None
    assert part is not None
    assert rows.save(database, old, part, json.dumps([["old", 1.0, True, None]] * part.rows))
    rows.finish(database, old, state="waiting")
    newer = ServedModel(type(FACTS)(**{**FACTS.__dict__, "head": "n" * 12}), scorer)
    Runner(database, Registry([newer]), jobs=True).run_once()
    job = client.get(f"{URL}/{identity}", headers=me).get_json()
    assert (job["state"], job["rows_done"], job["model"]["head"]) == ("done", 100, "n" * 12)
    assert "old" not in client.get(f"{URL}/{identity}/result", headers=me).text


def test_who_lost_a_job_to_another_server_saves_nothing(
    client: FlaskClient, me: dict[str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    monkeypatch.setattr(rows, "CLAIM", timedelta(seconds=-1))  # as if it had been silent for too long
    slow = rows.claim(database)
    monkeypatch.undo()
    other = rows.claim(database)
    part = rows.next_part(database, identity)
    assert slow is not None
    assert other is not None
    assert part is not None
    assert not rows.save(database, slow, part, "[]")
    assert not rows.finish(database, slow, state="failed", reason="it was slow")
    assert rows.save(database, other, part, json.dumps([["ours", 1.0, True, None]] * part.rows))
    assert rows.claim(database) is None, "it is being worked on"


def test_a_clock_that_was_put_back_keeps_no_job_waiting(
    client: FlaskClient, me: dict[str, str], database: Database
) -> None:
    send(client, me, HUNDRED)
    claimed = rows.claim(database)
    assert claimed is not None
    with database.writing() as session:
        session.get_one(Job, claimed.job.id).claimed_until = datetime.now(UTC) + timedelta(hours=5)
    assert rows.claim(database) is not None


def test_a_job_that_ends_the_process_again_and_again_is_given_up(
    client: FlaskClient, me: dict[str, str], database: Database, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    with monkeypatch.context() as silent:
        silent.setattr(rows, "CLAIM", timedelta(seconds=-1))
        for _ in range(MAX_ATTEMPTS):
            assert rows.claim(database) is not None
    runner.run_once()
    job = client.get(f"{URL}/{identity}", headers=me).get_json()
    assert (job["state"], job["reason"]) == ("failed", "Scoring was interrupted 5 times at the same rows.")
    assert client.get(f"{URL}/{identity}/result", headers=me).get_json()["code"] == "job-failed"


def test_a_model_that_is_no_longer_served_fails_the_job(
    client: FlaskClient, me: dict[str, str], database: Database, scorer: FakeScorer
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    other = ServedModel(type(FACTS)(**{**FACTS.__dict__, "name": "other"}), scorer)
    Runner(database, Registry([other]), jobs=True).run_once()
    job = client.get(f"{URL}/{identity}", headers=me).get_json()
    assert job["state"] == "failed"
    assert "no longer served" in job["reason"]
