"""Texts as windows: nothing is lost, nothing odd crashes, and limits are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from valence.inference.engine import Engine
from valence.inference.scoring import answer
from valence.inference.windows import PIECE, TextReader, pooled
from valence.system.errors import ModelFolderError, TextError

any_text = st.text(st.characters(), max_size=200)  # surrogates too


def test_a_window_has_the_special_tokens_of_the_tokenizer(engine: Engine, tiny_model: Path) -> None:
    ids = engine.reader.window(engine.reader.read("A wonderful film.").ids)
    assert ids.tolist() == Tokenizer.from_file(str(tiny_model / "tokenizer.json")).encode("A wonderful film.").ids


def test_every_token_of_a_long_text_is_in_a_window_and_neighbours_overlap(engine: Engine) -> None:
    reading = engine.reader.read("the plot was good and the acting dull " * 30)
    assert reading.bounds[0][0] == 0
    assert reading.bounds[-1][1] == reading.tokens
    for (_, past), (following, _) in zip(reading.bounds, reading.bounds[1:], strict=False):
        assert following < past
    assert {past - first for first, past in reading.bounds} == {engine.reader.capacity}


def test_tokenising_in_pieces_gives_the_same_tokens_and_places(engine: Engine, tiny_model: Path) -> None:
    text = "a wonderful film, dull story! " * (3 * PIECE // 30)
    whole = Tokenizer.from_file(str(tiny_model / "tokenizer.json")).encode(text, add_special_tokens=False)
    reading = engine.reader.read(text, spans=True)
    assert reading.ids.tolist() == whole.ids
    assert reading.spans is not None
    assert reading.spans.tolist() == [list(span) for span in whole.offsets]


def test_spans_are_code_points(engine: Engine) -> None:
    text = "😀😀 wonderful"
    spans = engine.reader.read(text, spans=True).spans
    assert spans is not None
    assert text[spans[-1, 0] : spans[-1, 1]] == "wonderful"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text-empty"),
        (" \n\t\u3000", "text-empty"),
        ("\u200b\u200d", "text-empty"),
        ("\x00", "text-empty"),
        ("\ud800", "text-empty"),
    ],
)
def test_a_text_with_nothing_in_it_is_told(engine: Engine, text: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        engine.score([text])
    assert caught.value.code == code
    assert caught.value.hint


def test_something_else_than_a_text_is_told(engine: Engine) -> None:
    with pytest.raises(TextError, match="NoneType"):
        engine.score([None])  # type: ignore[list-item]  # what a caller without types may do


def test_too_long_a_text_is_told_with_the_limit(tiny_model: Path) -> None:
    engine = Engine(tiny_model, threads=1, max_characters=1200)
    assert engine.score(["x" * 1200])[0].windows >= 1
    with pytest.raises(TextError, match="1,201 characters; at most 1,200") as caught:
        engine.score(["x" * 1201])
    assert caught.value.code == "text-too-long"


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 good",
        "good \udfff film",
        "\x00good",
        "\u202egood\u202c",
        "شكرا جزيلا",
        "👩‍👩‍👧",
        "a\u200bb",
        "\ufeffgood",
        "ﬁlm",
        "क़",
    ],
)
def test_odd_texts_have_finite_scores(engine: Engine, text: str) -> None:
    prediction = engine.score([text], explain=True)[0]
    assert sum(prediction.probabilities.values()) == pytest.approx(1)


@settings(deadline=None, max_examples=60)
@given(any_text)
def test_any_text_is_scored_or_refused_as_empty(engine: Engine, text: str) -> None:
    found = answer([text], engine.reader, engine.fitted, engine.run, explain=True)[0]
    if isinstance(found, TextError):
        assert found.code == "text-empty"
    else:
        assert np.isfinite(list(found.probabilities.values())).all()


def test_a_million_characters_are_read_to_the_end(engine: Engine) -> None:
    filler = "the " * 5_000
    assert engine.reader.read("x" * 1_000_000).tokens == 1_000_000 // PIECE  # one unknown word in each piece
    prediction = engine.score([filler + "wonderful"])[0]
    assert prediction.tokens == 5_001
    assert prediction.windows > 5_000 / 32


def test_pooling_weights_windows_with_their_tokens() -> None:
    features = np.array([[0.0], [3.0]], dtype=np.float32)
    assert pooled(features, [2, 1]).tolist() == [1.0]


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"version": "1.0", "model": {"type": "Nonsense"}}'])
def test_a_damaged_tokenizer_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ModelFolderError, match="tokenizer") as caught:
        TextReader(tmp_path / "tokenizer.json", 32)
    assert caught.value.code == "model-damaged"


def test_a_window_without_room_for_text_is_told(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_model / "tokenizer.json", tmp_path)
    with pytest.raises(ModelFolderError, match="no room"):
        TextReader(tmp_path / "tokenizer.json", 2)


def test_pieces_agree_for_byte_level_tokenizers(tmp_path: Path) -> None:
    alphabet = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(alphabet, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    text = "Ünïcode wörds " * (2 * PIECE // 14)
    expected = tokenizer.encode(text).ids
    assert TextReader(tmp_path / "tokenizer.json", 32).read(text).ids.tolist() == expected
