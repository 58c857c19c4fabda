"""Loads the models of the settings. Only this module knows the engine and the model folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from valence.model.bundled import BUNDLED_FOLDER, bundled_folder
from valence.model.folder import ModelFolder
from valence.model.multi_label import MultiLabelHead
from valence.server.classifiers.bodies import Body
from valence.server.classifiers.registry import ModelFacts, ServedModel
from valence.server.model_path import ModelPath
from valence.server.settings import Settings


def loaders(settings: Settings) -> list[Callable[[], ServedModel]]:
    """One function per model of the settings; calling it loads the model.

    Models with the same body share its engine.
    """
    bodies: dict[str, Body] = {}
    return [partial(load_model, model, settings, bodies) for model in settings.models]


def load_model(model: ModelPath, settings: Settings, bodies: dict[str, Body] | None = None) -> ServedModel:
    """Loads a model for scoring. Raises ModelFolderError.

    `bodies` are those of models that were loaded before, by `_same_body`; a new one is added.
    """
    own, bodies = facts(model), {} if bodies is None else bodies
    folder = ModelFolder(_folder(model))
    key = _same_body(folder)
    if key in bodies:
        return ServedModel(own, bodies[key].scorer(folder.head()), bodies[key])
    # Imported here, so only in the worker: the master that forks it needs neither the engine nor its threads.
    from valence.inference.batching import Batcher
    from valence.inference.engine import Engine

    engine = Engine(
        folder.path,
        threads=settings.threads,
        max_characters=settings.max_text_chars,
        instructions=settings.instructions,
    )
    batcher = Batcher(engine, max_queue_tokens=settings.queue_tokens)
    batcher.measure_speed()
    bodies[key] = Body(batcher)
    return ServedModel(own, batcher, bodies[key])


def _same_body(folder: ModelFolder) -> str:
    """The same for folders whose bodies give the same features: body.json, with the checksums of what serving reads."""
    body = folder.body()
    files = {name: body.files.get(name) for name in (body.served, "tokenizer.json")}
    return json.dumps([body.id, body.max_tokens, body.readouts, files])


def facts(model: ModelPath) -> ModelFacts:
    """Reads the model folder without starting the engine. Raises ModelFolderError if a file is missing or damaged."""
    folder = ModelFolder(_folder(model))
    body, head, results = folder.body(), folder.head(), folder.results()
    folder.served_files()
    return ModelFacts(
        name=model.name,
        body=body.id[:12],
        head=head.version,
        labels=head.labels.names,
        sure_from=head.sure_from,
        base=body.base,
        licence=body.licence,
        readout=head.readout,
        max_tokens=body.max_tokens,
        thresholds=tuple(map(float, head.head.thresholds)) if isinstance(head.head, MultiLabelHead) else None,
        cleaning=head.cleaning,
        card=folder.card(),
        results=tuple(results.results),
        comparisons=tuple(results.comparisons),
        provenance=head.provenance,
    )


def _folder(model: ModelPath) -> Path:
    """A missing bundled model has an error of its own, since nobody gave a wrong path."""
    return bundled_folder() if model.path == BUNDLED_FOLDER else model.path
