"""Options that are offered: as a command has them, as parameters, and the names that both list."""

from __future__ import annotations

import shlex

import click
import pytest
from click.testing import CliRunner

from valence.cli.options import reading_options
from valence.system.offers import Offer, listed, names_in
from valence.tables.options import ReadOptions


@pytest.mark.parametrize(
    ("listed", "names"),
    [(None, ()), ("", ()), ("a,b", ("a", "b")), ('"a,b",c', ("a,b", "c")), ("a\rb,c\n", ("a b", "c"))],
    ids=["not given", "empty", "two", "quoted", "line breaks"],
)
def test_names_are_separated_by_commas(listed: str | None, names: tuple[str, ...]) -> None:
    assert names_in(listed) == names


@pytest.mark.parametrize("names", [("a", "b"), ("a, b", 'say "c"', " d ")], ids=["plain", "odd"])
def test_an_offer_means_the_same_to_a_shell_and_in_a_query(names: tuple[str, ...]) -> None:
    offer = Offer("Or", {"no_header": "true", "columns": names, "sheet": "My sheet", "separator": ";"})
    read: list[ReadOptions] = []
    command = click.command()(reading_options("stop")(lambda **given: read.append(given["reading"])))
    assert CliRunner().invoke(command, shlex.split(str(offer).removeprefix("Or: "))).exit_code == 0
    assert read == [ReadOptions(separator=";", header=False, columns=names, sheet="My sheet")]
    parameters = offer.as_json()["parameters"]
    assert names_in(parameters["columns"]) == names
    assert parameters == {"no_header": "true", "columns": listed(names), "sheet": "My sheet", "separator": ";"}
