"""How the body reads a text: overlapping windows of tokens, each between the tokenizer's special tokens.

Training and serving share this. The features of a text are the mean of its windows' features. The head is linear, so
the mean of the features gives exactly the mean of the windows' logits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Neighbouring windows share this part of a window, so that words near a boundary are read in context once.
OVERLAP = 1 / 8


def spans(tokens: int, size: int) -> list[tuple[int, int]]:
    """(start, end) of each window over `tokens` tokens, with `size` tokens in a window, not counting special tokens.

    All windows of a long text are full and evenly spread, so each counts the same in the mean.

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


@dataclass(frozen=True)
class SpecialTokens:
    """The ids that a tokenizer puts before and after a text, such as <s> ... </s>."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.before) + len(self.after)

    def around(self, ids: Sequence[int]) -> list[int]:
        """The ids of a text with the special tokens.

        >>> SpecialTokens((0,), (2,)).around([7, 8])
        [0, 7, 8, 2]
        """
        return [*self.before, *ids, *self.after]


def special_tokens(tokenizer: Any) -> SpecialTokens:
    """Found by encoding one letter with and without them; `tokenizer` is a `tokenizers.Tokenizer`."""
    letter = tokenizer.encode("a", add_special_tokens=False)
    bare = [token for token, is_text in zip(letter.ids, letter.attention_mask, strict=True) if is_text]
    encoded = tokenizer.encode("a")
    full = [token for token, is_text in zip(encoded.ids, encoded.attention_mask, strict=True) if is_text]  # no padding
    start = next(i for i in range(len(full)) if full[i : i + len(bare)] == bare)
    return SpecialTokens(tuple(full[:start]), tuple(full[start + len(bare) :]))
