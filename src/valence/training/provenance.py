"""What decides a result, as it goes into every trained model: data with what repeats in them, base, and libraries."""

from __future__ import annotations

import logging
import platform
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from valence.data.duplicates import audit
from valence.data.examples import Dataset, Splits
from valence.encoder.bases import LocalBase
from valence.model.folder import ModelFolder

log = logging.getLogger(__name__)

_DECIDING = ("valence-classifier", "torch", "transformers", "tokenizers", "scikit-learn", "numpy")


def versions() -> dict[str, str]:
    """Distribution name -> installed version, with Python's own; what is not installed decided nothing."""
    found = {"python": platform.python_version()}
    for name in _DECIDING:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def describe_data(dataset: Dataset, splits: Splits) -> dict[str, Any]:
    """The data set, how a user's file was read, the rows of each split, and what they share; that is also told."""
    found = audit(splits)
    rows = {"train": len(splits.train), "validation": len(splits.validation), "test": len(splits.test)}
    log.info("%s: %s.", dataset.name, ", ".join(f"{count:,} rows {split}" for split, count in rows.items()))
    log.info("%s: %s.", dataset.name, found)
    return {
        "name": dataset.name,
        "checksum": dataset.checksum,
        **{f"{split}_rows": count for split, count in rows.items()},
        **dataset.facts,
        "duplicates": found.as_json(),
    }


def ancestry(base: LocalBase) -> tuple[LocalBase, list[str]]:
    """Where a base comes from, and the commands that made it: a model of our own may be trained further."""
    if not (base.path / "body.json").exists():
        return base, []
    folder = ModelFolder(base.path)
    body = folder.body()
    return replace(base, name=body.base, licence=body.licence), folder.head().provenance.get("commands", [])
