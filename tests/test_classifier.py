"""The Python face: load a folder, predict, explain; quick to import, and without torch."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed

import valence
from tests.models import with_neutral, with_several_labels
from valence.model import bundled
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError, SettingsError, TextError


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


def test_a_forum_post_is_scored_without_what_it_quotes(classifier: valence.Classifier) -> None:
    post = "> a wonderful film\n> a wonderful film\n\na dull film"
    assert classifier.cleaning == "none"
    assert classifier.predict(post) == classifier.predict(post, clean="none")
    assert classifier.predict(post, clean="forum") == classifier.predict("a dull film")
    assert classifier.predict([post], clean="forum") == classifier.predict(["a dull film"])
    assert classifier.explain(post, clean="forum") == classifier.explain("a dull film")
    np.testing.assert_array_equal(
        classifier.predict_proba([post], clean="forum"), classifier.predict_proba("a dull film")
    )


def test_posts_without_words_of_their_own_are_counted_and_not_scored(classifier: valence.Classifier) -> None:
    with pytest.raises(
        TextError, match=r"2 of 3 posts have nothing but quotes.* number 1 \(counted from 0\)"
    ) as raised:
        classifier.predict(["a dull film", "> a film", "[quote]a film[/quote]"], clean="forum")
    assert raised.value.code == "text-only-quotes"
    with pytest.raises(TextError, match="is empty"):
        classifier.predict(["a dull film", " "], clean="forum")


def test_a_model_that_was_trained_on_cleaned_posts_cleans_them(tiny_model: Path, tmp_path: Path) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model")
    head = json.loads((model / "head.json").read_text())
    head["provenance"] = {"data": {"name": "posts", "clean": "forum"}}
    (model / "head.json").write_text(json.dumps(head))
    classifier = valence.load(model, threads=1)
    assert classifier.cleaning == "forum"
    post = "> a wonderful film\n> a wonderful film\n\na dull film"
    assert classifier.predict(post) == classifier.predict("a dull film")
    assert classifier.predict(post, clean="none") != classifier.predict("a dull film")


def test_another_cleaning_is_refused(classifier: valence.Classifier) -> None:
    with pytest.raises(SettingsError, match="clean is 'html'"):
        classifier.predict("a film", clean="html")  # type: ignore[call-overload]


def test_errors_come_through(classifier: valence.Classifier) -> None:
    with pytest.raises(TextError):
        classifier.predict("")
    with pytest.raises(ModelFolderError, match="no model at"):
        valence.load("nowhere")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": 5}, "path is 5. It must be 'bundled' or the path"),
        ({"threads": "a"}, "threads is 'a'. It must be a whole number of at least 1"),
        ({"threads": 0}, "threads is 0"),
        ({"threads": True}, "threads is True"),
        ({"threads": 1.5}, "threads is 1.5"),
    ],
)
def test_a_wrong_argument_of_load_is_named(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        valence.load(**arguments)


def test_no_bundled_model_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled, "BUNDLED_FOLDER", tmp_path)
    with pytest.raises(ModelFolderError, match="no bundled model") as caught:
        valence.load()
    assert caught.value.hint


def test_it_says_what_it_is(classifier: valence.Classifier) -> None:
    assert repr(classifier) == "Classifier('tiny', labels=['negative', 'positive'])"


def test_predicting_needs_no_torch_and_the_import_nothing_at_all(tiny_model: Path) -> None:
    program = (
        "import sys, valence; assert 'numpy' not in sys.modules, 'import valence is slow';"
        f"print(valence.load({str(tiny_model)!r}, threads=1).predict('a dull film').label);"
        "assert not {'torch', 'transformers', 'onnx', 'onnxruntime', 'scipy', 'sklearn', 'flask'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("negative\n", "")


def test_a_frame_of_one_column_is_its_texts_and_of_several_an_error(classifier: valence.Classifier) -> None:
    texts = ["a wonderful film", "a dull film", "an awful film"]
    frame = pd.DataFrame({"text": texts, "label": [1, 0, 0]})
    for given in (frame[["text"]], frame["text"], (text for text in texts)):
        assert [each.label for each in classifier.predict(given)] == ["positive", "negative", "negative"]
    assert classifier.predict_proba(frame[["text"]]).shape == (3, 2)
    for ask in (classifier.predict, classifier.predict_proba):
        with pytest.raises(TextError, match=r"2 columns \('text', 'label'\)"):
            ask(frame)
    with pytest.raises(TextError, match="bytes"):
        classifier.predict(b"a dull film")
    with pytest.raises(TextError, match="takes one text"):
        classifier.explain(texts)  # type: ignore[arg-type]  # what is tested
    assert isinstance(classifier.predict(np.array("a dull film")), valence.Prediction)


def test_a_copy_through_pickle_answers_alike(classifier: valence.Classifier) -> None:
    copy = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(copy.predict_proba(["a dull film"]), classifier.predict_proba(["a dull film"]))


def test_a_pickle_opens_no_other_model_than_its_own(tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "own"))
    pickled = pickle.dumps(valence.load(folder, threads=1))
    fitted = ModelFolder(folder).head()
    ModelFolder(folder).write_head(replace(fitted, sure_from=0.5))
    with pytest.raises(ModelFolderError, match="another model than the one that was pickled"):
        pickle.loads(pickled)
    shutil.rmtree(folder)
    with pytest.raises(ModelFolderError, match="no model at"):
        pickle.loads(pickled)


def test_a_fork_after_a_batch_answers_as_its_parent(tiny_model: Path) -> None:
    """In a process of its own, so that no other test's threads are forked."""
    program = f"""
import multiprocessing
import valence
from valence.inference.engine import Engine

texts = [f"a wonderful film {{i}} of many words that fill a batch" for i in range(64)]
classifier = valence.Classifier(Engine({str(tiny_model)!r}, threads=2))
expected = classifier.predict(texts)  # starts the threads


def ask(start):
    return classifier.predict(texts[start:start + 32])


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        # Without threads in the child, these would wait for ever; the pool ends its processes when it is left.
        found = pool.map_async(ask, [0, 32]).get(timeout=60)
        sent = pool.map_async(classifier.predict, [texts[:32], texts[32:]]).get(timeout=60)
    print([each.label for part in found for each in part] == [each.label for each in expected], found == sent)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "True True\n", done.stderr


def test_labels_restrict_the_answers(tiny_model: Path, tmp_path: Path) -> None:
    folder = with_neutral(tiny_model, tmp_path / "three")
    texts = ["a wonderful film", "a dull film", "the film"]
    whole = valence.load(folder, threads=1).predict_proba(texts)
    two = valence.load(folder, threads=1, labels=["positive", "negative"])
    assert two.labels == ("negative", "positive"), "the model's own order"
    expected = whole[:, [0, 2]] / whole[:, [0, 2]].sum(axis=1, keepdims=True)
    assert two.predict_proba(texts) == pytest.approx(expected, abs=1e-6)
    assert two.explain("a dull film").probabilities == pytest.approx(dict(zip(two.labels, expected[1], strict=True)))
    assert pickle.loads(pickle.dumps(two)).labels == two.labels


@pytest.mark.parametrize(
    ("labels", "why"),
    [(["negative", "angry"], "no label 'angry'"), (["neutral", "neutral"], "two different labels"), ([], "two")],
)
def test_labels_that_it_can_not_answer_with_alone(
    tiny_model: Path, tmp_path: Path, labels: list[str], why: str
) -> None:
    folder = with_neutral(tiny_model, tmp_path / "three")
    with pytest.raises(SettingsError, match=f"{why}.*Its labels are negative, neutral, positive"):
        valence.load(folder, threads=1, labels=labels)


def test_several_labels_per_text_can_not_be_restricted(tiny_model: Path, tmp_path: Path) -> None:
    folder = with_several_labels(tiny_model, tmp_path / "several")
    with pytest.raises(SettingsError, match="can have several of its labels"):
        valence.load(folder, threads=1, labels=["blame", "praise"])


def test_it_works_in_joblib(classifier: valence.Classifier) -> None:
    texts = ["a wonderful film", "a dull film"]
    found = Parallel(n_jobs=2)(delayed(classifier.predict)(text) for text in texts)
    assert [each.label for each in found] == ["positive", "negative"]


READ = [
    "A wonderful, moving film.",
    "u dumb af smh",
    "SELECT name, age FROM customers WHERE id = 7;",
    "Shital",
    "42",
    "lol 😂",
    ":)",
]
NOT_READ = [
    ("बहुत बुरी फिल्म", "text-other-script"),
    ("Фильм скучный и слишком длинный.", "text-other-script"),
    ("La película me pareció aburrida y demasiado larga.", "text-other-language"),
    ("Weiß jemand, wo ich die Anleitung herunterladen kann?", "text-other-language"),
    ("🤬🤬", "text-only-symbols"),
]


def test_the_bundled_model_says_what_it_can_not_read() -> None:
    classifier = valence.load()
    assert len(classifier.predict(READ)) == len(READ)
    for text, code in NOT_READ:
        with pytest.raises(TextError, match="Not readable") as caught:
            classifier.predict(text)
        assert caught.value.code == code
    assert classifier.predict_proba([text for text, _ in NOT_READ]).shape == (len(NOT_READ), 2)
