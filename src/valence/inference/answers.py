"""What a prediction adds to a row of a table."""

from __future__ import annotations

from valence.inference.prediction import Prediction
from valence.system.errors import TextError
from valence.tables.answers import Answer


def answer_of(result: Prediction | TextError) -> Answer:
    """The added cells of a row whose text was scored, or could not be."""
    if isinstance(result, TextError):
        return Answer(error=result.code)
    if result.labels is None:
        return Answer(result.label, result.probability, result.sure)
    return Answer(result.labels, tuple(result.probabilities[label] for label in result.labels), result.sure)
