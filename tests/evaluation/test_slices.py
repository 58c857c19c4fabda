"""Parts of the rows: none lost, in order, named by what they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.made_up import scored
from valence.evaluation import slices
from valence.evaluation.mistakes import most_confident_mistakes
from valence.evaluation.scored import Scored


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_every_text_is_in_the_quarter_whose_name_holds_its_length(lengths: list[int]) -> None:
    found = slices.length_quartiles(["w " * length for length in lengths])
    assert len(set(found)) <= 4
    for length, name in zip(lengths, found, strict=True):
        low, _, high = name.partition(" to ")
        assert int(low) <= length <= int(high or low)


def test_the_accuracy_of_each_part_is_that_of_its_rows_and_short_texts_come_first() -> None:
    rows = scored()
    found = slices.slices(rows)
    lengths = [int(each.name.partition(" ")[0]) for each in found if each.by == "words"]
    assert lengths == sorted(lengths)
    (negated,) = (each for each in found if (each.by, each.name) == ("negation", "with"))
    own = np.array(["not" in text for text in rows.texts])
    assert negated.rows == own.sum()
    assert negated.accuracy.value == rows.right[own].mean()


def test_texts_that_name_a_group_of_people_are_a_slice_of_their_own() -> None:
    rows = replace(scored(rows=4), texts=("My Muslim neighbour.", "A BLIND DATE.", "A black comedy.", "Womanly grace."))
    (named,) = (each for each in slices.slices(rows) if (each.by, each.name) == ("identity terms", "with"))
    assert named.rows == 2


def test_rows_can_be_told_apart_by_any_column() -> None:
    rows = scored(rows=4)
    found = slices.by("product", ["kettle", "10 cups", "9 cups", "kettle"], rows)
    assert [(each.by, each.name, each.rows) for each in found] == [
        ("product", "9 cups", 1),
        ("product", "10 cups", 1),
        ("product", "kettle", 2),
    ]


def test_the_surest_mistakes_come_first_and_long_texts_are_shortened() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.99, 0.01]])
    texts = ("a", "b " * 400, "right", "c")
    rows = Scored(probabilities, np.array([1, 0, 0, 1]), ("negative", "positive"), texts)
    found = most_confident_mistakes(rows, 2)
    assert [(each.text, each.truth, each.predicted, each.probability) for each in found] == [
        ("c", "positive", "negative", 0.99),
        ("a", "positive", "negative", 0.9),
    ]
    (*_, long) = most_confident_mistakes(rows, 10)
    assert long.text.endswith(" …")
    assert len(long.text) <= 240
