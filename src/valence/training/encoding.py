"""Texts into the base's input format for training: ids between its special tokens, long texts cut by a named policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.utils.data import Dataset

from valence.encoder.features import with_special_tokens
from valence.model.head import Floats, Ints

Truncation = Literal["head", "head-tail"]

_HEAD_SHARE = 1 / 4  # of the window; Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", section 5.3.1


def cut(ids: list[int], size: int, policy: Truncation) -> list[int]:
    """At most `size` ids: the first ones (`head`), or a quarter from the start and the rest from the end (`head-tail`).

    >>> cut([1, 2, 3, 4, 5, 6], 4, "head"), cut([1, 2, 3, 4, 5, 6], 4, "head-tail")
    ([1, 2, 3, 4], [1, 4, 5, 6])
    """
    if len(ids) <= size:
        return ids
    first = size if policy == "head" else round(size * _HEAD_SHARE)
    return ids[:first] + (ids[first - size :] if first < size else [])


class EncodedTexts(Dataset[dict[str, Any]]):
    """Token ids and target of each text, as the Trainer's collator pads them.

    `targets` are labels by number, of shape (n,), or probabilities, of shape (n, classes).
    """

    def __init__(
        self, tokenizer: Any, texts: Sequence[str], targets: Ints | Floats, *, max_tokens: int, truncation: Truncation
    ) -> None:
        size = max_tokens - tokenizer.num_special_tokens_to_add()
        encoded = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        self.truncated = sum(len(ids) > size for ids in encoded)
        self._ids = [with_special_tokens(tokenizer, cut(ids, size, truncation)) for ids in encoded]
        self._targets = targets.tolist()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> dict[str, Any]:
        ids = self._ids[index]
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": self._targets[index], "length": len(ids)}


class PadToStep:
    """Collates by padding to the longest of the batch, rounded up: each new shape costs a CPU a kernel compilation."""

    def __init__(self, pad_id: int, step: int = 32) -> None:
        self._pad_id, self._step = pad_id, step

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        """input_ids and attention_mask of shape (batch, length), labels of shape (batch,), or (batch, classes)."""
        longest = max(len(row["input_ids"]) for row in rows)
        length = -(-longest // self._step) * self._step
        return {
            "input_ids": torch.tensor(
                [row["input_ids"] + [self._pad_id] * (length - len(row["input_ids"])) for row in rows]
            ),
            "attention_mask": torch.tensor(
                [row["attention_mask"] + [0] * (length - len(row["input_ids"])) for row in rows]
            ),
            "labels": torch.tensor([row["labels"] for row in rows]),
        }
