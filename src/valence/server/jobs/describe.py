"""A job, described over the wire."""

from __future__ import annotations

from valence.server.schemas import jobs as schemas
from valence.server.store.tables import Job


def describe(job: Job) -> schemas.Job:
    return schemas.Job.model_validate(
        {
            "id": job.id,
            "state": job.state,
            "reason": job.reason,
            "rows": job.rows,
            "rows_done": job.rows_done,
            "rows_left_out": job.rows_left_out,
            "shape": job.shape,
            "text_column": job.text_column,
            "model": {"name": job.model, "body": job.body, "head": job.head},
            "created_at": job.created_at,
            "expires_at": job.expires_at,
        }
    )
