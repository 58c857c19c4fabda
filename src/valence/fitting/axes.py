"""Axes along which a fit's preconditioner, which treats each by itself, is close to the curvature."""

from __future__ import annotations

import numpy as np

from valence.model.head import Floats

_MOST = 512  # principal axes; the eigenvectors of a larger matrix take ten times its memory
_ROUNDS = 3


def principal_axes(products: Floats) -> Floats:
    """Axes at right angles, one per column, shape (width, width); `products` are rows.T @ rows, float32.

    Up to 512 are principal axes, along which the rows vary most. Of a wider matrix they are found by randomised
    subspace iteration (Halko et al. 2011, "Finding Structure with Randomness", algorithm 4.4), with the same numbers
    each time, and the other axes are any at right angles to them.
    """
    width = len(products)
    if width <= _MOST:
        return np.asarray(np.linalg.eigh(products)[1])
    basis = np.random.default_rng(0).standard_normal((width, _MOST), dtype=np.float32)
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(products @ basis)[0]
    axes = np.linalg.qr(basis, mode="complete")[0]
    inner = axes[:, :_MOST].T @ (products @ axes[:, :_MOST])
    axes[:, :_MOST] = axes[:, :_MOST] @ np.linalg.eigh(inner)[1]
    return np.asarray(axes)
