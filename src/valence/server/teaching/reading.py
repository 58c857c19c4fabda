"""Reads a classifier's examples with the body: through the queue of all requests, whenever that has room."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from valence.model.folder import FINAL
from valence.model.head import Floats
from valence.model.row_file import RowFile
from valence.server.classifiers.registry import BodyReader
from valence.server.teaching.feature_store import FeatureStore
from valence.system.errors import OverloadedError, TextError

# A part is a few tenths of a second of work, so that other requests wait no longer for it.
_PART_TEXTS, _PART_CHARS = 16, 10_000
# In seconds: for a part, and until a full queue is tried again.
_PART_TIMEOUT_S, _RETRY_S = 15.0, 0.5
# Numbers that a fit's inputs may have: with more, the widest readouts are left out. They are on disk, 4 bytes each, and
# the fit needs as much room again.
_MOST_NUMBERS = 100_000_000
_MOST_CLASSIFIERS = 8  # whose features are kept

Wanted = Callable[[int], bool]  # how many of the texts are read -> whether the others are still wanted


class ReadingCancelledError(Exception):
    """The features aren't wanted any more."""


def digest_of(text: str) -> bytes:
    """Of the exact text: features depend on every character."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def readouts_for(asked: str, widths: Mapping[str, int], rows: int) -> list[str]:
    """Which readouts a head may read: the one that was asked for, or all that fit into memory, at least the first."""
    if asked != "auto":
        return [asked]
    kept = sorted(widths, key=lambda name: (name != FINAL, widths[name]))
    while len(kept) > 1 and rows * sum(widths[name] for name in kept) > _MOST_NUMBERS:
        kept.pop()
    return kept


class ExampleReader:
    """Features of examples, kept between fits. Thread-safe: one list of texts is read at a time."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._stores: dict[str, dict[str, FeatureStore]] = {}  # by body, engine and classifier; then by readout

    @contextmanager
    def storing(
        self, classifier: str, body: BodyReader, readouts: Sequence[str], *, timeout_s: float = -1
    ) -> Iterator[Storing]:
        """Stores features, while no other list of texts is read.

        Raises OverloadedError if another list takes longer than `timeout_s`.
        """
        if not self._one_at_a_time.acquire(timeout=timeout_s):
            raise OverloadedError("The examples are being read for a fit.", hint="Try again in a few seconds.")
        try:
            yield Storing(self._of(classifier, body, readouts), body)
        finally:
            self._one_at_a_time.release()

    def read(
        self,
        classifier: str,
        body: BodyReader,
        readouts: Sequence[str],
        texts: Sequence[str],
        *,
        wanted: Wanted = lambda _: True,
        timeout_s: float = -1,
    ) -> tuple[dict[str, Floats], dict[int, TextError]]:
        """(features of each readout, shape (n, width); the texts that can't be read, by position).

        Rows of texts that can't be read are left out of the features. Raises as `storing` and `Storing.add` do.
        """
        with self.storing(classifier, body, readouts, timeout_s=timeout_s) as storing:
            stored = storing.add(texts, wanted)
            failed = {i: row for i, row in enumerate(stored) if isinstance(row, TextError)}
            rows = [row for row in stored if not isinstance(row, TextError)]
            files = storing.files()
            features = {name: file.rows([row[i] for row in rows])[:] for i, (name, file) in enumerate(files.items())}
        return features, failed

    def keep_only(self, classifiers: Sequence[str]) -> None:
        """Forgets the features of classifiers that were deleted."""
        with self._one_at_a_time:
            for key in [key for key in self._stores if key.rsplit(" ", 1)[1] not in classifiers]:
                del self._stores[key]

    def close(self) -> None:
        with self._one_at_a_time:
            self._stores.clear()

    def _of(self, classifier: str, body: BodyReader, readouts: Sequence[str]) -> dict[str, FeatureStore]:
        key = f"{body.id} {body.engine} {classifier}"
        stores = self._stores.pop(key, {})
        self._stores[key] = stores  # the one that was used last is last
        for name in readouts:
            if name not in stores:
                stores[name] = FeatureStore(body.readouts[name])
        while len(self._stores) > _MOST_CLASSIFIERS:
            del self._stores[next(iter(self._stores))]
        return {name: stores[name] for name in readouts}


class Storing:
    """The stores of a classifier's readouts, while texts are read into them."""

    def __init__(self, stores: Mapping[str, FeatureStore], body: BodyReader) -> None:
        self._stores, self._body = stores, body
        self._seen: set[bytes] = set()

    def add(self, texts: Sequence[str], wanted: Wanted) -> list[tuple[int, ...] | TextError]:
        """For each text its row in the file of each readout, or why it can't be read.

        Raises ReadingCancelledError once it is no longer `wanted`.
        """
        digests = [digest_of(text) for text in texts]
        self._seen.update(digests)
        missing = sorted({i for store in self._stores.values() for i in store.missing(digests)})
        failed: dict[int, TextError] = {}
        done = len(texts) - len(missing)
        for part in _parts(missing, texts):
            given = [texts[i] for i in part]
            for i, row in zip(part, _patiently(self._body, given, self._stores, partial(wanted, done)), strict=True):
                if isinstance(row, TextError):
                    failed[i] = row
                else:
                    for name, features in row.items():
                        self._stores[name].add(digests[i], features)
            done += len(part)
        if not wanted(len(texts)):
            raise ReadingCancelledError
        return [failed[i] if i in failed else self._rows_of(digest) for i, digest in enumerate(digests)]

    def forget_others(self) -> None:
        """Overwrites the features of all texts that were not given to `add`."""
        for store in self._stores.values():
            store.keep_only(self._seen)

    def files(self) -> dict[str, RowFile]:
        """The file of each readout, in the order of the rows that `add` gives."""
        return {name: store.file for name, store in self._stores.items()}

    def _rows_of(self, digest: bytes) -> tuple[int, ...]:
        return tuple(store.row_of(digest) for store in self._stores.values())


def _parts(positions: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    part: list[int] = []
    characters = 0
    for i in positions:
        if part and (len(part) == _PART_TEXTS or characters + len(texts[i]) > _PART_CHARS):
            yield part
            part, characters = [], 0
        part.append(i)
        characters += len(texts[i])
    if part:
        yield part


def _patiently(
    body: BodyReader, texts: Sequence[str], readouts: Mapping[str, object], wanted: Callable[[], bool]
) -> list[dict[str, Floats] | TextError]:
    """The features of each text by readout. Waits while the queue is full: other requests go first."""
    only = next(iter(readouts)) if len(readouts) == 1 else None
    while wanted():
        try:
            rows = body.features(texts, only, timeout_s=_PART_TIMEOUT_S)
        except OverloadedError:
            time.sleep(_RETRY_S)
        else:
            return [row if isinstance(row, TextError) else _split(row, body, readouts, only) for row in rows]
    raise ReadingCancelledError


def _split(row: Floats, body: BodyReader, readouts: Mapping[str, object], only: str | None) -> dict[str, Floats]:
    if only is not None:
        return {only: row}
    parts, start = {}, 0
    for name, width in body.readouts.items():
        if name in readouts:
            parts[name] = row[start : start + width]
        start += width
    return parts
