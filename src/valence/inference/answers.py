"""What a prediction adds to a row of a table."""

from __future__ import annotations

from valence.inference.prediction import Prediction
from valence.system.errors import TextError
from valence.tables.answers import DECIMALS, Answer


def answer_of(result: Prediction | TextError) -> Answer:
    """The added cells of a row whose text was scored, or could not be."""
    if isinstance(result, TextError):
        return Answer(error=result.code)
    if result.labels is None:
        return Answer(result.label, round(result.probability, DECIMALS), result.sure)
    probabilities = tuple(round(result.probabilities[label], DECIMALS) for label in result.labels)
    return Answer(result.labels, probabilities, result.sure)
