"""Groups windows of similar length into batches, so that there is little padding."""

from __future__ import annotations

from collections.abc import Sequence

# The shortest window of a run has at least this share of the longest one's tokens: at most a fifth is padding.
SHORTEST = 0.8


def packed(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices in batches of similar length, longest first, each at most `budget` tokens with its padding.

    A window longer than the budget gets its own batch.

    >>> packed([3, 9, 10, 10], budget=20)
    [[2, 3], [1], [0]]
    """
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        longest = lengths[batches[-1][0]] if batches else 0
        if longest and go_together(lengths[i], longest, len(batches[-1]) + 1, budget):
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def go_together(shortest: int, longest: int, count: int, budget: int) -> bool:
    """Whether `count` windows may be run together: within the budget, and with little padding."""
    return longest * count <= budget and shortest >= SHORTEST * longest
