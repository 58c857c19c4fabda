"""Labels that look wrong: confident learning (Northcutt, Jiang and Chuang 2021, JAIR 70).

A classifier that has not seen a row disagrees with its label more confidently than it usually is about rows of either
label. For each label, the mean probability of the label on the rows that have it is the threshold from which a row
counts as confidently of that label. Counting rows by given and confident label estimates how many rows of each label
belong to each other one, and that many rows with the largest margin are suspects (section 3.2, "prune by noise rate").

Own code of forty lines, because cleanlab would add pandas and its own framework; its `find_label_issues` gives the same
rows but for rounding (see the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from valence.data.duplicates import blocks
from valence.data.examples import Examples
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.results import LabelCheck, SuspectLabel

_DIGITS = 5  # of a probability
FEWEST_ROWS = 5  # of a label; labels with fewer are not judged

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Suspects:
    """Rows whose class looks wrong, the most suspect first.

    Attributes:
        rows: their numbers, shape (suspects,).
        suggested: the class that each of them seems to belong to, shape (suspects,).
        share: estimated share of wrong labels among the rows that were judged.
    """

    rows: Ints
    suggested: Ints
    share: float


def suspects(probabilities: Floats, given: Ints, judged: Bools | None = None) -> Suspects:
    """Rows that seem to belong to another class than the one they are given.

    Args:
        probabilities: shape (n, classes), of a classifier that has not seen the row.
        given: the class of each row, shape (n,).
        judged: whether rows of each class are judged, shape (classes,); by default those with at least five rows.
    """
    counts = np.bincount(given, minlength=probabilities.shape[1])
    judged = counts >= FEWEST_ROWS if judged is None else judged
    noise = _noise(probabilities, given, judged)
    own = probabilities[np.arange(len(given)), given]
    chosen = np.zeros(len(given), dtype=bool)
    for true in np.flatnonzero(judged):
        margins = probabilities[:, true] - own
        for label in np.flatnonzero(noise[:, true]):
            rows = np.flatnonzero(given == label)
            most = rows[np.argsort(-margins[rows], kind="stable")][: noise[label, true]]
            chosen[most] = True
    others = np.where(judged, probabilities, -1.0)
    others[np.arange(len(given)), given] = -1.0
    margins = others.max(axis=1) - own
    rows = np.flatnonzero(chosen & (margins > 0))
    rows = rows[np.argsort(-margins[rows], kind="stable")]
    total = int(counts[judged].sum())
    return Suspects(rows, others[rows].argmax(axis=1), float(noise.sum() / total) if total else 0.0)


def _noise(probabilities: Floats, given: Ints, judged: Bools) -> Ints:
    """How many rows of each given class (rows) seem to be of each other class (columns); shape (classes, classes).

    The confident joint, scaled to the rows of each given class, which also covers rows that are confident of none.
    """
    classes = len(judged)
    counts = np.bincount(given, minlength=classes)
    own = np.bincount(given, probabilities[np.arange(len(given)), given], minlength=classes)
    thresholds = np.where(judged, own / np.maximum(counts, 1), np.inf)
    confident = np.where(probabilities >= thresholds - 1e-9, probabilities, -1.0)
    best = confident.argmax(axis=1)
    counted = (confident.max(axis=1) >= 0) & judged[given]
    joint = np.zeros((classes, classes))
    np.add.at(joint, (given[counted], best[counted]), 1)
    noise = _rounded(joint * (counts / np.maximum(joint.sum(axis=1), 1))[:, np.newaxis])
    np.fill_diagonal(noise, 0)
    return noise


def _rounded(counts: Floats) -> Ints:
    """Whole numbers with the same sums of rows, by largest remainder: many small counts are not all rounded down."""
    whole = np.floor(counts).astype(np.int64)
    missing = np.round(counts.sum(axis=1)).astype(np.int64) - whole.sum(axis=1)
    rank = np.argsort(np.argsort(whole - counts, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(whole + (rank < missing[:, np.newaxis]), dtype=np.int64)


def enough_rows(rows: Examples, truth: Ints, labels: int) -> Bools:
    """Whether each label is on enough different texts, and of several labels its absence too; shape (labels,).

    Args:
        rows: of length n.
        truth: as `Labels.encode` returns it.
        labels: how many there are.
    """
    texts = blocks(rows)
    if truth.ndim == 1:
        return np.array([_different(texts[truth == label]) for label in range(labels)])
    return np.array([_different(texts[marks == 1]) and _different(texts[marks == 0]) for marks in truth.T])


def _different(texts: Ints) -> bool:
    return len(np.unique(texts)) >= FEWEST_ROWS


def check_labels(probabilities: Floats, truth: Ints, labels: Labels, keys: Sequence[str], judged: Bools) -> LabelCheck:
    """The rows whose labels look wrong, by their keys, the most suspect first.

    Args:
        probabilities: shape (n, labels), of a classifier that has not seen the row.
        truth: as `Labels.encode` returns it.
        labels: of the columns. If a text can have several, each one is judged on its own, against its absence.
        keys: where each row comes from, such as "tickets.csv:17".
        judged: whether each label has enough rows to judge it, shape (labels,).
    """
    check = _several if labels.multi_label else _single
    found, share = check(probabilities, truth, labels, keys, judged)
    not_judged = [name for name, enough in zip(labels.names, judged, strict=True) if not enough]
    return LabelCheck(
        rows=len(truth),
        found=len(found),
        suspects=found,
        estimated_share=round(share, _DIGITS),
        not_judged=not_judged,
    )


_Found = tuple[list[SuspectLabel], float]  # with the estimated share of wrong labels


def _single(probabilities: Floats, truth: Ints, labels: Labels, keys: Sequence[str], judged: Bools) -> _Found:
    found = suspects(probabilities, truth, judged)
    return (
        [
            SuspectLabel(
                key=keys[row],
                given=labels.names[truth[row]],
                suggested=labels.names[other],
                given_probability=round(float(probabilities[row, truth[row]]), _DIGITS),
                suggested_probability=round(float(probabilities[row, other]), _DIGITS),
            )
            for row, other in zip(found.rows.tolist(), found.suggested.tolist(), strict=True)
        ],
        found.share,
    )


def _several(probabilities: Floats, truth: Ints, labels: Labels, keys: Sequence[str], judged: Bools) -> _Found:
    """A row is suspect if the presence or the absence of any of its labels is."""
    wrong = np.zeros(truth.shape, dtype=bool)
    shares = []
    for i in np.flatnonzero(judged):
        found = suspects(np.column_stack([1 - probabilities[:, i], probabilities[:, i]]), truth[:, i])
        wrong[found.rows, i] = True
        shares.append(found.share)
    of_given = np.where(truth == 1, probabilities, 1 - probabilities)  # of each label being as it is given
    rows = np.flatnonzero(wrong.any(axis=1))
    lowest = np.where(wrong[rows], of_given[rows], 1.0).min(axis=1, initial=1.0)
    order = np.argsort(lowest, kind="stable")

    def named(marks: Ints) -> str:
        return ", ".join(labels.names[i] for i in np.flatnonzero(marks)) or "no label"

    return (
        [
            SuspectLabel(
                key=keys[row],
                given=named(truth[row]),
                suggested=named(np.where(wrong[row], 1 - truth[row], truth[row])),
                given_probability=round(float(low), _DIGITS),
                suggested_probability=round(float(1 - low), _DIGITS),
            )
            for row, low in zip(rows[order].tolist(), lowest[order].tolist(), strict=True)
        ],
        float(np.mean(shares)) if shares else 0.0,
    )
