"""Which words of an explanation are worth showing.

An effect is a difference in log-odds: a probability hardly moves where a label is almost certain. Function words move
it too, most of all where no other word does, and say nothing to a reader, so they are set aside then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats

# In log-odds: what decides multiplies the odds by 1.6 or more; smaller than the least is not told from chance.
_DECIDES, _LEAST = 0.5, 0.08
_OF_LARGEST, _OF_LARGEST_FUNCTION_WORD = 0.1, 0.5  # as a share of the largest effect
_LONG, _MOST_OF_LONG = 80, 5  # words of a long text, and how many of them are marked
_SMALLEST_PROBABILITY = 1e-9

# Without those that turn or weigh a statement, such as "not", "but", "too" and "only".
_FUNCTION_WORDS = frozenset(
    """a an the this that these those it its he she they them his her their i me my we us our you your who which what
    is are was were be been being am 's 're 've 'm has have had do does did will would can could shall should may might
    of in on at to for from by with as into about and or if then than so there here when where while how
    it's he's she's that's i'm i've we're they're you're""".split()
)


def log_odds(probabilities: Floats) -> Floats:
    """Of probabilities of any shape.

    >>> log_odds(np.array([0.5, 0.75])).round(2).tolist()
    [0.0, 1.1]
    """
    inside = np.clip(probabilities, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def marked(words: Sequence[str], effects: Floats, words_in_text: int) -> npt.NDArray[np.bool_]:
    """Whether each word, or each part of a text, is worth showing, shape (n,).

    Args:
        words: the words.
        effects: of each, in log-odds, shape (n,).
        words_in_text: more than there are parts, where a part has several words.

    >>> marked(["the", "film", "is", "dull"], np.array([0.2, 0.1, 0.4, 2.0]), 4).tolist()
    [False, False, False, True]
    >>> marked(["today", "is", "thursday"], np.array([0.2, 0.4, 0.1]), 3).tolist()
    [True, False, True]
    """
    if not len(effects):
        return np.zeros(0, dtype=bool)
    size = np.abs(effects)
    function = np.array([word.lower().replace("\u2019", "'") in _FUNCTION_WORDS for word in words])
    largest = float(size[~function].max(initial=0.0))
    least = np.where(function, _OF_LARGEST_FUNCTION_WORD if largest >= _DECIDES else np.inf, _OF_LARGEST)
    found = size >= np.maximum(_LEAST, least * max(largest, _LEAST))
    if words_in_text > _LONG:
        found &= size >= np.sort(size[found])[-_MOST_OF_LONG:].min(initial=np.inf)
    return np.asarray(found)
