"""Which weights of the network are trained: the final layer, the last layers, all, or low-rank adapters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from torch import nn
from transformers import PreTrainedModel

from valence.encoder.network import classification_layers, final_layer
from valence.system.errors import SettingsError

Layers = int | Literal["all"]

# Hu et al. 2021, "LoRA", use rank 8 for RoBERTa on GLUE (appendix D.1); scaled by twice the rank, as is usual since.
_LORA_RANK = 8
_LORA_ALPHA = 16


def encoder_layers(model: PreTrainedModel) -> tuple[str, int]:
    """(dotted name of the list of the encoder's layers, number of layers).

    Raises SettingsError if the network has no such list, like ALBERT, whose layers share their weights.
    """
    count = int(model.config.num_hidden_layers)
    for name, module in model.named_modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return name, count
    raise SettingsError(
        f"{type(model).__name__} has no list of its {count} layers, so the last ones can't be selected.",
        hint="Give --train-layers all.",
        code="layers-unknown",
    )


def freeze_body(model: PreTrainedModel) -> None:
    """Leaves only the final layer trainable."""
    model.requires_grad_(requires_grad=False)
    final_layer(model).requires_grad_(requires_grad=True)


def unfreeze(model: PreTrainedModel, layers: Layers) -> None:
    """Makes the last `layers` layers of the encoder trainable with everything above them, or the whole network.

    Raises SettingsError if the encoder has fewer layers.
    """
    if layers == "all":
        model.requires_grad_(requires_grad=True)
        return
    chosen = (*_last(model, layers), *classification_layers(model))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(requires_grad=name.startswith(chosen))


def add_adapters(model: PreTrainedModel, layers: Layers) -> Callable[[], None]:
    """LoRA (Hu et al. 2021): adds low-rank adapters to the linear layers of the last `layers` layers, or of all.

    Only the adapters and the final layer stay trainable. Returns a function that merges the adapters into the weights;
    afterwards the network has the same modules as before.

    Raises SettingsError if the encoder has fewer layers.
    """
    from peft import LoraConfig
    from peft.tuners.lora import LoraModel

    count = encoder_layers(model)[1]
    chosen = _last(model, count if layers == "all" else layers)
    targets = [
        name for name, module in model.named_modules() if isinstance(module, nn.Linear) and name.startswith(chosen)
    ]
    config = LoraConfig(r=_LORA_RANK, lora_alpha=_LORA_ALPHA, lora_dropout=0.0, target_modules=targets)
    adapted: Any = LoraModel(model, {"default": config}, "default")
    final_layer(model).requires_grad_(requires_grad=True)
    return lambda: _merge(adapted)


def trainable_parameters(model: PreTrainedModel) -> int:
    """Number of trainable parameters."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _merge(adapted: Any) -> None:
    adapted.merge_and_unload()


def _last(model: PreTrainedModel, layers: int) -> tuple[str, ...]:
    """Prefixes of the parameter names of the last `layers` layers."""
    name, count = encoder_layers(model)
    if not 0 < layers <= count:
        raise SettingsError(
            f"--train-layers {layers}: the encoder has {count} layers.",
            hint=f"Give 1 to {count}, or all.",
            code="layers-too-many",
        )
    return tuple(f"{name}.{index}." for index in range(count - layers, count))
