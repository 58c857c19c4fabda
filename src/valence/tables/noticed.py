"""What a column's cells give cause to ask: words for nothing, invisible characters, labels that look alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from valence.system.offers import Offer
from valence.tables import label_lists
from valence.tables.invisible import has_unseen_ends, trimmed, without_unseen
from valence.tables.notes import Note, counted

# Written by programs and people where there is no value. In upper or lower case.
_NOTHING = frozenset("nan none null n/a #n/a <na> nat nil undefined (null) (none) - -- --- ? .".split())
_NOTHING_AS_WRITTEN = frozenset(("NA", "\\N"))  # "na" may be a word
LONGEST_WORD = 20  # in characters, with what surrounds it
_MOST_SHOWN = 5
# Cyrillic and Greek letters that look like Latin ones in most fonts.
_CONFUSABLE = str.maketrans(
    "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαοερτικυνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHaoeptikuvABEZHIKMNOPTYX"
)


def means_nothing(cell: Any) -> bool:
    """Whether a cell holds a word that often stands for no value.

    >>> means_nothing("N/A"), means_nothing("-"), means_nothing("na"), means_nothing("none of these")
    (True, True, False, False)
    """
    if not isinstance(cell, str) or len(cell) > LONGEST_WORD:
        return False
    word = trimmed(cell)
    return word.lower() in _NOTHING or word in _NOTHING_AS_WRITTEN


def missing_words(cells: Iterable[Any]) -> Counter[str]:
    """Each such word and its number of cells."""
    return Counter(trimmed(cell) for cell in cells if means_nothing(cell))


def missing_note(name: str, words: Mapping[str, int], kind: str, purpose: str) -> Note:
    """Reports such words in the column `name` of texts or labels (`kind`); `purpose` is that of the offer."""
    listed = ", ".join(f"{word!r} ({count:,})" for word, count in Counter(words).most_common(_MOST_SHOWN))
    return Note(
        "missing-words",
        f"{counted(sum(words.values()), 'cell')} of {name!r} may mean that there is no {kind}: {listed}. "
        f"Each is read as a {kind}.",
        offers=(Offer(purpose, {"missing": tuple(words)}),),
    )


def without_missing(cells: Sequence[Any], missing: Sequence[str]) -> Sequence[Any]:
    """The cells, with None for those that hold one of these words."""
    words = {trimmed(word) for word in missing}
    return [None if isinstance(cell, str) and trimmed(cell) in words else cell for cell in cells]


def cell_notes(name: str, cells: Sequence[Any], *, are_labels: bool) -> list[Note]:
    """What should be reported about the texts or the labels in the column `name`."""
    notes = []
    words = missing_words(cells)
    if words:
        notes.append(missing_note(name, words, "label" if are_labels else "text", "To leave such rows out"))
    if not are_labels:
        return notes
    unseen = sum(has_unseen_ends(cell) for cell in cells if isinstance(cell, str))
    if unseen:
        notes.append(
            Note(
                "invisible-trimmed",
                f"{counted(unseen, 'label')} in {name!r} had invisible characters at an end, left out.",
            )
        )
    return notes + [note for note in (label_lists.joined(cells, name) or label_lists.mixed(cells, name),) if note]


def alike_labels(counts: Mapping[str, int]) -> list[list[str]]:
    """Labels (name -> rows) that look alike: usually one label in two spellings, but only the user knows.

    They differ only in case, spaces and hyphens, width and other forms of the same letter (NFKC), invisible characters,
    or Cyrillic and Greek letters that look like Latin ones.

    >>> alike_labels({"Toxic": 9, "toxic": 1, "fine": 5})
    [['Toxic', 'toxic']]
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        alike[look_of(name)].append(name)
    return [names for names in alike.values() if len(names) > 1]


def alike_notes(counts: Mapping[str, int]) -> list[Note]:
    """A note for each group of labels that look alike."""
    return [
        Note(
            "labels-alike",
            f"Are {' and '.join(f'{name!r} ({counts[name]:,})' for name in names)} the same label? They are treated as "
            "different.",
            "If they are, write them in the same way.",
        )
        for names in alike_labels(counts)
    ]


def look_of(name: str) -> str:
    """The same for labels that look alike.

    >>> look_of("Off-topic") == look_of("off topic")
    True
    """
    plain = without_unseen(unicodedata.normalize("NFKC", name)).translate(_CONFUSABLE).casefold()
    return re.sub(r"(?<=\w)[\s_\-\u2010-\u2015]+(?=\w)|_", " ", plain)
