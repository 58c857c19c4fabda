"""From the settings to models that score: the only file of the server that knows the engine and the model folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from valence.model.bundled import BUNDLED_FOLDER, bundled_folder
from valence.model.folder import ModelFolder
from valence.model.multi_label import MultiLabelHead
from valence.server.classifiers.registry import ModelFacts, ServedModel
from valence.server.settings import ModelPath, Settings


def loaders(settings: Settings) -> list[Callable[[], ServedModel]]:
    """One function for each model of the settings; calling it loads the model."""
    return [partial(load_model, model, settings) for model in settings.models]


def load_model(model: ModelPath, settings: Settings) -> ServedModel:
    """Loads a model for scoring. Raises ModelFolderError."""
    # Imported here, so only in the worker: the process that forks it needs no onnxruntime, nor its threads.
    from valence.inference.batching import Batcher
    from valence.inference.engine import Engine

    engine = Engine(_folder(model), threads=settings.threads, max_characters=settings.max_text_chars)
    batcher = Batcher(engine, max_queue_tokens=settings.queue_tokens)
    batcher.measure_speed()
    return ServedModel(facts(model), batcher)


def facts(model: ModelPath) -> ModelFacts:
    """What the folder says of itself, without the engine. Raises ModelFolderError for a missing or damaged part."""
    folder = ModelFolder(_folder(model))
    body, head, results = folder.body(), folder.head(), folder.results()
    folder.files("body.onnx", "tokenizer.json")
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
        card=folder.card(),
        results=tuple(results.results),
        comparisons=tuple(results.comparisons),
        provenance=head.provenance,
    )


def _folder(model: ModelPath) -> Path:
    """The bundled model's absence has a message of its own: whoever serves it named no path that could be wrong."""
    return bundled_folder() if model.path == BUNDLED_FOLDER else model.path
