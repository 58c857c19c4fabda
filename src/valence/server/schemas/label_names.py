"""Which names labels may have."""

from __future__ import annotations

import re
import unicodedata

from valence.tables.invisible import trimmed, without_unseen

MOST_CHARS = 100
# Invisible characters that a name needs: they join emoji and letters (Persian, Hindi), and make flags.
_JOINING = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")


def label_name(name: str) -> str:
    """A label without white space and invisible characters at its ends. Raises ValueError that says what is wrong.

    >>> label_name(" spam\\u200b "), label_name("hors\\u00a0sujet") == "hors\\u00a0sujet"
    ('spam', True)
    """
    name = trimmed(name)
    if not without_unseen(name).strip():
        raise ValueError("a label needs visible characters")
    if len(name) > MOST_CHARS:
        raise ValueError(f"a label has at most {MOST_CHARS} characters, not {len(name)}")
    for character in _JOINING.sub("", name):
        if character in "\n\r\u2028\u2029":
            raise ValueError("a label has no line break")
        if not character.isprintable() and unicodedata.category(character) != "Zs":
            raise ValueError(f"a label has no invisible character such as U+{ord(character):04X}")
    return name
