"""/api/v1/jobs: files scored in the background, for programs with an API key."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from flask import Blueprint, Response, request

from valence.server.auth.access import holder
from valence.server.jobs import download, reading, results
from valence.server.jobs.describe import describe
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.jobs import Job, JobList, JobQuery
from valence.server.state import state
from valence.server.store import job_rows as rows

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")

_RESULT = Media(("text/csv", "text/tab-separated-values", "application/jsonl"))
_IDENTITY = {"identity": "The job's ID."}


@blueprint.post("")
@operation(
    tag="Jobs",
    summary="Submit a file",
    upload=Media(tuple(reading.MEDIA_TYPES)),
    query=JobQuery,
    responses={202: Job},
    scope="score-files",
    store=True,
    problems=("jobs-off", "unknown-model", "invalid-file", "too-many-rows", "too-many-jobs", "overloaded", "starting"),
    response_examples=examples.JOBS,
)
def create_job(query: JobQuery, upload: IO[bytes]) -> tuple[Job, int]:
    """Scores a file in the background. The body is the file itself: CSV, TSV, JSON, JSON Lines, an Excel workbook or
    Parquet, also compressed. It is stored in the database until the job is deleted or expires (`expires_at`). Poll the
    job until its `state` is done, then download the result: JSON Lines for JSON, TSV for TSV, otherwise CSV.
    """
    job = state().submission.submit(upload, request.mimetype, query, holder())
    state().runner.wake()
    return describe(job), 202


@blueprint.get("")
@operation(
    tag="Jobs",
    summary="List your jobs",
    responses=JobList,
    scope="score-files",
    store=True,
    response_examples=examples.JOB_LISTS,
)
def list_jobs() -> JobList:
    """The jobs of your API key, newest first."""
    return JobList(jobs=[describe(job) for job in rows.of_owner(state().database, holder().id)])


@blueprint.get("/<uuid:identity>")
@operation(
    tag="Jobs",
    summary="Get a job",
    responses=Job,
    scope="score-files",
    store=True,
    problems=("unknown-job",),
    parameters=_IDENTITY,
    response_examples=examples.JOBS,
)
def get_job(identity: UUID) -> Job:
    """Shows its progress: `rows_done` of `rows` are scored. If the server restarts, the job continues where it was."""
    return describe(download.find(str(identity), holder(), state().database))


@blueprint.get("/<uuid:identity>/result")
@operation(
    tag="Jobs",
    summary="Download a job's result",
    responses={200: _RESULT, 206: _RESULT, 304: Media()},
    scope="score-files",
    store=True,
    problems=("unknown-job", "job-not-done", "job-failed", "range-outside"),
    parameters=_IDENTITY,
)
def get_job_result(identity: UUID) -> Response:
    """The file with `predicted_label`, `predicted_probability`, `predicted_sure` and `predicted_error` added to each
    row. In CSV and TSV, cells that a spreadsheet would run as formulas start with an apostrophe. To resume an
    interrupted download, send `Range: bytes=N-`, and `If-Range` with the `ETag` of the first response; only a single
    range is supported. The job is deleted ten minutes after the end of its result was downloaded.
    """
    job = download.find(str(identity), holder(), state().database)
    download.check_done(job)
    headers = {"Content-Disposition": f'attachment; filename="scored-{job.id}.{job.shape}"', "Accept-Ranges": "bytes"}
    response = Response(content_type=results.MEDIA_TYPES[job.shape], headers=headers)
    response.set_etag(download.etag(job))
    # Several ranges, or other units than bytes, get the whole file, as RFC 9110 allows.
    one_range = request.range is not None and request.range.units == "bytes" and len(request.range.ranges) == 1
    size = download.size(job, state().database) if one_range else None
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    if response.status_code == 200:
        del response.headers["Content-Length"]  # `make_conditional` has set the length of the still empty response
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
    responses={204: Media()},
    scope="score-files",
    store=True,
    problems=("unknown-job",),
    parameters=_IDENTITY,
)
def delete_job(identity: UUID) -> Response:
    """Deletes the job at once, with its file and its results; there is no copy."""
    rows.remove(state().database, download.find(str(identity), holder(), state().database).id)
    return Response(status=204)
