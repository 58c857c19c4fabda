"""Stores submitted files as jobs that wait to be scored."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import IO

from valence.server.auth.keys import Holder
from valence.server.classifiers.registry import Registry
from valence.server.jobs import uploads
from valence.server.jobs.reading import turn_to_read
from valence.server.problems import ProblemError
from valence.server.schemas.jobs import JobQuery
from valence.server.settings import Settings
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Job, JobPart


class JobSubmission:
    """Stores submitted files as jobs. Reads one file at a time, since in memory it takes several times its size."""

    def __init__(self, database: Database, registry: Registry, settings: Settings) -> None:
        self._database, self._registry, self._settings = database, registry, settings
        self._reading = threading.Lock()

    def submit(self, file: IO[bytes], media_type: str, query: JobQuery, holder: Holder) -> Job:
        """Stores a file as a waiting job. Raises ProblemError, StoreError or OverloadedError."""
        if not self._settings.jobs:
            raise ProblemError(
                "jobs-off", "This server doesn't accept files. Score the texts with POST /api/v1/predict."
            )
        model = self._registry.model(query.model)
        with turn_to_read(self._reading):
            settings = self._settings
            upload = uploads.read(
                file, media_type, query, max_rows=settings.job_max_rows, max_bytes=settings.job_max_bytes
            )
            now = datetime.now(UTC)
            job = Job(
                id=str(uuid.uuid4()),
                owner=holder.id,
                model=model.facts.name,
                body=model.facts.body,
                head=model.facts.head,
                shape=upload.shape,
                delimiter=upload.delimiter,
                columns=json.dumps(upload.columns),
                text_column=_storable(upload.text_column),
                rows=upload.rows,
                rows_done=0,
                rows_left_out=upload.rows_left_out,
                clean=query.clean,
                state="waiting",
                created_at=now,
                expires_at=now + timedelta(hours=self._settings.job_hours),
                attempts=0,
            )
            self._store(job, upload)
        return job

    def _store(self, job: Job, upload: uploads.Upload) -> None:
        parts = [
            JobPart(job_id=job.id, number=number, rows=len(part), given=json.dumps(part))
            for number, part in enumerate(upload.parts)
        ]
        if not rows.put(self._database, job, parts, limit=self._settings.jobs_per_key):
            raise ProblemError(
                "too-many-jobs",
                f"This key has reached its limit of {self._settings.jobs_per_key} jobs. Delete one that you have "
                "downloaded, or wait until one expires.",
            )


def _storable(name: str) -> str:
    """The column's name, which the database stores as text: without NUL or lone surrogates."""
    if "\0" in name or any("\ud800" <= character <= "\udfff" for character in name):
        raise ProblemError("invalid-file", "The name of the text column contains an invalid character. Rename it.")
    return name
