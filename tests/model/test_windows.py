"""Special tokens: those that transformers puts around a text, whichever family the tokenizer is of."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from valence.model.windows import special_tokens

TEXT = "a wonderful film"


@pytest.mark.parametrize("fixture", ["tiny_model", "tiny_roberta"])
def test_they_are_those_of_transformers(fixture: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(fixture)
    tokenizer = AutoTokenizer.from_pretrained(path)
    special = special_tokens(tokenizer.backend_tokenizer)
    assert special.around(tokenizer(TEXT, add_special_tokens=False)["input_ids"]) == tokenizer(TEXT)["input_ids"]
    assert len(special) == tokenizer.num_special_tokens_to_add()


def test_padding_is_not_taken_for_a_special_token(tiny_model: Path) -> None:
    backend = AutoTokenizer.from_pretrained(tiny_model).backend_tokenizer
    bare = special_tokens(backend)
    backend.enable_padding(length=16)
    assert special_tokens(backend) == bare
