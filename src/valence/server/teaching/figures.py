"""The figures of a fitted head, honest also with few examples, and what they say in a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from valence.data.examples import Examples, content_checksum
from valence.evaluation.intervals import estimate
from valence.evaluation.multi_label import estimate as estimate_multi_label
from valence.evaluation.results import Origin, measure
from valence.evaluation.scored import AnyScored, MultiLabelScored, Scored, scored
from valence.fitting.choice import HeadChoice
from valence.fitting.ngrams_alone import NGramsAlone
from valence.model.fitted_head import FittedHead
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.results import Estimate, Result
from valence.server.teaching.outcome import Answers, Doubt, Rival, Tested

SEED = 42  # of the intervals, as of `valence transfer`
FEWEST_TESTED = 50  # test examples; with fewer, cross-validation on the training examples says more
_MOST_MISTAKES = 50
_MORE_LIKELY_THAN_NOT = 0.5
# Figures say something once their interval is this narrow, or above that of always answering the most frequent label.
_NARROW = 0.2


@dataclass(frozen=True)
class TestedRows:
    """The examples that a head was tested on, with its answers."""

    scored: AnyScored
    rows: Examples
    tested: Tested


def tested_rows(
    choice: HeadChoice, fitted: FittedHead, learnt: Examples, test: Examples, probabilities: Floats
) -> TestedRows | None:
    """What the figures come from: the test examples if there are enough, else cross-validation; None if neither works.

    Args:
        choice: the head, with its held-out probabilities.
        fitted: the same head.
        learnt: what it was fitted on, in the order of `choice.held_out`.
        test: examples that it has not seen, with labels that it knows.
        probabilities: of the test examples, shape (n, classes).
    """
    if len(test) >= FEWEST_TESTED:
        return TestedRows(_scored(probabilities, test, fitted), test, "test")
    rows = learnt.take(choice.held_out.tolist())
    if not len(rows):
        return None
    return TestedRows(_scored(choice.probabilities, rows, fitted), rows, "cross-validation")


def _scored(probabilities: Floats, rows: Examples, fitted: FittedHead) -> AnyScored:
    truth = fitted.labels.encode(rows.labels)
    return scored(probabilities.astype(np.float64), truth, head=fitted.head, labels=fitted.labels, rows=rows)


def result_of(tested: TestedRows, name: str, parameters: int, started: float) -> Result:
    """Every figure with its interval. `started`: `time.perf_counter()` when the fit began."""
    origin = Origin(
        name=name,
        data="examples",
        split=tested.tested,
        data_checksum=content_checksum(zip(tested.rows.keys, tested.rows.texts, strict=True)),
        seed=SEED,
        trained_parameters=parameters,
    )
    return measure(tested.scored, origin, started=started)


def most_frequent(labels: Labels, learnt: Examples, tested: TestedRows) -> Rival:
    """What always answering the most frequent label would get."""
    counts = Counter(learnt.labels)
    target, _ = max(counts.items(), key=lambda item: (item[1], item[0]))
    answer = labels.encode([target])[0]
    rows = len(tested.scored)
    answers = np.repeat(answer[np.newaxis], rows, axis=0)
    shares = labels.encode(learnt.labels)
    if labels.multi_label:
        probabilities = np.repeat(shares.mean(axis=0, keepdims=True), rows, axis=0)
    else:
        probabilities = np.repeat(np.bincount(shares, minlength=len(labels))[np.newaxis] / len(shares), rows, axis=0)
    named = target if isinstance(target, str) else ", ".join(target) or "no label"
    return rival(f"the most frequent label, {named}", "most-frequent", _answered(tested.scored, probabilities, answers))


def by_word_counts(baseline: NGramsAlone, labels: Labels, tested: TestedRows) -> Rival:
    """TF-IDF of words and characters alone, without the body."""
    probabilities = baseline.predict_proba(tested.rows.texts)
    answers = (
        (probabilities >= _MORE_LIKELY_THAN_NOT).astype(np.int64)
        if labels.multi_label
        else probabilities.argmax(axis=1)
    )
    return rival("TF-IDF of words and characters", "n-grams", _answered(tested.scored, probabilities, answers))


def rival(name: str, kind: str, others: AnyScored) -> Rival:
    """Another way's figures on the same rows."""
    if isinstance(others, MultiLabelScored):
        figures = estimate_multi_label(others)
        accuracy = figures["subset_accuracy"]
    else:
        figures = estimate(others.probabilities, others.truth, others.predicted)
        accuracy = figures["accuracy"]
    return Rival.model_validate(
        {"name": name, "kind": kind, "accuracy": _plain(accuracy), "macro_f1": _plain(figures["macro_f1"])}
    )


