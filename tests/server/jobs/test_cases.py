"""Files in the shapes that people bring, as jobs: each row is scored or counted, and a refusal names what to do."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.bulk.test_cases import ABOUT_LABELS
from tests.server.jobs.requests import URL, send
from tests.tables.test_cases import CASES, FOLDER, name_of
from valence.server.jobs.runner import Runner
from valence.system.offers import Offer, advice
from valence.tables.answers import NO_TEXT

MEDIA_TYPES = {".tsv": "text/tab-separated-values", ".jsonl": "application/jsonl"}


def submit(client: FlaskClient, me: dict[str, str], case: dict[str, Any], **query: str) -> Any:
    """The case's file, with those of its options that concern the texts."""
    given = case.get("options", {})
    for name in ("encoding", "separator", "sheet", "bad_rows"):
        if name in given:
            query[name] = given[name]
    if "columns" in given:
        query |= {"columns": ",".join(given["columns"]), "no_header": "true"}
    if "read" in case:
        query["text_column"] = case["read"]["text_column"]
    path = FOLDER / case["file"]
    return send(client, me, path.read_bytes(), MEDIA_TYPES.get(path.suffix, "application/octet-stream"), **query)


@pytest.mark.parametrize("case", [case for case in CASES if "read" in case], ids=name_of)
def test_its_rows_are_scored(client: FlaskClient, me: dict[str, str], runner: Runner, case: dict[str, Any]) -> None:
    expected = case["read"]
    sent = submit(client, me, case)
    assert sent.status_code == 202, sent.text
    job = sent.get_json()
    assert (job["rows"], job["rows_left_out"]) == (expected["rows"], expected.get("rows_unread", 0))
    assert runner.run_once()
    result = client.get(f"{URL}/{job['id']}/result", headers=me).get_data(as_text=True)
    rows = _rows(result, job["shape"], expected.get("separator", ","))
    assert len(rows) == expected["rows"]
    assert all(row["predicted_label"] or row["predicted_error"] for row in rows)
    blank = sum(row["predicted_error"] == NO_TEXT for row in rows)
    assert blank <= expected.get("rows_without_text", 0)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" in case and case["error"]["code"] not in ABOUT_LABELS], ids=name_of
)
def test_it_is_refused_with_what_to_do(client: FlaskClient, me: dict[str, str], case: dict[str, Any]) -> None:
    problem = submit(client, me, case).get_json()
    assert problem["code"] == "invalid-file"
    offers = [Offer(offer["purpose"], offer["parameters"]) for offer in problem["offers"]]
    said = advice(problem["detail"], offers)  # as a command would say it
    assert all(words in said for words in case["error"]["contains"]), said
    assert client.get(URL, headers=me).get_json() == {"jobs": []}


def _rows(result: str, shape: str, separator: str) -> list[dict[str, Any]]:
    if shape == "jsonl":
        return [json.loads(line) for line in result.split("\n") if line]
    rows = list(csv.reader(io.StringIO(result, newline=""), delimiter="\t" if shape == "tsv" else separator))
    names = [name for name in rows[0] if name.startswith("predicted_")]
    return [dict(zip(names, row[-len(names) :], strict=True)) for row in rows[1:]]
