"""Which windows are run together: those of similar length, so that next to nothing is padding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        if longest and _go_together(lengths[i], longest, len(batches[-1]) + 1, budget):
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def packed_with_first(lengths: Iterable[int], budget: int) -> list[int]:
    """Indices of the first window and of those after it, in their order, that may be run with it as in `packed`.

    >>> packed_with_first([10, 3, 9, 10, 10], budget=30)
    [0, 2, 3]
    """
    batch: list[int] = []
    shortest, longest = 0, 0
    for i, length in enumerate(lengths):
        least, most = min(shortest or length, length), max(longest, length)
        if not batch or _go_together(least, most, len(batch) + 1, budget):
            batch.append(i)
            shortest, longest = least, most
    return batch


def _go_together(shortest: int, longest: int, count: int, budget: int) -> bool:
    return longest * count <= budget and shortest >= SHORTEST * longest
