"""Scores the texts of a block, and adds the problems of scoring to those of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from valence.bulk.blocks import Answer, Block, Problem
from valence.errors import DataError, TextError
from valence.inference.prediction import Prediction

# Texts -> the prediction or the error of each, in order. Called from several threads at once.
Score = Callable[[Sequence[str]], Sequence[Prediction | TextError]]
Scored = tuple[Block, list[Answer | None], list[Problem]]


def answers(texts: Sequence[str | None], score: Score) -> list[Answer | TextError | None]:
    """The answer or the error for each text; None where the text is missing."""
    predictions = iter(score([text for text in texts if text is not None]))
    results: list[Answer | TextError | None] = []
    for text in texts:
        prediction = None if text is None else next(predictions)
        results.append(_answer(prediction) if isinstance(prediction, Prediction) else prediction)
    return results


def _answer(prediction: Prediction) -> Answer:
    if prediction.labels is None:
        return Answer(prediction.label, prediction.probability)
    return Answer(prediction.labels, tuple(prediction.probabilities[label] for label in prediction.labels))


def with_problems(block: Block, results: Sequence[Answer | TextError | None], where: Callable[[int], str]) -> Scored:
    """The block with its answers and all its problems; a text with nothing readable in it counts as blank.

    `where` gives the beginning of a message about the row at a place.
    """
    kept, problems = list[Answer | None](), list(block.problems)
    for place, result in zip(block.places, results, strict=True):
        kept.append(result if isinstance(result, Answer) else None)
        if isinstance(result, TextError) and result.code != "text-empty":
            error = DataError(f"{where(place)}: {result.message}", hint=result.hint, code=result.code)
            problems.append(Problem(place, kept=True, error=error))
    return block, kept, problems
