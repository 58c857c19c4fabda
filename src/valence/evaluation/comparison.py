"""Two classifiers on the same rows: is the difference more than chance?

A row is right if it gets its label, or in the multi-label case exactly its labels. Only the rows on which exactly one
of the two is right are informative (McNemar 1947). The exact test treats them as tosses of a fair coin; with many of
them, the chi-squared approximation with Edwards' correction is as good.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from valence.evaluation.intervals import LEVELS, stretched, widened
from valence.evaluation.macro_f1 import difference_of_macro_f1
from valence.evaluation.scored import AnyScored
from valence.model.results import Estimate, Result
from valence.system.errors import DataError

EXACT_BELOW = 25  # discordant rows; from here on Edwards' correction is used, as in textbooks
_RESAMPLES = 10_000

Test = Literal["exact binomial", "chi-squared with continuity correction"]


@dataclass(frozen=True)
class Comparison:
    """The second classifier compared with the first.

    Attributes:
        first, second: names of what was compared.
        only_first, only_second: rows on which exactly that one is right.
        figure: the name of the share of right rows: "accuracy", or "subset accuracy" in the multi-label case.
        difference: that share of the second minus that of the first, with its paired bootstrap interval.
        macro_f1: the macro F1 of the second minus that of the first, with its paired bootstrap interval.
        p_value: of McNemar's test: how often chance alone splits the discordant rows at least this unevenly.
        test: the form of McNemar's test.
    """

    first: str
    second: str
    data: str
    split: str
    rows: int
    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    figure: str
    difference: Estimate
    macro_f1: Estimate
    p_value: float
    test: Test

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.second} compared with {self.first}, {self.data} {self.split}, {self.rows:,} rows:\n"
            f"  {self.figure} {in_points(self.difference)} (95%, paired bootstrap), "
            f"macro F1 {in_points(self.macro_f1)}\n"
            f"  only the first right {self.only_first:,}, only the second right {self.only_second:,}; "
            f"McNemar p = {self.p_value:.3g} ({self.test})"
        )


@dataclass(frozen=True)
class Beside:
    """A baseline on the rows that a model was trained and tested on.

    Attributes:
        name: of the baseline, in a sentence.
        result: of the baseline.
        comparison: of the model with the baseline, the first, on the test rows.
    """

    name: str
    result: Result
    comparison: Comparison

    @property
    def verdict(self) -> str:
        """Whether the model is better, in one sentence."""
        return judged(self.comparison, self.name)


def compare(
    first: AnyScored,
    second: AnyScored,
    *,
    names: tuple[str, str],
    data: str,
    split: str,
    seed: int = 0,
    dependence: float = 1.0,
) -> Comparison:
    """Compares two classifiers on the same rows, in the same order.

    `dependence` is by how much figures vary more than on independent rows: see `CrossValidation.dependence`.

    Raises DataError if the rows or the labels are not the same.
    """
    _check_same_rows(first, second, names)
    one, two = first.right, second.right
    rows, only_first, only_second = len(first), int((one & ~two).sum()), int((~one & two).sum())
    p_value, test = mcnemar(round(only_first / dependence), round(only_second / dependence))
    difference = _difference(only_first, only_second, rows, seed)
    macro_f1 = difference_of_macro_f1(first, second, seed=seed)
    return Comparison(
        first=names[0],
        second=names[1],
        data=data,
        split=split,
        rows=rows,
        both_right=int((one & two).sum()),
        only_first=only_first,
        only_second=only_second,
        both_wrong=int((~one & ~two).sum()),
        figure=first.figure,
        difference=stretched(difference, dependence, least=-1.0, most=1.0),
        macro_f1=stretched(macro_f1, dependence, least=-1.0, most=1.0),
        p_value=p_value,
        test=test,
    )


def in_points(difference: Estimate) -> str:
    """A difference of two shares, with its interval.

    >>> in_points(Estimate(0.012, -0.003, 0.027))
    '+1.20 points [-0.30, +2.70]'
    """
    value, low, high = (100 * share for share in (difference.value, difference.low, difference.high))
    return f"{value:+.2f} points [{low:+.2f}, {high:+.2f}]"


def judged(comparison: Comparison, baseline: str) -> str:
    """Whether the second one is better than a baseline, the first, in one sentence.

    It is if the whole interval of its accuracy, or of its macro F1, is above zero, and the other one not below zero.
    """
    figures = (comparison.difference, comparison.macro_f1)
    better, worse = any(each.low > 0 for each in figures), any(each.high < 0 for each in figures)
    verdict = f"{baseline} is as good here"
    if better != worse:
        verdict = f"The model is better than {baseline}" if better else f"{baseline} is better here"
    return (
        f"{verdict}: {comparison.figure} {in_points(comparison.difference)}, macro F1 {in_points(comparison.macro_f1)} "
        "of the model minus the baseline (95%, paired)."
    )


def mcnemar(only_first: int, only_second: int) -> tuple[float, Test]:
    """(the two-sided p value, the test that gave it), from the numbers of discordant rows of both kinds.

    >>> mcnemar(1, 8)
    (0.0390625, 'exact binomial')
    """
    discordant = only_first + only_second
    if discordant < EXACT_BELOW:
        tail = sum(math.comb(discordant, k) for k in range(min(only_first, only_second) + 1))
        return min(1.0, 2 * tail / 2**discordant), "exact binomial"
    statistic = max(0, abs(only_first - only_second) - 1) ** 2 / discordant
    # One degree of freedom: the square of a normal variable, whose two tails are given by erfc.
    return math.erfc(math.sqrt(statistic / 2)), "chi-squared with continuity correction"


def _difference(only_first: int, only_second: int, rows: int, seed: int) -> Estimate:
    """Resampling pairs of answers means drawing how many there are of each kind: memory doesn't grow with the rows."""
    kinds = np.array([only_first, only_second, rows - only_first - only_second])
    drawn = np.random.default_rng(seed).multinomial(rows, kinds / rows, size=_RESAMPLES)
    low, high = np.percentile((drawn[:, 1] - drawn[:, 0]) / rows, LEVELS)
    found = Estimate((only_second - only_first) / rows, float(low), float(high))
    return widened(found, rows, least=-1.0, most=1.0)  # where the two never differ


def _check_same_rows(first: AnyScored, second: AnyScored, names: tuple[str, str]) -> None:
    if set(first.labels) != set(second.labels):
        raise DataError(
            f"{names[0]} has the labels {list(first.labels)!r} and {names[1]} has {list(second.labels)!r}: "
            "they can't be compared.",
            hint="Compare models with the same labels.",
            code="labels-differ",
        )
    if first.texts != second.texts:
        raise DataError(
            f"{names[0]} and {names[1]} were not tested on the same rows.",
            hint="Test both on the same data, with the same --test-rows and --seed.",
            code="rows-differ",
        )
