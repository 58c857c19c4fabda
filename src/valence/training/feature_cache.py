"""Features are computed once and kept on disk, under a key of everything they depend on, so they are never stale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from valence.files import folder_in_place_of
from valence.model.head import Floats


def key_of(body_id: str, texts: Sequence[str], *, max_tokens: int, how: str) -> str:
    """Hex digest of everything that features depend on; `how` says what runs the body, such as "onnxruntime 1.30.0"."""
    digest = hashlib.sha256(f"{body_id} {max_tokens} {how}".encode())
    for text in texts:
        digest.update(b"\0" + text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def cached(folder: Path, key: str, compute: Callable[[], dict[str, Floats]]) -> dict[str, Floats]:
    """Readout name -> features of shape (n, width), from `folder/key` or computed and kept there."""
    home = folder / key
    if not home.exists():
        with folder_in_place_of(home) as draft:
            for name, features in compute().items():
                np.save(draft / f"{name}.npy", features)
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(home.glob("*.npy"))}
