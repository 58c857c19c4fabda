"""What training minimises, and the figures of its validation passes, in the form that transformers' Trainer calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from valence.model.head import Ints


def accuracy(output: Any) -> dict[str, float]:
    return {"accuracy": float(np.mean(output.predictions.argmax(-1) == output.label_ids))}


def micro_f1(output: Any) -> dict[str, float]:
    """For texts with several labels, each given from a probability of 0.5: thresholds are chosen after training."""
    given, marks = output.predictions > 0, output.label_ids == 1
    return {"micro_f1": float(2 * (given & marks).sum() / max(1, given.sum() + marks.sum()))}


def balanced_weights(labels: Ints, classes: int) -> Tensor:
    """Weight of each class, shape (classes,): rows / (classes x rows of the class), as scikit-learn's "balanced".

    >>> balanced_weights(np.array([0, 0, 1, 1, 1, 1]), 2).tolist()
    [1.5, 0.75]
    """
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return torch.tensor(len(labels) / (classes * counts), dtype=torch.float32)


def balanced_label_weights(marks: Ints) -> Tensor:
    """For texts with several labels: the weights of a row without each label and with it, shape (2, labels).

    Each label is weighted on its own as in `balanced_weights`; `marks` has shape (n, labels), 0 or 1.

    >>> balanced_label_weights(np.array([[1, 0], [0, 0], [0, 1], [0, 1]])).tolist()
    [[0.666..., 1.0], [2.0, 1.0]]
    """
    return torch.stack([balanced_weights(column, 2) for column in marks.T], dim=1)


def binary_cross_entropy(weights: Tensor | None) -> Callable[..., Tensor]:
    """For texts with several labels: the mean over a batch and its labels; targets have shape (batch, labels)."""

    def loss(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:  # noqa: ARG001 - Trainer gives it
        logits = outputs["logits"].float()
        weight = None
        if weights is not None:
            without, given = weights.to(logits.device)
            weight = torch.where(labels == 1, given, without)
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels.float(), weight=weight)

    return loss


def cross_entropy(weights: Tensor | None) -> Callable[..., Tensor]:
    """The mean over a batch, each text weighted by its class.

    Targets are class indices, of shape (batch,), or probabilities, of shape (batch, classes).
    """

    def loss(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:  # noqa: ARG001 - Trainer gives it
        logits = outputs["logits"]
        weight = None if weights is None else weights.to(logits.device)
        return torch.nn.functional.cross_entropy(logits.float(), labels, weight=weight)

    return loss
