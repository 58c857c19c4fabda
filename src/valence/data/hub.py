"""Data sets on the Hugging Face Hub, as tables on this machine. File names tell which file is which split.

The Hub's own client downloads, resumes and caches them. Code in a data set is never run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from valence.system.errors import DataError
from valence.tables.decoding import FORMATS_IN_WORDS, format_of

_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+(@[\w.-]+)?")
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})")
# The Hub's names for the splits, in a file's name or its folder's. The first test split that exists is used.
_TRAIN, _TESTS = ("train", "training"), (("test", "eval"), ("validation", "valid", "val", "dev"))
_WANTED = [f"*.{ending}{packed}" for ending in ("csv", "tsv", "jsonl", "ndjson") for packed in ("", ".gz", ".zst")]


@dataclass(frozen=True)
class HubData:
    """The files of a data set's splits. `test` is None if there is none; `commit` is the downloaded revision."""

    name: str
    commit: str
    train: Path
    test: Path | None


def is_id(name: str) -> bool:
    """Whether it could be an id on the Hub, with or without @REVISION, and is not an existing path.

    >>> is_id("stanfordnlp/sst2"), is_id("stanfordnlp/sst2@8d51e7e"), is_id("data/reviews.csv"), is_id("imdb")
    (True, True, False, False)
    """
    return bool(_ID.fullmatch(name)) and format_of(Path(name)) is None and not Path(name).exists()


def find(hub_id: str) -> HubData:
    """Downloads the files of the data set that Valence reads, and finds its splits.

    ID@REVISION is that commit, branch or tag; ID alone is the newest commit. The result names the commit.
    Raises DataError if the data set can't be reached or doesn't exist, or if a split is not one file.
    """
    hub_id, _, revision = hub_id.partition("@")
    folder = _fetched(hub_id, revision or None)
    tables = sorted(path for path in folder.rglob("*") if path.is_file() and format_of(path) is not None)
    train = _one(hub_id, folder, _of_split(tables, _TRAIN), "train")
    if train is None:
        listed = ", ".join(str(path.relative_to(folder)) for path in tables[:5]) or "none"
        raise DataError(
            f"{hub_id} on the Hub has no training file that Valence reads. Its tables: {listed}.",
            hint=f"Download the file that you want ({FORMATS_IN_WORDS}) and give it as --data.",
            code="split-missing",
        )
    tests = (_one(hub_id, folder, _of_split(tables, words), words[0]) for words in _TESTS)
    return HubData(hub_id, folder.name, train, next((path for path in tests if path), None))


def _of_split(tables: list[Path], words: tuple[str, ...]) -> list[Path]:
    return [
        path for path in tables if set(words) & set(re.split(r"[^a-z]+", f"{path.parent.name}/{path.name}".lower()))
    ]


def _one(hub_id: str, folder: Path, files: list[Path], split: str) -> Path | None:
    if len(files) < 2:
        return files[0] if files else None
    shards = all(_SHARD.search(path.name) for path in files)
    raise DataError(
        f"{hub_id} on the Hub has {len(files)} {'parts' if shards else 'files'} for {split}: "
        f"{', '.join(str(path.relative_to(folder)) for path in files[:3])}{' ...' if len(files) > 3 else ''}.",
        hint="Join the parts into one file and give it as --data."
        if shards
        else "Download the one that you want and give it as --data.",
        code="split-ambiguous",
    )


def _fetched(hub_id: str, revision: str | None) -> Path:
    """The data set's folder, whose name is the commit."""
    from httpx2 import HTTPError
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        return Path(
            snapshot_download(hub_id, repo_type="dataset", revision=revision, allow_patterns=[*_WANTED, "*.parquet"])
        )
    except GatedRepoError as error:
        raise DataError(
            f"{hub_id} is only for people who have accepted its conditions on the Hub.",
            hint="Accept them on its page, and run `hf auth login`.",
            code="data-forbidden",
        ) from error
    except RevisionNotFoundError as error:
        raise DataError(
            f"{hub_id} on the Hub has no revision {revision!r}.",
            hint="Give a commit, branch or tag of it, or leave out @REVISION for the newest commit.",
            code="data-unknown",
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise DataError(
            f"{hub_id!r} is neither an existing path nor a data set on the Hub.",
            hint="Check the spelling.",
            code="data-unknown",
        ) from error
    except (OSError, HTTPError) as error:
        raise DataError(
            f"{hub_id} is not an existing path, and cannot be downloaded from the Hub: {error}".rstrip(".") + ".",
            hint="Check the path, or run the command again to resume the download.",
            code="data-unreachable",
        ) from error
