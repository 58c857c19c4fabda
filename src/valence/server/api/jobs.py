"""/api/v1/jobs: files that are scored in the background, for programs with a key."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from flask import Blueprint, Response, request

from valence.server.auth.access import holder
from valence.server.jobs import download, results, uploads
from valence.server.jobs.describe import describe
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.jobs import Job, JobList, JobQuery
from valence.server.state import state
from valence.server.store import job_rows as rows

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")

_RESULT = Media(("text/csv", "text/tab-separated-values", "application/jsonl"))
_IDENTITY = {"identity": "The id that the server gave it."}


@blueprint.post("")
@operation(
    tag="Jobs",
    summary="Hand in a file to score",
    upload=Media(tuple(uploads.MEDIA_TYPES)),
    query=JobQuery,
    answers={202: Job},
    scope="score-files",
    store=True,
    problems=("jobs-off", "unknown-model", "invalid-file", "too-many-rows", "too-many-jobs", "overloaded", "starting"),
    answer_examples=examples.JOBS,
)
def create_job(query: JobQuery, upload: IO[bytes]) -> tuple[Job, int]:
    """The body is the file itself: CSV or TSV with a line of column names, or JSON Lines, in UTF-8. It is kept in the
    database until the job is deleted, or `expires_at` comes. Look at the job until its `state` is done, then download
    the result.
    """
    job = state().submission.submit(upload, uploads.MEDIA_TYPES[request.mimetype], query, holder())
    state().runner.wake()
    return describe(job), 202


@blueprint.get("")
@operation(
    tag="Jobs",
    summary="List your jobs",
    answers=JobList,
    scope="score-files",
    store=True,
    answer_examples=examples.JOB_LISTS,
)
def list_jobs() -> JobList:
    """Those of the key that asks, the newest first."""
    return JobList(jobs=[describe(job) for job in rows.of_owner(state().database, holder().id)])


@blueprint.get("/<uuid:identity>")
@operation(
    tag="Jobs",
    summary="See how far a job is",
    answers=Job,
    scope="score-files",
    store=True,
    problems=("unknown-job",),
    parameters=_IDENTITY,
    answer_examples=examples.JOBS,
)
def get_job(identity: UUID) -> Job:
    """`rows_done` of `rows` are scored. A job goes on where it was when the server starts again."""
    return describe(download.find(str(identity), holder(), state().database))


@blueprint.get("/<uuid:identity>/result")
@operation(
    tag="Jobs",
    summary="Download what a job made",
    answers={200: _RESULT, 206: _RESULT, 304: Media()},
    scope="score-files",
    store=True,
    problems=("unknown-job", "job-not-done", "job-failed", "range-outside"),
    parameters=_IDENTITY,
)
def get_job_result(identity: UUID) -> Response:
    """The file as it came, and beside each row its `predicted_label`, `predicted_probability`, `predicted_sure` and
    `predicted_error`. In CSV and TSV a cell that a spreadsheet would run as a formula has an apostrophe in front.
    A download that broke off goes on with `Range: bytes=N-`, and `If-Range` with the `ETag` of the first answer; one
    range is served. Ten minutes after its end was downloaded the job is removed.
    """
    job = download.find(str(identity), holder(), state().database)
    download.check_done(job)
    headers = {"Content-Disposition": f'attachment; filename="scored-{job.id}.{job.shape}"', "Accept-Ranges": "bytes"}
    response = Response(content_type=results.MEDIA_TYPES[job.shape], headers=headers)
    response.set_etag(download.etag(job))
    # Several ranges, and what is no range of bytes, are answered with the whole, as RFC 9110 has it.
    one_range = request.range is not None and request.range.units == "bytes" and len(request.range.ranges) == 1
    size = download.size(job, state().database) if one_range else None
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    if response.status_code == 200:
        response.response = download.result(job, state().database)
    elif response.status_code == 206:
        start, stop = response.content_range.start, response.content_range.stop
        assert start is not None
        assert stop is not None
        response.response = download.result(job, state().database, (start, stop), size or 0)
    return response


@blueprint.delete("/<uuid:identity>")
@operation(
    tag="Jobs",
    summary="Cancel or delete a job",
    answers={204: Media()},
    scope="score-files",
    store=True,
    problems=("unknown-job",),
    parameters=_IDENTITY,
)
def delete_job(identity: UUID) -> Response:
    """At once, with the file and what was scored of it; there is no copy."""
    rows.remove(state().database, download.find(str(identity), holder(), state().database).id)
    return Response(status=204)
