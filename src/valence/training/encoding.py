"""Texts into the base's input format for training: ids between its special tokens, long texts cut by a named policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.utils.data import Dataset

from valence.data.examples import Examples
from valence.encoder.features import with_special_tokens
from valence.model.head import Floats, Ints

Truncation = Literal["head", "head-tail", "tail"]

_HEAD_SHARE = 1 / 4  # of the window; Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", section 5.3.1


def cut(ids: list[int], size: int, policy: Truncation) -> list[int]:
    """At most `size` ids: the first ones (`head`), the last ones (`tail`), or a quarter from the start and the rest
    from the end (`head-tail`).

    >>> [cut([1, 2, 3, 4, 5, 6], 4, policy) for policy in ("head", "head-tail", "tail")]
    [[1, 2, 3, 4], [1, 4, 5, 6], [3, 4, 5, 6]]
    """
    if len(ids) <= size:
        return ids
    first = {"head": size, "head-tail": round(size * _HEAD_SHARE), "tail": 0}[policy]
    return ids[:first] + (ids[first - size :] if first < size else [])


def encode(tokenizer: Any, texts: Sequence[str], *, max_tokens: int, truncation: Truncation) -> list[list[int]]:
    """Token ids of each text between special tokens, `max_tokens` at most."""
    size = max_tokens - tokenizer.num_special_tokens_to_add()
    return [with_special_tokens(tokenizer, cut(ids, size, truncation)) for ids in _ids(tokenizer, texts)]


def longer_than(tokenizer: Any, examples: Examples, max_tokens: int) -> Examples:
    """The rows whose texts are longer than the window."""
    size = max_tokens - tokenizer.num_special_tokens_to_add()
    return examples.take([row for row, ids in enumerate(_ids(tokenizer, examples.texts)) if len(ids) > size])


def _ids(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    found: list[list[int]] = (
        tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"] if texts else []
    )
    return found


class EncodedTexts(Dataset[dict[str, Any]]):
    """Token ids and target of each text, as the Trainer's collator pads them.

    `targets` are labels by number, of shape (n,), or probabilities, of shape (n, classes).
    """

    def __init__(
        self, tokenizer: Any, texts: Sequence[str], targets: Ints | Floats, *, max_tokens: int, truncation: Truncation
    ) -> None:
        size = max_tokens - tokenizer.num_special_tokens_to_add()
        encoded = _ids(tokenizer, texts)
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
