"""Words and their effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models import example_sentences
from valence.inference.engine import Engine
from valence.inference.explain import MAX_PARTS, MAX_SENTENCES, MAX_TOKENS, cost, leave_out, parts, words
from valence.inference.prediction import Prediction, SentenceScore


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's well-made, isn’t it?", ["It's", "well-made", "isn’t", "it"]),
        ("good...bad", ["good", "bad"]),
        ("¡Qué película!", ["Qué", "película"]),
        ("यह फिल्म अच्छी है।", ["यह", "फिल्म", "अच्छी", "है"]),
        ("فيلم جميل، حقا", ["فيلم", "جميل", "حقا"]),
        ("好电影。", ["好", "电", "影"]),
        ("so good😀👍🏽!", ["so", "good", "😀👍🏽"]),
        ("?! ...", []),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in words(text)] == expected


@given(st.text(max_size=300))
def test_words_are_in_order_and_apart(text: str) -> None:
    ends = [0, *(place for span in words(text) for place in span)]
    assert ends == sorted(ends)
    assert all(text[start:end].strip() for start, end in words(text))


def test_many_words_are_taken_in_groups() -> None:
    text = " ".join(["word"] * 1000)
    found = parts(text)
    assert len(found) == MAX_PARTS
    assert {text[start:end] for start, end in found} == {" ".join(["word"] * 5)}


def test_the_telling_word_has_the_largest_effect(engine: Engine) -> None:
    text = "the film was a dull story"
    prediction = engine.score([text], explain=True)[0]
    assert prediction.words is not None
    top = max(prediction.words, key=lambda word: word.effect)
    assert text[top.start : top.end] == "dull"
    assert top.effect > 0


def test_an_effect_is_what_leaving_the_word_out_does(engine: Engine) -> None:
    prediction = engine.score(["the film was dull"], explain=True)[0]
    rest = engine.score(["the film was"])[0]
    assert prediction.words is not None
    assert prediction.words[-1].effect == pytest.approx(
        prediction.probability - rest.probabilities[prediction.label], abs=1e-5
    )


def test_explaining_changes_nothing_else(engine: Engine) -> None:
    texts = ["the film was dull", "good " * 80, "!"]
    for plain, explained in zip(engine.score(texts), engine.score(texts, explain=True), strict=True):
        assert explained.probabilities == pytest.approx(plain.probabilities, abs=1e-5)
        assert explained.windows == plain.windows


def test_leaving_out_the_top_words_moves_scores_more_than_random_ones(engine: Engine) -> None:
    """Deletion test (ERASER, DeYoung et al. 2020, "comprehensiveness") over many sentences."""
    random = np.random.default_rng(0)
    texts = [text for text in example_sentences()[0] if len(text.split()) > 6][:60]
    top_drops: list[float] = []
    random_drops: list[float] = []
    for text, prediction in zip(texts, engine.score(texts, explain=True), strict=True):
        assert prediction.words is not None
        ranked = sorted(prediction.words, key=lambda word: -word.effect)
        chosen = random.permutation(len(ranked))
        for drops, gone in ((top_drops, ranked[:2]), (random_drops, [ranked[i] for i in chosen[:2]])):
            kept = "".join(" " if any(w.start <= i < w.end for w in gone) else c for i, c in enumerate(text))
            drops.append(prediction.probability - engine.score([kept])[0].probabilities[prediction.label])
    assert np.mean(top_drops) > 2 * np.mean(random_drops)


def test_cost_is_bounded_in_a_long_text(engine: Engine) -> None:
    prediction = engine.score(["the plot was good and dull " * 500], explain=True)[0]
    assert prediction.windows > 50
    assert prediction.words is not None
    assert len(prediction.words) == MAX_PARTS


def test_phrases_keep_to_their_sentence() -> None:
    text = "One two three four five. Six seven! Eight nine ten eleven\ntwelve"
    found = [text[start:end] for start, end in parts(text, 6)]
    assert found == ["One two three", "four five", "Six seven", "Eight nine", "ten eleven", "twelve"]
    assert [text[start:end] for start, end in parts(text, 4)][:2] == ["One two three four five", "Six seven"]
    assert [text[start:end] for start, end in parts(text, 2)] == [
        "One two three four five. Six seven",
        "Eight nine ten eleven\ntwelve",
    ]


@given(st.text(max_size=300), st.integers(1, 20))
def test_parts_hold_every_word_and_are_no_more_than_asked_for(text: str, limit: int) -> None:
    found = parts(text, limit)
    assert len(found) <= limit
    assert all(any(start <= first and last <= end for start, end in found) for first, last in words(text))


@pytest.mark.parametrize("text", ["good " * 4000, "a dull plot. " * 1500, "!" * 20_000, "好" * 3000, "x" * 9000])
def test_an_explanation_reads_a_bounded_number_of_tokens_again(engine: Engine, text: str) -> None:
    left = leave_out(text, engine.reader.read(text, spans=True))
    assert cost(left) <= MAX_TOKENS


def test_a_difference_in_log_odds_shows_where_the_probability_is_almost_certain(engine: Engine) -> None:
    prediction, rest = engine.score(
        ["the film was dull awful boring bad", "the film was dull awful boring"], explain=True
    )
    assert prediction.words is not None
    last = prediction.words[-1]
    odds = [each.probabilities["negative"] / each.probabilities["positive"] for each in (prediction, rest)]
    assert last.log_odds == pytest.approx(np.log(odds[0]) - np.log(odds[1]), abs=1e-3)
    assert abs(last.log_odds) > abs(last.effect)


def test_each_sentence_is_scored_as_if_it_were_alone(engine: Engine) -> None:
    text = "A wonderful film. It was good and superb! The story was dull and awful."
    (mixed,) = engine.score([text], explain=True)
    assert [text[each.start : each.end] for each in mixed.sentences] == [
        "A wonderful film.",
        "It was good and superb!",
        "The story was dull and awful.",
    ]
    for sentence in mixed.sentences:
        (alone,) = engine.score([text[sentence.start : sentence.end]])
        assert (sentence.label, sentence.sure) == (alone.label, alone.sure)
        assert sentence.probability == pytest.approx(alone.probability, abs=1e-5)
    assert mixed.mixed
    assert not engine.score(["A wonderful film. It was good and superb!"], explain=True)[0].mixed
    assert engine.score([text])[0].sentences == ()
    assert engine.score(["A wonderful film."], explain=True)[0].sentences == ()


def test_a_sentence_longer_than_the_window_is_read_in_several(engine: Engine) -> None:
    text = f"{'good ' * 80}. Dull."
    (prediction,) = engine.score([text], explain=True)
    assert prediction.windows > 1
    assert [each.label for each in prediction.sentences] == ["positive", "negative"]


def test_a_text_of_very_many_sentences_is_not_scored_by_sentence(engine: Engine) -> None:
    counts = [
        len(engine.score(["Good. " * sentences], explain=True)[0].sentences)
        for sentences in (MAX_SENTENCES, MAX_SENTENCES + 1)
    ]
    assert counts == [MAX_SENTENCES, 0]


@pytest.mark.parametrize(
    ("labels", "mixed"), [("++", False), ("+-", True), ("+++-", True), ("++++-", False), ("+?", False), ("??", False)]
)
def test_a_quarter_of_the_sure_sentences_makes_a_text_mixed(labels: str, mixed: bool) -> None:
    names = {"+": "positive", "-": "negative", "?": "negative"}
    sentences = tuple(SentenceScore(i, i + 1, names[each], 0.9, each != "?") for i, each in enumerate(labels))
    assert Prediction("positive", 0.9, {}, True, 1, 1, (), sentences=sentences).mixed is mixed
