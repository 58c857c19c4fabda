"""Several labels in one cell: lists are read, joined ones noticed, and everything else left alone."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.tables.grid import Nested
from valence.tables.label_lists import JOINTS, joined, listed_labels, mixed, read_lists

names = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"])), max_size=4)
plain = st.text(st.sampled_from("abcdXYZ09_ "), min_size=1).map(str.strip).filter(bool)


@given(names)
def test_what_python_and_json_write_is_read_back(labels: list[str]) -> None:
    assert listed_labels(json.dumps(labels, ensure_ascii=False)) == labels
    simple = [label for label in labels if "\\" not in label and label.isprintable()]
    assert listed_labels(repr(simple)) == simple


@given(st.lists(plain, min_size=1, max_size=4))
def test_what_numpy_and_spark_write_is_read_back(labels: list[str]) -> None:
    assert listed_labels(str(np.array(labels))) == labels
    assert listed_labels(f"[{', '.join(labels)}]") == labels


@pytest.mark.parametrize(
    "cell", ["", "[", "a", "[deleted] by the author", "(none)", "{a}", "[a][b]", "['a'", "['a', ]x"]
)
def test_other_cells_are_no_lists(cell: str) -> None:
    assert listed_labels(cell) is None


def test_lists_are_read_only_if_every_cell_is_one() -> None:
    assert read_lists(["['a']", "", None, "[]"]) == [Nested("a list", ("a",)), None, None, Nested("a list", ())]
    assert read_lists(["['a']", "b"]) is None
    assert read_lists(["", None]) is None
    note = mixed(["['a']", "b"], "tag")
    assert note is not None
    assert "'tag' holds a list in 1 cell, such as \"['a']\"" in note.message


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("space", ["", " "])
def test_joined_labels_are_noticed_with_the_options_that_read_them(joint: str, space: str) -> None:
    cells = [f"a{joint}{space}b", "a", f"b{joint}{space}c", "c", None, 3]
    note = joined(cells, "my tags")
    assert note is not None
    assert note.code == "several-labels"
    assert str(note).endswith(f": --label-column 'my tags' --label-separator {shlex.quote(joint)}")


@pytest.mark.parametrize(
    "cells",
    [
        ["Bonn, Germany", "Lyon, France", "Nice, France"],
        ["R&D", "sales", "HR"],
        ["C#", "F#", "C++"],
        ["1,5", "2,5", "3,0"],
        ["a#b"] * 5,
        ["yes", "no"],
        [],
    ],
)
def test_names_with_such_characters_are_left_alone(cells: list[str]) -> None:
    assert joined(cells * 3, "tag") is None
