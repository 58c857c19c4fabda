"""The network as transformers builds it: loaded strictly, with a final layer that can be found and replaced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
)

from valence.encoder.attention import IN_CHUNKS, in_chunks
from valence.encoder.bases import LocalBase
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.system.errors import BaseModelError, ModelFolderError

# Names of the final layer in the supported families, the most specific first.
_FINAL_LAYERS = ("classifier.out_proj", "classifier")

# Dropout on a CPU costs more than the matrix work, and in one to three epochs it buys nothing measurable.
_NO_DROPOUT = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "dropout",
    "attention_dropout",
    "seq_classif_dropout",
)


def from_base(base: LocalBase, labels: Labels, *, attention: str | None = None) -> PreTrainedModel:
    """The base with a new, randomly initialised final layer; float32, dropout off.

    `attention` is one of transformers' implementations, or IN_CHUNKS; None leaves the choice to transformers.

    Raises BaseModelError if transformers can't put a classification layer on the base.
    """
    try:
        with _quiet():
            config = AutoConfig.from_pretrained(base.path, **_label_names(labels))
            _switch_dropout_off(config)
            model, report = AutoModelForSequenceClassification.from_pretrained(
                base.path,
                config=config,
                dtype=torch.float32,
                attn_implementation=_of_transformers(attention),
                output_loading_info=True,
            )
        _use_own_attention(model, attention)
        new = classification_layers(model)
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise BaseModelError(
            f"{base.path} is not an encoder that can become a classifier: {_first_line(error)}",
            hint="Give a BERT, RoBERTa, MPNet or DistilBERT encoder in Hugging Face's layout.",
            code="base-no-encoder",
        ) from error
    _check_only_new(base, report["missing_keys"], new)
    return model


def language_model_from_base(base: LocalBase) -> PreTrainedModel:
    """The base as a masked language model, with a new head if it has none; float32, dropout off.

    Raises BaseModelError if that is not possible.
    """
    try:
        with _quiet():
            config = AutoConfig.from_pretrained(base.path)
            _switch_dropout_off(config)
            return AutoModelForMaskedLM.from_pretrained(base.path, config=config, dtype=torch.float32)
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(
            f"{base.path} is not a masked language model: {_first_line(error)}",
            hint="Leave out --adapt-epochs, or give another --base.",
            code="base-no-language-model",
        ) from error


def from_folder(folder: Path, *, attention: str | None = None) -> PreTrainedModel:
    """The network with all of its saved weights. Raises ModelFolderError if one is missing."""
    try:
        with _quiet():
            model, report = AutoModelForSequenceClassification.from_pretrained(
                folder, dtype=torch.float32, attn_implementation=_of_transformers(attention), output_loading_info=True
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelFolderError(
            f"{folder} can't be loaded: {_first_line(error)}",
            hint="Copy it again, or train it again.",
            code="model-damaged",
        ) from error
    _use_own_attention(model, attention)
    wrong = {key: sorted(report[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if report[key]}
    if wrong:
        raise ModelFolderError(
            f"{folder}: the saved weights do not fit the network: {wrong}.",
            hint="Copy it again, or train it again.",
            code="model-damaged",
        )
    return model


def tokenizer_of(path: Path) -> Any:
    """The fast tokenizer of a base or model folder. Raises BaseModelError if it has none."""
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(path)
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(
            f"{path} has no tokenizer that can be read: {_first_line(error)}",
            hint="Save the tokenizer next to the weights, or give another base.",
            code="tokenizer-missing",
        ) from error
    if not tokenizer.is_fast:
        raise BaseModelError(
            f"{path} has no fast tokenizer, which serving needs.",
            hint="Give a base whose folder has a tokenizer.json.",
            code="tokenizer-missing",
        )
    return tokenizer


def _first_line(error: Exception) -> str:
    """What a library says of an error, without the lists that follow: of all the models that it knows, for instance."""
    words = str(error).strip().partition("\n")[0].rstrip(" .:")
    return f"{words or type(error).__name__}."


def window_of(model: PreTrainedModel, tokenizer: Any) -> int:
    """The longest input in tokens, including special tokens, that the network's position embeddings allow."""
    positions = int(model.config.max_position_embeddings)
    if model.config.model_type in {"roberta", "mpnet", "xlm-roberta", "camembert"}:
        positions -= int(model.config.pad_token_id) + 1  # positions are counted from the padding index on
    return min(positions, int(tokenizer.model_max_length))


