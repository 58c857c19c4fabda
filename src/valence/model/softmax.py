"""Logits to probabilities, without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis; the same shape as `logits`.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def log_softmax(logits: Floats) -> Floats:
    """The logarithm of `softmax`, finite also where that is 0.

    >>> log_softmax(np.array([[0.0, -800.0]])).tolist()
    [[0.0, -800.0]]
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
