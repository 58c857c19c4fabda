"""The search finds the minimum of a function of one number, also at an end, and in few calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.model.golden_section import minimum_between


@given(st.floats(-5, 5), st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_the_minimum_is_found_within_the_tolerance(at: float, power: float) -> None:
    found = minimum_between(lambda x: abs(x - at) ** power, -3, 3, 1e-4)
    assert found == pytest.approx(min(3, max(-3, at)), abs=2e-4)


def test_a_flat_part_ends_the_search_at_its_lower_end() -> None:
    assert minimum_between(lambda x: max(0.0, abs(x - 1) - 0.5), -3, 3) == pytest.approx(0.5, abs=1e-4)
    assert minimum_between(lambda _: 0.0, -3, 3) == pytest.approx(-3, abs=1e-4)


def test_few_calls_are_enough() -> None:
    calls: list[float] = []
    minimum_between(lambda x: calls.append(x) or x * x, -3, 3, 1e-5)  # type: ignore[func-returns-value]
    assert len(calls) <= 30
