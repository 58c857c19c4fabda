"""Submitting files as jobs, with both databases: what is refused, who sees a job, and when it is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.jobs.requests import HUNDRED, URL, send
from valence.inference.prediction import Prediction
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.jobs.runner import Runner
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.system.errors import TextError


@pytest.mark.parametrize(
    ("content", "kind", "query", "code", "said"),
    [
        ("a,b\n1,2\n", "text/csv", {}, "invalid-file", "'a', 'b'"),
        ("a,b\n1,2\n", "text/csv", {"text_column": "c"}, "invalid-file", "no column called 'c'"),
        ("text,b\n1,2\n1\n", "text/csv", {}, "invalid-file", "line 3: 1 cell"),
        ('text,b\n"1,2\n', "text/csv", {}, "invalid-file", "line 2"),
        (
            "text,comment\na,b\n",
            "text/csv",
            {},
            "invalid-file",
            "2 columns could hold the texts: 'text', 'comment'.",
        ),
        ("text,predicted_label\n1,2\n", "text/csv", {}, "invalid-file", "Rename"),
        ("text\n", "text/csv", {}, "invalid-file", "no rows"),
        ("\n", "text/csv", {}, "invalid-file", "no header"),
        (b"text\n\xff\n", "text/csv", {}, "invalid-file", "0xff"),
        ("{}", "application/jsonl", {}, "invalid-file", "its objects are empty"),
        ('{"text": "a"}\n[]', "application/jsonl", {}, "invalid-file", "line 2: '[]' is not a JSON object"),
        ('{"text": "a"}\n{"text":', "application/jsonl", {}, "invalid-file", "line 2: this is not valid JSON"),
        (
            '{"text": "a", "n": NaN}',
            "application/jsonl",
            {},
            "invalid-file",
            "not valid JSON: NaN is Python's",
        ),
        ('{"text": "a", "n": [-Infinity]}', "application/jsonl", {}, "invalid-file", "write null"),
        ('{"text": "a", "n": ' + "[" * 5000 + "}", "application/jsonl", {}, "invalid-file", "line 1"),
        ('{"text": "a", "predicted_sure": 1}', "application/jsonl", {}, "invalid-file", "Rename"),
        ('{"a\\u0000": "a"}', "application/jsonl", {"text_column": "a\0"}, "invalid-file", "Rename"),
        ("text\na\n", "text/html", {}, "wrong-content-type", "text/csv"),
        ("text\na\n", "", {}, "wrong-content-type", "is missing"),
        ("", "text/csv", {}, "body-missing", "Send a file"),
        ("text\na\n", "text/csv", {"model": "other"}, "unknown-model", "other"),
        ("text\na\n", "text/csv", {"colour": "x"}, "invalid-fields", "colour"),
        ("text\n" + "a\n" * 201, "text/csv", {}, "too-many-rows", "200 rows"),
        ("text\n" + "a" * 20_000, "text/csv", {}, "body-too-large", "10000 bytes"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_kept(
    strict: FlaskClient,
    me: dict[str, str],
    content: str | bytes,
    kind: str,
    query: dict[str, str],
    code: str,
    said: str,
) -> None:
    answer = send(strict, me, content, kind, **query)
    assert answer.get_json()["code"] == code
    assert said in answer.get_json()["detail"]
    assert strict.get(URL, headers=me).get_json() == {"jobs": []}


def test_a_server_may_take_no_files(scorer: FakeScorer, settings: Settings, database: Database) -> None:
    off = settings.model_copy(update={"jobs": False})
    app = create_app(off, registry=Registry([served(scorer)]), database=database)
    me = bearer(keys.create(database, "me", ["score-files"]))
    answer = send(app.test_client(), me, HUNDRED)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "jobs-off")
    assert not app.extensions[KEY].runner.run_once()


def test_a_job_is_seen_only_with_the_key_that_sent_it(
    client: FlaskClient, database: Database, me: dict[str, str], runner: Runner
) -> None:
    place = f"{URL}/{send(client, me, HUNDRED).get_json()['id']}"
    other = bearer(keys.create(database, "another", ["score-files"]))
    for address, method in ((place, "get"), (f"{place}/result", "get"), (place, "delete")):
        refused = client.open(address, method=method, headers=other)
        assert (refused.status_code, refused.get_json()["code"]) == (404, "unknown-job")
    assert client.get(URL, headers=other).get_json() == {"jobs": []}
    assert client.get(place, headers=me).status_code == 200
    assert client.get(place, headers=bearer(keys.create(database, "boss", ["admin"]))).status_code == 200


def test_a_key_has_only_so_many_jobs(client: FlaskClient, me: dict[str, str], settings: Settings) -> None:
    sent = [send(client, me, HUNDRED) for _ in range(settings.jobs_per_key + 1)]
    assert [each.status_code for each in sent] == [202] * settings.jobs_per_key + [409]
    assert sent[-1].get_json()["code"] == "too-many-jobs"
    assert len(client.get(URL, headers=me).get_json()["jobs"]) == settings.jobs_per_key
    client.delete(f"{URL}/{sent[0].get_json()['id']}", headers=me)
    assert send(client, me, HUNDRED).status_code == 202


def test_a_deleted_job_is_gone_and_its_scoring_stops(
    client: FlaskClient, me: dict[str, str], runner: Runner, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"{URL}/{send(client, me, HUNDRED).get_json()['id']}"
    calls = 0

    def score(texts: Sequence[str], **how: Any) -> list[Prediction | TextError]:
        nonlocal calls
        calls += 1
        assert client.delete(place, headers=me).status_code == 204
        return [scorer._one(text, explain=False) for text in texts]

    monkeypatch.setattr(scorer, "score", score)
    runner.run_once()
    assert calls == 1
    assert client.get(place, headers=me).status_code == 404


def test_after_a_whole_download_it_is_kept_a_little_longer_and_then_removed(
    client: FlaskClient, me: dict[str, str], runner: Runner, database: Database
) -> None:
    identity = send(client, me, HUNDRED).get_json()["id"]
    runner.run_once()
    place = f"{URL}/{identity}/result"
    client.head(place, headers=me)
    kept = rows.get(database, identity)
    assert kept is not None
    assert kept.expires_at > datetime.now(UTC) + timedelta(hours=23), "nothing was downloaded"
    first = client.get(place, headers=me).text
    soon = rows.get(database, identity)
    assert soon is not None
    assert timedelta(minutes=9) < soon.expires_at - datetime.now(UTC) <= timedelta(minutes=10)
    assert client.get(place, headers=me).text == first
    rows.expire(database, identity, datetime.now(UTC) - timedelta(seconds=1))
    assert client.get(place, headers=me).status_code == 404
    assert rows.remove_expired(database) == 1
    assert list(rows.parts(database, identity)) == []
