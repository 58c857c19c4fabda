"""Files scored as jobs, with both databases: handed in, scored part by part, given back, removed."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.server.fakes import FACTS, FULL, FakeScorer, bearer, served
from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs import runner as runner_module
from valence.server.jobs.runner import MAX_ATTEMPTS, Runner
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job, JobPart

URL = "/api/v1/jobs"
HUNDRED = "id,text\r\n" + "".join(f"{n},good {n}\r\n" for n in range(100))


@pytest.fixture
def app(scorer: FakeScorer, settings: Settings, database: Database, tmp_path: Path) -> Flask:
    return create_app(settings, registry=Registry([served(scorer)]), database=database, page_folder=tmp_path)


@pytest.fixture
def me(database: Database) -> dict[str, str]:
    return bearer(keys.create(database, "me", ["score-files"]))


@pytest.fixture
def runner(app: Flask) -> Runner:
    found: Runner = app.extensions[KEY].runner
    return found


@pytest.fixture
def strict(scorer: FakeScorer, settings: Settings, database: Database) -> FlaskClient:
    """Of an app whose limits are soon reached."""
    small = settings.model_copy(update={"job_max_bytes": 10_000, "job_max_rows": 200})
    return create_app(small, registry=Registry([served(scorer)]), database=database).test_client()


def _send(client: FlaskClient, me: dict[str, str], content: str | bytes, kind: str = "text/csv", **query: str) -> Any:
    return client.post(URL, data=content, content_type=kind, query_string=query, headers=me)


def _scored(
    client: FlaskClient, me: dict[str, str], runner: Runner, content: str | bytes, kind: str = "text/csv", **query: str
) -> TestResponse:
    """The result of a whole job."""
    sent = _send(client, me, content, kind, **query)
    assert sent.status_code == 202, sent.text
    assert runner.run_once()
    return client.get(f"{URL}/{sent.get_json()['id']}/result", headers=me)


def test_a_file_comes_back_in_its_order_with_an_answer_beside_each_row(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    sent = _send(client, me, HUNDRED)
    job = sent.get_json()
    assert (job["state"], job["rows"], job["rows_done"], job["text_column"]) == ("waiting", 100, 0, "text")
    place = f"{URL}/{job['id']}"
    early = client.get(f"{place}/result", headers=me)
    assert (early.status_code, early.get_json()["code"]) == (409, "job-not-done")
    runner.run_once()
    done = client.get(place, headers=me).get_json()
    assert (done["state"], done["rows_done"], done["model"]["head"]) == ("done", 100, FACTS.head)
    answer = client.get(f"{place}/result", headers=me)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert job["id"] in answer.headers["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["id"] for row in found] == [str(n) for n in range(100)]
    assert {row["predicted_label"] for row in found} == {"positive"}
    assert (found[0]["predicted_probability"], found[0]["predicted_sure"], found[0]["predicted_error"]) == (
        "0.9",
        "true",
        "",
    )


def test_a_text_that_cannot_be_scored_does_not_fail_its_file(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    lines = [{"text": "good", "n": 1}, {"text": " ", "n": 2}, {"text": "bad \ud800", "n": 3}]
    answer = _scored(client, me, runner, "\n".join(map(json.dumps, lines)), "application/x-ndjson")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["n"], row["text"]) for row in found] == [(row["n"], row["text"]) for row in lines]
    assert [row["predicted_label"] for row in found] == ["positive", None, "negative"]
    assert found[1]["predicted_error"] == "text-empty"


AS_SPELT = (
    '{"n":1e999,"text":"good"}',
    '{"text": "good", "n": 1E5, "m": 1.0, "z": -0, "y": -0.0, "x": 1e-400}',
    '{"text": "good", "n": 12345678901234567890123, "big": ' + "9" * 5000 + "}",
    '{"n": 1, "n": 2, "text": "bad", "text": "good"}',
    '{"text": "good \\ud800", "é": ["\\u00e9", {"deep":[0.10]}], "e": {}}',
    '{ "text" : "good" }',
)


def test_a_row_of_json_comes_back_to_the_letter(client: FlaskClient, me: dict[str, str], runner: Runner) -> None:
    answer = _scored(client, me, runner, "\n".join(AS_SPELT), "application/jsonl")
    added = ', "predicted_label": "positive"'
    found = [line.partition(added) for line in answer.text.splitlines()]
    assert all(tail for _, _, tail in found)
    assert [head for head, _, _ in found] == [line[:-1].rstrip() for line in AS_SPELT]


def test_a_row_that_an_older_valence_kept_is_written_out(
    client: FlaskClient, me: dict[str, str], runner: Runner, database: Database
) -> None:
    identity = _send(client, me, '{"text": "good", "n": 1}', "application/jsonl").get_json()["id"]
    with database.writing() as session:
        session.get_one(JobPart, (identity, 0)).given = '[{"text": "good", "n": 1}]'
    runner.run_once()
    found = json.loads(client.get(f"{URL}/{identity}/result", headers=me).text)
    assert (found["n"], found["predicted_label"]) == (1, "positive")


def test_several_labels_are_parted_in_a_cell_and_a_list_in_json_lines(
    client: FlaskClient, me: dict[str, str], runner: Runner, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = Prediction("rude", 0.9, {"angry": 0.6, "rude": 0.9}, True, 2, 1, labels=("rude", "angry"))
    none = Prediction("rude", 0.2, {"angry": 0.1, "rude": 0.2}, True, 2, 1, labels=())
    answers: list[Prediction | TextError] = [several, none]
    monkeypatch.setattr(scorer, "score", lambda texts, **_: answers[: len(texts)])
    answer = _scored(client, me, runner, "text\nyou fool\nhello\n")
    assert answer.text.splitlines()[1:] == ["you fool,rude|angry,0.9|0.6,true,", "hello,,,true,"]
    answer = _scored(client, me, runner, '{"text": "you fool"}\n{"text": "hello"}\n', "application/jsonl")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["predicted_label"] for row in found] == [["rude", "angry"], []]
    assert found[0]["predicted_probability"] == [0.9, 0.6]


def test_a_tsv_is_read_with_quotes_or_without(client: FlaskClient, me: dict[str, str], runner: Runner) -> None:
    kind = "text/tab-separated-values"
    for content, text in (('text\tn\n"good"\t1\n', "good"), ('text\tn\n"good" she said\t1\n', '"good" she said')):
        answer = _scored(client, me, runner, content, kind)
        assert next(csv.DictReader(io.StringIO(answer.text), delimiter="\t"))["text"] == text


def test_semicolons_and_a_byte_order_mark_are_taken_as_excel_writes_them(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    answer = _scored(client, me, runner, "\ufefftext;n\r\ngood, really;1\r\n".encode())
    assert answer.text.splitlines()[1] == "good, really;1;positive;0.9;true;"


def test_a_formula_is_defused(client: FlaskClient, me: dict[str, str], runner: Runner) -> None:
    answer = _scored(client, me, runner, "text,=HYPERLINK()\n=1+1,@x\n")
    for line in csv.reader(io.StringIO(answer.text)):
        assert not [cell for cell in line if cell.startswith(("=", "@"))]
    answer = _scored(client, me, runner, 'text\n"fine;=1+1"\n')
    for line in csv.reader(io.StringIO(answer.text), delimiter=";"):
        assert not [cell for cell in line if cell.startswith("=")]


@pytest.mark.parametrize(
    ("content", "kind", "query", "code", "said"),
    [
        ("a,b\n1,2\n", "text/csv", {}, "invalid-file", "'a', 'b'"),
        ("a,b\n1,2\n", "text/csv", {"text_column": "c"}, "invalid-file", "no column called 'c'"),
        ("text,b\n1,2\n1\n", "text/csv", {}, "invalid-file", "line 3: 1 cell"),
        ('text,b\n"1,2\n', "text/csv", {}, "invalid-file", "line 2"),
        ("text,text\n1,2\n", "text/csv", {}, "invalid-file", "more than one"),
        ("text,predicted_label\n1,2\n", "text/csv", {}, "invalid-file", "Rename"),
        ("text\n", "text/csv", {}, "invalid-file", "no rows"),
        ("\n", "text/csv", {}, "invalid-file", "no header"),
        (b"text\n\xff\n", "text/csv", {}, "invalid-file", "0xff"),
        ("{}", "application/jsonl", {}, "invalid-file", "line 1: there is no text under 'text'"),
        ('{"text": "a"}\n[]', "application/jsonl", {}, "invalid-file", "line 2: it is no JSON object"),
        ('{"text": "a"}\n{"text":', "application/jsonl", {}, "invalid-file", "line 2: it is no JSON"),
        ('{"text": "a", "n": NaN}', "application/jsonl", {}, "invalid-file", "line 1: it is no JSON (NaN is Python's"),
        ('{"text": "a", "n": [-Infinity]}', "application/jsonl", {}, "invalid-file", "write null"),
        ('{"text": "a", "n": ' + "[" * 5000 + "}", "application/jsonl", {}, "invalid-file", "line 1"),
        ('{"text": "a", "predicted_sure": 1}', "application/jsonl", {}, "invalid-file", "Rename"),
        ('{"a\\u0000": "a"}', "application/jsonl", {"text_column": "a\0"}, "invalid-file", "Rename"),
        ("text\na\n", "text/plain", {}, "wrong-content-type", "text/csv"),
        ("text\na\n", "", {}, "wrong-content-type", "not given"),
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
    answer = _send(strict, me, content, kind, **query)
    assert answer.get_json()["code"] == code
    assert said in answer.get_json()["detail"]
    assert strict.get(URL, headers=me).get_json() == {"jobs": []}


def test_a_server_may_take_no_files(scorer: FakeScorer, settings: Settings, database: Database) -> None:
    off = settings.model_copy(update={"jobs": False})
    app = create_app(off, registry=Registry([served(scorer)]), database=database)
    me = bearer(keys.create(database, "me", ["score-files"]))
    answer = _send(app.test_client(), me, HUNDRED)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "jobs-off")
    assert not app.extensions[KEY].runner.run_once()


def test_a_job_is_seen_only_with_the_key_that_sent_it(
    client: FlaskClient, database: Database, me: dict[str, str], runner: Runner
) -> None:
    place = f"{URL}/{_send(client, me, HUNDRED).get_json()['id']}"
    other = bearer(keys.create(database, "another", ["score-files"]))
    for address, method in ((place, "get"), (f"{place}/result", "get"), (place, "delete")):
        refused = client.open(address, method=method, headers=other)
        assert (refused.status_code, refused.get_json()["code"]) == (404, "unknown-job")
    assert client.get(URL, headers=other).get_json() == {"jobs": []}
    assert client.get(place, headers=me).status_code == 200
    assert client.get(place, headers=bearer(keys.create(database, "boss", ["admin"]))).status_code == 200


def test_a_key_has_only_so_many_jobs(client: FlaskClient, me: dict[str, str], settings: Settings) -> None:
    sent = [_send(client, me, HUNDRED) for _ in range(settings.jobs_per_key + 1)]
    assert [each.status_code for each in sent] == [202] * settings.jobs_per_key + [409]
    assert sent[-1].get_json()["code"] == "too-many-jobs"
    assert len(client.get(URL, headers=me).get_json()["jobs"]) == settings.jobs_per_key
    client.delete(f"{URL}/{sent[0].get_json()['id']}", headers=me)
    assert _send(client, me, HUNDRED).status_code == 202


def test_a_deleted_job_is_gone_and_its_scoring_stops(
    client: FlaskClient, me: dict[str, str], runner: Runner, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"{URL}/{_send(client, me, HUNDRED).get_json()['id']}"
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
    identity = _send(client, me, HUNDRED).get_json()["id"]
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


@pytest.fixture
def whole(client: FlaskClient, me: dict[str, str], runner: Runner) -> tuple[str, TestResponse]:
    """The address of a result in several parts, and the answer to one whole download of it."""
    place = f"{URL}/{_send(client, me, HUNDRED).get_json()['id']}/result"
    runner.run_once()
    return place, client.get(place, headers=me)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-0", 0, 1), ("0-", 0, None), ("10-1999", 10, 2000), ("-7", -7, None), ("2000-99999999", 2000, None)],
)
def test_a_part_of_a_result_is_that_part(
    client: FlaskClient, me: dict[str, str], whole: tuple[str, TestResponse], asked: str, start: int, stop: int | None
) -> None:
    place, answer = whole
    expected = answer.data[start:stop]
    part = client.get(place, headers={**me, "Range": f"bytes={asked}", "If-Range": answer.headers["ETag"]})
    assert (part.status_code, part.data) == (206, expected)
    first = start % len(answer.data)
    assert part.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(answer.data)}"
    assert part.headers["Content-Length"] == str(len(expected))
    assert (part.headers["ETag"], answer.headers["Accept-Ranges"]) == (answer.headers["ETag"], "bytes")


@given(st.lists(st.integers(0, 4000), max_size=6))
@how(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_that_follow_each_other_are_the_whole(
    client: FlaskClient, me: dict[str, str], whole: tuple[str, TestResponse], cuts: list[int]
) -> None:
    place, answer = whole
    bounds = sorted({0, len(answer.data), *(cut for cut in cuts if cut < len(answer.data))})
    got = [
        client.get(place, headers={**me, "Range": f"bytes={start}-{stop - 1}"}).data
        for start, stop in itertools.pairwise(bounds)
    ]
    assert b"".join(got) == answer.data


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-", "If-Range": '"another"'},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "rows=1-2"},
        {"Range": "bytes=7-3"},
        {"Range": "bytes"},
    ],
)
def test_what_is_no_one_range_of_this_result_gets_the_whole(
    client: FlaskClient, me: dict[str, str], whole: tuple[str, TestResponse], headers: dict[str, str]
) -> None:
    place, answer = whole
    again = client.get(place, headers={**me, **headers})
    assert (again.status_code, again.data) == (200, answer.data)


def test_bytes_that_a_result_does_not_have(
    client: FlaskClient, me: dict[str, str], whole: tuple[str, TestResponse]
) -> None:
    place, answer = whole
    refused = client.get(place, headers={**me, "Range": f"bytes={len(answer.data)}-"})
    assert (refused.status_code, refused.get_json()["code"]) == (416, "range-outside")
    assert refused.headers["Content-Range"] == f"bytes */{len(answer.data)}"
    kept = client.get(place, headers={**me, "If-None-Match": answer.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")


def test_a_job_is_removed_soon_once_the_end_of_its_result_was_taken(
    client: FlaskClient, me: dict[str, str], runner: Runner, database: Database
) -> None:
    identity = _send(client, me, "text\ngood\n").get_json()["id"]
    runner.run_once()
    place, left = f"{URL}/{identity}/result", []
    for asked in ("bytes=0-3", "bytes=4-"):
        assert client.get(place, headers={**me, "Range": asked}).data
        job = rows.get(database, identity)
        assert job is not None
        left.append(job.expires_at - datetime.now(UTC))
    assert left[0] > timedelta(hours=23)
    assert left[1] <= timedelta(minutes=10)


def test_what_was_scored_stays_when_the_server_stops_in_the_middle(
    client: FlaskClient, me: dict[str, str], scorer: FakeScorer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = _send(client, me, HUNDRED).get_json()["id"]
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
    assert _scored(client, me, runner, HUNDRED).text.count("positive") == 100


def test_one_result_never_holds_the_answers_of_two_versions(
    client: FlaskClient, me: dict[str, str], scorer: FakeScorer, database: Database
) -> None:
    identity = _send(client, me, HUNDRED).get_json()["id"]
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
    identity = _send(client, me, HUNDRED).get_json()["id"]
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
    _send(client, me, HUNDRED)
    claimed = rows.claim(database)
    assert claimed is not None
    with database.writing() as session:
        session.get_one(Job, claimed.job.id).claimed_until = datetime.now(UTC) + timedelta(hours=5)
    assert rows.claim(database) is not None


def test_a_job_that_ends_the_process_again_and_again_is_given_up(
    client: FlaskClient, me: dict[str, str], database: Database, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = _send(client, me, HUNDRED).get_json()["id"]
    with monkeypatch.context() as silent:
        silent.setattr(rows, "CLAIM", timedelta(seconds=-1))
        for _ in range(MAX_ATTEMPTS):
            assert rows.claim(database) is not None
    runner.run_once()
    job = client.get(f"{URL}/{identity}", headers=me).get_json()
    assert (job["state"], job["reason"]) == ("failed", "Scoring was broken off 5 times at the same rows.")
    assert client.get(f"{URL}/{identity}/result", headers=me).get_json()["code"] == "job-failed"


def test_a_model_that_is_no_longer_served_fails_the_job(
    client: FlaskClient, me: dict[str, str], database: Database, scorer: FakeScorer
) -> None:
    identity = _send(client, me, HUNDRED).get_json()["id"]
    other = ServedModel(type(FACTS)(**{**FACTS.__dict__, "name": "other"}), scorer)
    Runner(database, Registry([other]), jobs=True).run_once()
    job = client.get(f"{URL}/{identity}", headers=me).get_json()
    assert job["state"] == "failed"
    assert "no longer served" in job["reason"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@given(table=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=70))
@how(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_no_row_is_lost_changed_or_doubled(
    client: FlaskClient, me: dict[str, str], runner: Runner, table: list[tuple[str, str]]
) -> None:
    file = "".join(json.dumps({"text": text, "other": other}) + "\n" for text, other in table)
    answer = _scored(client, me, runner, file, "application/jsonl")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["text"], row["other"]) for row in found] == table
    identity = answer.headers["Content-Disposition"].split("scored-")[1].split(".")[0]
    client.delete(f"{URL}/{identity}", headers=me)


def test_the_parts_are_small_enough_to_be_done_again(
    client: FlaskClient, me: dict[str, str], database: Database
) -> None:
    identity = _send(client, me, "text\n" + ("a" * 15_000 + "\n") * 5).get_json()["id"]
    found: list[JobPart] = list(rows.parts(database, identity))
    assert [part.rows for part in found] == [2, 2, 1]
