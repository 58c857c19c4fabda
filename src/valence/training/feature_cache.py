"""Features are computed once for each text, whatever lists the text comes in.

    FOLDER/KEY/SHARD/texts.npy       SHA-256 of each text, its first 16 bytes, shape (n, 16)
    FOLDER/KEY/SHARD/READOUT.npy     its features, shape (n, width)

KEY is everything but the text that features depend on, so they are never stale. Each computation adds one shard, or
several for many texts. The folder is kept under a limit: the shards that were not used for longest are removed first.
Features of texts that are only predicted never reach the disk; they stay in memory for a while, under a limit too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from valence.model.feature_rows import FeatureRows
from valence.model.head import Floats, Ints
from valence.model.row_file import RowFile
from valence.system.files import folder_in_place_of, remove_folder

MOST_BYTES = 8 << 30  # on disk; SST-2's features are 0.7 GB at most with the bundled body
MOST_BYTES_IN_MEMORY = 64 << 20
_DIGEST_BYTES = 16
_ROWS_AT_ONCE = 4096  # that are copied from a file
_SHARD_TEXTS = 16_384  # that are computed at once, so that the features of more are never all in memory
_MOST_NUMBERS = 16_000_000  # that are given in memory; more are on disk
_TEXTS = "texts.npy"

T = TypeVar("T")

# Texts, and which part of them all they are, in words -> readout name -> features of shape (n, width).
Compute = Callable[[Sequence[str], str], dict[str, Floats]]


def key_of(body_id: str, *, max_tokens: int, how: str) -> str:
    """Hex digest of what features depend on beside the text; `how` says what runs the body, such as
    "encoder.c 3f6c1d2e9a40".
    """
    return hashlib.sha256(f"by text {body_id} {max_tokens} {how}".encode()).hexdigest()[:32]


@dataclass
class FeatureCache:
    """The features of one body, computed in one way. See the module.

    Args:
        folder: of all features.
        key: see `key_of`.
        most_bytes: that `folder` may hold; what was written last is kept even so.
    """

    folder: Path
    key: str
    most_bytes: int = MOST_BYTES

    def read(self, texts: Sequence[str], readout: str, compute: Compute, *, keep: bool) -> FeatureRows:
        """Features of shape (n, width); `compute` gets the texts that are not known yet, each once.

        With `keep` they go into the cache on the disk, else into the one in memory. Large features are given on disk.
        """
        digests = [_digest(text) for text in texts]
        found = _Found(digests)
        found.take(*_recent.get(self.key, readout, found.missing))
        self._take_from_disk(found, readout)
        if not found.missing:
            return found.rows
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest in found.missing}
        parts = list(_slices(list(missing), _SHARD_TEXTS))
        for number, part in enumerate(parts, 1):
            which = f" {number} of {len(parts)}" if len(parts) > 1 else ""
            computed = compute([missing[digest] for digest in part], which)
            if keep:
                self._add(part, computed)
            else:
                _recent.add(self.key, readout, part, computed[readout])
            found.take(part, computed[readout])
        return found.rows

    def _take_from_disk(self, found: _Found, readout: str) -> None:
        for shard in _folders(self.folder / self.key):
            if not found.missing:
                return
            with suppress(FileNotFoundError):  # another process has just removed it
                digests = [row.tobytes() for row in np.load(shard / _TEXTS)]
                if not found.missing.isdisjoint(digests):
                    found.take(digests, np.load(shard / f"{readout}.npy", mmap_mode="r"))
                    os.utime(shard)  # it was used: see `trim`

    def _add(self, digests: Sequence[bytes], features: dict[str, Floats]) -> None:
        of = b"".join([*digests, *(name.encode() for name in features)])
        home = self.folder / self.key / hashlib.sha256(of).hexdigest()[:32]
        if not home.exists():
            with folder_in_place_of(home) as draft:
                np.save(draft / _TEXTS, np.frombuffer(b"".join(digests), np.uint8).reshape(-1, _DIGEST_BYTES))
                for name, rows in features.items():
                    np.save(draft / f"{name}.npy", rows)
        trim(self.folder, self.most_bytes, but=home)


def trim(folder: Path, most_bytes: int, *, but: Path) -> None:
    """Removes what was not used for longest until the folder is within its limit."""
    sizes: dict[Path, tuple[float, int]] = {}
    for entry in (shard for key in _folders(folder) for shard in (key, *_folders(key))):
        with suppress(FileNotFoundError):
            files = [path.stat().st_size for path in entry.glob("*.npy")]
            if files:
                sizes[entry] = (entry.stat().st_mtime, sum(files))
    total = sum(size for _, size in sizes.values())
    for entry in sorted(sizes, key=lambda each: sizes[each]):
        if total <= most_bytes:
            return
        if entry != but:
            remove_folder(entry)
            total -= sizes[entry][1]


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in it, without drafts; none where it is not there."""
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _slices(values: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    return (values[start : start + most] for start in range(0, len(values), most))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]


