"""Characters that nobody sees: at the ends of names and labels they are always a mistake."""

from __future__ import annotations

import re

# Beside white space, which includes the no-break space: the soft hyphen, zero-width and direction marks, the byte order
# mark, and letters that are blank. Not the variation selectors, the last character of many an emoji.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
)
_ENDS = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")
_ANYWHERE = re.compile(f"[{_UNSEEN}]")


def trimmed(text: str) -> str:
    """The text without white space and invisible characters at its ends.

    >>> trimmed("\\u00a0ham\\u200b "), trimmed("\\u2764\\ufe0f") == "\\u2764\\ufe0f"
    ('ham', True)
    """
    stripped = text.strip()
    if stripped.isascii():
        return stripped
    return _ENDS.sub("", stripped)


def has_unseen_ends(text: str) -> bool:
    """Whether `trimmed` removes more than the blanks, tabs and line ends that people expect to be ignored."""
    return not text.isascii() and trimmed(text) != text.strip(" \t\r\n")


def without_unseen(text: str) -> str:
    """The text without invisible characters anywhere."""
    return text if text.isascii() else _ANYWHERE.sub("", text)
