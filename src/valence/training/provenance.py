"""What a result depends on, saved with every trained model: data and their duplicates, base, and library versions."""

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
    """Distribution name -> installed version, and Python's own; libraries that are not installed are left out."""
    installed = {"python": platform.python_version()}
    for name in _DECIDING:
        with suppress(PackageNotFoundError):
            installed[name] = version(name)
    return installed


def describe_data(dataset: Dataset, splits: Splits) -> dict[str, Any]:
    """The data set, how a user's file was read, the rows of each split, and their duplicates; also logged."""
    duplicates = audit(splits)
    rows = {"train": len(splits.train), "validation": len(splits.validation), "test": len(splits.test)}
    log.info("%s: %s.", dataset.name, ", ".join(f"{count:,} rows {split}" for split, count in rows.items()))
    log.info("%s: %s.", dataset.name, duplicates)
    return {
        "name": dataset.name,
        "checksum": dataset.checksum,
        **{f"{split}_rows": count for split, count in rows.items()},
        **dataset.facts,
        "duplicates": duplicates.as_json(),
    }


def ancestry(base: LocalBase) -> tuple[LocalBase, list[str]]:
    """(the base, the commands that made it); if the base is one of our models, the base that it was made from."""
    if not (base.path / "body.json").exists():
        return base, []
    folder = ModelFolder(base.path)
    body = folder.body()
    return replace(base, name=body.base, licence=body.licence), folder.head().provenance.get("commands", [])
