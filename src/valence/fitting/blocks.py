"""The blocks of inputs that a head can be made of, each with its path of penalties: a readout of the body, or n-grams.

The layers of two blocks are fitted one by one and then added with a factor each. The sum is one linear layer on both;
fitted at once, with one penalty and one scale for the n-grams, it takes longer; it was no better in the files tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from valence.fitting.folds import Fold
from valence.fitting.linear import CLOSE, ROUGH, Layer, Link, fit_layer
from valence.model.head import Floats, Ints
from valence.model.ngrams import Vocabulary

# Strong to weak, in half decades, of rows standardised (a readout) or of length 1 (n-grams).
READOUT_PENALTIES = tuple(10 ** (step / 2) for step in range(6, -9, -1))
NGRAM_PENALTIES = tuple(10 ** (step / 2) for step in range(0, -17, -1))

# As the penalty weakens, the loss on held-out rows falls and then rises, and the weakest penalties take longest to
# solve. Once one is worse than the best by this factor, weaker ones are not tried.
_CLEARLY_WORSE = 1.01

# Rows times classes from which only every second penalty is tried: with as much data the loss is flat around its best.
_LARGE = 300_000


@dataclass(frozen=True)
class Block:
    """Rows as a layer reads them.

    Attributes:
        name: the readout, or "n-grams".
        rows: shape (n, coordinates), float32, dense or sparse.
        unfold: a layer's weights on these coordinates -> on the block's own inputs, shape (inputs, classes).
        penalties: that are tried, strong to weak.
    """

    name: str
    rows: Any
    unfold: Callable[[Floats], Floats]
    penalties: tuple[float, ...]


@dataclass(frozen=True)
class Path:
    """A block's layers along its penalties, by their loss on held-out rows.

    Attributes:
        penalty: the best.
        losses: of each penalty that was tried.
        logits: with the best penalty, of the rows held out in each fold one after the other, shape (m, classes).
        layer: of the first fold, a start for the fit on all rows.
    """

    penalty: float
    losses: dict[float, float]
    logits: Floats
    layer: Layer

    def at_end(self, block: Block) -> bool:
        """Whether the best penalty is the strongest or the weakest of all, so that one beyond might be better."""
        return self.penalty in (block.penalties[0], block.penalties[-1])


@dataclass(frozen=True)
class Problem:
    """What is fitted, whatever the block.

    Attributes:
        targets: shape (n, classes).
        link: for one label a text, or several.
        weights: of each row, shape (n,); None where all count alike.
        fit_weights: the same times those of the classes, shape (n,) or (n, classes).
        folds: what is fitted on and what is held out.
    """

    targets: Floats
    link: Link
    weights: Floats | None
    fit_weights: Floats | None
    folds: Sequence[Fold]
    held_out: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held_out", np.concatenate([held for _, held in self.folds]))

    def loss(self, logits: Floats) -> float:
        """Mean loss of the held-out rows; logits of shape (m, classes)."""
        weights = None if self.weights is None else self.weights[self.held_out]
        return self.link.loss(logits, self.targets[self.held_out], weights)

    def fit(self, block: Block, rows: Ints | None, penalty: float, start: Layer | None) -> Layer:
        """The layer of some rows, roughly, or of all rows, closely."""
        some = slice(None) if rows is None else rows
        weights = None if self.fit_weights is None else self.fit_weights[some]
        return fit_layer(
            block.rows[some],
            self.targets[some],
            penalty,
            self.link,
            weights=weights,
            start=start,
            tolerance=CLOSE if rows is None else ROUGH,
        )


def path(block: Block, problem: Problem, on_step: Callable[[str], None]) -> Path:
    """Fits the block along its penalties until they get clearly worse; `on_step` gets a line for each."""
    starts: list[Layer | None] = [None] * len(problem.folds)
    losses: dict[float, float] = {}
    best: Path | None = None
    large = problem.targets.size > _LARGE
    for penalty in block.penalties[:: 2 if large else 1]:
        layers = [
            problem.fit(block, rows, penalty, start) for (rows, _), start in zip(problem.folds, starts, strict=True)
        ]
        logits = np.concatenate(
            [layer.logits(block.rows[held]) for layer, (_, held) in zip(layers, problem.folds, strict=True)]
        )
        starts = list(layers)
        losses[penalty] = problem.loss(logits)
        on_step(f"{block.name}: penalty {penalty:.3g}, log loss {losses[penalty]:.4f}")
        if best is None or losses[penalty] < losses[best.penalty]:
            best = Path(penalty, losses, logits, layers[0])
        elif losses[penalty] > losses[best.penalty] * _CLEARLY_WORSE:
            break
    assert best is not None
    return best


def readout_block(name: str, features: Floats, mean: Floats, scale: Floats) -> Block:
    """Standardised features; `mean` and `scale` as `Head` keeps them."""
    rows = ((features - mean) / scale).astype(np.float32)
    if len(rows) < rows.shape[1] // 2:
        return Block(name, *_folded(rows, rows @ rows.T), READOUT_PENALTIES)
    axes = np.linalg.eigh(rows.T @ rows)[1]  # principal axes: see `valence.fitting.linear`
    return Block(name, rows @ axes, lambda weight: axes @ weight, READOUT_PENALTIES)


def ngram_block(texts: Sequence[str], vocabulary: Vocabulary) -> Block:
    """TF-IDF rows of hashed n-grams."""
    from scipy.sparse import csr_array

    sparse = vocabulary.rows(texts)
    rows = csr_array((sparse.values, sparse.columns, sparse.starts), shape=(len(texts), sparse.width))
    if len(texts) ** 2 < rows.nnz:
        return Block("n-grams", *_folded(rows, (rows @ rows.T).toarray()), NGRAM_PENALTIES)
    return Block("n-grams", rows, lambda weight: weight, NGRAM_PENALTIES)


def _folded(rows: Any, products: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The same rows in at most n coordinates, for n rows that have more; and the way back for weights.

    The optimum of a penalised fit is in the span of the rows, so nothing is lost. `products` are rows @ rows.T.
    """
    values, vectors = np.linalg.eigh(products.astype(np.float64))
    kept = values > max(values.max(), 1e-12) * 1e-7
    lengths = np.sqrt(values[kept])
    back = (vectors[:, kept] / lengths).astype(np.float32)
    return (vectors[:, kept] * lengths).astype(np.float32), lambda weight: np.asarray(rows.T @ (back @ weight))
