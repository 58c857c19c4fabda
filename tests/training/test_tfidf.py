"""The TF-IDF baseline: what it can tell apart, how its penalty is chosen, and what its last fit has seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from valence.data.examples import Examples, Splits, Target, labels_of
from valence.model.labels import Labels
from valence.training import tfidf as module
from valence.training.tfidf import tfidf

STEMS = ("delight", "annoy", "confus", "bor")


def examples(rows: int, seed: int, *, classes: int = 4, wrong: float = 0.0, several: bool = False) -> Examples:
    """Each text has one stem with an ending that no other text has; a share of the labels is wrong."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(classes, size=rows)
    noise = draw.random(rows) < wrong
    shown = np.where(noise, draw.integers(classes, size=rows), truth)
    texts = tuple(
        f"It {STEMS[row]}{''.join(draw.choice(list('aeioukmnpt'), size=6))} us {draw.integers(10**6)}" for row in truth
    )
    names = [STEMS[row] for row in shown]
    labels: tuple[Target, ...] = tuple((name, "text") if i % 2 else (name,) for i, name in enumerate(names))
    return Examples(texts, labels if several else tuple(names), tuple(map(str, range(rows))))


def splits(**how: Any) -> Splits:
    train, validation, test = (examples(rows, seed, **how) for rows, seed in ((300, 1), (100, 2), (200, 3)))
    return Splits(train, validation, test)


def accuracy(found: module.TfidfScores, rows: Splits) -> float:
    labels = Labels.discover(rows.train.labels)
    return float((found.test.argmax(axis=1) == labels.encode(rows.test.labels)).mean())


def test_parts_of_words_tell_words_apart_that_training_has_not_seen() -> None:
    rows = splits()
    found = tfidf(rows, Labels.discover(rows.train.labels))
    assert accuracy(found, rows) > 0.95
    np.testing.assert_allclose(found.test.sum(axis=1), 1, atol=1e-6)
    assert (found.validation.shape, found.test.shape) == ((100, 4), (200, 4))


def test_the_penalty_is_stronger_where_labels_are_noise() -> None:
    clean, noisy = splits(), splits(wrong=0.7)
    penalties = [tfidf(rows, Labels.discover(rows.train.labels)).penalty for rows in (clean, noisy)]
    assert penalties[0] < penalties[1]


def test_the_last_fit_includes_the_validation_rows() -> None:
    rows = splits(classes=2)
    first, second = Labels.discover(rows.train.labels).names
    turned = {first: second, second: first}
    other = replace(rows, train=rows.train.take(range(40)))
    wrong = replace(
        other, validation=replace(rows.validation, labels=tuple(turned[str(label)] for label in rows.validation.labels))
    )
    labels = Labels.discover(rows.train.labels)
    assert accuracy(tfidf(other, labels), rows) > 0.9
    assert accuracy(tfidf(wrong, labels), rows) < 0.5, "100 rows outvote 40"


def test_several_labels_a_text_are_told_each_on_its_own() -> None:
    rows = splits(several=True)
    train, validation = (replace(part, labels=_with_any(part)) for part in (rows.train, rows.validation))
    rows = Splits(train, validation, rows.test)
    labels = Labels.discover(rows.train.labels)
    found = tfidf(rows, labels)
    columns = {name: i for i, name in enumerate(labels.names)}
    truth = labels.encode(rows.test.labels)
    assert (found.test[:, columns["any"]] > 0.5).all(), "every row that it learns from has it"
    for stem in STEMS:
        assert ((found.test[:, columns[stem]] > 0.5) == truth[:, columns[stem]]).mean() > 0.9


def _with_any(part: Examples) -> tuple[Target, ...]:
    return tuple(("any", *labels_of(label)) for label in part.labels)


def _unbalanced(part: Examples) -> Examples:
    return part.take([i for i, label in enumerate(part.labels) if label == "delight" or i % 8 == 0])


def test_balanced_weights_favour_the_rare_class() -> None:
    rows = splits(classes=2, wrong=0.3)
    rows = replace(rows, train=_unbalanced(rows.train), validation=_unbalanced(rows.validation))
    labels = Labels.discover(rows.train.labels)
    plain, balanced = (
        tfidf(rows, labels, weight).validation[:, labels.names.index("annoy")] for weight in (None, "balanced")
    )
    assert balanced.mean() > plain.mean() + 0.05


def test_the_same_rows_give_the_same_bits() -> None:
    rows = splits(classes=2)
    labels = Labels.discover(rows.train.labels)
    one, two = (tfidf(rows, labels).test for _ in range(2))
    assert one.tobytes() == two.tobytes()
