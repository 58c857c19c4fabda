"""AG's news as Zhang et al. published it: train.csv and test.csv, and classes.txt with the names of the labels.

A row is the number of a class from 1 on, a title and a description, in quotes; the text is both, one below the other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.system.errors import DataError

_SPLITS = ("train.csv", "test.csv")
_CLASSES = "classes.txt"


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if a file is missing or a row is malformed."""
    wanted = (*_SPLITS, _CLASSES)
    files = {name: content for path, content in members(source) if (name := PurePosixPath(path).name) in wanted}
    for name in wanted:
        if name not in files:
            raise DataError(
                f"{source} has no {name}, so it is not AG's news.",
                hint=f"Give a folder with {', '.join(wanted)}.",
                code="split-missing",
            )
    classes = files[_CLASSES].decode("utf-8", "replace").split("\n")
    names = [name.strip() for name in classes if name.strip()]
    train, test = (examples(name, files[name], names) for name in _SPLITS)
    both = train.joined(test)
    checksum = content_checksum(
        (key, f"{label} {text}") for key, label, text in zip(both.keys, both.labels, both.texts, strict=True)
    )
    return Dataset(name="ag-news", train=train, test=test, checksum=checksum)


def examples(name: str, content: bytes, names: list[str]) -> Examples:
    """The rows of one of the two files; `names` are the labels in the order of their numbers. Raises DataError."""
    rows = list(_rows(name, content, names))
    keys, texts, labels = zip(*rows, strict=True) if rows else ((), (), ())
    return Examples(texts, labels, keys)


def _rows(name: str, content: bytes, names: list[str]) -> Iterator[tuple[str, str, str]]:
    """(key, text, label). Raises DataError."""
    numbers = {str(number): label for number, label in enumerate(names, start=1)}
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        for number, row in enumerate(rows, start=1):
            label = numbers.get(row[0]) if len(row) == 3 else None
            text = "\n".join(" ".join(_plain(part).split()) for part in row[1:])
            if label is None or not text.strip():
                raise DataError(
                    f"{name}, row {number}: expected a class from 1 to {len(names)}, a title and a description; "
                    f"found {str(row)[:60]}.",
                    hint="Fetch the data set again with `valence data get ag-news`.",
                    code="row-malformed",
                )
            yield f"{name}:{number}", text, label
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not UTF-8: {error}.", code="encoding-unknown") from error
    except csv.Error as error:
        raise DataError(f"{name} is not CSV: {error}.", code="row-malformed") from error


def _plain(text: str) -> str:
    r"""With spaces for the backslashes, which stand for line breaks.

    >>> _plain(r"A second\team of rocketeers")
    'A second team of rocketeers'
    """
    return text.replace("\\", " ")
