"""How the query of a request names columns and words."""

from __future__ import annotations

import pytest

from valence.server.jobs.reading import names_in


@pytest.mark.parametrize(
    ("listed", "names"),
    [(None, ()), ("", ()), ("a,b", ("a", "b")), ('"a,b",c', ("a,b", "c")), ("a\rb,c\n", ("a b", "c"))],
    ids=["not given", "empty", "two", "quoted", "line breaks"],
)
def test_names_are_separated_by_commas(listed: str | None, names: tuple[str, ...]) -> None:
    assert names_in(listed) == names
