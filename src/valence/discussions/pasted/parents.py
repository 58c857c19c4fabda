"""Which comment each comment answers, from what a copied page still shows of its tree."""

from __future__ import annotations

from collections.abc import Sequence

from valence.discussions.pasted.layout import Head


def parents_of(heads: Sequence[Head], unloaded: Sequence[int]) -> list[int | None]:
    """The index of each comment's parent; None where it has none, or where that cannot be told.

    Args:
        heads: of the comments, in the order of the page, which shows each branch before the next.
        unloaded: how many comments the page leaves out above each of them.
    """
    if any(head.has_previous or head.has_next for head in heads):
        return _by_links(heads)
    if any(head.depth is not None for head in heads):
        return _by_depth(heads)
    if any(head.children is not None for head in heads):
        return _by_children(heads, unloaded)
    return _by_names(heads)


def _by_links(heads: Sequence[Head]) -> list[int | None]:
    """From Hacker News's links: "parent" and "root" tell a depth up to 2, "prev" an earlier answer to the same comment.

    Without "prev", a comment is the first answer to the one above it. With it, and deeper than 1, it answers the same
    comment as one of those around it: only if there is one such comment, its parent is known.
    """
    parents: list[int | None] = []
    path: list[int] = []  # the last comment and those around it, the outermost first; empty where that is not known
    root: int | None = None
    story = 0 if heads and heads[0].depth is None else None
    for i, head in enumerate(heads):
        if not head.depth:
            parents.append(story if i != story else None)
            root, path = i, [i]
        elif not head.has_previous:
            parents.append(i - 1 if i else None)
            path = [*path, i] if 0 < len(path) < _DEEPEST else []
        elif head.depth == 1:
            parents.append(root)
            path = [root, i] if root is not None else []
        elif len(path) == 3:
            parents.append(path[1])
            path = [*path[:2], i]
        else:
            parents.append(None)
            path = []
    return parents


_DEEPEST = 3  # comments around each other; at four, "prev" could mean two of them


def _by_depth(heads: Sequence[Head]) -> list[int | None]:
    parents: list[int | None] = []
    last: list[int] = []  # at each depth
    for i, head in enumerate(heads):
        depth = min(head.depth or 0, len(last))
        parents.append(last[depth - 1] if depth else None)
        last[depth:] = [i]
    return parents


def _by_children(heads: Sequence[Head], unloaded: Sequence[int]) -> list[int | None]:
    """From the number of all comments below each one, as old Reddit shows it."""
    parents: list[int | None] = []
    around: list[tuple[int, int]] = []  # index and the position of the last comment below it
    position = 0
    for i, head in enumerate(heads):
        position += 1 + unloaded[i]
        while around and (around[-1][1] < position or head.is_reply is False):
            around.pop()
        parents.append(around[-1][0] if around else None)
        if head.children:
            around.append((i, position + head.children))
    return parents


def _by_names(heads: Sequence[Head]) -> list[int | None]:
    """The last comment above by the author whom the head names."""
    parents: list[int | None] = []
    last: dict[str, int] = {}
    for i, head in enumerate(heads):
        parents.append(last.get(head.answers.strip()) if head.answers else None)
        if head.author:
            last[head.author] = i
    return parents
