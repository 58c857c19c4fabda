"""Texts in whatever people hold them: right, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from valence.data.texts import check_texts, is_one_text, texts_of
from valence.system.errors import TextError

TWO = ["A fine film.", "A dull film."]


class PolarsLike:
    """A frame whose `columns` are names, as Polars has it; its columns convert by `to_list`."""

    columns = ("text",)

    def __getitem__(self, name: str) -> Any:
        assert name == "text"
        return SimpleNamespace(to_list=lambda: list(TWO))


@pytest.mark.parametrize(
    "given",
    [
        TWO,
        tuple(TWO),
        (text for text in TWO),
        dict(zip(TWO, (1, 2), strict=True)).keys().__iter__(),
        np.array(TWO),
        np.array(TWO, dtype=object),
        np.array(TWO, dtype=np.dtypes.StringDType()),
        np.array(TWO)[:, None],
        list(np.array(TWO)),
        pd.Series(TWO, index=[7, 3], name="text"),
        pd.Series(TWO, dtype="string"),
        pd.Series(TWO, dtype="category"),
        pd.DataFrame({"text": TWO}),
        pd.DataFrame({("a", "b"): TWO}),
        pd.Index(TWO),
        pa.table({"text": TWO}),
        pa.record_batch({"text": TWO}),
        pa.table({"text": TWO})["text"],
        pa.array(TWO),
        PolarsLike(),
    ],
    ids=lambda given: type(given).__name__,
)
def test_every_container_of_texts_is_read_as_its_texts(given: object) -> None:
    found = texts_of(given)
    assert found == TWO
    assert {type(text) for text in found} == {str}
    assert check_texts(found) == TWO


def test_one_text_is_one_text_also_in_numpy() -> None:
    for given in ("Fine.", np.str_("Fine."), np.array("Fine."), np.array("Fine.", dtype=object)):
        assert is_one_text(given)
        assert texts_of(given) == ["Fine."]
    assert not is_one_text(np.array(3))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame({"text": TWO, "label": [1, 0]}), r"2 columns \('text', 'label'\).*X\['text'\]"),
        (pd.DataFrame(), "has 0 columns"),
        (pa.table({"text": TWO, "label": [1, 0]}), r"2 columns \('text', 'label'\)"),
        (np.array([TWO, TWO]), r"shape \(2, 2\)"),
        (np.array(3.0), "holds no texts|shape"),
        ({"text": TWO}, "A dict is not a list"),
        ({"A fine film."}, "A set is not a list"),
        (b"Fine.", "bytes, not text.*decode"),
        (None, "None holds no texts or labels"),
        (3, "int holds no texts"),
        (len, "holds no texts"),
    ],
    ids=repr,
)
def test_what_holds_no_texts_is_refused_with_a_hint(given: object, said: str) -> None:
    with pytest.raises(TextError, match=said):
        texts_of(given)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (lambda: pd.DataFrame({"n": [1, 2]}), "Text 0 of 2 .* is int, not text"),
        (lambda: pd.Series(["Fine.", None], dtype="string"), "Text 1 of 2 .* is NAType, not text"),
        (lambda: pa.array(["Fine.", None]), "Text 1 of 2 .* is None, not text"),
        (lambda: np.ma.masked_equal(np.array(TWO), TWO[1]), "Text 1 of 2 .* is None, not text"),
        (lambda: np.array([b"Fine."]), "Text 0 of 1 .* is bytes"),
        (lambda: [["Fine."]], "Text 0 of 1 .* is list, not text"),
        (lambda: ["Fine.", " "], "Text 1 of 2 .* is blank"),
    ],
)
def test_a_cell_that_is_no_text_is_named_by_its_row(cells: Callable[[], object], said: str) -> None:
    with pytest.raises(TextError, match=said):
        check_texts(texts_of(cells()))
