"""The readouts: what a head can read from a body.

`final`: the input of the network's own final layer, such as tanh(dense(<s>)) of RobertaForSequenceClassification.
`general`: mask-weighted means of hidden states from the top down to the embeddings, concatenated: better for tasks
unlike the one that the body was trained on, because the upper layers have specialised and the lower ones have not.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from valence.encoder.network import final_layer, final_layer_name
from valence.model.folder import FINAL, GENERAL


def general_layers(layers: int) -> tuple[int, ...]:
    """The hidden states that `general` reads, from the top: seven, evenly spaced down to the embeddings (0).

    >>> general_layers(6), general_layers(12)
    ((6, 5, 4, 3, 2, 1, 0), (12, 10, 8, 6, 4, 2, 0))
    """
    return tuple(sorted({round(layers * step / 6) for step in range(7)}, reverse=True))


class BodyWithReadouts(nn.Module):
    """A sequence classifier that returns its readouts instead of logits. Removes the network's final layer.

    Attributes:
        readouts: name -> width, in the order in which `forward` returns them.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        width = final_layer(model).in_features
        self.layers = general_layers(int(model.config.num_hidden_layers))
        self.readouts = {FINAL: width, GENERAL: int(model.config.hidden_size) * len(self.layers)}
        # With an identity in place of the final layer, the network's "logits" are exactly that layer's input.
        model.set_submodule(final_layer_name(model), nn.Identity())
        self.body = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """(final, general) of shapes (batch, width) from ids and mask of shape (batch, length)."""
        output = self.body(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        mask = attention_mask.unsqueeze(-1).to(output.hidden_states[-1].dtype)  # (batch, length, 1)
        tokens = mask.sum(dim=1)
        means = [(output.hidden_states[layer] * mask).sum(dim=1) / tokens for layer in self.layers]
        return output.logits, torch.cat(means, dim=-1)
