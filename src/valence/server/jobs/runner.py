"""The thread that scores files, through the same queue as every other call, whenever there is room in it.

It takes up what an earlier process left, wherever that was stopped: what is saved stays, what is not is done again.
With jobs turned off it only removes what is past its time. Knows nothing of Flask.
"""

from __future__ import annotations

import logging
import threading
import time

from valence.errors import OverloadedError, StoreError
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs import results
from valence.server.problems import ProblemError
from valence.server.store import job_rows as rows
from valence.server.store.database import Database
from valence.server.store.job_rows import Claimed

log = logging.getLogger(__name__)

# Seconds: between looks for a job that another server took in or left; until a full queue, or a database that does
# not answer, is asked again; for a part; for the thread to end; between removals of what is past its time; until what
# was removed, also by another process, is cleared out of the database's log.
LOOK_S, WAIT_S, PART_S, END_S, REMOVE_S, FORGET_S = 5.0, 1.0, 15.0, 4.0, 60.0, 20.0
# A job that was taken up so often without a part being saved may be what ends the process.
MOST_ATTEMPTS = 5


class Runner:
    """Scores one job at a time from `start` to `close`.

    Args:
        jobs: whether files are scored at all.
    """

    def __init__(self, database: Database, registry: Registry, *, jobs: bool) -> None:
        self._database = database
        self._registry = registry
        self._jobs = jobs
        self._stopping = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._remove_at = self._forget_at = 0.0

    def start(self) -> None:
        """Only once every model is loaded."""
        self._thread.start()

    def wake(self) -> None:
        """Tells it that there is a new job."""
        self._news.set()

    def close(self) -> None:
        """Puts the job that is being scored back; what is saved of it stays."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(END_S)

    def run_once(self) -> bool:
        """Removes what is past its time, then works on one job as far as it goes; False if there is none.

        Raises StoreError.
        """
        if time.monotonic() >= self._remove_at:
            rows.remove_expired(self._database)
            self._remove_at = time.monotonic() + REMOVE_S
        self.forget_removed()
        claimed = rows.claim(self._database) if self._jobs else None
        if claimed is None:
            return False
        self._run(claimed)
        return True

    def forget_removed(self) -> None:
        """Clears what was removed out of the database's log, once in a while. Raises StoreError."""
        if time.monotonic() >= self._forget_at and self._database.forget_removed():
            self._forget_at = time.monotonic() + FORGET_S

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                if self.run_once():
                    continue
            except StoreError as error:
                log.warning("jobs wait for the database", extra={"fields": {"reason": str(error)}})
            except Exception:  # whatever it is, files that come later are scored all the same
                log.exception("a job stopped")
            self._news.wait(LOOK_S)

    def _run(self, claimed: Claimed) -> None:
        job = claimed.job
        if job.attempts > MOST_ATTEMPTS:
            self._fail(claimed, f"Scoring was broken off {MOST_ATTEMPTS} times at the same rows.")
            return
        try:
            model = self._registry.model(job.model)
        except ProblemError:
            self._fail(claimed, f"The model {job.model} is no longer served. Send the file again with another one.")
            return
        ours = self._same_version(claimed, model)
        while ours and not self._stopping.is_set():
            part = rows.next_part(self._database, job.id)
            if part is None:
                rows.end(self._database, claimed, state="done")
                return
            try:
                scored = results.score(job, part, model, timeout_s=PART_S)
            except OverloadedError:  # whoever waits for an answer goes first
                self._stopping.wait(WAIT_S)
                continue
            ours = rows.save(self._database, claimed, part, scored)
            self.forget_removed()  # a job may take hours
        if ours:
            rows.end(self._database, claimed, state="waiting")

    def _same_version(self, claimed: Claimed, model: ServedModel) -> bool:
        """Begins the job again where another version of its model has taken over; False if it is no longer ours."""
        facts = model.facts
        if (claimed.job.body, claimed.job.head) == (facts.body, facts.head):
            return True
        return rows.begin_again(self._database, claimed, body=facts.body, head=facts.head)

    def _fail(self, claimed: Claimed, reason: str) -> None:
        log.error("a job failed", extra={"fields": {"job": claimed.job.id, "reason": reason}})
        rows.end(self._database, claimed, state="failed", reason=reason)
