"""The thread that fits classifiers: reads their examples with the body, and has a process of its own fit the head.

It continues with fits that an earlier process left. The old version answers until a new one is published.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from valence.server.classifiers.registry import BodyReader, Registry
from valence.server.store import classifier_rows, example_rows, fit_rows, version_rows
from valence.server.store.classifier_tables import Classifier, Example, Version
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.store.fit_rows import ClaimedFit
from valence.server.teaching import process
from valence.server.teaching.outcome import Made
from valence.server.teaching.process import FitCrashedError, FitRefusedError
from valence.server.teaching.reading import ExampleReader, ReadingCancelledError, readouts_for
from valence.server.teaching.task import Published, Rows, Task
from valence.server.teaching.texts import labels_in
from valence.system.errors import StoreError, TextError

log = logging.getLogger(__name__)

# All in seconds. Between looks for fits that other servers accepted, between renewals of a claim, until it stops:
POLL_S, RENEWAL_S, STOP_TIMEOUT_S = 2.0, 5.0, 4.0
# A fit that was started so often without an end may be what crashes the process.
MAX_ATTEMPTS = 3
# Different texts of at least two labels each that a fit needs.
FEWEST = 2


class Teacher:
    """Works on one fit at a time from `start` to `close`.

    Attributes:
        reader: the features of examples, also for comparisons of versions.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database, self._registry = database, registry
        self.reader = ExampleReader()
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="teacher", daemon=True)

    def start(self) -> None:
        """Starts the thread. Call it only once every model is loaded."""
        self._thread.start()

    def wake(self) -> None:
        """Signals a new fit."""
        self._wake.set()

    def close(self) -> None:
        """Stops. The current fit goes back to waiting."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():  # it closes the reader when it ends
            self._thread.join(STOP_TIMEOUT_S)
        else:
            self.reader.close()

    def run_once(self) -> bool:
        """Works on one fit; False if there is none. Raises StoreError."""
        claimed = fit_rows.claim(self._database)
        if claimed is None:
            self.reader.keep_only([each.id for each in classifier_rows.every(self._database)])
            return False
        _OneFit(claimed, self._database, self._registry.body, self.reader, self._stopping).run()
        return True

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self.run_once():
                    continue
            except StoreError as error:
                log.warning("database error; fits will be retried", extra={"fields": {"reason": str(error)}})
            except Exception:  # whatever it is, later fits must still run
                log.exception("unexpected error in a fit")
            self._wake.wait(POLL_S)
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
        self._say("reading texts", 0, 0)
        wanted = Wanted(labelled=True)
        examples = list(example_rows.every(self._database, classifier.id, wanted))
        _check_enough(examples)
        readouts = readouts_for(classifier.readout, self._body.readouts, len(examples))
        texts = [example.text for example in examples]
        try:
            features, failed = self._reader.read(classifier.id, self._body, readouts, texts, self._progress, every=True)
        except ReadingCancelledError:
            return None
        examples = [example for i, example in enumerate(examples) if i not in failed]
        # In the order of the task: the training texts, then the test texts.
        order = [i for part in ("train", "test") for i, example in enumerate(examples) if example.part == part]
        features = {name: rows[order] for name, rows in features.items()}
        task = self._task(classifier, [examples[i] for i in order], [*failed.values()])
        self._say("fitting the head", len(texts), len(texts))
        made = process.run(task, features, self._still_wanted)
        return None if made is None else self._as_version(made, task)

    def _task(self, classifier: Classifier, examples: Sequence[Example], failed: Sequence[TextError]) -> Task:
        notes = [f"{len(failed)} examples can't be read, such as: {failed[0]}"] if failed else []
        return Task(
            name=classifier.name,
            several=classifier.several,
            body=self._body.id,
            engine=self._body.engine,
            readout=classifier.readout,
            clean=classifier.clean,
            train=_rows(examples, "train"),
            test=_rows(examples, "test"),
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
            rows=made.rows,
            rows_digest=_digest(task.train),
            note=self._claimed.fit.note,
            made_at=datetime.now(UTC),
            made_by=self._claimed.fit.requested_by,
            published_at=None,
        )

    def _progress(self, done: int, total: int) -> bool:
        self._done, self._total = done, total
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


def _check_enough(examples: Sequence[Example]) -> None:
    """Raises FitRefusedError unless two labels have enough training texts."""
    counts: dict[str, int] = {}
    for example in examples:
        if example.part == "train":
            for label in labels_in(example.labels or "[]"):
                counts[label] = counts.get(label, 0) + 1
    enough = [label for label, count in counts.items() if count >= FEWEST]
    if len(enough) < 2:
        raise FitRefusedError(
            f"Two labels need at least {FEWEST} training examples each. Label some more; about one in five is kept for "
            "testing."
        )


def _rows(examples: Sequence[Example], part: str) -> Rows:
    some = [example for example in examples if example.part == part]
    labels = [labels_in(example.labels or "[]") for example in some]
    return Rows([example.id for example in some], [example.text for example in some], labels)


def _digest(rows: Rows) -> str:
    """Hex SHA-256 of the texts with their labels, in any order."""
    lines = sorted(f"{text}\0{labels}" for text, labels in zip(rows.texts, rows.labels, strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
