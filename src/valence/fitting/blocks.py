"""The blocks of inputs that a head can be made of, each with its path of penalties: a readout of the body, or n-grams.

The layers of two blocks are fitted one by one and then added with a factor each. The sum is one linear layer on both;
fitted at once, with one penalty and one scale for the n-grams, it takes longer; it was no better in the files tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits

from valence.fitting.axes import principal_axes
from valence.fitting.folds import Fold
from valence.fitting.linear import CLOSE, MANY_COLUMNS, ROUGH, Layer, Link, fit_layer
from valence.fitting.sparse import Rows, SparseMatrix
from valence.fitting.stored import StoredMatrix
from valence.model.feature_rows import FeatureRows, portions
from valence.model.head import Floats, Ints
from valence.model.ngrams import Vocabulary

# Strong to weak, in half decades, of rows standardised (a readout) or of length 1 (n-grams).
READOUT_PENALTIES = tuple(10 ** (step / 2) for step in range(6, -9, -1))
NGRAM_PENALTIES = tuple(10 ** (step / 2) for step in range(0, -17, -1))

# As the penalty weakens, the loss on held-out rows falls and then rises, and the weakest penalties take longest to
# solve. Once one is worse than the best by this factor, weaker ones are not tried.
_CLEARLY_WORSE = 1.01

# Rows times classes from which only every second penalty is tried, from the middle on: with as much data the loss is
# flat around its best, and a fit takes long.
_LARGE = 300_000

_KEPT_BYTES = 20_000_000  # of blocks together

# In memory of one dense block; a larger one is on disk, so that a fit on a small server fits beside its answers.
_MOST_NUMBERS = 16_000_000


@dataclass(frozen=True)
class Block:
    """Rows as a layer reads them.

    Attributes:
        name: the readout, or the kind of n-grams.
        rows: shape (n, coordinates), float32, dense (in memory or on disk) or sparse.
        unfold: a layer's weights on these coordinates -> on the block's own inputs, shape (inputs, classes).
        penalties: that are tried, strong to weak.
        in_axes: whether the coordinates are principal axes of the rows; see `fit_layer`.
    """

    name: str
    rows: Rows
    unfold: Callable[[Floats], Floats]
    penalties: tuple[float, ...]
    in_axes: bool = False

    @property
    def bytes(self) -> int:
        """Of memory that its rows take."""
        return self.rows.nbytes


class Blocks(Mapping[str, Block]):
    """Blocks that are made when they are asked for. Large ones are not kept, so that one at a time is in memory.

    Args:
        makers: name -> what makes the block.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Block]]) -> None:
        self._makers, self._kept = makers, dict[str, Block]()

    def __getitem__(self, name: str) -> Block:
        block = self._kept[name] if name in self._kept else self._makers[name]()
        if sum(each.bytes for each in self._kept.values()) + block.bytes <= _KEPT_BYTES:
            self._kept[name] = block
        return block

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class Path:
    """A block's layers along its penalties, by their loss on held-out rows.

    Attributes:
        penalty: the best.
        losses: of each penalty that was tried.
        logits: with the best penalty, of the rows held out in each fold one after the other, shape (m, classes).
        layer: of the first fold, a start for the fit on all rows.
        at_end: whether the best is the strongest or the weakest of all penalties, so that one beyond might be better.
    """

    penalty: float
    losses: dict[float, float]
    logits: Floats
    layer: Layer
    at_end: bool = False


