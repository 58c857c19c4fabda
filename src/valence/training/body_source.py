"""Finds the body that stage 2 starts from, and decides what reads texts with it.

An exported body is read by the engine, quantised, as it will be served: the head is fitted to exactly the features that
it will get. A body that is not exported yet, and a base without stage 1, are read in torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from tqdm import tqdm

from valence.encoder.bases import BASES
from valence.fitting.head_on_body import Features
from valence.inference.engine import Engine
from valence.model.bundled import model_path
from valence.model.feature_rows import FeatureRows
from valence.model.folder import FittedHead, ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.system.errors import SettingsError
from valence.system.home import home
from valence.training.feature_cache import FeatureCache, key_of
from valence.training.frozen_body import FrozenBody, Spread, history_of
from valence.training.saving import AddBody, copied

_CHUNK = 512  # texts between two steps of the progress bar


def open_body(source: str, labels: Labels, precision: str, spread: Spread | None = None) -> FrozenBody:
    """The body of `source`: "bundled", a base by name, a model folder, or a base by path or Hub id, in this order.

    If a folder has the same name as a base, give its path, such as ./minilm.

    Raises ModelFolderError for a folder that is damaged or incomplete, BaseModelError if a base can't be found, and
    SettingsError if `precision` would have no effect, or if `spread` is given for a body that is not exported.
    """
    folder = saved_model(source)
    exported = folder is not None and folder.body().exported
    if spread and not exported:
        raise SettingsError(
            f"--cluster: {source} is read in torch, on this machine; a cluster can only read an exported body.",
            hint="Leave out --cluster, or export the model first: `valence export --model MODEL`.",
            code="options-contradict",
        )
    if folder is not None and exported:
        return _exported_body(folder, source, precision, spread)
    from valence.training.torch_body import frozen_from_base, frozen_from_folder

    return frozen_from_base(source, labels, precision) if folder is None else frozen_from_folder(folder, precision)


def saved_model(source: str) -> ModelFolder | None:
    """The model folder that `source` names; None if it names a base."""
    path = model_path(source)
    return None if source in BASES or not (path / "body.json").exists() else ModelFolder(path)


def _exported_body(folder: ModelFolder, source: str, precision: str, spread: Spread | None) -> FrozenBody:
    """Texts are read by the engine alone. The network in torch, if it is there, is opened only to save it."""
    if precision != "auto":
        raise SettingsError(
            f"--precision {precision} has no effect here: {source} is exported, so the engine reads it, as it will be "
            "served, and torch does not.",
            hint="Leave out --precision.",
            code="precision-idle",
        )
    body = folder.body()
    trainable = "model.safetensors" in body.files
    files = [*folder.served_files(), *(folder.files("model.safetensors") if trainable else ())]
    return FrozenBody(
        body,
        _read_by_engine(folder, spread),
        body.served,
        _with_network(folder) if trainable else lambda _: copied(files),
        history=history_of(folder),
    )


def _with_network(folder: ModelFolder) -> Callable[[FittedHead], AddBody]:
    """Saves the network with the new head as its final layer. Imports torch only then: reading texts needs none."""

    def with_head(head: FittedHead) -> AddBody:
        from valence.training.torch_body import open_folder, with_head_and_export

        return with_head_and_export(open_folder(folder), folder, head)

    return with_head


def _read_by_engine(folder: ModelFolder, spread: Spread | None) -> Features:
    """Reads with the engine, here or on the machines of `spread`, through the cache."""
    engine = Engine(folder.path)
    body = engine.body
    widest = max(body.readouts, key=lambda name: body.readouts[name])

    def compute(texts: Sequence[str], readout: str, title: str) -> dict[str, Floats]:
        if spread:
            return {readout: spread(folder.path, texts, readout, title)}
        parts: list[dict[str, Floats]] = []
        with tqdm(total=len(texts), desc=title, unit="text", disable=None if title else True) as progress:
            for start in range(0, len(texts), _CHUNK):
                some = texts[start : start + _CHUNK]
                # Where the widest readout is stored, the others take little room beside it, and no time.
                parts.append(
                    engine.all_features(some) if readout == widest else {readout: engine.features(some, readout)}
                )
                progress.update(len(some))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def read(texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> FeatureRows:
        key = key_of(body.files[body.served], max_tokens=body.max_tokens, how=engine.runtime)
        cache = FeatureCache(home() / "features", key)
        return cache.read(texts, readout, lambda some, part: compute(some, readout, title and title + part), keep=keep)

    return read
