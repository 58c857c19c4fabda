"""Which windows are run together: those of similar length, so that next to nothing is padding."""

from __future__ import annotations

from collections.abc import Sequence

# A run takes windows down to this share of its longest one, so that at most a fifth of it is padding.
SHORTEST = 0.8


def packed(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices in batches of similar length, longest first, each at most `budget` tokens with its padding.

    A window that is longer than the budget gets a batch of its own.

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
    """Whether so many windows may be run together: within the budget, and with little padding."""
    return longest * count <= budget and shortest >= SHORTEST * longest
