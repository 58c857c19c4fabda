"""The thread that fits classifiers: reads their examples with the body, and has a process of its own fit the head.

It continues with fits that an earlier process left. The old version answers until a new one is published.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import islice

from valence.server.background_thread import BackgroundThread
from valence.server.classifiers.registry import BodyReader, Registry
from valence.server.store import classifier_rows, example_rows, fit_rows, version_rows
from valence.server.store.classifier_tables import Classifier, Version
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.store.fit_rows import ClaimedFit
from valence.server.teaching import process
from valence.server.teaching.heads import fitted_head
from valence.server.teaching.identity import KEPT_AS, identity_figures
from valence.server.teaching.identity import texts as identity_texts
from valence.server.teaching.outcome import Identity, Made
from valence.server.teaching.process import FitCrashedError, FitRefusedError
from valence.server.teaching.reading import ExampleReader, ReadingCancelledError, Storing, readouts_for
from valence.server.teaching.task import ExampleFile, Part, Published, Task
from valence.server.teaching.texts import labels_in
from valence.system.errors import TextError

log = logging.getLogger(__name__)

# Both in seconds: between looks for fits that other servers accepted, and between renewals of a claim.
POLL_S, RENEWAL_S = 2.0, 5.0
# A fit that was started so often without an end may be what crashes the process.
MAX_ATTEMPTS = 3
# Different texts of at least two labels each that a fit needs.
FEWEST = 2
_AT_ONCE = 500  # examples in memory


class Teacher(BackgroundThread):
    """Works on one fit at a time from `start` to `close`.

    Attributes:
        reader: the features of examples, also for comparisons of versions.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        super().__init__("fits", poll_s=POLL_S)
        self._database, self._registry = database, registry
        self.reader = ExampleReader()

    def close(self) -> None:
        """Stops. The current fit goes back to waiting."""
        running = self._thread.is_alive()  # it closes the reader when it ends
        super().close()
        if not running:
            self.reader.close()

    def run_once(self) -> bool:
        """Works on one fit; False if there is none. Raises StoreError."""
        claimed = fit_rows.claim(self._database)
        if claimed is None:
            self.reader.keep_only([KEPT_AS, *(each.id for each in classifier_rows.every(self._database))])
            return False
        _OneFit(claimed, self._database, self._registry.body, self.reader, self._stopping).run()
        return True

    def _work(self) -> None:
        super()._work()
        self.reader.close()


