"""Where stage 2 gets its body from, and how that is read.

An exported body is read as it will be served, quantised: the head is then fitted to the very features that it will
get. One that is not exported yet, and a base without stage 1, are read in torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from valence.encoder.bases import BASES
from valence.errors import SettingsError
from valence.home import home
from valence.inference.engine import Engine
from valence.model.bundled import bundled_folder
from valence.model.folder import ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.training.feature_cache import cached, key_of
from valence.training.frozen_body import Features, FrozenBody, Spread, history_of
from valence.training.saving import copied

BUNDLED = "bundled"
_CHUNK = 512  # texts between two steps of the progress bar


def open_body(source: str, labels: Labels, precision: str, spread: Spread | None = None) -> FrozenBody:
    """The body of `source`: "bundled", a base by name, a model folder, or a base by path or Hub id, in this order.

    A folder that happens to be named as a base is meant where its path is given, such as ./minilm.

    Raises ModelFolderError for a folder that is damaged or incomplete, BaseModelError if a base can't be had,
    SettingsError if a `precision` is asked for that nothing would compute in, or if texts are to be `spread` over other
    machines and the body is not exported.
    """
    folder = saved_model(source)
    if spread and (folder is None or "body.onnx" not in folder.body().files):
        raise SettingsError(
            f"--cluster: {source} is read in torch, on this machine; a cluster reads an exported body.",
            way_out="Leave --cluster away, or export the model first: `valence export --model MODEL`.",
            code="options-contradict",
        )
    if folder is None:
        from valence.training.torch_body import frozen_from_base

        return frozen_from_base(source, labels, precision)
    if "body.onnx" in folder.body().files:
        _check_precision(precision, source)
    exported, trainable = (name in folder.body().files for name in ("body.onnx", "model.safetensors"))
    if not trainable:
        files = [folder.file("body.onnx"), folder.file("tokenizer.json")]
        return FrozenBody(
            folder.body(), _as_served(folder, spread), "body.onnx", lambda _: copied(files), **history_of(folder)
        )
    from valence.training.torch_body import frozen_from_folder

    recreated = frozen_from_folder(folder, precision)
    if not exported:
        return recreated
    return replace(recreated, read=_as_served(folder, spread), read_by="body.onnx", accelerator="")


def saved_model(source: str) -> ModelFolder | None:
    """The model folder that `source` names, if it is not a base."""
    path = bundled_folder() if source == BUNDLED else Path(source)
    return None if source in BASES or not (path / "body.json").exists() else ModelFolder(path)


def _check_precision(precision: str, source: str) -> None:
    if precision != "auto":
        raise SettingsError(
            f"--precision {precision} is torch's, and nothing of {source} runs in torch here: its body is exported, "
            "and read by the engine as it will be served.",
            way_out="Leave --precision away.",
            code="precision-idle",
        )


def _as_served(folder: ModelFolder, spread: Spread | None) -> Features:
    """Reads with the engine, here or where it is spread to, through the cache."""
    engine = Engine(folder.path)

    def read(texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> Floats:
        def compute() -> dict[str, Floats]:
            if spread:
                return {readout: spread(folder.path, texts, readout, title)}
            parts = []
            with tqdm(total=len(texts), desc=title, unit="text", disable=not title) as progress:
                for start in range(0, len(texts), _CHUNK):
                    parts.append(engine.features(texts[start : start + _CHUNK], readout))
                    progress.update(len(parts[-1]))
            return {readout: np.concatenate(parts)}

        if not keep:
            return compute()[readout]
        body = engine.body
        key = key_of(body.files["body.onnx"], texts, max_tokens=body.max_tokens, how=f"{engine.runtime} {readout}")
        return cached(home() / "features", key, compute)[readout]

    return read
