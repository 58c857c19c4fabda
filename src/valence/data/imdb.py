"""The Large Movie Review Dataset in its original layout: {train,test}/{pos,neg}/ID_RATING.txt and train/unsup/."""

from __future__ import annotations

import re
from pathlib import Path

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.system.errors import DataError

_MEMBER = re.compile(r"(?:^|/)(?P<split>train|test)/(?P<kind>pos|neg|unsup)/(?P<file>\d+_\d+\.txt)$")
_LABELS = {"pos": "positive", "neg": "negative"}
_LINE_BREAK = re.compile(r"<br\s*/?>")


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if it is damaged or holds no reviews in this layout."""
    reviews: dict[tuple[str, str], list[tuple[str, str]]] = {}
    raw: list[tuple[str, str]] = []
    for path, content in members(source):
        match = _MEMBER.search(path)
        if match:
            key = f"{match['split']}/{match['kind']}/{match['file']}"
            text = _decoded(content, key)
            raw.append((key, text))
            reviews.setdefault((match["split"], match["kind"]), []).append((key, plain(text)))
    for split in ("train", "test"):
        for kind in _LABELS:
            if (split, kind) not in reviews:
                raise DataError(
                    f"{source} has no {split}/{kind}/ID_RATING.txt files, so it is not the IMDb data set.",
                    hint="Give the aclImdb folder, aclImdb_v1.tar.gz, or a copy in the same layout.",
                    code="split-missing",
                )
    return Dataset(
        name="imdb",
        train=_labelled(reviews, "train"),
        test=_labelled(reviews, "test"),
        unlabelled=tuple(text for _, text in sorted(reviews.get(("train", "unsup"), []))),
        checksum=content_checksum(raw),
    )


def plain(text: str) -> str:
    """A review with its HTML line breaks replaced by line breaks.

    >>> plain("Great!<br /><br />See it.")
    'Great!\\n\\nSee it.'
    """
    return _LINE_BREAK.sub("\n", text)


def rating(key: str) -> int:
    """Stars out of ten, from the file's name.

    >>> rating("train/pos/17_9.txt")
    9
    """
    return int(Path(key).stem.rpartition("_")[2])


def _labelled(reviews: dict[tuple[str, str], list[tuple[str, str]]], split: str) -> Examples:
    rows = [(key, text, label) for kind, label in _LABELS.items() for key, text in reviews[split, kind]]
    keys, texts, labels = zip(*sorted(rows), strict=True)
    return Examples(texts, labels, keys)


def _decoded(content: bytes, key: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{key} is not UTF-8: {error}.", code="encoding-unknown") from error