class _OneFit:
    """A fit that is claimed, from its examples to its version."""

    def __init__(
        self,
        claimed: ClaimedFit,
        database: Database,
        body: BodyReader,
        reader: ExampleReader,
        stopping: threading.Event,
    ) -> None:
        self._claimed, self._database, self._body, self._reader = claimed, database, body, reader
        self._stopping = stopping
        self._renewed_at, self._ours = 0.0, True
        self._step, self._done, self._total = "", 0, 0
        self._began = datetime.now(UTC)

    def run(self) -> None:
        """Ends it with a version, with a reason why there is none, or waiting again. Raises StoreError."""
        if self._claimed.fit.attempts > MAX_ATTEMPTS:
            self._fail(f"The fit was interrupted {MAX_ATTEMPTS} times; perhaps there is too little memory for it.")
            return
        classifier = classifier_rows.with_id(self._database, self._claimed.fit.classifier_id)
        if classifier is None:  # deleted, and the fit with it
            return
        try:
            version = self._version(classifier)
        except FitRefusedError as refused:
            self._fail(str(refused))
        except FitCrashedError:
            self._fail(
                "The process that fitted the head ended unexpectedly; perhaps there is too little memory for it."
            )
        else:
            if version is not None:
                fit_rows.finish(self._database, self._claimed, version)
            elif self._ours and self._stopping.is_set():
                fit_rows.release(self._database, self._claimed)

    def _version(self, classifier: Classifier) -> Version | None:
        """The new version; None if it is no longer wanted. Raises FitRefusedError and FitCrashedError."""
        counts = example_rows.counts(self._database, classifier.id)
        _check_enough(counts)
        total = sum(count for labels, _, count in counts if labels is not None)
        self._say("reading texts", 0, total)
        readouts = readouts_for(classifier.readout, self._body.readouts, total)
        with closing(ExampleFile()) as examples:
            try:
                with self._reader.storing(classifier.id, self._body, readouts) as storing:
                    failed = self._stored(classifier, storing, examples)
                    features = storing.files()
            except ReadingCancelledError:
                return None
            task = self._task(classifier, failed)
            self._say("fitting the head", total, total)
            made = process.run(task, examples, features, self._still_wanted)
        if made is None:
            return None
        version = self._as_version(made, task)
        try:
            identity = self._identity(version)
        except ReadingCancelledError:
            return None
        version.results = made.outcome.model_copy(update={"identity": identity}).model_dump_json()
        return version

    def _stored(self, classifier: Classifier, storing: Storing, file: ExampleFile) -> list[TextError]:
        """Why some examples can't be read; all others are in the file, and their features are stored.

        Some at a time, so that they are not all in memory. Raises ReadingCancelledError.
        """
        failed: list[TextError] = []
        every = example_rows.every(self._database, classifier.id, Wanted(labelled=True))
        done = 0
        while some := list(islice(every, _AT_ONCE)):
            stored = storing.add([example.text for example in some], partial(self._progress, done))
            done += len(some)
            for example, rows in zip(some, stored, strict=True):
                if isinstance(rows, TextError):
                    failed.append(rows)
                else:
                    part: Part = "test" if example.part == "test" else "train"
                    file.add(example.id, example.text, labels_in(example.labels or "[]"), part, rows)
        storing.forget_others()
        return failed

    def _task(self, classifier: Classifier, failed: Sequence[TextError]) -> Task:
        notes = [f"{len(failed)} examples can't be read, such as: {failed[0]}"] if failed else []
        return Task(
            name=classifier.name,
            several=classifier.several,
            body=self._body.id,
            engine=self._body.engine,
            readout=classifier.readout,
            clean=classifier.clean,
            published=self._published(classifier),
            notes=notes,
        )

    def _published(self, classifier: Classifier) -> Published | None:
        if classifier.published is None:
            return None
        version = version_rows.with_head(self._database, classifier.id, classifier.published)
        if version is None or version.body != self._body.id:
            return None
        return Published(version.number, labels_in(version.labels), version.readout, version.head.hex())

    def _identity(self, version: Version) -> Identity | None:
        """What words for groups of people change; None if the encoder can't read one of the sentences."""
        features, failed = self._reader.read(
            KEPT_AS, self._body, [version.readout], identity_texts(), wanted=lambda _: self._still_wanted()
        )
        return None if failed else identity_figures(fitted_head(version), features[version.readout])

    def _as_version(self, made: Made, task: Task) -> Version:
        return Version(
            classifier_id=self._claimed.fit.classifier_id,
            number=0,  # given when it is stored
            labels=json.dumps(made.labels),
            several=task.several,
            head=made.head,
            fingerprint=made.fingerprint,
            readout=made.readout,
            body=task.body,
            engine=task.engine,
            provenance=made.provenance,
            results=made.outcome.model_dump_json(),
            answers=None if made.answers is None else made.answers.model_dump_json(),
            rows=made.rows,
            rows_digest=made.rows_digest,
            note=self._claimed.fit.note,
            made_at=self._began,  # what people decide while it is fitted isn't learnt
            made_by=self._claimed.fit.requested_by,
            published_at=None,
        )

    def _progress(self, before: int, done: int) -> bool:
        self._done = before + done
        self._total = max(self._total, self._done)  # examples may have been added since they were counted
        return self._still_wanted()

    def _say(self, step: str, done: int, total: int) -> None:
        self._step, self._done, self._total, self._renewed_at = step, done, total, 0.0
        self._still_wanted()

    def _still_wanted(self) -> bool:
        """Renews the claim from time to time. False once somebody cancelled the fit, or the server stops."""
        if self._ours and time.monotonic() >= self._renewed_at + RENEWAL_S / 5:
            self._renewed_at = time.monotonic()
            self._ours = fit_rows.renew(
                self._database, self._claimed, step=self._step, done=self._done, total=self._total
            )
        return self._ours and not self._stopping.is_set()

    def _fail(self, reason: str) -> None:
        log.warning("fit failed", extra={"fields": {"classifier": self._claimed.fit.classifier_id}})
        fit_rows.fail(self._database, self._claimed, reason)


def _check_enough(counts: Sequence[tuple[str | None, str, int]]) -> None:
    """Raises FitRefusedError unless two labels have enough training texts; see `example_rows.counts`."""
    of_label: Counter[str] = Counter()
    for labels, part, count in counts:
        if part == "train":
            of_label.update(dict.fromkeys(labels_in(labels or "[]"), count))
    if len([label for label, count in of_label.items() if count >= FEWEST]) < 2:
        raise FitRefusedError(
            f"Two labels need at least {FEWEST} training examples each. Label some more; about one in five is kept for "
            "testing."
        )
