"""The bounds against SciPy's exact ones, which the tests may import."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from valence.evaluation.wishes import binomial


@given(count=st.integers(1, 3000), share=st.floats(0.001, 0.999), data=st.data())
def test_tails_are_exact(count: int, share: float, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    assert binomial.at_most(hits, count, share) == pytest.approx(stats.binom.cdf(hits, count, share), abs=1e-9)
    assert binomial.at_least(hits, count, share) == pytest.approx(stats.binom.sf(hits - 1, count, share), abs=1e-9)


@given(count=st.integers(1, 2000), data=st.data(), error=st.sampled_from([0.05, 0.025, 0.0125]))
def test_bounds_are_those_of_clopper_and_pearson(count: int, data: st.DataObject, error: float) -> None:
    hits = data.draw(st.integers(0, count))
    low = 0.0 if not hits else stats.beta.ppf(error, hits, count - hits + 1)
    high = 1.0 if hits == count else stats.beta.ppf(1 - error, hits + 1, count - hits)
    assert binomial.lower(hits, count, error) == pytest.approx(low, abs=1e-9)
    assert binomial.upper(hits, count, error) == pytest.approx(high, abs=1e-9)


def test_certain_chances_have_no_logarithm() -> None:
    assert list(binomial.cumulated(2, 0.0)) == [1, 1, 1]
    assert list(binomial.cumulated(2, 1.0)) == [0, 0, 1]
