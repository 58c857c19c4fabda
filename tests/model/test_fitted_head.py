"""A head with n-grams: saved and read back to the bit, refused if it cannot be understood, the same on every path."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from valence import load
from valence.fitting.choice import with_ngrams
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.model.folder import FittedHead, ModelFolder
from valence.model.ngrams import NGrams, Vocabulary
from valence.model.serving import serving_copy
from valence.system.errors import ModelFolderError

TEXTS = ["the good film", "zyzzyva", "the bad film about the zyzzyva", "x " * 80]


@pytest.fixture(scope="module")
def with_word(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with n-grams for which only one word, which its body does not know, is positive."""
    folder = ModelFolder(shutil.copytree(tiny_model, tmp_path_factory.mktemp("ngrams") / "model"))
    before = folder.head()
    vocabulary = Vocabulary.of(["zyzzyva"], 2)
    weight = np.tile(np.array([-4, 4], np.float16), (len(vocabulary.buckets), 1))
    part = NGrams(vocabulary, weight)
    folder.write_head(replace(before, head=with_ngrams(before.head, part), ngrams=part))
    return folder.path


def _head(path: Path) -> FittedHead:
    return ModelFolder(path).head()


def test_it_is_read_back_as_it_was_written(with_word: Path, tmp_path: Path) -> None:
    fitted = _head(with_word)
    assert fitted.ngrams is not None
    copy = ModelFolder(shutil.copytree(with_word, tmp_path / "copy"))
    copy.write_head(fitted)
    assert (copy.path / "head.safetensors").read_bytes() == (with_word / "head.safetensors").read_bytes()
    assert copy.head().version == fitted.version
    assert json.loads((with_word / "head.json").read_text())["format"] == 3
    assert serving_copy(copy, tmp_path / "served").head().version == fitted.version


def test_every_path_scores_the_ngrams(with_word: Path, tiny_model: Path) -> None:
    engine = Engine(with_word, threads=2)
    expected = engine.predict_proba(TEXTS)
    before = Engine(tiny_model, threads=1).predict_proba(TEXTS)
    assert expected[1, 1] > before[1, 1] + 0.05, "the word moves its text"
    np.testing.assert_allclose(expected[0], before[0], atol=1e-6)
    batcher = Batcher(engine)
    try:
        ways: dict[str, Sequence[object]] = {
            "engine": engine.score(TEXTS),
            "alone": [engine.score([text])[0] for text in TEXTS],
            "classifier": load(with_word).predict(TEXTS),
            "server": batcher.score(TEXTS),
        }
    finally:
        batcher.close()
    for way, predictions in ways.items():
        found = [each.probabilities["positive"] for each in predictions if isinstance(each, Prediction)]
        np.testing.assert_allclose(found, expected[:, 1], atol=1e-6, err_msg=way)


def test_an_explanation_counts_the_ngrams_of_a_word(with_word: Path) -> None:
    text = TEXTS[2]
    words = load(with_word).explain(text).words
    assert words is not None
    effects = {text[word.start : word.end]: abs(word.effect) for word in words}
    assert effects["zyzzyva"] == max(effects.values())


def test_another_scheme_and_a_newer_format_are_refused(with_word: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(with_word, tmp_path / "copy")
    raw = json.loads((copy / "head.json").read_text())
    for change in ({"ngram_scheme": 2}, {"format": 4}):
        (copy / "head.json").write_text(json.dumps({**raw, **change}))
        with pytest.raises(ModelFolderError, match="this Valence") as caught:
            _head(copy)
        assert caught.value.code == "model-too-new"


def test_ngrams_that_are_cut_short_are_damaged(with_word: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(with_word, tmp_path / "copy")
    tensors = load_file(copy / "head.safetensors")
    tensors["ngram_idf"] = tensors["ngram_idf"][:-1].copy()
    save_file(tensors, copy / "head.safetensors")
    raw = json.loads((copy / "head.json").read_text())
    raw["sha256"] = hashlib.sha256((copy / "head.safetensors").read_bytes()).hexdigest()
    (copy / "head.json").write_text(json.dumps(raw))
    with pytest.raises(ModelFolderError, match="n-grams have weights") as caught:
        _head(copy)
    assert caught.value.code == "model-damaged"
