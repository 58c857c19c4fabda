"""Downloading a result, with both databases: whole, in ranges, and until it is deleted."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.server.jobs.requests import URL, send
from valence.server.jobs.runner import Runner
from valence.server.store import job_rows as rows
from valence.server.store.database import Database


def test_a_whole_result_is_streamed_without_a_wrong_length(whole: tuple[str, TestResponse]) -> None:
    _, answer = whole
    assert answer.data
    assert "Content-Length" not in answer.headers


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
    identity = send(client, me, "text\ngood\n").get_json()["id"]
    runner.run_once()
    place, left = f"{URL}/{identity}/result", []
    for asked in ("bytes=0-3", "bytes=4-"):
        assert client.get(place, headers={**me, "Range": asked}).data
        job = rows.get(database, identity)
        assert job is not None
        left.append(job.expires_at - datetime.now(UTC))
    assert left[0] > timedelta(hours=23)
    assert left[1] <= timedelta(minutes=10)
