"""How much each row counts in a fit: its own weight times its class's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from valence.model.head import ClassWeight, Floats


def fit_weights(targets: Floats, rows: Floats | None, given: ClassWeight, *, several: bool) -> Floats | None:
    """Shape (n,) or (n, classes): the rows' weights times their classes'."""
    if given is None:
        return rows
    counts = np.ones(len(targets)) if rows is None else rows
    if isinstance(given, Mapping):
        of_class = np.array([given.get(i, 1.0) for i in range(targets.shape[1])])
        return np.asarray(counts * (targets @ of_class))
    mass = counts @ targets
    positive = counts.sum() / np.maximum(mass, 1e-12)
    if not several:
        return np.asarray(counts * (targets @ positive))
    negative = counts.sum() / np.maximum(counts.sum() - mass, 1e-12)
    return np.asarray(counts[:, None] * np.where(targets == 1, positive, negative))