class _Found:
    """The rows of a list of texts as they are found.

    Attributes:
        missing: the digests of the texts whose rows are not filled yet.
    """

    def __init__(self, digests: Sequence[bytes]) -> None:
        self._rows_of: dict[bytes, list[int]] = {}
        for row, digest in enumerate(digests):
            self._rows_of.setdefault(digest, []).append(row)
        self._count = len(digests)
        self.missing = set(self._rows_of)
        self._rows: Floats | RowFile = np.empty((0, 0), dtype=np.float32)

    @property
    def rows(self) -> FeatureRows:
        """Features, shape (n, width)."""
        return self._rows.rows(range(self._count)) if isinstance(self._rows, RowFile) else self._rows

    def take(self, digests: Sequence[bytes], features: Floats | Sequence[Floats]) -> None:
        """Fills the rows that these texts have; features of shape (texts, width)."""
        here = [i for i, digest in enumerate(digests) if digest in self.missing]
        if not here:
            return
        if not isinstance(self._rows, RowFile) and not self._rows.size:
            shape = self._count, len(features[0])
            self._rows = RowFile(shape[1]) if np.prod(shape) > _MOST_NUMBERS else np.empty(shape, dtype=np.float32)
        targets = sorted((row, i) for i in here for row in self._rows_of[digests[i]])
        for some in _slices(targets, _ROWS_AT_ONCE):
            rows, sources = np.array(some).T
            self._put(rows, np.array([features[i] for i in sources]))
        self.missing -= {digests[i] for i in here}

    def _put(self, rows: Ints, features: Floats) -> None:
        """`rows` ascend."""
        if isinstance(self._rows, RowFile):
            self._rows.write_at(rows, features)
        else:
            self._rows[rows] = features


@dataclass
class _Recent:
    """Features in memory, those that came first given up first; not shared by processes.

    Single operations on a dict are all it takes to be shared by threads.
    """

    most_bytes: int = MOST_BYTES_IN_MEMORY
    _rows: dict[tuple[str, str, bytes], Floats] = field(default_factory=dict)

    def get(self, key: str, readout: str, wanted: AbstractSet[bytes]) -> tuple[list[bytes], list[Floats]]:
        """The digests that are here, and their rows, each of shape (width,)."""
        found = {digest: row for digest in wanted if (row := self._rows.get((key, readout, digest))) is not None}
        return list(found), list(found.values())

    def add(self, key: str, readout: str, digests: Sequence[bytes], features: Floats) -> None:
        for digest, row in zip(digests, features, strict=True):
            self._rows[key, readout, digest] = row.copy()  # a view would hold all that was computed with it
        held = sum(row.nbytes for row in list(self._rows.values()))
        while held > self.most_bytes:
            with suppress(KeyError, StopIteration, RuntimeError):  # another thread was quicker
                held -= self._rows.pop(next(iter(self._rows))).nbytes


_recent = _Recent()
