"""Words for groups of people: a head that answers to one is caught, and one that doesn't is not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.server.fakes import FakeBody
from tests.server.teaching.conftest import Person, comments
from valence.model.fitted_head import FittedHead
from valence.model.head import Floats, Head
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead
from valence.server.teaching.identity import identity_figures, texts
from valence.server.teaching.identity_terms import SENTENCES, TERMS

LABELS = Labels(["kept", "removed"])


def features() -> Floats:
    """One column that says whether the word gay is in the text, and one of noise."""
    noise = np.random.default_rng(0).normal(size=len(texts())) * 0.01
    return np.stack([np.array([" gay " in text for text in texts()], dtype=np.float32), noise], axis=1)


def head(weight: float, *, several: bool = False) -> FittedHead:
    """It answers removed to a text with the word gay if its weight is above 1, and else kept."""
    layer = Head(
        np.array([[0, 0], [weight, 0.1]], np.float32),
        np.array([0, -1], np.float32),
        np.zeros(2, np.float32),
        np.ones(2, np.float32),
    )
    labels = Labels(LABELS.names, multi_label=True) if several else LABELS
    own = MultiLabelHead.of(layer, np.array([0.6, 0.5], np.float32)) if several else layer
    return FittedHead(own, labels, "final", "b")


def test_every_sentence_is_there_without_a_word_and_with_each() -> None:
    found = texts()
    assert len(found) == len(set(found)) == len(SENTENCES) * (len(TERMS) + 1)
    assert not any("{" in text or "  " in text for text in found)
    without, first = found[0], found[len(SENTENCES)]
    assert (without, first) == (
        "My neighbour helped me carry the shopping.",
        f"My {TERMS[0]} neighbour helped me carry the shopping.",
    )


@pytest.mark.parametrize("several", [False, True])
def test_a_word_that_brings_a_label_is_named(*, several: bool) -> None:
    found = identity_figures(head(3, several=several), features())
    removed = next(each for each in found.labels if each.label == "removed")
    assert removed.without == 0
    assert removed.share == pytest.approx(1 / len(TERMS), abs=1e-3)
    assert removed.terms[0].term == "gay"
    assert removed.terms[0].share == 1
    assert {each.share for each in removed.terms[1:]} == {0}
    assert removed.change.low > 0
    assert found.sentence.startswith("It answers removed to 5% of harmless sentences with words such as gay, ")
    assert found.sentence.endswith("to 0% of the same sentences without.")


def test_words_that_change_nothing_are_said_to_change_nothing() -> None:
    found = identity_figures(head(0), features())
    assert "don't bring any label more often" in found.sentence
    for label in found.labels:
        assert label.without == label.share


def test_how_many_times_as_often_is_said_where_there_is_a_label_without_the_words() -> None:
    rows = features()
    sentence = np.arange(len(rows)) % len(SENTENCES)
    rows[:, 0] = sentence < len(SENTENCES) // 2
    rows[len(SENTENCES) // 4 : len(SENTENCES), 0] = 0
    found = identity_figures(head(3), rows)
    assert found.sentence.endswith("and to 25% of the same sentences without, 2.0 times as often.")


def test_a_version_has_these_figures_also_with_ngrams(person: Person) -> None:
    person.create()
    person.add([*comments(160), *({"text": f"so gay {i}", "labels": ["removed"]} for i in range(80))])
    person.fit()
    version = person.call("get", "/classifiers/forum/versions/1")
    assert "n-grams" in version["reads"], {k: v for k, v in version.items() if k != "results"}
    removed = next(each for each in version["identity"]["labels"] if each["label"] == "removed")
    of_term = {each["term"]: each["probability"] for each in removed["terms"]}
    assert of_term["gay"] == max(of_term.values())


def test_an_encoder_that_cannot_read_a_sentence_leaves_the_figures_out(
    person: Person, body: FakeBody, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.create()
    person.add(comments(40))
    monkeypatch.setattr("valence.server.teaching.teacher.identity_texts", lambda: ["fine", " "])
    assert person.fit()["state"] == "done"
    assert person.call("get", "/classifiers/forum/versions/1")["identity"] is None
