"""What repeats in the splits of a run, counted on a set small enough to count by hand."""

from __future__ import annotations

from valence.data.duplicates import audit
from valence.data.examples import Examples, Splits


def part(*rows: tuple[str, str]) -> Examples:
    return Examples(tuple(text for text, _ in rows), tuple(label for _, label in rows), ("",) * len(rows))


def test_every_count() -> None:
    train = part(("good", "pos"), ("good", "pos"), ("GOOD ", "neg"), ("bad", "neg"), ("dull", "neg"))
    validation = part(("Bad", "neg"), ("fine", "pos"))
    test = part(("ｇｏｏｄ", "pos"), ("fine", "pos"), ("new", "pos"))
    assert audit(Splits(train, validation, test)).as_json() == {
        "exact": 1,
        "normalised": 2,
        "contradicting_texts": 1,
        "contradicting_rows": 3,
        "validation_in_train": 1,
        "test_in_train": 1,
        "test_in_validation": 1,
    }
