"""The directions in which a body's features vary most, whatever a text is about.

Length, register and topic move the features of any text, and by more than what a user's labels depend on. A few dozen
labelled rows cannot show which directions these are, but unlabelled text can: with these directions made shorter, the
penalty of a fit allows the others more. This whitens in part, as sentence embeddings are whitened (Su et al. 2021,
"Whitening Sentence Representations for Better Semantics and Faster Retrieval"); what is learnt stays one linear layer.

The directions come from the sentences of this project's documentation, by `valence.training.common_directions`. They
are known for the bundled body; other bodies do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from valence.fitting.blocks import Block, readout_block
from valence.model.head import Floats

FILE = "common_directions.safetensors"
DIRECTIONS = 128
_POWER = 0.25  # of the variance along a direction that it is divided by: half of what would whiten


@dataclass(frozen=True)
class CommonDirections:
    """The directions of one readout.

    Attributes:
        scale: standard deviations of the features over ordinary texts, shape (width,).
        directions: of length 1 and at right angles, in features divided by `scale`, shape (width, k).
        shares: what a row's part along each is multiplied with, between 0 and 1, shape (k,).
    """

    scale: Floats
    directions: Floats
    shares: Floats

    @classmethod
    def of(cls, features: Floats, most: int = DIRECTIONS) -> CommonDirections:
        """Those of the features of ordinary texts, shape (n, width), with n > `most`."""
        centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
        scale = centred.std(axis=0) + 1e-6
        _, lengths, directions = np.linalg.svd(centred / scale, full_matrices=False)
        most = min(most, len(lengths) - 1)
        shares = (lengths[most] / lengths[:most]) ** (2 * _POWER)
        return cls(*(part.astype(np.float32) for part in (scale, directions[:most].T, shares)))

    def block(self, name: str, features: Floats, mean: Floats, classes: int) -> Block:
        """As `readout_block`, of features with these directions made shorter; weights are unfolded to `scale`."""
        rows = self._shorter(((features - mean) / self.scale).astype(np.float32))
        factor = np.float32(np.sqrt(rows.size / np.vdot(rows, rows)))  # so that the usual penalties fit
        rows *= factor
        width = rows.shape[1]
        block = readout_block(name, rows, np.zeros(width, np.float32), np.ones(width, np.float32), classes)
        return replace(block, unfold=lambda weight: factor * self._shorter(block.unfold(weight).T).T)

    def _shorter(self, rows: Floats) -> Floats:
        """Rows of shape (n, width); the same for a layer's weights, as the map is symmetric."""
        return np.asarray(rows + ((rows @ self.directions) * (self.shares - 1)) @ self.directions.T)


@cache
def common_directions(body_id: str) -> Mapping[str, CommonDirections]:
    """Those of a body's readouts; none for a body whose directions are not known."""
    from safetensors import safe_open

    with safe_open(str(files("valence.fitting") / FILE), "numpy") as file:
        if (file.metadata() or {}).get("body") != body_id:
            return {}
        names = sorted({key.split(".")[0] for key in file.keys()})  # noqa: SIM118 - not a mapping
        return {
            name: CommonDirections(
                *(file.get_tensor(f"{name}.{part}").astype(np.float32) for part in ("scale", "directions", "shares"))
            )
            for name in names
        }
