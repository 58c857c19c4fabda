"""The TREC questions of Li and Roth in their original layout: train_5500.label and TREC_10.label.

A line is a type with its subtype, a space and the question: `NUM:dist How far is it from Denver to Aspen ?`. The label
is the type. The first file is train, the second is the reserved test set.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.system.errors import DataError

_LABELS = {
    "ABBR": "abbreviation",
    "DESC": "description",
    "ENTY": "entity",
    "HUM": "person",
    "LOC": "place",
    "NUM": "number",
}
_SPLITS = ("train_5500.label", "TREC_10.label")
_STRAY = b"\xf0"  # between two words of one question; otherwise the files are ASCII


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if a split is missing or a row is malformed."""
    files = {name: content for path, content in members(source) if (name := PurePosixPath(path).name) in _SPLITS}
    for name in _SPLITS:
        if name not in files:
            raise DataError(
                f"{source} has no {name}, so it is not the TREC questions.",
                hint=f"Give a folder with {_SPLITS[0]} and {_SPLITS[1]}.",
                code="split-missing",
            )
    train, test = (_rows(name, files[name]) for name in _SPLITS)
    both = train.joined(test)
    checksum = content_checksum(
        (key, f"{label} {text}") for key, label, text in zip(both.keys, both.labels, both.texts, strict=True)
    )
    return Dataset(name="trec", train=train, test=test, checksum=checksum)


def _rows(name: str, content: bytes) -> Examples:
    lines = content.replace(_STRAY, b" ").split(b"\n")
    rows = [_row(name, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    keys, texts, labels = zip(*rows, strict=True) if rows else ((), (), ())
    return Examples(texts, labels, keys)


def _row(name: str, number: int, line: bytes) -> tuple[str, str, str]:
    kind, _, text = line.decode("utf-8", "replace").partition(" ")
    label = _LABELS.get(kind.partition(":")[0])
    if label is None or not text.strip() or "\N{REPLACEMENT CHARACTER}" in text:
        raise DataError(
            f"{name}, line {number}: expected a type such as NUM:dist, a space and a question in ASCII; "
            f"found {line[:60]!r}.",
            hint="Fetch the data set again with `valence data get trec`.",
            code="row-malformed",
        )
    return f"{name}:{number}", text.strip(), label
