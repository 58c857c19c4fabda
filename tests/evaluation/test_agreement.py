"""Old and new scores: correlation as scipy has it, thresholds and who flags what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, rankdata, spearmanr

from valence.evaluation.agreement import agreement, ranks, threshold_for

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), min_size=2, max_size=30)


@given(SCORES)
def test_ranks_are_scipys(scores: list[float]) -> None:
    assert ranks(np.array(scores)).tolist() == rankdata(scores).tolist()


def test_correlations_are_scipys() -> None:
    random = np.random.default_rng(7)
    old, new = random.random(50), random.random(50).round(1)
    result = agreement(old, new, 0.5)
    assert result.pearson == pytest.approx(pearsonr(old, new).statistic)
    assert result.spearman == pytest.approx(spearmanr(old, new).statistic)


def test_scores_that_are_all_equal_have_no_correlation() -> None:
    assert agreement(np.array([0.5, 0.5]), np.array([0.1, 0.9]), 0.8).pearson is None
    assert agreement(np.array([0.5]), np.array([0.1]), 0.8).spearman is None


def test_who_flags_what_worked_by_hand() -> None:
    old = np.array([0.9, 0.85, 0.3, 0.1, 0.8])
    new = np.array([0.7, 0.2, 0.6, 0.1, 0.9])
    result = agreement(old, new, 0.8)
    at_old = result.at_old_threshold
    assert (at_old.both, at_old.only_old, at_old.only_new, at_old.neither) == (1, 2, 0, 2)
    assert at_old.agree == 0.6
    same = result.at_same_share
    assert same is not None
    assert 0.2 < same.new_threshold <= 0.6
    assert (same.both, same.only_old, same.only_new, same.neither) == (2, 1, 1, 1)


@given(SCORES, st.integers(0, 30))
def test_the_threshold_flags_that_many_or_all_that_are_equal(scores: list[float], count: int) -> None:
    count = min(count, len(scores))
    threshold = threshold_for(np.array(scores), count)
    if count == 0:
        assert threshold is None
        return
    assert threshold is not None
    flagged = [score for score in scores if score >= threshold]
    assert len(flagged) >= count
    lowest = sorted(scores, reverse=True)[count - 1]
    assert len(flagged) - flagged.count(lowest) < count, "more only because they are equal"
