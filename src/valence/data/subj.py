"""Pang and Lee's subjectivity data set in its original layout: one sentence a line, in a file for each label.

It has no test set, so a fifth is cut from it, always the same.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.data.splits import cut_test
from valence.system.errors import DataError

_LABELS = {"plot.tok.gt9.5000": "objective", "quote.tok.gt9.5000": "subjective"}
_SEED = 42  # of the cut


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if a file is missing."""
    files = {name: content for path, content in members(source) if (name := PurePosixPath(path).name) in _LABELS}
    for name in _LABELS:
        if name not in files:
            raise DataError(
                f"{source} has no {name}, so it is not the subjectivity data set.",
                hint=f"Give subjectivity.zip, or a folder with {' and '.join(_LABELS)}.",
                code="split-missing",
            )
    rows = [row for name in _LABELS for row in _rows(name, files[name])]
    keys, texts, labels = zip(*rows, strict=True) if rows else ((), (), ())
    train, test = cut_test(Examples(texts, labels, keys), seed=_SEED)
    checksum = content_checksum((key, f"{label} {text}") for key, text, label in rows)
    return Dataset(name="subj", train=train, test=test, checksum=checksum, test_split="test (a fifth, cut from all)")


def _rows(name: str, content: bytes) -> list[tuple[str, str, str]]:
    """(key, text, label) of each line. The original file is in Latin-1, NLTK's copy in UTF-8."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = enumerate(text.split("\n"), start=1)
    return [(f"{name}:{number}", line.strip(), _LABELS[name]) for number, line in lines if line.strip()]
