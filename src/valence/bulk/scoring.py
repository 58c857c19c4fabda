"""Scores the texts of a block, and adds the problems of scoring to those of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from valence.bulk.blocks import Block, Problem
from valence.inference.answers import answer_of
from valence.inference.prediction import Prediction
from valence.system.errors import DataError, TextError
from valence.tables.answers import WITHOUT_TEXT, Answer
from valence.tables.posts import Cleaning, each_own_words

# Texts -> the prediction or the error of each, in order. Called from several threads at once.
Score = Callable[[Sequence[str]], Sequence[Prediction | TextError]]
Scored = tuple[Block, list[Answer], list[Problem]]
Result = Answer | Prediction | TextError


def cleaning(score: Score, how: Cleaning) -> Score:
    """`score` for forum posts that are reduced to their author's words before; those without any are not scored."""
    return score if how == "none" else partial(each_own_words, score=score)


def results(texts: Sequence[str | Answer], score: Score) -> list[Result]:
    """The prediction or the error for each text; the answer of a row without a text."""
    asked = [text for text in texts if isinstance(text, str)]
    scored = iter(score(asked))
    if len(asked) == len(texts):
        return list(scored)
    return [next(scored) if isinstance(text, str) else text for text in texts]


def with_problems(block: Block, scored: Sequence[Result], where: Callable[[int], str]) -> Scored:
    """The block with its answers and all its problems; a text with nothing readable in it counts as blank.

    So does a post that only quotes.

    `where` gives the beginning of a message about the row at a place.
    """
    answers = [result if isinstance(result, Answer) else answer_of(result) for result in scored]
    problems = list(block.problems)
    for index, answer in enumerate(answers):
        result = answer.error and scored[index]
        if isinstance(result, TextError) and result.code not in WITHOUT_TEXT:
            place = block.rows[index].place
            error = DataError(f"{where(place)}: {result.message}", hint=result.hint, code=result.code)
            problems.append(Problem(place, kept=True, error=error))
    return block, answers, problems
