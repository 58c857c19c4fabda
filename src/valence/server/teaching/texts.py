"""The form in which an example is stored: its digest, its part and its labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from valence.data.duplicates import digests
from valence.tables.invisible import without_unseen

_TEST_SHARE = 5  # one text in five is tested on


def digest_of(text: str) -> str:
    """32 hex digits, the same for texts that differ only in case, white space, invisible characters and Unicode form.

    >>> digest_of("Great  fil\\u00adm") == digest_of("great film")
    True
    """
    return digests([without_unseen(text)])[0].hex()


def part_of(digest: str) -> Literal["train", "test"]:
    """Where a text belongs. Decided by the text alone, so that no test text ever becomes a training text.

    >>> [part_of(digest_of(f"text {i}")) for i in range(12)].count("test")
    4
    """
    return "test" if int(digest[:8], 16) % _TEST_SHARE == 0 else "train"


def stored_labels(labels: Sequence[str]) -> str:
    """Labels as the database holds them: in alphabetical order, so that the same labels are the same text.

    >>> stored_labels(["rude", "angry"])
    '["angry", "rude"]'
    """
    return json.dumps(sorted(labels))


def labels_in(stored: str) -> list[str]:
    """The labels in a column of the database.

    >>> labels_in('["angry", "rude"]')
    ['angry', 'rude']
    """
    labels: list[str] = json.loads(stored)
    return labels


def is_visible(text: str) -> bool:
    """Whether a text has anything to read.

    >>> is_visible(" \\u200b\\u3164"), is_visible("?")
    (False, True)
    """
    return without_unseen(text).strip() != ""


def cannot_be_stored(text: str) -> bool:
    """Whether a text has a character that the database can't hold: NUL, or half of a surrogate pair.

    >>> cannot_be_stored("a\\0b"), cannot_be_stored("\\ud83d"), cannot_be_stored("fine")
    (True, True, False)
    """
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)
