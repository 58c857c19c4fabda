"""A body with a head, written as plain transformers loads it: in numpy, without torch or transformers.

The weights are those that are served, int8 times their scales as float32, so its scores differ from the engine's only
by what the engine rounds between two layers. They are written some at a time: the memory of a small server is enough.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from valence.inference.fused.body_file import mapped, read_weights
from valence.inference.fused.weights import EncoderWeights, Linear, Norm
from valence.model.fitted_head import FittedHead
from valence.model.folder import Body, ModelFolder
from valence.model.head import Floats
from valence.model.network_names import FAMILIES, RELATIVE_BIAS, Names, relative_buckets
from valence.system.errors import ModelFolderError
from valence.system.files import write_json

_AT_ONCE = 4096  # rows of a table
_RELATIVE_BUCKETS = 32  # of every MPNet
_PADDING = 1  # of every RoBERTa and MPNet: transformers counts their positions from it
# The roles of special tokens, by their spellings in the tokenizers of these families.
_SPECIAL = {
    "pad_token": ("[PAD]", "<pad>"),
    "unk_token": ("[UNK]", "<unk>"),
    "cls_token": ("[CLS]", "<s>"),
    "sep_token": ("[SEP]", "</s>"),
    "mask_token": ("[MASK]", "<mask>"),
}


@dataclass(frozen=True)
class _Tensor:
    """A tensor by its parts, float32, in the order of its rows."""

    shape: tuple[int, ...]
    parts: Callable[[], Iterable[Floats]]


def write_plain_network(out: Path, source: ModelFolder, fitted: FittedHead) -> None:
    """Writes config.json, model.safetensors and the tokenizer into an existing folder.

    Args:
        out: the folder.
        source: the model folder with the body.
        fitted: a head that is `in_network`.

    Raises ModelFolderError if the body is damaged, or not an encoder that `valence export` has written.
    """
    assert fitted.in_network
    body = source.body()
    served, tokenizer = source.served_files()
    try:
        weights = read_weights(served, mapped(served))
        family = _family(body)
    except (ValueError, KeyError) as error:
        raise ModelFolderError(f"The network of {served} can't be written for transformers: {error}.") from error
    special = _special_tokens(tokenizer)
    padding = _PADDING if FAMILIES[family].from_padding else special.get("pad_token", (0, ""))[0]
    write_json(out / "config.json", _config(body, family, weights, fitted, padding))
    tensors = dict(_tensors(FAMILIES[family], weights, fitted, padding))
    _write_tensors(out / "model.safetensors", tensors)
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    names = {role: token for role, (_, token) in special.items()}
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": body.max_tokens}
    write_json(out / "tokenizer_config.json", {**kind, **names})


def _family(body: Body) -> str:
    """The model type of config.json. Raises KeyError."""
    names = {f"{family.replace('-', '')}forsequenceclassification": family for family in FAMILIES}
    return names[body.architecture.lower()]


def _special_tokens(tokenizer: Path) -> dict[str, tuple[int, str]]:
    """Role -> (ID, spelling)."""
    added = {token["content"]: int(token["id"]) for token in json.loads(tokenizer.read_text("utf-8"))["added_tokens"]}
    return {role: (added[name], name) for role, names in _SPECIAL.items() for name in names if name in added}


def _config(body: Body, family: str, weights: EncoderWeights, fitted: FittedHead, padding: int) -> dict[str, Any]:
    names, labels = FAMILIES[family], fitted.labels
    sizes = {
        "hidden_size": weights.words.shape[1],
        "num_hidden_layers": len(weights.layers),
        "num_attention_heads": weights.heads,
        "intermediate_size": weights.layers[0].linears["up"].weight.shape[1],
        "hidden_act": "gelu",
    }
    if family == "distilbert":
        sizes = dict(zip(("dim", "n_layers", "n_heads", "hidden_dim", "activation"), sizes.values(), strict=True))
    return {
        "architectures": [body.architecture],
        "model_type": family,
        **sizes,
        "vocab_size": len(weights.words),
        "max_position_embeddings": len(weights.positions) + (padding + 1 if names.from_padding else 0),
        "type_vocab_size": _token_types(names),
        "layer_norm_eps": round(weights.epsilon, 15),
        "pad_token_id": padding,
        **({} if weights.relative is None else {"relative_attention_num_buckets": _RELATIVE_BUCKETS}),
        "id2label": {str(i): name for i, name in enumerate(labels.names)},
        "label2id": {name: i for i, name in enumerate(labels.names)},
        "problem_type": "multi_label_classification" if labels.multi_label else "single_label_classification",
    }


def _token_types(names: Names) -> int:
    """Rows of the table of token types; 0 for a family without one. They are part of the positions here."""
    return {"bert": 2, "roberta": 1}.get(names.root, 0)


def _tensors(names: Names, weights: EncoderWeights, fitted: FittedHead, padding: int) -> Iterator[tuple[str, _Tensor]]:
    embeddings, hidden = f"{names.root}.embeddings", weights.words.shape[1]
    yield f"{embeddings}.word_embeddings.weight", _words(weights)
    before = np.zeros((padding + 1 if names.from_padding else 0, hidden), dtype=np.float32)
    yield f"{embeddings}.position_embeddings.weight", _whole(np.concatenate([before, weights.positions]))
    if _token_types(names):
        yield f"{embeddings}.token_type_embeddings.weight", _whole(np.zeros((_token_types(names), hidden)))
    yield from _norm(f"{embeddings}.LayerNorm", weights.embedding_norm)
    for number, layer in enumerate(weights.layers):
        prefix = f"{names.root}.{names.layer}.{number}."
        for part, linear in layer.linears.items():
            yield from _linear(prefix + getattr(names, part), linear)
        for part, norm in layer.norms.items():
            yield from _norm(prefix + getattr(names, part), norm)
    if weights.relative is not None:
        yield RELATIVE_BIAS, _whole(_by_bucket(weights.relative))
    yield from _layer(names.dense, weights.dense_weight.T, weights.dense_bias)
    yield from _layer(names.final, *fitted.head.folded())


def _words(weights: EncoderWeights) -> _Tensor:
    def parts() -> Iterator[Floats]:
        for first in range(0, len(weights.words), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            yield weights.words[some] * weights.word_scales[some, None]

    return _Tensor(weights.words.shape, parts)


def _linear(name: str, linear: Linear) -> Iterator[tuple[str, _Tensor]]:
    weight = linear.weight
    yield f"{name}.weight", _Tensor(weight.shape[::-1], lambda: [(weight * linear.scale).T])
    yield f"{name}.bias", _whole(linear.bias)


def _norm(name: str, norm: Norm) -> Iterator[tuple[str, _Tensor]]:
    yield from _layer(name, norm.weight, norm.bias)


def _layer(name: str, weight: Floats, bias: Floats) -> Iterator[tuple[str, _Tensor]]:
    yield f"{name}.weight", _whole(weight)
    yield f"{name}.bias", _whole(bias)


def _whole(array: Floats) -> _Tensor:
    return _Tensor(array.shape, lambda: [array])


def _by_bucket(relative: Floats) -> Floats:
    """MPNet's bias of each bucket, shape (buckets, heads), from that of each distance, shape (heads, distances).

    Buckets of distances that are longer than the window stay 0.
    """
    buckets = relative_buckets((relative.shape[1] + 1) // 2, _RELATIVE_BUCKETS)
    table = np.zeros((_RELATIVE_BUCKETS, len(relative)), dtype=np.float32)
    table[buckets] = relative.T
    return table


def _write_tensors(path: Path, tensors: dict[str, _Tensor]) -> None:
    """As safetensors has it: a length, a header, the numbers. The library would need all of them in memory at once."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + 4 * int(np.prod(tensor.shape))
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, end]}
    described = json.dumps(header).encode()
    described += b" " * (-len(described) % 8)
    with path.open("wb") as file:
        file.write(len(described).to_bytes(8, "little") + described)
        for tensor in tensors.values():
            for part in tensor.parts():
                file.write(np.ascontiguousarray(part, dtype="<f4").tobytes())