def final_layer_name(model: PreTrainedModel) -> str:
    """Dotted name of the network's final linear layer, or of the identity in its place.

    Raises ValueError if there is no layer with a known name.
    """
    modules = dict(model.named_modules())
    for name in _FINAL_LAYERS:
        if isinstance(modules.get(name), nn.Linear | nn.Identity):
            return name
    raise ValueError(f"{type(model).__name__} has no final linear layer at {' or '.join(_FINAL_LAYERS)}")


def final_layer(model: PreTrainedModel) -> nn.Linear:
    """The network's final linear layer."""
    layer = model.get_submodule(final_layer_name(model))
    assert isinstance(layer, nn.Linear)
    return layer


def replace_final_layer(model: PreTrainedModel, labels: Labels, weight: Floats, bias: Floats) -> None:
    """Puts in a final layer with `weight` of shape (classes, features) and `bias` of shape (classes,)."""
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.asarray(weight, dtype=np.float32)))
        layer.bias.copy_(torch.from_numpy(np.asarray(bias, dtype=np.float32)))
    model.set_submodule(final_layer_name(model), layer)
    model.num_labels = len(labels)
    model.config.update(_label_names(labels))
    # Plain transformers chooses softmax or sigmoid by this.
    model.config.problem_type = "multi_label_classification" if labels.multi_label else None


def classification_layers(model: PreTrainedModel) -> tuple[str, ...]:
    """Prefixes of the weights above the encoder, including the final layer, which a base doesn't need to have."""
    return (final_layer_name(model).partition(".")[0], "pre_classifier", f"{model.base_model_prefix}.pooler")


def body_id(model: PreTrainedModel, tokenizer: Any) -> str:
    """Hex SHA-256 of the tokenizer and of all weights except the final layer's: a head fits exactly one body."""
    digest = hashlib.sha256()
    prefix = final_layer_name(model) + "."
    for name, tensor in sorted(model.state_dict().items()):
        if not name.startswith(prefix):
            digest.update(name.encode() + str(tuple(tensor.shape)).encode())
            digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    digest.update(_tokenizer_text(tokenizer).encode())
    return digest.hexdigest()


def _tokenizer_text(tokenizer: Any) -> str:
    """What its tokens depend on: vocabulary and rules, without truncation and padding, which every call sets."""
    rules = json.loads(tokenizer.backend_tokenizer.to_str())
    return json.dumps({key: rules[key] for key in sorted(rules) if key not in {"truncation", "padding"}})


def _label_names(labels: Labels) -> dict[str, Any]:
    return {
        "num_labels": len(labels),
        "id2label": dict(enumerate(labels.names)),
        "label2id": {name: i for i, name in enumerate(labels.names)},
    }


def _of_transformers(attention: str | None) -> str | None:
    return None if attention == IN_CHUNKS else attention


def _use_own_attention(model: PreTrainedModel, attention: str | None) -> None:
    if attention == IN_CHUNKS:
        in_chunks(model)


def _switch_dropout_off(config: Any) -> None:
    for name in _NO_DROPOUT:
        if hasattr(config, name):
            setattr(config, name, 0.0)


def _check_only_new(base: LocalBase, missing: list[str], new: tuple[str, ...]) -> None:
    """Weights that a base lacks must be those of the classification layers; otherwise it is damaged."""
    damaged = [key for key in missing if not key.startswith(new)]
    if damaged:
        raise BaseModelError(
            f"{base.path} lacks weights of its encoder: {', '.join(damaged[:3])} and {max(0, len(damaged) - 3)} more.",
            hint="Fetch the base again.",
            code="base-incomplete",
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences transformers' load report: what it would say is checked here, and is an error if it matters."""
    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers.logging.set_verbosity(level)
        transformers.utils.logging.enable_progress_bar()
