"""Long texts, read in overlapping windows. Training and serving cut them the same way, so they live with the model.

The features of a text are the mean of its windows' features. The head is linear, so the mean of the features gives
exactly the mean of the windows' logits.
"""

from __future__ import annotations

import math

# Neighbouring windows share this part of a window, so that what stands at a seam is read in context once.
OVERLAP = 1 / 8


def spans(tokens: int, size: int) -> list[tuple[int, int]]:
    """(start, end) of each window over `tokens` tokens, special tokens aside, with `size` tokens to a window.

    All windows of a long text are of full size and evenly spread, so each weighs the same in the mean.

    >>> spans(5, 8)
    [(0, 5)]
    >>> spans(20, 8)
    [(0, 8), (6, 14), (12, 20)]
    """
    if tokens <= size:
        return [(0, tokens)]
    stride = max(1, size - math.ceil(size * OVERLAP))
    count = math.ceil((tokens - size) / stride) + 1
    starts = [round(i * (tokens - size) / (count - 1)) for i in range(count)]
    return [(start, start + size) for start in starts]
