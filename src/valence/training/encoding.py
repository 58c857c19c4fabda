"""Texts as token ids for training, with the base's special tokens; long texts are cut by a named policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.utils.data import Dataset

from valence.data.examples import Examples
from valence.model.head import Floats, Ints
from valence.model.windows import special_tokens

Truncation = Literal["head", "head-tail", "tail"]

_HEAD_SHARE = (
    1 / 4
)  # of the window; from Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", section 5.3.1


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


def encode(
    tokenizer: Any, texts: Sequence[str], *, max_tokens: int, truncation: Truncation
) -> tuple[list[list[int]], int]:
    """(token ids of each text with special tokens, `max_tokens` at most; how many texts were cut)."""
    special = special_tokens(tokenizer.backend_tokenizer)
    size = max_tokens - len(special)
    whole = _ids(tokenizer, texts)
    return [special.around(cut(ids, size, truncation)) for ids in whole], sum(len(ids) > size for ids in whole)


def longer_than(tokenizer: Any, examples: Examples, max_tokens: int) -> Examples:
    """The rows whose texts are longer than the window."""
    size = max_tokens - len(special_tokens(tokenizer.backend_tokenizer))
    return examples.take([row for row, ids in enumerate(_ids(tokenizer, examples.texts)) if len(ids) > size])


def pieces(tokenizer: Any, texts: Sequence[str], *, max_tokens: int) -> list[list[int]]:
    """Token ids of each text with special tokens; a text longer than the window becomes several pieces in a row."""
    special = special_tokens(tokenizer.backend_tokenizer)
    size = max_tokens - len(special)
    return [
        special.around(ids[start : start + size])
        for ids in _ids(tokenizer, texts)
        for start in range(0, len(ids), size)
    ]


def _ids(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Token ids without special tokens."""
    if not texts:
        return []
    encoded: list[list[int]] = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    return encoded


class EncodedTexts(Dataset[dict[str, Any]]):
    """Token ids and target of each text, for the Trainer's collator.

    Args:
        targets: label indices, of shape (n,), or probabilities, of shape (n, classes).

    Attributes:
        truncated: how many texts were longer than the window.
    """

    def __init__(
        self, tokenizer: Any, texts: Sequence[str], targets: Ints | Floats, *, max_tokens: int, truncation: Truncation
    ) -> None:
        self._ids, self.truncated = encode(tokenizer, texts, max_tokens=max_tokens, truncation=truncation)
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
