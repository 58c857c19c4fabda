"""Compares two versions on today's examples: a paired test on those that neither has seen, and whose verdict flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from valence.data.examples import Examples
from valence.evaluation.comparison import Comparison, compare, in_points
from valence.evaluation.intervals import proportion
from valence.evaluation.scored import scored
from valence.model.fitted_head import FittedHead
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.server.classifiers.registry import BodyReader
from valence.server.problems import ProblemError
from valence.server.schemas.comparison import Agreements, CompareQuery, FlippedText, VersionComparison
from valence.server.store import example_rows
from valence.server.store.classifier_tables import Classifier, Example
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.teaching import versions
from valence.server.teaching.heads import fitted_head
from valence.server.teaching.reading import ExampleReader
from valence.server.teaching.texts import labels_in

# Examples that are compared: of more, the body would read those it doesn't know for longer than a request may take.
MOST_TEXTS = 2000
_WAIT_S = 10.0  # for a fit that is reading its examples


@dataclass(frozen=True)
class _Answers:
    """The answers of one version to some examples.

    Attributes:
        probabilities: shape (n, classes).
        labels: what it answers to each text.
    """

    head: FittedHead
    probabilities: Floats
    labels: Sequence[Sequence[str]]


def compared(
    number: int,
    query: CompareQuery,
    classifier: Classifier,
    database: Database,
    body: BodyReader,
    reader: ExampleReader,
) -> VersionComparison:
    """Version `number` compared with another one. Raises ProblemError, OverloadedError and StoreError."""
    other = query.with_version or classifier.published
    if other is None:
        raise ProblemError(
            "unknown-version", f"No version of {classifier.name} is published. Name one: `with_version`."
        )
    both = [versions.find(each, classifier, database, head=True) for each in (other, number)]
    for version in both:
        versions.check_usable(version, body)
    heads = [fitted_head(version) for version in both]
    examples = _examples(classifier, database, query.source)
    readouts = list(dict.fromkeys(head.readout for head in heads))
    features, failed = reader.read(classifier.id, body, readouts, [row.text for row in examples], timeout_s=_WAIT_S)
    examples = [row for i, row in enumerate(examples) if i not in failed]
    before, after = (_answers(head, features, examples) for head in heads)
    comparison = _paired(before, after, examples, classifier, (other, number))
    flipped = [row for row in range(len(examples)) if before.labels[row] != after.labels[row]]
    return VersionComparison(
        version=number,
        with_version=other,
        rows=comparison.rows if comparison else 0,
        accuracy=comparison.difference if comparison else None,
        macro_f1=comparison.macro_f1 if comparison else None,
        only_this=comparison.only_second if comparison else 0,
        only_other=comparison.only_first if comparison else 0,
        p_value=comparison.p_value if comparison else None,
        verdict=_verdict(comparison, number, other),
        agreement=_agreement(before, after, examples),
        flipped=len(flipped),
        texts=[_flipped(examples[row], before.labels[row], after.labels[row]) for row in flipped[: query.limit]],
    )


def _examples(classifier: Classifier, database: Database, source: str | None) -> list[Example]:
    """Test examples first, as many as can be compared."""
    rows: list[Example] = []
    for part in ("test", "train"):
        rows += islice(
            example_rows.every(database, classifier.id, Wanted(part=part, source=source)), MOST_TEXTS - len(rows)
        )
    if not rows:
        among = "" if source is None else f" from the source {source!r}"
        raise ProblemError("no-examples", f"{classifier.name} has no examples{among} to compare versions on.")
    return rows


def _answers(head: FittedHead, features: Mapping[str, Floats], examples: Sequence[Example]) -> _Answers:
    inputs = head.inputs(features[head.readout], [row.text for row in examples])
    probabilities = np.asarray(head.head.predict_proba(inputs), dtype=np.float64)
    decided, names = head.head.decide(probabilities), head.labels.names
    if head.labels.multi_label:
        answers = [[names[i] for i in np.flatnonzero(marks)] for marks in decided]
    else:
        answers = [[names[i]] for i in decided]
    return _Answers(head, probabilities, [sorted(answer) for answer in answers])


def _paired(
    before: _Answers, after: _Answers, examples: Sequence[Example], classifier: Classifier, numbers: tuple[int, int]
) -> Comparison | None:
    """On the labelled test examples whose labels both versions know; None without any, or with different labels."""
    if before.head.labels.names != after.head.labels.names:
        return None
    labels = before.head.labels
    rows = [i for i, row in enumerate(examples) if row.part == "test" and _known(row, labels)]
    if not rows:
        return None
    tested = Examples(
        tuple(examples[i].text for i in rows),
        tuple(
            tuple(labels_in(examples[i].labels or "[]"))
            if labels.multi_label
            else labels_in(examples[i].labels or "")[0]
            for i in rows
        ),
        tuple(str(examples[i].id) for i in rows),
    )
    truth = labels.encode(tested.labels)
    first, second = (
        scored(each.probabilities[rows], truth, head=each.head.head, labels=labels, rows=tested)
        for each in (before, after)
    )
    names = (f"version {numbers[0]}", f"version {numbers[1]}")
    return compare(first, second, names=names, data=classifier.name, split="test")


def _agreement(before: _Answers, after: _Answers, examples: Sequence[Example]) -> Agreements:
    """On all labelled examples, also those that a version has learnt."""
    given = [(i, sorted(labels_in(row.labels))) for i, row in enumerate(examples) if row.labels is not None]
    this, other = (np.array([each.labels[i] == labels for i, labels in given], np.bool_) for each in (after, before))
    shares = [proportion(int(right.sum()), len(given)) if given else None for right in (this, other)]
    return Agreements(
        examples=len(given),
        this=shares[0],
        other=shares[1],
        gained=int((this & ~other).sum()),
        lost=int((other & ~this).sum()),
    )


def _known(row: Example, labels: Labels) -> bool:
    return row.labels is not None and set(labels_in(row.labels)) <= set(labels.names)


def _verdict(comparison: Comparison | None, this: int, other: int) -> str:
    if comparison is None:
        return "There are no test examples with labels that both versions know, so nobody can say which is better."
    difference = comparison.difference
    by = f"{comparison.figure} {in_points(difference)} on {comparison.rows:,} test examples"
    if difference.low > 0:
        return f"Version {this} is better than version {other}: {by}."
    if difference.high < 0:
        return f"Version {this} is worse than version {other}: {by}."
    return f"The test examples don't show which one is better: {by}."


def _flipped(row: Example, before: Sequence[str], after: Sequence[str]) -> FlippedText:
    return FlippedText.model_validate(
        {
            "id": row.id,
            "text": row.text,
            "labels": None if row.labels is None else labels_in(row.labels),
            "part": row.part,
            "before": list(before),
            "after": list(after),
        }
    )
