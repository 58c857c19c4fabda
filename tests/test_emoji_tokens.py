"""Emoji in the vocabulary: what reads as before, what is a token now, and what its embedding begins with."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from valence.model.bundled import bundled_folder

EMOJI = runpy.run_path(str(Path(__file__).parents[1] / "runs" / "emoji_tokens.py"))
BEFORE = bundled_folder() / "tokenizer.json"


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("emoji") / "tokenizer.json"
    EMOJI["main"](["--tokenizer", str(BEFORE), "--out", str(path)])
    return path


def tokens(path: Path, text: str) -> list[str]:
    return list(Tokenizer.from_file(str(path)).encode(text, add_special_tokens=False).tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("great👍🏽!!", ["great", "👍", "!", "!"]),
        ("❤️ it", ["❤", "it"]),
        ("so bad😡🤬x", ["so", "bad", "😡", "🤬", "x"]),
        ("👩‍👧", ["👩", "👧"]),
    ],
)
def test_an_emoji_is_one_token_also_glued_to_a_word_and_whatever_its_skin(
    after: Path, text: str, expected: list[str]
) -> None:
    assert tokens(after, text) == expected
    assert PreTrainedTokenizerFast(tokenizer_file=str(after)).tokenize(text) == expected


def test_other_texts_read_as_before_and_the_vocabulary_keeps_its_size(after: Path) -> None:
    old, new = Tokenizer.from_file(str(BEFORE)), Tokenizer.from_file(str(after))
    for text in ("Naïve café, isn't it?", "y0u s u c k", "日本 привет", "a [MASK] b [SEP]"):
        assert old.encode(text).ids == new.encode(text).ids
    assert new.get_vocab_size() == old.get_vocab_size()
    assert sorted(new.get_vocab().values()) == list(range(new.get_vocab_size()))


def test_only_as_many_emoji_as_there_are_places_and_the_first_ones() -> None:
    content = json.loads(BEFORE.read_text("utf-8"))
    many = {chr(0xE000 + i): "sign" for i in range(2_000)}
    _, ids = EMOJI["with_emoji"](content, {"♥": "heart suit", "😡": "enraged face", **many})
    assert "♥" not in ids, "the vocabulary has it already"
    assert len(ids) == 994
    assert ids["😡"] == min(ids.values())


def test_an_embedding_begins_as_the_mean_of_the_names_pieces(after: Path) -> None:
    tokenizer = Tokenizer.from_file(str(after))
    words = np.random.default_rng(1).normal(size=(tokenizer.get_vocab_size(), 4)).astype(np.float32)
    (place,) = tokenizer.encode("👎", add_special_tokens=False).ids
    result = EMOJI["first_embeddings"](words, tokenizer, {"👎": "thumbs down"}, {"👎": place})
    pieces = tokenizer.encode("thumbs down", add_special_tokens=False).ids
    assert result[place] == pytest.approx(words[pieces].mean(axis=0))
    others = np.delete(np.arange(len(words)), place)
    assert (result[others] == words[others]).all()
