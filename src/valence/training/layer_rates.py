"""AdamW with a learning rate for each layer: the lower ones know the language already, and move less.

Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification" (section 3.2), divide the rate
by a factor from each layer to the one below it. What stands above the encoder has the peak.
"""

from __future__ import annotations

import torch
from transformers import PreTrainedModel

from valence.encoder.trainable import encoder_layers

_NO_WEIGHT_DECAY = ("bias", "LayerNorm.weight", "layer_norm.weight", "layernorm.weight", "norm.weight")


def optimizer(
    model: PreTrainedModel, *, learning_rate: float, layer_decay: float, weight_decay: float
) -> torch.optim.AdamW:
    """Over what is trainable. The top layer has `learning_rate` x `layer_decay`, the embeddings the smallest.

    Raises SettingsError if the network's layers cannot be told apart.
    """
    name, count = encoder_layers(model)
    groups: dict[tuple[int, bool], list[torch.nn.Parameter]] = {}
    for parameter_name, parameter in model.named_parameters():
        if parameter.requires_grad:
            key = (depth_of(parameter_name, name, count), not parameter_name.endswith(_NO_WEIGHT_DECAY))
            groups.setdefault(key, []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": learning_rate * layer_decay ** (count + 1 - depth),
                "weight_decay": weight_decay if decays else 0.0,
            }
            for (depth, decays), parameters in sorted(groups.items(), key=lambda each: each[0])
        ],
        fused=True,
    )


def depth_of(parameter: str, layers: str, count: int) -> int:
    """0 for the embeddings, 1 to `count` for the encoder's layers, `count` + 1 for what stands above them.

    >>> names = ["bert.embeddings.x", "bert.encoder.layer.0.x", "bert.encoder.layer.5.x", "bert.pooler.x"]
    >>> [depth_of(name, "bert.encoder.layer", 6) for name in names]
    [0, 1, 6, 7]
    """
    if parameter.startswith(layers + "."):
        return int(parameter.removeprefix(layers + ".").partition(".")[0]) + 1
    return 0 if ".embeddings." in parameter or "relative_attention_bias" in parameter else count + 1