@dataclass(frozen=True)
class Problem:
    """What is fitted, whatever the block.

    Attributes:
        targets: shape (n, classes).
        link: for one label a text, or several.
        weights: of each row on the held-out rows, shape (n,) or (n, classes); None where all count alike.
        fit_weights: of each row in a fit, likewise.
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

    def loss(self, logits: Floats, rows: Ints | None = None) -> float:
        """Mean loss of these rows, by default of all that are held out; logits of shape (m, classes)."""
        rows = self.held_out if rows is None else rows
        return self.link.loss(logits, self.targets[rows], None if self.weights is None else self.weights[rows])

    def fit(self, block: Block, rows: Ints | None, penalty: float, start: Layer | None) -> Layer:
        """The layer of some rows, roughly, or of all rows, closely."""
        some = slice(None) if rows is None else _compact(rows)
        weights = None if self.fit_weights is None else self.fit_weights[some]
        return fit_layer(
            block.rows[some],
            self.targets[some],
            penalty,
            self.link,
            weights=weights,
            start=start,
            tolerance=CLOSE if rows is None else ROUGH,
            in_axes=block.in_axes,
        )


def path(block: Block, problem: Problem, on_step: Callable[[str], None]) -> Path:
    """Fits the block along its penalties until they get clearly worse; `on_step` gets a line for each.

    With much data the penalties are compared on the first fold alone, and the other folds are fitted with the best.
    """
    large = problem.targets.size > _LARGE
    search = _Search(block, problem, on_step, [0] if large else list(range(len(problem.folds))))
    if large:
        few = block.penalties[::2]
        middle = len(few) // 2
        search.along(few[middle:])
        if search.best == few[middle]:
            search.along(few[middle - 1 :: -1])
    else:
        search.along(block.penalties)
    return search.finished()


class _Search:
    """The penalties that were tried on some of the folds, and the layers of the best."""

    def __init__(self, block: Block, problem: Problem, on_step: Callable[[str], None], folds: Sequence[int]) -> None:
        self.best = block.penalties[0]
        self._block, self._problem, self._on_step = block, problem, on_step
        self._folds = folds
        self._losses: dict[float, float] = {}
        self._layers: dict[int, Layer] = {}

    def along(self, penalties: Sequence[float]) -> None:
        """Tries them one after the other, each from the layers of the one before, until they get clearly worse."""
        starts = dict(self._layers)
        for penalty in penalties:
            starts = {fold: self._fitted(fold, penalty, starts.get(fold)) for fold in self._folds}
            loss = self._loss(starts)
            self._on_step(f"{self._block.name}: penalty {penalty:.3g}, log loss {loss:.4f}")
            if not self._losses or loss < self._losses[self.best]:
                self.best, self._layers = penalty, starts
            self._losses[penalty] = loss
            if loss > self._losses[self.best] * _CLEARLY_WORSE:
                break

    def finished(self) -> Path:
        """The path, with the layers of the folds that were left out."""
        layers, folds = dict(self._layers), range(len(self._problem.folds))
        for fold in folds:
            if fold not in layers:
                layers[fold] = self._fitted(fold, self.best, layers[0])
                self._on_step(f"{self._block.name}: fold {fold + 1} of {len(folds)}")
        logits = np.concatenate([self._logits(fold, layers[fold]) for fold in folds])
        at_end = self.best in (self._block.penalties[0], self._block.penalties[-1])
        return Path(self.best, self._losses, logits, layers[0], at_end)

    def _fitted(self, fold: int, penalty: float, start: Layer | None) -> Layer:
        return self._problem.fit(self._block, self._problem.folds[fold][0], penalty, start)

    def _logits(self, fold: int, layer: Layer) -> Floats:
        return layer.logits(self._block.rows[_compact(self._problem.folds[fold][1])])

    def _loss(self, layers: Mapping[int, Layer]) -> float:
        logits = np.concatenate([self._logits(fold, layer) for fold, layer in layers.items()])
        return self._problem.loss(logits, np.concatenate([self._problem.folds[fold][1] for fold in layers]))


def readout_block(name: str, features: FeatureRows, mean: Floats, scale: Floats, classes: int) -> Block:
    """Standardised features; `mean` and `scale` as `Head` keeps them, and the number of classes to tell apart."""
    count, width = features.shape

    def standardised(some: slice) -> Floats:
        return np.asarray((features[some] - mean) / scale, dtype=np.float32)

    if count < width // 2:
        rows = standardised(slice(None))
        return Block(name, *_folded(rows, rows @ rows.T), READOUT_PENALTIES, in_axes=True)
    if width <= MANY_COLUMNS * classes:
        return Block(name, _filled(count, width, standardised), lambda weight: weight, READOUT_PENALTIES)
    products = np.zeros((width, width), dtype=np.float32)
    with threadpool_limits(limits=1):  # it takes no longer, and other threads do not wait at full speed
        for some in portions(count):
            rows = standardised(some)
            products += rows.T @ rows
        axes = principal_axes(products)  # see `valence.fitting.linear`
    del products
    rotated = _filled(count, width, lambda some: standardised(some) @ axes)
    return Block(name, rotated, lambda weight: axes @ weight, READOUT_PENALTIES, in_axes=True)


def _filled(count: int, width: int, some_rows: Callable[[slice], Floats]) -> Floats | StoredMatrix:
    if count * width > _MOST_NUMBERS:
        return StoredMatrix(count, width, some_rows)
    rows = np.empty((count, width), dtype=np.float32)
    for some in portions(count):
        rows[some] = some_rows(some)
    return rows


def ngram_block(texts: Sequence[str], vocabulary: Vocabulary, name: str = "n-grams") -> Block:
    """TF-IDF rows of hashed n-grams."""
    found = vocabulary.rows(texts)
    rows = SparseMatrix(found.starts, found.columns, found.values, found.width)
    if len(texts) ** 2 < rows.size:
        return Block(name, *_folded(rows, rows.of_pairs()), NGRAM_PENALTIES, in_axes=True)
    return Block(name, rows, lambda weight: weight, NGRAM_PENALTIES)


def _compact(rows: Ints) -> Ints | slice:
    """Neighbouring rows as a slice, which copies nothing."""
    if len(rows) and np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
        return slice(int(rows[0]), int(rows[0]) + len(rows))
    return rows


def _folded(rows: Rows, products: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The same rows in at most n coordinates, for n rows that have more; and the way back for weights.

    The optimum of a penalised fit is in the span of the rows, so nothing is lost. `products` are rows @ rows.T.
    """
    values, vectors = np.linalg.eigh(products.astype(np.float64))
    kept = values > max(values.max(), 1e-12) * 1e-7
    lengths = np.sqrt(values[kept])
    back = (vectors[:, kept] / lengths).astype(np.float32)
    return (vectors[:, kept] * lengths).astype(np.float32), lambda weight: np.asarray(rows.T @ (back @ weight))
