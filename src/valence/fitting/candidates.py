"""What a head could read, each judged on held-out rows: a readout, alone or beside n-grams."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from valence.fitting.blocks import Block, Path, Problem
from valence.fitting.factors import calibrated_factors
from valence.model.head import Floats
from valence.model.ngrams import CHARACTERS, WORDS

# Names of n-grams, and of which kinds they are. Where whole words decide, as the first ones of a question do, those of
# characters add noise; where words are misspelt or made up, those of words do.
NGRAMS: Mapping[str, tuple[int, ...]] = {
    "n-grams": (WORDS, CHARACTERS),
    "word n-grams": (WORDS,),
    "character n-grams": (CHARACTERS,),
}

# The numbers of each layer that are chosen on the held-out rows: a penalty and a factor. Each makes the loss on n rows
# lower by about 1/n than on others (Akaike 1974): with few rows, n-grams would otherwise seem to help wherever they
# are tried.
_CHOSEN = 2

# With fewer rows, n-grams seem to help more often than they do, so they are not tried. A readout's penalty, times the
# rows and over its width, is then between these: so few rows cannot tell which is best, and the ends of the search give
# heads that are sure of everything, or of nothing.
FEW = 100
_USUAL_PENALTIES = (0.011, 0.12)

# With fewer rows, one kind of n-grams alone seems better than both more often than it is.
FEW_FOR_ONE_KIND = 500


@dataclass(frozen=True)
class Candidate:
    """What a head could read, and how well it did on held-out rows.

    Attributes:
        readout: of the body.
        ngrams: which of `NGRAMS` stand beside it; None if none do.
        log_loss: of the calibrated head.
        penalties: of the readout's layer, and of the n-grams'.
        factors: what their logits are multiplied with.
    """

    readout: str
    ngrams: str | None
    log_loss: float
    penalties: tuple[float, ...]
    factors: tuple[float, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of what it reads."""
        return (self.readout,) if self.ngrams is None else (self.readout, self.ngrams)

    def __str__(self) -> str:
        return " beside ".join([f"{self.readout} readout", *self.inputs[1:]])


def ngrams_tried(rows: int) -> Mapping[str, tuple[int, ...]]:
    """Which of `NGRAMS` are tried on that many rows; those of both kinds are the first to be."""
    if rows < FEW:
        return {}
    return NGRAMS if rows >= FEW_FOR_ONE_KIND else dict(list(NGRAMS.items())[:1])


def usual(block: Block, rows: int, width: int) -> Block:
    """With only the usual penalties of a readout of that width on this number of rows, if the file has few."""
    least, most = _USUAL_PENALTIES
    penalties = tuple(each for each in block.penalties if least < each * rows / width < most)
    return replace(block, penalties=penalties or block.penalties)


def ranked(readouts: Sequence[str], paths: Mapping[str, Path], problem: Problem) -> list[Candidate]:
    """Each readout, alone and beside each kind of n-grams if there are any, the best first.

    The first readout is the one to doubt least: another is better only if it is so by more than the standard error of
    the difference on the held-out rows (Breiman et al. 1984, "Classification and Regression Trees", section 3.4.3).
    """
    beside = [[name] for name in NGRAMS if name in paths]
    tried = [[readout, *some] for readout in readouts for some in ([], *beside)]
    found = [_judged(names, paths, problem) for names in tried]
    first = min((row_losses for each, row_losses in found if each.readout == readouts[0]), key=np.mean)

    def doubted(each: Candidate, row_losses: Floats) -> float:
        if each.readout == readouts[0]:
            return each.log_loss
        return each.log_loss + float(np.std(row_losses - first)) / math.sqrt(len(first))

    return [each for each, _ in sorted(found, key=lambda pair: doubted(*pair))]


def _judged(names: Sequence[str], paths: Mapping[str, Path], problem: Problem) -> tuple[Candidate, Floats]:
    """(candidate, its losses on the held-out rows, shape (m,))."""
    logits = [paths[name].logits for name in names]
    factors = calibrated_factors(logits, problem)
    pooled = np.asarray(sum(f * each for f, each in zip(factors, logits, strict=True)), dtype=np.float64)
    loss = problem.loss(pooled) + _CHOSEN * len(names) / len(problem.held_out)
    losses = problem.link.losses(pooled, problem.targets[problem.held_out]).reshape(len(pooled), -1).mean(axis=1)
    penalties = tuple(paths[name].penalty for name in names)
    return Candidate(names[0], names[1] if names[1:] else None, round(loss, 6), penalties, factors), losses


def notes_on(rows: int, used: Sequence[str], paths: Mapping[str, Path]) -> list[str]:
    """What the user should know of a choice among that many rows, in sentences."""
    notes = [
        f"The best penalty of {name}, {paths[name].penalty:g}, is the last that was tried: one beyond may be better."
        for name in used
        if paths[name].at_end and rows >= FEW
    ]
    if rows < FEW:
        notes.append(f"There are only {rows:,} rows to learn from: every figure is rough.")
    return notes
