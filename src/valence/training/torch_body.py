"""The network in torch, as both stages use it: described, used to read texts, and saved with a head in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from valence.encoder import bases, features, network
from valence.encoder.precision import Precision, choose
from valence.encoder.readouts import BodyWithReadouts, general_layers
from valence.fitting.head_on_body import Features
from valence.model.feature_rows import FeatureRows
from valence.model.folder import FINAL, GENERAL, Body, FittedHead, ModelFolder
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.system.errors import ModelFolderError
from valence.system.home import home
from valence.training.feature_cache import FeatureCache, key_of
from valence.training.frozen_body import FrozenBody, History, history_of
from valence.training.progress import without_library_bars
from valence.training.saving import AddBody, copied

BASE_WINDOW = 256  # tokens; the window of a base without stage 1, from the card of all-MiniLM-L6-v2


def describe(model: PreTrainedModel, tokenizer: Any, *, base: str, licence: str, max_tokens: int) -> Body:
    """The Body of a network as it is now."""
    width = int(model.config.hidden_size)
    layers = general_layers(int(model.config.num_hidden_layers))
    return Body(
        id=network.body_id(model, tokenizer),
        base=base,
        architecture=type(model).__name__,
        max_tokens=max_tokens,
        readouts={FINAL: width, GENERAL: width * len(layers)},
        licence=licence,
    )


def with_head(model: PreTrainedModel, tokenizer: Any, head: FittedHead) -> AddBody:
    """Adds the network with the head as its own final layer, so that plain transformers gives the same scores.

    A head on another readout, or with n-grams, can't be the network's final layer, which is then zero. The
    layer is not part of what identifies the body, so the body stays the same.
    """

    def add(draft: Path) -> None:
        weight, bias = head.head.folded()
        if not head.in_network:
            weight, bias = weight[:, :1].repeat(int(model.config.hidden_size), axis=1) * 0, bias * 0
        network.replace_final_layer(model, head.labels, weight, bias)
        with without_library_bars():
            model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)

    return add


@dataclass(frozen=True)
class OpenNetwork:
    """A network that can be used to read texts, or trained further.

    Attributes:
        body: describes the network as it was opened; training makes a new body of it.
        history: empty for a base without stage 1.
    """

    model: PreTrainedModel
    tokenizer: Any
    body: Body
    history: History = field(default_factory=History)

    def reader(self, precision: Precision) -> tuple[Features, str]:
        """(reads texts in torch through the cache, its name in words). Removes the network's final layer."""
        module = BodyWithReadouts(self.model)
        how = f"torch {precision.name}" + (" on a GPU" if precision.accelerator else "")

        def read(texts: Sequence[str], readout: str, title: str, *, keep: bool = True) -> FeatureRows:
            def compute(some: Sequence[str], part: str) -> dict[str, Floats]:
                shown = title and title + part
                return features.compute(
                    module, self.tokenizer, some, max_tokens=window, precision=precision, title=shown
                )

            window = self.body.max_tokens
            key = key_of(self.body.id, max_tokens=window, how=f"{how}, {torch.__version__}")
            return FeatureCache(home() / "features", key).read(texts, readout, compute, keep=keep)

        return read, how


def open_folder(folder: ModelFolder, *, attention: str | None = None) -> OpenNetwork:
    """The network of a model folder, whose weights must be the ones that body.json describes.

    Raises ModelFolderError if they are damaged, incomplete, or another body's.
    """
    body = folder.body()
    folder.file("model.safetensors")
    model, tokenizer = network.from_folder(folder.path, attention=attention), network.tokenizer_of(folder.path)
    actual = network.body_id(model, tokenizer)
    if actual != body.id:
        raise ModelFolderError(
            f"{folder.path}: the weights and tokenizer are those of body {actual[:12]}, but body.json describes "
            f"{body.id[:12]}.",
            hint="Copy the whole folder again, or train it again.",
            code="model-mismatch",
        )
    return OpenNetwork(model, tokenizer, body, history_of(folder))


def open_base(name: str, labels: Labels, *, attention: str | None = None) -> OpenNetwork:
    """A base without stage 1. Raises BaseModelError if it can't be found."""
    base = bases.find(name)
    model, tokenizer = network.from_base(base, labels, attention=attention), network.tokenizer_of(base.path)
    window = min(BASE_WINDOW, network.window_of(model, tokenizer))
    return OpenNetwork(
        model, tokenizer, describe(model, tokenizer, base=base.name, licence=base.licence, max_tokens=window)
    )


def frozen_from_folder(folder: ModelFolder, precision: str) -> FrozenBody:
    """A saved model's body, read in torch. Raises ModelFolderError as `open_folder` does."""
    opened, chosen = open_folder(folder), choose(precision)
    add = partial(with_head_and_export, opened, folder)
    return FrozenBody(opened.body, *opened.reader(chosen), add, chosen.accelerator, opened.history)


def with_head_and_export(opened: OpenNetwork, folder: ModelFolder, head: FittedHead) -> AddBody:
    """As `with_head`, and also copies the exported body if the folder has one: the same body needs no new export."""
    exported = [folder.file(opened.body.served)] if opened.body.exported else []

    def add(draft: Path) -> None:
        with_head(opened.model, opened.tokenizer, head)(draft)
        copied(exported)(draft)

    return add


def frozen_from_base(name: str, labels: Labels, precision: str) -> FrozenBody:
    """A base's body, read in torch. Raises BaseModelError as `open_base` does."""
    opened, chosen = open_base(name, labels), choose(precision)
    add: Callable[[FittedHead], AddBody] = partial(with_head, opened.model, opened.tokenizer)
    return FrozenBody(opened.body, *opened.reader(chosen), add, chosen.accelerator)
