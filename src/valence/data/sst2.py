"""GLUE's SST-2 in its original layout: train.tsv and dev.tsv with the columns sentence and label.

GLUE hides its test labels, so dev is the reserved test set; validation is cut from train.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.system.errors import DataError

_LABELS = {"0": "negative", "1": "positive"}
_SPLITS = ("train.tsv", "dev.tsv")


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if a split is missing or a row is malformed."""
    files = {name: content for path, content in members(source) if (name := PurePosixPath(path).name) in _SPLITS}
    for name in _SPLITS:
        if name not in files:
            raise DataError(
                f"{source} has no {name}, so it is not GLUE's SST-2.",
                hint="Give the SST-2 folder, SST-2.zip, or a copy in the same layout.",
                code="split-missing",
            )
    train, dev = (_rows(name, files[name]) for name in _SPLITS)
    raw = [
        (key, f"{text}\t{label}")
        for part in (train, dev)
        for key, text, label in zip(part.keys, part.texts, part.labels, strict=True)
    ]
    return Dataset(name="sst2", train=train, test=dev, checksum=content_checksum(raw), test_split="dev")


def _rows(name: str, content: bytes) -> Examples:
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not UTF-8: {error}.", code="encoding-unknown") from error
    if not lines or lines[0].split("\t") != ["sentence", "label"]:
        raise DataError(f"{name}, line 1: expected the columns sentence and label.", code="columns-unknown")
    rows = [_row(name, number, line) for number, line in enumerate(lines[1:], start=2)]
    keys, texts, labels = zip(*rows, strict=True) if rows else ((), (), ())
    return Examples(texts, labels, keys)


def _row(name: str, number: int, line: str) -> tuple[str, str, str]:
    text, separator, label = line.rpartition("\t")
    if not separator or label not in _LABELS or not text.strip():
        raise DataError(
            f"{name}, line {number}: expected a sentence, a tab, and 0 or 1; found {line[:60]!r}.",
            hint="Fetch the data set again with `valence data get sst2`.",
            code="row-malformed",
        )
    return f"{name}:{number}", text.strip(), _LABELS[label]
