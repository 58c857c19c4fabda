"""Requests that submit a file, and fetch its result."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from valence.server.jobs.runner import Runner

URL = "/api/v1/jobs"
HUNDRED = "id,text\r\n" + "".join(f"{n},good {n}\r\n" for n in range(100))


def send(client: FlaskClient, me: dict[str, str], content: str | bytes, kind: str = "text/csv", **query: str) -> Any:
    return client.post(URL, data=content, content_type=kind, query_string=query, headers=me)


def scored(
    client: FlaskClient, me: dict[str, str], runner: Runner, content: str | bytes, kind: str = "text/csv", **query: str
) -> TestResponse:
    """The result of a whole job."""
    sent = send(client, me, content, kind, **query)
    assert sent.status_code == 202, sent.text
    assert runner.run_once()
    return client.get(f"{URL}/{sent.get_json()['id']}/result", headers=me)
