"""Attention of a batch in chunks whose scores fit the processor's cache: plain matrix products, and their gradients.

Of a batch of 32 texts of 256 tokens, the scores of one layer of twelve heads are 100 MB in float32, and each of the
steps over them waits for memory. transformers' own choices on a CPU are these steps over the whole batch (`eager`) and
PyTorch's fused kernel (`sdpa`), whose backward pass is slow; measured in docs/experiments.md, "Stage 1".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.masking_utils import flash_attention_mask

IN_CHUNKS = "in_chunks"
# Scores of a chunk: 4 MB in float32, which a core's own cache nearly holds.
_SCORES = 2**20
# Families in which each token sees all the others. MPNet, which has a bias by distance, takes no other's attention.
_FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert", "distilbert")


def in_chunks(model: PreTrainedModel) -> None:
    """Lets the network compute attention so, if it is of a family that can."""
    if model.config.model_type in _FAMILIES and not getattr(model.config, "is_decoder", False):
        model.set_attn_implementation(IN_CHUNKS)


def _attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[Tensor, None]:
    """(batch, length, heads, width) of query, key and value (batch, heads, length, width), and no weights.

    `attention_mask` has shape (batch, length), 0 where there is padding, which stands on the right; None where there is
    none. What attention gives at padding is 0.
    """
    texts, heads, length, width = query.shape
    mask = query.new_ones(texts, length) if attention_mask is None else attention_mask
    count = max(1, _SCORES // (heads * length**2))
    queries, keys, values, masks = (torch.split(part, count) for part in (query, key, value, mask))
    drop = partial(nn.functional.dropout, p=dropout, training=module.training)
    chunks = zip(queries, keys, values, masks, strict=True)
    return torch.cat([_chunk(*chunk, scaling or width**-0.5, drop) for chunk in chunks]), None


def _chunk(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float, drop: Callable[[Tensor], Tensor]
) -> Tensor:
    length, counts = mask.shape[1], mask.sum(dim=1)
    longest = int(counts.max())
    query, key, value = (part[:, :, :longest] for part in (query, key, value))
    scores = (query * scaling) @ key.transpose(2, 3)
    if int(counts.min()) < longest:
        hidden = mask[:, None, None, :longest] == 0
        scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    shares = drop(scores.softmax(dim=-1))
    given = (shares.to(value.dtype) @ value).transpose(1, 2)
    return nn.functional.pad(given, (0, 0, 0, 0, 0, length - longest))


AttentionInterface.register(IN_CHUNKS, _attention)
AttentionMaskInterface.register(IN_CHUNKS, flash_attention_mask)  # leaves the mask as it came
