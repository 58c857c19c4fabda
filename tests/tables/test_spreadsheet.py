"""Tables for a spreadsheet: with whatever separator it splits them, no cell of theirs begins as a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from valence.server.feedback.export import as_csv
from valence.server.store.tables import Feedback
from valence.tables.spreadsheet import defused, line

FORMULA = tuple("=+-@＝＋－＠")
CASES = json.loads((Path(__file__).parent / "cases" / "formulas.json").read_text("utf-8"))
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r\n'\",;|＝＋"), max_size=20)


def _cells(content: str, separator: str) -> list[str]:
    """As a spreadsheet reads them that splits at `separator`: quotes count only at the beginning of a cell."""
    return [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for cell in row]


def _runs(cell: str) -> bool:
    return cell.lstrip("\t\r\n").startswith(FORMULA)


@pytest.mark.parametrize("own", [",", ";", "\t"])
@pytest.mark.parametrize("read_with", [",", ";", "\t", "|"])
@given(cells=st.lists(TEXT, min_size=1, max_size=4))
@how(max_examples=200)
def test_no_cell_begins_as_a_formula_whatever_separates(own: str, read_with: str, cells: list[str]) -> None:
    found = _cells(line(cells, own), read_with)
    assert not [cell for cell in found if _runs(cell)]


def test_the_rule_is_that_of_the_page() -> None:
    assert [defused(case["cell"], case["separator"]) for case in CASES["cells"]] == [
        case["defused"] for case in CASES["cells"]
    ]


@pytest.mark.parametrize("own", [",", ";", "\t"])
@given(cells=st.lists(TEXT, min_size=1, max_size=4))
def test_nothing_but_apostrophes_is_added(own: str, cells: list[str]) -> None:
    found = _cells(line(cells, own), own)
    assert [cell.replace("'", "") for cell in found] == [cell.replace("'", "") for cell in cells]


@pytest.mark.parametrize(
    "text", ["a=b", "5-3", "well; yes", "one, two; three", "a -b", "mail@example.org", "first\nsecond", "a\n\nb"]
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert _cells(line([text]), ",") == [text]


@given(text=TEXT)
@how(max_examples=100)
def test_no_field_of_the_feedback_begins_as_a_formula(text: str) -> None:
    row = Feedback(id=text, model=text, predicted=text, label=text, text=text, correct=True)
    content = "".join(as_csv([row]))
    for separator in (",", ";", "\t", "|"):
        assert not [cell for cell in _cells(content, separator) if _runs(cell)]
    _, again = csv.reader(io.StringIO(content, newline=""))
    assert re.sub("'", "", again[0]) == re.sub("'", "", text)
