"""AdamW with a learning rate for each layer: lower layers already know the language and change less.

Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification" (section 3.2), divide the rate
by a factor from each layer to the one below it. Everything above the encoder has the peak rate.
"""

from __future__ import annotations

import torch
from transformers import PreTrainedModel

from valence.encoder.trainable import encoder_layers

_NO_WEIGHT_DECAY = ("bias", "LayerNorm.weight", "layer_norm.weight", "layernorm.weight", "norm.weight")


def optimizer(
    model: PreTrainedModel, *, learning_rate: float, layer_decay: float, weight_decay: float
) -> torch.optim.AdamW:
    """For the trainable parameters. The top layer has `learning_rate` x `layer_decay`, the embeddings the lowest rate.

    Raises SettingsError if the network has no list of layers.
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
            for (depth, decays), parameters in sorted(groups.items(), key=lambda group: group[0])
        ],
        fused=True,
    )


def depth_of(parameter: str, layers: str, count: int) -> int:
    """0 for the embeddings, 1 to `count` for the encoder's layers, `count` + 1 for everything above them.

    >>> names = ["bert.embeddings.x", "bert.encoder.layer.0.x", "bert.encoder.layer.5.x", "bert.pooler.x"]
    >>> [depth_of(name, "bert.encoder.layer", 6) for name in names]
    [0, 1, 6, 7]
    """
    if parameter.startswith(layers + "."):
        return int(parameter.removeprefix(layers + ".").partition(".")[0]) + 1
    return 0 if ".embeddings." in parameter or "relative_attention_bias" in parameter else count + 1
