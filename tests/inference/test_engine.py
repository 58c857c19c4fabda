"""The engine: its answers, its promise that batch mates do not matter, and what it says of damaged folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models import BLAME, PLAIN, PRAISE, with_several_labels
from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError, TextError

sentences = st.lists(st.sampled_from([*PRAISE, *BLAME, *PLAIN, "unheard-of"]), min_size=1, max_size=70).map(" ".join)


def test_praise_is_positive_and_blame_negative(engine: Engine) -> None:
    praise, blame = engine.score(["a wonderful film", "a dull film"])
    assert (praise.label, blame.label) == ("positive", "negative")
    assert praise.probability == praise.probabilities["positive"]
    assert praise.sure == (praise.probability >= engine.sure_from)
    assert (praise.tokens, praise.windows, praise.words) == (3, 1, None)


def test_several_labels_are_those_that_reach_their_thresholds_and_sure_is_of_all(
    tiny_model: Path, tmp_path: Path
) -> None:
    folder = ModelFolder(with_several_labels(tiny_model, tmp_path / "several"))

    def answer() -> Prediction:
        return Engine(folder.path, threads=1).score(["a wonderful film"], explain=True)[0]

    doubtful = answer()
    assert (doubtful.label, doubtful.labels) == ("praise", ("praise",))
    assert doubtful.probability > 0.9
    assert not doubtful.sure  # urgent stands at 0.5
    fitted = folder.head()
    fitted.head.bias[2] = -9.0
    folder.write_head(fitted)
    assert answer().sure
    for thresholds, labels, in_front in (([0.001, 1, 1], ("blame",), "blame"), ([1, 1, 1], (), "praise")):
        fitted.head.thresholds[:] = thresholds  # type: ignore[attr-defined]
        folder.write_head(fitted)
        found = answer()
        assert (found.labels, found.label) == (labels, in_front)
        assert found.probability == found.probabilities[in_front]


def test_it_says_what_it_is(engine: Engine, tiny_model: Path) -> None:
    folder = ModelFolder(tiny_model)
    assert engine.labels == ("negative", "positive")
    assert engine.body_version == folder.body().id[:12]
    assert engine.head_version == folder.head().version
    assert engine.name == "tiny"


def test_features_and_the_head_give_the_same_as_score(engine: Engine) -> None:
    texts = ["a wonderful film", "dull", "the plot was good and then bad " * 20]
    probabilities = engine.predict_proba(texts)
    assert probabilities.dtype == np.float64
    scored = [list(prediction.probabilities.values()) for prediction in engine.score(texts)]
    np.testing.assert_allclose(probabilities, scored, atol=1e-6)


def test_features_of_both_readouts(engine: Engine) -> None:
    assert engine.features(["good", "bad"], "final").shape == (2, 32)
    assert engine.features(["good", "bad"], "general").shape == (2, 96)
    assert engine.features([]).shape == (0, 32)
    with pytest.raises(ModelFolderError, match="no readout 'other'"):
        engine.features(["good"], "other")


def test_features_of_a_long_text_are_the_mean_of_its_windows(engine: Engine) -> None:
    text = "the plot was good and then bad " * 20
    reading = engine.reader.read(text)
    windows = [engine.reader.window(reading.ids[first:past]) for first, past in reading.bounds]
    np.testing.assert_allclose(engine.features([text])[0], engine.run(windows).mean(axis=0), atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(sentences, st.lists(sentences, max_size=8), st.integers(0, 8))
def test_a_score_does_not_depend_on_batch_mates_or_padding(
    engine: Engine, text: str, mates: list[str], place: int
) -> None:
    together = [*mates[:place], text, *mates[place:]]
    alone = engine.predict_proba([text])[0]
    np.testing.assert_allclose(engine.predict_proba(together)[min(place, len(mates))], alone, atol=1e-5)


def test_the_first_bad_text_is_named(engine: Engine) -> None:
    for call in (engine.score, engine.predict_proba, engine.features):
        with pytest.raises(TextError, match="Text 2 of 4") as caught:
            call(["good", "bad", "", " "])
        assert caught.value.code == "text-empty"


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.sampled_from([16, 64, 512]))
@settings(deadline=None)
def test_as_many_threads_as_one_likes_give_the_same_answers(
    engine: Engine, engine_of_three: Engine, lengths: list[int], batch_tokens: int
) -> None:
    texts = [" ".join([*PRAISE, *BLAME][i % 5] for i in range(length)) for length in lengths]
    engine_of_three.batch_tokens = batch_tokens
    assert np.abs(engine_of_three.predict_proba(texts) - engine.predict_proba(texts)).max() < 1e-3


def test_threads_share_one_engine(engine: Engine) -> None:
    texts = [f"a {word} film" for word in (*PRAISE, *BLAME)]
    expected = [engine.score([text])[0] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: engine.score([text])[0], texts)) == expected


def _rewrite(name: str, **changes: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**content, **changes}))

    return damage


def _truncate(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:100])

    return damage


def _blessed(name: str, content: bytes) -> Callable[[Path], None]:
    """Damage that the checksum does not see, since body.json is written after it."""

    def damage(folder: Path) -> None:
        (folder / name).write_bytes(content)
        ModelFolder(folder).write_body(ModelFolder(folder).body())

    return damage


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        (_remove("body.safetensors"), "model-incomplete", "valence export"),
        (_remove("tokenizer.json"), "model-incomplete", "tokenizer.json"),
        (_remove("head.json"), "model-incomplete", "head.json"),
        (_remove("head.safetensors"), "model-incomplete", "head.safetensors"),
        (_truncate("body.safetensors"), "model-damaged", "checksums differ"),
        (_truncate("tokenizer.json"), "model-damaged", "checksums differ"),
        (_truncate("head.safetensors"), "model-damaged", "checksums differ"),
        (_blessed("body.safetensors", b""), "model-damaged", "cannot be run"),
        (_blessed("body.safetensors", b"no network" * 50), "model-damaged", "cannot be run"),
        (_blessed("tokenizer.json", b"{}"), "model-damaged", "as a tokenizer"),
        (_rewrite("body.json", format=2), "model-too-new", "Upgrade"),
        (_rewrite("head.json", format=99), "model-too-new", "Upgrade"),
        (_rewrite("head.json", body_id="another"), "model-mismatch", "another"),
        (_rewrite("body.json", readouts={"final": 32, "general": 7}), "model-mismatch", "has the outputs"),
    ],
)
def test_a_damaged_folder_is_told(
    tiny_model: Path, tmp_path: Path, damage: Callable[[Path], None], code: str, words: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_model, folder)
    damage(folder)
    with pytest.raises(ModelFolderError, match=words) as caught:
        Engine(folder, threads=1)
    assert caught.value.code == code
    assert caught.value.hint


def test_an_error_while_running_is_told(engine: Engine) -> None:
    beyond = np.full(8, 10**6)  # no such token
    with pytest.raises(ModelFolderError, match="cannot be run"):
        engine.run([beyond])


def test_a_missing_folder_is_told() -> None:
    with pytest.raises(ModelFolderError, match="no model at") as caught:
        Engine("nowhere")
    assert caught.value.code == "model-missing"