def by_head(head: FittedHead, probabilities: Floats, rows: Examples) -> AnyScored:
    """Rows as another head answers them."""
    return _scored(probabilities, rows, head)


def answers_of(tested: TestedRows) -> Answers:
    """The answers for each row, without its text."""
    rows = tested.scored
    truth = [[int(row)] for row in rows.truth] if isinstance(rows, Scored) else map(np.flatnonzero, rows.truth)
    return Answers(
        labels=list(rows.labels),
        examples=[int(key) for key in tested.rows.keys],
        probabilities=rows.probabilities.tolist(),
        truth=[[int(label) for label in labels] for labels in truth],
    )


def mistakes(tested: TestedRows) -> list[Doubt]:
    """The wrong answers, the most confident ones first."""
    rows = np.flatnonzero(~tested.scored.right)
    doubts = [_doubt(tested.scored, tested.rows, int(row)) for row in rows]
    return sorted(doubts, key=lambda doubt: -doubt.probability)[:_MOST_MISTAKES]


def _doubt(answers: AnyScored, rows: Examples, row: int) -> Doubt:
    probabilities = answers.probabilities[row]
    target = rows.labels[row]
    if isinstance(answers, Scored):
        predicted, truth = int(answers.predicted[row]), int(answers.truth[row])
        suggested, given = [answers.labels[predicted]], [str(target)]
        own, other = float(probabilities[truth]), float(probabilities[predicted])
    else:
        wrong = answers.predicted[row] != answers.truth[row]
        of_truth = np.where(answers.truth[row] == 1, probabilities, 1 - probabilities)
        own = float(of_truth[wrong].min())
        suggested = [answers.labels[i] for i in np.flatnonzero(answers.predicted[row])]
        given, other = list(target), 1 - own
    return Doubt(id=int(rows.keys[row]), given=given, suggested=suggested, given_probability=own, probability=other)


def verdict(result: Result | None, frequent: Rival | None) -> tuple[str, bool]:
    """(what the figures say, whether they say anything)."""
    if result is None or frequent is None:
        return "There are too few examples to know how good it is.", False
    figure, rows = result.accuracy, result.rows
    enough = figure.low > frequent.accuracy.high or figure.high - figure.low <= _NARROW
    right = f"{round(figure.value * rows):,} of {rows:,} examples that it hadn't seen"
    between = f"{figure.low:.0%} to {figure.high:.0%}"
    beside = f"{frequent.name[0].upper()}{frequent.name[1:]}, is right for {frequent.accuracy.value:.0%}."
    if not enough:
        return f"Too few to know: right for {right}, which could mean {between} of all texts. {beside}", False
    return f"Right for {right}: {figure.value:.0%} ({between}). {beside}", True


def _answered(like: AnyScored, probabilities: Floats, answers: Ints) -> AnyScored:
    if isinstance(like, MultiLabelScored):
        return MultiLabelScored(probabilities, like.truth, answers, like.labels, like.texts, like.keys)
    return Scored(probabilities, like.truth, like.labels, like.texts, like.keys, answers)


def _plain(figure: Estimate) -> Estimate:
    return Estimate(round(figure.value, 4), round(figure.low, 4), round(figure.high, 4))
