"""Attention in chunks of the batch whose scores fit into the processor's cache: plain matrix products and gradients.

For a batch of 32 texts of 256 tokens, the scores of one layer with twelve heads are 100 MB in float32, and every step
over them waits for memory. On a CPU, transformers offers these steps over the whole batch (`eager`) and PyTorch's fused
kernel (`sdpa`), whose backward pass is slow; measured in docs/experiments.md, "Stage 1".
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
# Scores per chunk: 4 MB in float32, which nearly fits into a core's own cache.
_SCORES = 2**20
# Families in which each token attends to all others. MPNet adds a bias by distance, so it needs its own attention.
_FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert", "distilbert")


def in_chunks(model: PreTrainedModel) -> None:
    """Makes the network compute attention in chunks, if its family allows it."""
    if model.config.model_type in _FAMILIES and not getattr(model.config, "is_decoder", False):
        AttentionInterface.register(IN_CHUNKS, _attention)
        AttentionMaskInterface.register(IN_CHUNKS, flash_attention_mask)  # passes the mask on unchanged
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
    """(attention of shape (batch, length, heads, width), None) from query, key and value (batch, heads, length, width).

    `attention_mask` has shape (batch, length), 0 for padding, which is on the right; None if there is no padding. The
    attention of padding is 0.
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
