"""An anchor: while a body is tuned for one task, what it says of others stays near what another body says.

After Li and Hoiem 2016, "Learning without Forgetting", with hidden states in the place of answers, since those are
what other tasks read.
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
    """A body that does not change, and how much weight the distance to it has beside the loss.

    Attributes:
        model: of the shape of the network that is trained.
        weight: of the mean relative squared distance.
    """

    model: PreTrainedModel
    weight: float

    def __post_init__(self) -> None:
        self.model.requires_grad_(requires_grad=False).eval()

    def pull(self, states: Sequence[Tensor], input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The weighted distance of a batch's hidden states, each of shape (batch, length, width), to the anchor's own.

        Of those that the readout `general` averages, all but the top one, which is the task's: the squared distance
        of the means over tokens, in units of the anchor's own squared length.
        """
        self.model.to(input_ids.device)
        with torch.no_grad():
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        mask = attention_mask.unsqueeze(-1)
        distances = []
        for layer in general_layers(len(states) - 1)[1:]:
            ours, own = (_mean(each[layer].float(), mask) for each in (states, found.hidden_states))
            distances.append(((ours - own).square().sum(-1) / own.square().sum(-1)).mean())
        return self.weight * torch.stack(distances).mean()


def _mean(state: Tensor, mask: Tensor) -> Tensor:
    return (state * mask).sum(dim=1) / mask.sum(dim=1)


def same_shape(model: PreTrainedModel, other: PreTrainedModel) -> bool:
    """Whether both have as many layers of the same width, so that their hidden states can be compared."""
    return all(
        getattr(model.config, name) == getattr(other.config, name) for name in ("num_hidden_layers", "hidden_size")
    )
