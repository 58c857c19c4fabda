"""An anchor: keeps a body that is trained for one task close to another body, so that it stays good at other tasks.

After Li and Hoiem 2016, "Learning without Forgetting", with hidden states instead of answers, because other tasks read
those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from valence.encoder.readouts import general_layers


@dataclass(frozen=True)
class Anchor:
    """A body that does not change, and the weight of the distance to it in the loss.

    Attributes:
        model: has the shape of the network that is trained.
        weight: factor of the mean relative squared distance.
    """

    model: PreTrainedModel
    weight: float

    def __post_init__(self) -> None:
        self.model.requires_grad_(requires_grad=False).eval()

    def pull(self, states: Sequence[Tensor], input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The weighted distance of a batch's hidden states, each of shape (batch, length, width), to the anchor's.

        It covers the layers that the readout `general` reads, except for the top one, which belongs to the task: the
        squared distance of the means over tokens, relative to the squared length of the anchor's mean.
        """
        self.model.to(input_ids.device)
        with torch.no_grad():
            anchored = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        mask = attention_mask.unsqueeze(-1)
        distances = []
        for layer in general_layers(len(states) - 1)[1:]:
            ours, theirs = (_mean(hidden[layer].float(), mask) for hidden in (states, anchored.hidden_states))
            distances.append(((ours - theirs).square().sum(-1) / theirs.square().sum(-1)).mean())
        return self.weight * torch.stack(distances).mean()


def _mean(state: Tensor, mask: Tensor) -> Tensor:
    return (state * mask).sum(dim=1) / mask.sum(dim=1)


def same_shape(model: PreTrainedModel, other: PreTrainedModel) -> bool:
    """Whether both have the same number of layers and the same width, so that hidden states can be compared."""
    return all(
        getattr(model.config, name) == getattr(other.config, name) for name in ("num_hidden_layers", "hidden_size")
    )
