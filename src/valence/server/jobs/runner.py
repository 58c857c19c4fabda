"""The thread that scores jobs, through the same queue as every other request, whenever the queue has room.

It continues jobs that an earlier process left: saved parts stay, other parts are scored again. With jobs turned off, it
only deletes expired ones.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from valence.server.background_thread import RETRY_S, BackgroundThread
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs import results
from valence.server.problems import ProblemError
from valence.server.store import item_rows, received_rows
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.job_rows import Claimed
from valence.server.store.tables import Job
from valence.system.errors import OverloadedError

log = logging.getLogger(__name__)

# All in seconds. Between looks for jobs from other servers, and for scoring a part:
POLL_S, PART_TIMEOUT_S = 5.0, 15.0
# Between deletions of expired jobs, and until deleted rows, also those of other processes, leave the database's log:
EXPIRY_S, LOG_CLEARING_S = 60.0, 20.0
# A job that was started so often without saving a part may be what crashes the process.
MAX_ATTEMPTS = 5

# (name of a classifier, fingerprint of a head) -> the model; None if the classifier or that version is gone.
FindVersion = Callable[[str, str], ServedModel | None]


class Runner(BackgroundThread):
    """Scores one job at a time from `start` to `close`; the current one then waits again, with its saved parts.

    Args:
        jobs: whether jobs are scored at all.
        version_of: finds a version of a taught classifier, published or not: see `Publications.version`.
        item_days: days until an item of the moderators' queue is deleted after it was decided or passed.
    """

    def __init__(
        self,
        database: Database,
        registry: Registry,
        *,
        jobs: bool,
        version_of: FindVersion = lambda *_: None,
        item_days: int = 30,
    ) -> None:
        super().__init__("jobs", poll_s=POLL_S)
        self._version_of = version_of
        self._database = database
        self._registry = registry
        self._jobs, self._item_days = jobs, item_days
        self._expiry_at = self._log_clearing_at = 0.0

    def run_once(self) -> bool:
        """Deletes expired jobs and items, then works on one job; False if there is none. Raises StoreError."""
        if time.monotonic() >= self._expiry_at:
            rows.remove_expired(self._database)
            item_rows.remove_expired(self._database, self._item_days)
            received_rows.remove_expired(self._database, self._item_days)
            self._expiry_at = time.monotonic() + EXPIRY_S
        self.forget_removed()
        claimed = rows.claim(self._database) if self._jobs else None
        if claimed is None:
            return False
        self._run(claimed)
        return True

    def forget_removed(self) -> None:
        """Clears deleted rows from the database's log from time to time. Raises StoreError."""
        if time.monotonic() >= self._log_clearing_at and self._database.forget_removed():
            self._log_clearing_at = time.monotonic() + LOG_CLEARING_S

    def _run(self, claimed: Claimed) -> None:
        job = claimed.job
        if job.attempts > MAX_ATTEMPTS:
            self._fail(claimed, f"Scoring was interrupted {MAX_ATTEMPTS} times at the same rows.")
            return
        model = self._model_of(job)
        if model is None:
            self._fail(claimed, f"The model {job.model} is no longer served. Send the file again with another one.")
            return
        ours = self._same_version(claimed, model)
        while ours and not self._stopping.is_set():
            part = rows.next_part(self._database, job.id)
            if part is None:
                rows.finish(self._database, claimed, state="done")
                return
            try:
                scored = results.score(job, part, model, timeout_s=PART_TIMEOUT_S)
            except OverloadedError:  # interactive requests go first
                self._stopping.wait(RETRY_S)
                continue
            ours = rows.save(self._database, claimed, part, scored)
            self.forget_removed()  # a job can take hours
        if ours:
            rows.finish(self._database, claimed, state="waiting")

    def _model_of(self, job: Job) -> ServedModel | None:
        """The version that the job began with, if it is still there; otherwise the one that answers now, if any."""
        try:
            served = self._registry.model(job.model)
        except ProblemError:
            served = None
        if served is not None and (job.body, job.head) == (served.facts.body, served.facts.head):
            return served
        return self._version_of(job.model, job.head) or served

    def _same_version(self, claimed: Claimed, model: ServedModel) -> bool:
        """Restarts the job if its model has a new version; False if the job is no longer ours."""
        facts = model.facts
        if (claimed.job.body, claimed.job.head) == (facts.body, facts.head):
            return True
        return rows.restart(self._database, claimed, body=facts.body, head=facts.head)

    def _fail(self, claimed: Claimed, reason: str) -> None:
        log.error("job failed", extra={"fields": {"job": claimed.job.id, "reason": reason}})
        rows.finish(self._database, claimed, state="failed", reason=reason)
