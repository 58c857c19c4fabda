"""Feature extraction for `valence transfer` on a cluster: workers run chunks of texts through the frozen body."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from valence.cluster.connection import Cluster, fetch
from valence.cluster.model import engine_from, files_of
from valence.model.head import Floats
from valence.system.errors import TextError

CHUNK = 512  # texts: about a second of one core


class FeatureReader:
    """In a worker: (start, texts) -> (start, features of shape (len(texts), width), or the error of a text)."""

    def __init__(self, files: Any, name: str, readout: str, count: int) -> None:
        self._engine = engine_from(fetch(files), name)
        self._readout, self._count = readout, count

    def __call__(self, task: tuple[int, list[str]]) -> tuple[int, Floats | TextError]:
        start, texts = task
        try:
            return start, self._engine.features(texts, self._readout)
        except TextError as error:
            where = f"In the texts from number {start:,} of {self._count:,} (counted from 0): "
            return start, TextError(where + error.message, hint=error.hint, code=error.code)


def features_on(cluster: Cluster, folder: Path, texts: Sequence[str], readout: str, title: str) -> Floats:
    """The features that a head reads, float32 of shape (len(texts), width), as inference.engine.Engine.features.

    Args:
        cluster: a connected cluster.
        folder: a model folder on this machine; its files are sent to the workers.
        texts: are sent to the workers by this machine.
        readout: of the body.
        title: of the progress bar; if empty, there is no bar.

    Raises TextError for a text that cannot be read, and ClusterError if Ray gives up.
    """
    tasks = ((start, list(texts[start : start + CHUNK])) for start in range(0, len(texts), CHUNK))
    arguments = [cluster.share(files_of(folder)), folder.name, readout, len(texts)]
    parts = dict[int, Floats]()
    with tqdm(total=len(texts), desc=title, unit="text", disable=None if title else True) as progress:
        for start, features in cluster.spread(FeatureReader, arguments, tasks):
            if isinstance(features, TextError):
                raise features
            parts[start] = features
            progress.update(len(features))
    return np.concatenate([parts[start] for start in sorted(parts)])
