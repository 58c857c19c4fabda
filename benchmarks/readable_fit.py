"""Fits what `valence.model.readable` weighs: how much each token speaks for another language than English.

Logistic regression on the counts of tokens, on texts and on random spans of 2 to 12 words of them, so that a short text
is judged by what a short text can show. All languages together count as much as English.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from valence.model.folder import ModelFolder
from valence.model.readable import MOST_TOKENS, Readable, accents

# Log-odds that a text must exceed to be refused: a wrong refusal is worse than a wrong verdict.
_MARGIN = 2.0
_PENALTY = 1.0
_SPANS = 2  # of each text that is longer than _SHORT words
_SHORT, _LONGEST = 4, 12
_AT_ONCE = 4096


def fitted(model: ModelFolder, english: dict[str, list[str]], foreign: dict[str, list[str]]) -> Readable:
    """From texts of both kinds, by source."""
    path = model.file("tokenizer.json")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    generator = np.random.default_rng(42)
    kinds = [[text for rows in kind.values() for text in _with_spans(rows, generator)] for kind in (english, foreign)]
    unknown = int(tokenizer.token_to_id("[UNK]") or 0)
    counts = _counts(tokenizer, kinds[0] + kinds[1]) @ _without(unknown, tokenizer.get_vocab_size() + 1)
    labels = np.repeat([0, 1], [len(kind) for kind in kinds])
    fit = LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=200, tol=1e-3).fit(counts, labels)
    return Readable(
        "English",
        fit.coef_[0, :-1].astype(np.float32),
        float(fit.coef_[0, -1]),
        float(fit.intercept_[0]) - _MARGIN,
        unknown,
        model.body().files["tokenizer.json"],
    )


def _without(column: int, width: int) -> sparse.csr_matrix:
    """Clears a column: an emoji is unknown in every language."""
    kept = np.ones(width, np.float32)
    kept[column] = 0
    return sparse.diags(kept, format="csr")


def _with_spans(texts: list[str], generator: Generator) -> Iterator[str]:
    for text in texts:
        yield text
        words = text.split()
        for _ in range(_SPANS if len(words) > _SHORT else 0):
            size = int(generator.integers(2, min(_LONGEST, len(words)) + 1))
            start = int(generator.integers(len(words) - size + 1))
            yield " ".join(words[start : start + size])


def _counts(tokenizer: Tokenizer, texts: list[str]) -> sparse.csr_matrix:
    """Shape (texts, vocabulary + 1), weighted as `Readable.score` does; the accented letters are last."""
    columns, values, ends = [], [], [0]
    for start in range(0, len(texts), _AT_ONCE):
        for encoding in tokenizer.encode_batch(texts[start : start + _AT_ONCE], add_special_tokens=False):
            columns.append(np.array(encoding.ids, dtype=np.int32))
            values.append(np.full(len(encoding.ids), min(1.0, MOST_TOKENS / max(1, len(encoding.ids))), np.float32))
            ends.append(ends[-1] + len(encoding.ids))
    shape = (len(texts), tokenizer.get_vocab_size())
    counts = sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)
    counts.sum_duplicates()
    return sparse.hstack([counts, np.array([[accents(text)] for text in texts])], format="csr")
