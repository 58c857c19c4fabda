"""The Python face: load a folder, predict, explain; quick to import, and without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import valence
from valence.errors import ModelFolderError, TextError
from valence.model import bundled


@pytest.fixture(scope="module")
def classifier(tiny_model: Path) -> valence.Classifier:
    return valence.load(tiny_model, threads=1)


def test_one_text_gives_one_answer_and_a_list_a_list(classifier: valence.Classifier) -> None:
    one = classifier.predict("a wonderful film")
    assert isinstance(one, valence.Prediction)
    assert one.label == "positive"
    assert [each.label for each in classifier.predict(["a wonderful film", "a dull film"])] == ["positive", "negative"]
    assert classifier.predict([]) == []


def test_probabilities_are_in_the_order_of_the_labels(classifier: valence.Classifier) -> None:
    probabilities = classifier.predict_proba(["a wonderful film", "a dull film"])
    assert classifier.labels == ("negative", "positive")
    assert probabilities.dtype == np.float64
    assert probabilities.argmax(axis=1).tolist() == [1, 0]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert classifier.predict_proba("a dull film").shape == (1, 2)


def test_an_explanation_has_words(classifier: valence.Classifier) -> None:
    explained = classifier.explain("a dull film")
    assert explained.words is not None
    assert len(explained.words) == 3
    assert classifier.predict("a dull film").words is None


def test_errors_come_through(classifier: valence.Classifier) -> None:
    with pytest.raises(TextError):
        classifier.predict("")
    with pytest.raises(ModelFolderError, match="no model at"):
        valence.load("nowhere")


def test_no_bundled_model_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled, "BUNDLED_FOLDER", tmp_path)
    with pytest.raises(ModelFolderError, match="no bundled model") as caught:
        valence.load()
    assert caught.value.way_out


def test_it_says_what_it_is(classifier: valence.Classifier) -> None:
    assert repr(classifier) == "Classifier('tiny', labels=['negative', 'positive'])"


def test_predicting_needs_no_torch_and_the_import_nothing_at_all(tiny_model: Path) -> None:
    program = (
        "import sys, valence; assert not {'numpy', 'onnxruntime'} & set(sys.modules), 'import valence is slow';"
        f"print(valence.load({str(tiny_model)!r}, threads=1).predict('a dull film').label);"
        "assert not {'torch', 'transformers', 'onnx', 'scipy', 'sklearn', 'flask'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("negative\n", "")
