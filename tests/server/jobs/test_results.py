"""A scored job's result, with both databases: every row in its order, with its prediction."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.server.fakes import FACTS, FakeScorer
from tests.server.jobs.requests import HUNDRED, URL, scored, send
from valence.inference.prediction import Prediction
from valence.server.jobs.runner import Runner
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import JobPart
from valence.system.errors import TextError


def test_a_file_comes_back_in_its_order_with_an_answer_beside_each_row(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    sent = send(client, me, HUNDRED)
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
        "0.900000",
        "true",
        "",
    )


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/csv", "id,text\n1,good\n2,nan\n3, N/A\n4,\n"),
        ("application/jsonl", '{"text": "good"}\n{"text": "nan"}\n{"text": " N/A"}\n{"text": null}\n'),
    ],
)
def test_words_for_no_text_get_no_score_where_they_are_named(
    client: FlaskClient, me: dict[str, str], runner: Runner, kind: str, content: str
) -> None:
    asked: dict[str, str]
    for asked, scored_rows in (({}, 3), ({"missing": "nan,N/A"}, 1)):
        answer = scored(client, me, runner, content, kind, **asked)
        assert answer.text.count("text-empty") == 4 - scored_rows
        assert "nan" in answer.text


@pytest.mark.parametrize("kind", ["text/csv", "text/tab-separated-values", "application/json"])
def test_the_content_decides_and_not_the_media_type(
    client: FlaskClient, me: dict[str, str], runner: Runner, kind: str
) -> None:
    answer = scored(client, me, runner, '{"text": "good", "id": 1}\n{"text": "bad", "id": 2}\n', kind)
    assert answer.content_type == "application/jsonl"
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == [1, 2]


@pytest.mark.parametrize(
    ("clean", "labels", "errors"),
    [
        ({}, ["positive", "positive", None], ["", "", "text-empty"]),
        ({"clean": "forum"}, ["negative", None, None], ["", "text-only-quotes", "text-empty"]),
    ],
)
def test_forum_posts_are_scored_without_what_they_quote(
    client: FlaskClient,
    me: dict[str, str],
    runner: Runner,
    clean: dict[str, str],
    labels: list[str | None],
    errors: list[str],
) -> None:
    lines = [{"text": "> good\n\nbad"}, {"text": "[quote]good[/quote]"}, {"text": " "}]
    answer = scored(client, me, runner, "\n".join(map(json.dumps, lines)), "application/jsonl", **clean)
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["text"] for row in found] == [row["text"] for row in lines]
    assert [row["predicted_label"] for row in found] == labels
    assert [row["predicted_error"] or "" for row in found] == errors


def test_a_text_that_cannot_be_scored_does_not_fail_its_file(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    lines = [{"text": "good", "n": 1}, {"text": " ", "n": 2}, {"text": "bad \ud800", "n": 3}]
    answer = scored(client, me, runner, "\n".join(map(json.dumps, lines)), "application/x-ndjson")
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
    answer = scored(client, me, runner, "\n".join(AS_SPELT), "application/jsonl")
    added = ', "predicted_label": "positive"'
    found = [line.partition(added) for line in answer.text.splitlines()]
    assert all(tail for _, _, tail in found)
    assert [head for head, _, _ in found] == [line[:-1].rstrip() for line in AS_SPELT]


def test_a_row_that_an_older_valence_kept_is_written_out(
    client: FlaskClient, me: dict[str, str], runner: Runner, database: Database
) -> None:
    identity = send(client, me, '{"text": "good", "n": 1}', "application/jsonl").get_json()["id"]
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
    answer = scored(client, me, runner, "text\nyou fool\nhello\n")
    assert answer.text.splitlines()[1:] == ["you fool,rude|angry,0.900000|0.600000,true,", "hello,,,true,"]
    answer = scored(client, me, runner, '{"text": "you fool"}\n{"text": "hello"}\n', "application/jsonl")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["predicted_label"] for row in found] == [["rude", "angry"], []]
    assert found[0]["predicted_probability"] == [0.9, 0.6]


def test_a_tsv_is_read_with_quotes_or_without(client: FlaskClient, me: dict[str, str], runner: Runner) -> None:
    kind = "text/tab-separated-values"
    for content, text in (('text\tn\n"good"\t1\n', "good"), ('text\tn\n"good" she said\t1\n', '"good" she said')):
        answer = scored(client, me, runner, content, kind)
        assert next(csv.DictReader(io.StringIO(answer.text), delimiter="\t"))["text"] == text


def test_semicolons_and_a_byte_order_mark_are_taken_as_excel_writes_them(
    client: FlaskClient, me: dict[str, str], runner: Runner
) -> None:
    answer = scored(client, me, runner, "\ufefftext;n\r\ngood, really;1\r\n".encode())
    assert answer.text.splitlines()[1] == "good, really;1;positive;0.900000;true;"


@pytest.mark.parametrize(
    ("content", "kind", "query"),
    [
        (b"sep=;\r\nn;text\r\n1;good\r\n2;bad\r\n", "text/csv", {}),
        ("n,text\n1,good\n2,bad\n".encode("utf-16"), "text/csv", {}),
        (gzip.compress(b"n,text\n1,good\n2,bad\n"), "application/gzip", {}),
        (b'[{"n": 1, "text": "good"}, {"n": 2, "text": "bad"}]', "application/json", {}),
        (b"1|good\n2|bad\n", "text/csv", {"no_header": "true", "columns": "n,text", "separator": "|"}),
        (b"n,text\n1,good\n2,bad,more\n3,bad\n", "text/csv", {"bad_rows": "skip"}),
    ],
    # A name of its own for each: the bytes of a gzip file hold the time.
    ids=["separator-line", "utf-16", "gzip", "json-array", "no-header", "a-bad-row"],
)
def test_a_file_is_read_as_the_commands_read_it(
    client: FlaskClient, me: dict[str, str], runner: Runner, content: bytes, kind: str, query: dict[str, str]
) -> None:
    job = send(client, me, content, kind, **query).get_json()
    runner.run_once()
    answer = client.get(f"{URL}/{job['id']}/result", headers=me).text
    if job["shape"] == "jsonl":
        labels = [json.loads(line)["predicted_label"] for line in answer.splitlines()]
    else:
        separator = next(each for each in ";|," if each in answer)
        labels = [row["predicted_label"] for row in csv.DictReader(io.StringIO(answer), delimiter=separator)]
    assert labels == ["positive", "negative"]
    assert job["rows_left_out"] == (1 if query.get("bad_rows") else 0)


def test_a_formula_is_defused(client: FlaskClient, me: dict[str, str], runner: Runner) -> None:
    answer = scored(client, me, runner, "text,=HYPERLINK()\n=1+1,@x\n")
    for line in csv.reader(io.StringIO(answer.text)):
        assert not [cell for cell in line if cell.startswith(("=", "@"))]
    answer = scored(client, me, runner, 'text\n"fine;=1+1"\n')
    for line in csv.reader(io.StringIO(answer.text), delimiter=";"):
        assert not [cell for cell in line if cell.startswith("=")]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@given(table=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=70))
@how(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_no_row_is_lost_changed_or_doubled(
    client: FlaskClient, me: dict[str, str], runner: Runner, table: list[tuple[str, str]]
) -> None:
    file = "".join(json.dumps({"text": text, "other": other}) + "\n" for text, other in table)
    answer = scored(client, me, runner, file, "application/jsonl")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["text"], row["other"]) for row in found] == table
    identity = answer.headers["Content-Disposition"].split("scored-")[1].split(".")[0]
    client.delete(f"{URL}/{identity}", headers=me)


def test_the_parts_are_small_enough_to_be_done_again(
    client: FlaskClient, me: dict[str, str], database: Database
) -> None:
    identity = send(client, me, "text\n" + ("a" * 15_000 + "\n") * 5).get_json()["id"]
    found: list[JobPart] = list(rows.parts(database, identity))
    assert [part.rows for part in found] == [2, 2, 1]
