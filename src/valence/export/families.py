"""The encoder families that can be exported, read from safetensors into one common form.

Each family is a table of names; the graph is written once, in graph.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from valence.model.network_names import FAMILIES, RELATIVE_BIAS, Names, relative_buckets
from valence.system.errors import ModelFolderError

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """weight of shape (outputs, inputs), bias of shape (outputs,)."""

    weight: Array
    bias: Array


@dataclass(frozen=True)
class Norm:
    """Layer normalisation: weight and bias of shape (hidden,)."""

    weight: Array
    bias: Array


@dataclass(frozen=True)
class Layer:
    """One encoder layer."""

    query: Linear
    key: Linear
    value: Linear
    out: Linear
    attention_norm: Norm
    up: Linear
    down: Linear
    output_norm: Norm


@dataclass(frozen=True)
class Network:
    """An encoder for sequence classification, without its final linear layer.

    Attributes:
        words: word embeddings, shape (vocabulary, hidden).
        positions: added at position i, shape (positions, hidden); includes the embedding of token type 0.
        dense, activation: the layer between the first token's hidden state and the final layer.
        relative: MPNet's attention bias by distance, shape (2 * positions - 1, heads); index distance + positions - 1.
    """

    words: Array
    positions: Array
    embedding_norm: Norm
    layers: tuple[Layer, ...]
    dense: Linear
    activation: str
    heads: int
    epsilon: float
    relative: Array | None = None


def read_network(folder: Path) -> Network:
    """The network of a model folder in Hugging Face's layout.

    Raises ModelFolderError if config.json or model.safetensors is missing or damaged, or the family is unknown.
    """
    config = _config(folder)
    names = FAMILIES[config["model_type"]]
    try:
        tensors = load_file(folder / "model.safetensors")
        return _network(names, {name: tensor.astype(np.float32) for name, tensor in tensors.items()}, config)
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{folder / 'model.safetensors'} can't be exported: {error}.",
            hint="Copy the folder again, or train it again.",
            code="model-damaged",
        ) from error


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFolderError(
            f"{folder / 'config.json'} can't be read: {error}.",
            hint="Give a model folder as `valence pretrain` and `valence transfer` write it.",
            code="model-incomplete",
        ) from error
    family, activation = config.get("model_type"), config.get("hidden_act") or config.get("activation") or "gelu"
    if family not in FAMILIES or activation != "gelu":
        raise ModelFolderError(
            f"{folder} is a network of type {family!r} with activation {activation!r}, which can't be exported.",
            hint=f"Use one of these, with gelu: {', '.join(FAMILIES)}.",
            code="export-unsupported",
        )
    return dict(config)


def _network(names: Names, tensors: Mapping[str, Array], config: Mapping[str, Any]) -> Network:
    embeddings = f"{names.root}.embeddings"
    positions = tensors[f"{embeddings}.position_embeddings.weight"]
    if names.from_padding:
        # Here windows are padded only on the right.
        positions = positions[int(config.get("pad_token_id", 1)) + 1 :]
    if f"{embeddings}.token_type_embeddings.weight" in tensors:
        positions = positions + tensors[f"{embeddings}.token_type_embeddings.weight"][0]
    count = 1 + max(
        int(name.split(f"{names.layer}.")[1].split(".")[0]) for name in tensors if f".{names.layer}." in name
    )
    relative = tensors.get(RELATIVE_BIAS)
    return Network(
        words=tensors[f"{embeddings}.word_embeddings.weight"],
        positions=positions,
        embedding_norm=_norm(tensors, f"{embeddings}.LayerNorm"),
        layers=tuple(_layer(names, tensors, f"{names.root}.{names.layer}.{i}.") for i in range(count)),
        dense=_linear(tensors, names.dense),
        activation=names.activation,
        heads=int(config.get("num_attention_heads") or config["n_heads"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        relative=None if relative is None else _by_distance(relative, len(positions)),
    )


def _layer(names: Names, tensors: Mapping[str, Array], prefix: str) -> Layer:
    return Layer(
        query=_linear(tensors, prefix + names.query),
        key=_linear(tensors, prefix + names.key),
        value=_linear(tensors, prefix + names.value),
        out=_linear(tensors, prefix + names.out),
        attention_norm=_norm(tensors, prefix + names.attention_norm),
        up=_linear(tensors, prefix + names.up),
        down=_linear(tensors, prefix + names.down),
        output_norm=_norm(tensors, prefix + names.output_norm),
    )


def _linear(tensors: Mapping[str, Array], name: str) -> Linear:
    return Linear(tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _norm(tensors: Mapping[str, Array], name: str) -> Norm:
    return Norm(tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _by_distance(buckets: Array, positions: int) -> Array:
    """MPNet's relative positions, unrolled from its buckets.

    `buckets` has shape (buckets, heads); row d + positions - 1 of the result is the bias of a key d places ahead.
    """
    bucket = relative_buckets(positions, len(buckets))
    return np.asarray(buckets[bucket], dtype=np.float32)
