"""A job, described over the wire."""

from __future__ import annotations

from valence.server.schemas import jobs as schemas
from valence.server.store.tables import Job


def describe(job: Job) -> schemas.Job:
    model = {"name": job.model, "body": job.body, "head": job.head}
    return schemas.Job.model_validate(
        {name: getattr(job, name) for name in schemas.Job.model_fields} | {"model": model}
    )
