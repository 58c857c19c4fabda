"""The sparse part of a head: hashed word and character n-grams, weighted by TF-IDF, in a linear layer of their own.

N-grams catch what a frozen body does not tell apart: names, slang, spelling. Each n-gram is hashed to a number, so no
vocabulary is stored, and all texts of a call are hashed at once in numpy. The hash is a polynomial over code points in
64-bit integers, mixed by the finaliser of SplitMix64 (Steele et al. 2014, "Fast Splittable Pseudorandom Number
Generators"); it depends on the n-gram alone, not on the process, the machine or the texts beside it.

A text is lowercased, and runs of white space become one space. Its n-grams are words and pairs of neighbouring words
(letters, marks, digits and underscore), and runs of 2 to 5 characters in what stands between spaces, with the space
before and after it. Each of the two kinds gives a row of length 1 of (1 + ln count) * idf (Salton and Buckley 1988).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

SCHEME = 1  # of what the docstring says; another rule or hash is another scheme
WORDS, CHARACTERS = 0, 1  # the kinds of n-grams
BITS = 18  # 262,144 buckets for each kind
MOST_COLUMNS = 1 << 16
MOST_WEIGHTS = 4_000_000  # 8 MB in a model folder

_BOTH = (WORDS, CHARACTERS)
_LENGTHS = (2, 3, 4, 5)  # of runs of characters
_AT_ONCE = 50_000  # characters that are hashed together; bounds the memory
_FEW_TEXTS = 1000  # with fewer, n-grams that occur in only one text are used too

_BASE = 0x9E3779B97F4A7C15 | 1
_UNBASE = pow(_BASE, -1, 1 << 64)
_SPACE = ord(" ")

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class SparseRows:
    """Rows with few values that are not 0; see `valence.fitting.sparse`.

    Attributes:
        starts: shape (n + 1,); row i has the places from starts[i] to starts[i + 1].
        columns: shape (places,), int32, ascending in each row.
        values: shape (places,).
        width: number of columns.
    """

    starts: Ints
    columns: npt.NDArray[np.int32]
    values: Floats
    width: int


@dataclass(frozen=True)
class Vocabulary:
    """The buckets that are used, and how rare each one is.

    Attributes:
        buckets: shape (columns,), int32, ascending: words below 2**BITS, characters from there on.
        idf: shape (columns,), float32.
    """

    buckets: npt.NDArray[np.int32]
    idf: npt.NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str], classes: int) -> Vocabulary:
        """What occurs in these texts; if that is too much for this number of classes, what occurs in the most texts."""
        texts_with = np.zeros(2 << BITS, dtype=np.int64)
        for _, _, buckets, _ in _counted(texts, _BOTH):
            texts_with += np.bincount(buckets, minlength=2 << BITS)
        kept = np.flatnonzero(texts_with >= (1 if len(texts) < _FEW_TEXTS else 2))
        most = min(MOST_COLUMNS, MOST_WEIGHTS // classes)
        if len(kept) > most:
            kept = np.sort(kept[np.argsort(-texts_with[kept], kind="stable")[:most]])
        idf = np.log((1 + len(texts)) / (1 + texts_with[kept])) + 1
        return cls(kept.astype(np.int32), idf.astype(np.float32))

    def only(self, kinds: Collection[int]) -> Vocabulary:
        """Those of its n-grams that are of these kinds; they have the same values in a row as among all."""
        kept = np.isin(self.buckets >> BITS, list(kinds))
        return Vocabulary(self.buckets[kept], self.idf[kept])

    def rows(self, texts: Sequence[str]) -> SparseRows:
        """The texts as rows, float32 of width `len(buckets)`."""
        counts, columns, values = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for texts_here, owners, columns_here, values_here in self._parts(texts):
            counts.append(np.bincount(owners, minlength=texts_here))
            columns.append(columns_here)
            values.append(values_here)
        starts = np.cumsum(np.concatenate(counts))
        return SparseRows(starts, np.concatenate(columns), np.concatenate(values), len(self.buckets))

    def _parts(self, texts: Sequence[str]) -> Iterator[tuple[int, Ints, npt.NDArray[np.int32], Floats]]:
        """For some texts at a time: (how many, row, column and value of each place)."""
        kinds = {int(bucket) >> BITS for bucket in self.buckets[[0, -1]]} if len(self.buckets) else _BOTH  # ascending
        for texts_here, rows, buckets, counts in _counted(texts, kinds):
            columns = np.searchsorted(self.buckets, buckets)
            columns[columns == len(self.buckets)] = 0
            known = self.buckets[columns] == buckets if len(self.buckets) else np.zeros(len(columns), bool)
            owners, columns = rows[known], columns[known]
            values = (1 + np.log(counts[known])) * self.idf[columns].astype(np.float64)
            blocks = 2 * owners + (self.buckets[columns] >> BITS)
            lengths = np.sqrt(np.bincount(blocks, values**2, minlength=2 * texts_here))  # added up in order
            yield texts_here, owners, columns.astype(np.int32), (values / lengths[blocks]).astype(np.float32)


@dataclass(frozen=True)
class NGrams:
    """A vocabulary and the weights of its n-grams.

    Attributes:
        weight: shape (columns, classes), float16, as a model folder holds it.
    """

    vocabulary: Vocabulary
    weight: npt.NDArray[np.float16]

    def __post_init__(self) -> None:
        columns = len(self.vocabulary.buckets)
        if self.weight.shape[:1] != (columns,) or self.vocabulary.idf.shape != (columns,):
            raise ValueError(f"{columns} n-grams have weights {self.weight.shape}, idf {self.vocabulary.idf.shape}.")
        object.__setattr__(self, "_wide", self.weight.astype(np.float32))  # converted once: half floats are slow

    @property
    def classes(self) -> int:
        return int(self.weight.shape[1])

    def scores(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """What the n-grams of each text add to the logits, shape (n, classes). A row depends on its text alone."""
        rows, wide = self.vocabulary.rows(texts), self.__dict__["_wide"]
        scores = np.zeros((len(texts), self.classes), dtype=np.float32)
        for i, (first, past) in enumerate(zip(rows.starts[:-1], rows.starts[1:], strict=True)):
            if first < past:
                columns, values = rows.columns[first:past], rows.values[first:past]
                # Not a product of BLAS, which may add up in another order with other threads.
                scores[i] = np.add.reduce(wide[columns] * values[:, None], axis=0)
        return scores


def _counted(texts: Sequence[str], kinds: Collection[int]) -> Iterator[tuple[int, Ints, Ints, Ints]]:
    """For some texts at a time: (how many, then for each n-gram of a text its row, its bucket and its count)."""
    for some in _portions(texts):
        owners, hashes, kind = _hashed(some, kinds)
        buckets = (hashes >> np.uint64(64 - BITS)).astype(np.int64) + (kind << BITS)
        keys, counts = np.unique((owners << (BITS + 1)) | buckets, return_counts=True)
        yield len(some), keys >> (BITS + 1), keys & ((2 << BITS) - 1), counts


def _portions(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts, some at a time, normalised."""
    some, size = [], 0
    for text in texts:
        some.append(f" {' '.join(text.lower().split())} ")
        size += len(some[-1])
        if size >= _AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _hashed(texts: Sequence[str], kinds: Collection[int]) -> tuple[Ints, Hashes, Ints]:
    """The text, the hash and the kind of every n-gram of these kinds."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    polynomial = _Polynomial(codes)
    parts = [_words(codes, owners, polynomial)] if WORDS in kinds else []
    spaces = np.concatenate([[0], np.cumsum(codes == _SPACE)])
    for n in _LENGTHS if CHARACTERS in kinds else ():
        starts = np.arange(max(0, len(codes) - n + 1))
        ends = starts + n
        inside = spaces[ends - 1] - spaces[starts + 1]
        starts = starts[(inside == 0) & (owners[starts] == owners[ends - 1])]
        parts.append((owners[starts], _mixed(polynomial.of(starts, starts + n), n), np.full(len(starts), CHARACTERS)))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]


def _words(codes: npt.NDArray[np.uint32], owners: Ints, polynomial: _Polynomial) -> tuple[Ints, Hashes, Ints]:
    """Words and pairs of words."""
    in_word = _word_characters()[np.minimum(codes, 0xFFFF)]
    edges = np.diff(in_word.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    single, of = _mixed(polynomial.of(starts, ends), 1), owners[starts]
    neighbours = of[1:] == of[:-1]
    pairs = _mixed(single[:-1] * np.uint64(_UNBASE) + single[1:], 2)[neighbours]
    rows = np.concatenate([of, of[1:][neighbours]])
    return rows, np.concatenate([single, pairs]), np.full(len(rows), WORDS)


class _Polynomial:
    """The hash of any piece of some code points, from sums of code * base**place over all that stands before it."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        powers = np.full(len(codes) + 1, _BASE, dtype=np.uint64)
        back = np.full(len(codes) + 1, _UNBASE, dtype=np.uint64)
        powers[0] = back[0] = 1
        self._back = np.cumprod(back)
        self._sums = np.zeros(len(codes) + 1, dtype=np.uint64)
        np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * np.cumprod(powers)[:-1], out=self._sums[1:])

    def of(self, starts: Ints, ends: Ints) -> Hashes:
        """Of the pieces from each start to before each end; the same wherever a piece stands."""
        pieces: Hashes = (self._sums[ends] - self._sums[starts]) * self._back[starts]
        return pieces


def _mixed(hashes: Hashes, kind: int) -> Hashes:
    """Every bit depends on every bit of the hash, and on the kind of n-gram."""
    mixed = hashes + np.uint64(kind * 0xD1B54A32D192ED03 % (1 << 64))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@cache
def _word_characters() -> npt.NDArray[np.bool_]:
    """Whether each code point up to 0xFFFF belongs to a word; what is beyond counts as 0xFFFF, which does not."""
    return np.array([unicodedata.category(chr(code))[0] in "LMN" or code == ord("_") for code in range(0x10000)])
