"""The data sets on this machine: downloaded once, checked, and stored in one file each.

$VALENCE_HOME/data/NAME/rows.jsonl.gz    one row per line: split, key, text, label, and the group if rows have groups
$VALENCE_HOME/data/NAME/manifest.json    name, source, checksum, rows; written last: if it exists, the set is complete
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from valence.data import ag_news, imdb, sst, sst2, subj, trec
from valence.data.catalog import Entry, entry
from valence.data.download import download
from valence.data.examples import Dataset, Examples
from valence.system.errors import DataError
from valence.system.files import folder_in_place_of, sha256_of, write_json
from valence.system.home import home

READERS: dict[str, Callable[[Path], Dataset]] = {
    "imdb": imdb.read,
    "sst": sst.read,
    "sst2": sst2.read,
    "trec": trec.read,
    "subj": subj.read,
    "ag-news": ag_news.read,
}


def get(name: str, source: Path | None = None) -> Dataset:
    """Makes the data set available under its name and returns it.

    Args:
        name: a name in the catalogue.
        source: a local copy in the original layout, or a folder that holds one; None to download the official files.

    Raises DataError if the copy is incomplete: under a catalogue's name there is always the whole data set.
    """
    wanted = entry(name)
    dataset = READERS[name](_local(wanted, source) if source else download(wanted, home() / "downloads"))
    _check_rows(dataset, wanted, source)
    with folder_in_place_of(_folder(name)) as draft:
        rows = draft / "rows.jsonl.gz"
        with gzip.open(rows, "wt", encoding="utf-8", compresslevel=3) as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _to_rows(dataset))
        write_json(
            draft / "manifest.json",
            {
                "name": name,
                "checksum": dataset.checksum,
                "test_split": dataset.test_split,
                "rows_sha256": sha256_of(rows),
                "rows": _counts(dataset),
            },
        )
    return dataset


def load(name: str) -> Dataset:
    """A data set that `get` made available. Raises DataError if it is missing or damaged."""
    manifest, folder = _manifest(name), _folder(name)
    if sha256_of(folder / "rows.jsonl.gz") != manifest["rows_sha256"]:
        raise DataError(
            f"{folder} is damaged.", hint=f"Fetch it again: `valence data get {name}`.", code="data-damaged"
        )
    with gzip.open(folder / "rows.jsonl.gz", "rt", encoding="utf-8") as file:
        return _from_rows(manifest, (json.loads(line) for line in file))


def checksum(name: str) -> str:
    """The checksum of a data set on this machine. Raises DataError if it is missing."""
    return str(_manifest(name)["checksum"])


def _manifest(name: str) -> dict[str, Any]:
    entry(name)
    try:
        manifest: dict[str, Any] = json.loads((_folder(name) / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise DataError(
            f"The data set {name!r} is not on this machine.",
            hint=f"Fetch it with `valence data get {name}`, or from a local copy with `--from PATH`.",
            code="data-missing",
        ) from error
    return manifest


def _folder(name: str) -> Path:
    return home() / "data" / name


def _local(wanted: Entry, source: Path) -> Path:
    """The copy itself, if `source` is a folder that holds it under one of its usual names."""
    inside = (source / name for name in wanted.usual_names if source.is_dir())
    return next((path for path in inside if path.exists()), source)


def _counts(dataset: Dataset) -> dict[str, int]:
    return {"train": len(dataset.train), "test": len(dataset.test), "unlabelled": len(dataset.unlabelled)}


def _check_rows(dataset: Dataset, wanted: Entry, source: Path | None) -> None:
    counts = _counts(dataset)
    for split, rows in wanted.rows.items():
        if counts[split] != rows:
            raise DataError(
                f"{source or wanted.address} has {counts[split]:,} rows in {split}; {wanted.title} has {rows:,}.",
                hint="Give a complete copy, or leave out --from to download the official one.",
                code="data-incomplete",
            )
    if wanted.checksum and dataset.checksum != wanted.checksum:
        raise DataError(
            f"{source or wanted.address} has other rows than {wanted.title} (checksums differ).",
            hint="Give a complete copy, or leave out --from to download the official one.",
            code="data-incomplete",
        )


def _to_rows(dataset: Dataset) -> Iterator[dict[str, Any]]:
    for split, part in (("train", dataset.train), ("test", dataset.test)):
        groups = [{"group": group} for group in part.groups] or [{}] * len(part)
        for key, text, label, group in zip(part.keys, part.texts, part.labels, groups, strict=True):
            yield {"split": split, "key": key, "text": text, "label": label, **group}
    for text in dataset.unlabelled:
        yield {"split": "unlabelled", "text": text}


def _from_rows(manifest: dict[str, Any], rows: Iterator[dict[str, Any]]) -> Dataset:
    parts: dict[str, list[dict[str, Any]]] = {"train": [], "test": [], "unlabelled": []}
    for row in rows:
        parts[row["split"]].append(row)
    train, test = (_examples(parts[split]) for split in ("train", "test"))
    unlabelled = tuple(row["text"] for row in parts["unlabelled"])
    return Dataset(manifest["name"], train, test, manifest["checksum"], unlabelled, manifest["test_split"])


def _examples(rows: list[dict[str, Any]]) -> Examples:
    texts, labels, keys = (tuple(row[column] for row in rows) for column in ("text", "label", "key"))
    return Examples(texts, labels, keys, tuple(row["group"] for row in rows if "group" in row))
