"""A block's answers: what the engine says of each text, and its problems beside those of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from valence.bulk.blocks import Answer, Block, Problem
from valence.errors import DataError, TextError
from valence.inference.prediction import Prediction

# Texts -> the answer or the error of each, in order. Called by several threads at once.
Score = Callable[[Sequence[str]], Sequence[Prediction | TextError]]
Scored = tuple[Block, list[Answer | None], list[Problem]]


def answers(texts: Sequence[str | None], score: Score) -> list[Answer | TextError | None]:
    """The answer or the error of each text; None where there is none."""
    found = iter(score([text for text in texts if text is not None]))
    kept: list[Answer | TextError | None] = []
    for text in texts:
        each = None if text is None else next(found)
        kept.append(_kept(each) if isinstance(each, Prediction) else each)
    return kept


def _kept(found: Prediction) -> Answer:
    if found.labels is None:
        return Answer(found.label, found.probability)
    return Answer(found.labels, tuple(found.probabilities[label] for label in found.labels))


def told(block: Block, found: Sequence[Answer | TextError | None], where: Callable[[int], str]) -> Scored:
    """The block's answers, and its problems with those that the engine found; a text of nothing readable is blank."""
    kept, problems = list[Answer | None](), list(block.problems)
    for place, each in zip(block.places, found, strict=True):
        kept.append(each if isinstance(each, Answer) else None)
        if isinstance(each, TextError) and each.code != "text-empty":
            error = DataError(f"{where(place)}: {each.message}", way_out=each.way_out, code=each.code)
            problems.append(Problem(place, kept=True, error=error))
    return block, kept, problems
