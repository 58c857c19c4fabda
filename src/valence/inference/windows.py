"""Splits a text of any length into windows of token ids that the body can read; nothing is cut silently.

A text longer than the body's window is read in overlapping windows, cut as training cuts them, and their features are
averaged, weighted by number of tokens. The head is linear, so averaging features is averaging logits: a
long text's score is what its parts say on average. Knows the tokenizer, but not the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from valence.model.head import Floats
from valence.model.windows import spans as spans_of
from valence.model.windows import special_tokens
from valence.system.errors import ModelFolderError, TextError
from valence.system.limits import MAX_CHARACTERS

Ints = npt.NDArray[np.int64]

# Texts are tokenised in pieces of this many characters: tokenizers needs about 150 bytes per token.
PIECE = 20_000

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Reading:
    """A text as the body reads it.

    Attributes:
        ids: token ids of the text, without special tokens, shape (tokens,).
        spans: position of each token in the text, in code points, shape (tokens, 2); only if requested.
        bounds: (first, past the last) token of each window.
    """

    ids: Ints
    spans: Ints | None
    bounds: tuple[tuple[int, int], ...]

    @property
    def tokens(self) -> int:
        return len(self.ids)


class TextReader:
    """Turns texts into readings, and readings into windows with their special tokens. Safe to share between threads.

    Args:
        path: tokenizer.json.
        max_tokens: the body's window, special tokens included.
        max_characters: a longer text is refused.
    """

    def __init__(self, path: Path, max_tokens: int, max_characters: int = MAX_CHARACTERS) -> None:
        self.max_characters = max_characters
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            special = special_tokens(self._tokenizer)
        except Exception as error:  # tokenizers raises plain Exception
            raise ModelFolderError(
                f"{path} cannot be read as a tokenizer: {error}.",
                hint="Copy the folder again, or train it again.",
                code="model-damaged",
            ) from error
        self._before, self._after = (np.array(ids, dtype=np.int64) for ids in (special.before, special.after))
        self.capacity = max_tokens - len(special)
        if self.capacity < 1:
            raise ModelFolderError(
                f"{path.parent}: a window of {max_tokens} tokens has no room for text.",
                hint="Train the body again with a larger window.",
                code="model-damaged",
            )

    def read(self, text: str, *, spans: bool = False) -> Reading:
        """Tokenises a text. A lone surrogate, which is not a character, is read as U+FFFD.

        Raises TextError `text-empty`, `text-too-long` or `text-invalid`.
        """
        self._check(text)
        pieces = list(self._pieces(_SURROGATE.sub("\ufffd", text), spans=spans))
        ids = np.concatenate([ids for ids, _ in pieces])
        if not len(ids):
            raise _empty("contains nothing that the model can read")
        where = np.concatenate([piece for _, piece in pieces]) if spans else None
        return Reading(ids, where, tuple(spans_of(len(ids), self.capacity)))

    def window(self, ids: Ints) -> Ints:
        """`ids` with the special tokens around them: what the network reads."""
        return np.concatenate([self._before, ids, self._after])

    def _check(self, text: str) -> None:
        if not isinstance(text, str):
            raise TextError(f"This is not a text, but a {type(text).__name__}.", code="text-invalid")
        if len(text) > self.max_characters:
            raise TextError(
                f"The text has {len(text):,} characters; at most {self.max_characters:,} are read.",
                hint="Send it in parts.",
                code="text-too-long",
            )
        if not text.strip():
            raise _empty("is empty")

    def _pieces(self, text: str, *, spans: bool) -> Iterator[tuple[Ints, Ints]]:
        """(ids, spans) of consecutive pieces, split before white space, where no token of any family crosses."""
        start = 0
        while start < len(text):
            end = _piece_end(text, start)
            encoding = self._tokenizer.encode(text[start:end], add_special_tokens=False)
            where = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2) + start if spans else np.empty((0, 2))
            yield np.array(encoding.ids, dtype=np.int64), where.astype(np.int64)
            start = end


def pooled(features: Floats, counts: Sequence[int]) -> Floats:
    """Mean of the features of windows, weighted by token counts: shape (windows, width) -> (width,)."""
    weights = np.maximum(np.asarray(counts, dtype=np.float32), 1.0)  # a window emptied for an explanation counts too
    return np.asarray(weights @ features / weights.sum(), dtype=np.float32)


def _piece_end(text: str, start: int) -> int:
    if len(text) - start <= PIECE:
        return len(text)
    spaces = (i for i in range(start + PIECE, start + PIECE // 2, -1) if text[i].isspace())
    return next(spaces, start + PIECE)


def _empty(why: str) -> TextError:
    return TextError(f"The text {why}.", hint="Give it at least one word.", code="text-empty")
