"""Which encoding bytes may be in that are not UTF-8: the one in which they are words of its language.

charset-normalizer, which knows more encodings, is no dependency of serving.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from valence.system.offers import Offer

_JAPANESE = re.compile(r"[\u4e00-\u9fff]*[\u3041-\u30fe][\u4e00-\u9fff\u3041-\u30fe]*")  # with a kana
_CYRILLIC = re.compile(r"(?<![A-Za-z])[А-ЯЁЄІЇ]?[а-яёєіїґ]+(?![A-Za-zА-ЯЁ])")  # not part of a word such as "été"
_VOWELS = re.compile(r"[аеиоыяі]")
_LEAST_VOWELS = 0.25  # of the letters, which Greek does not reach
# The encoding to try, the one to offer, which knows more characters, and what is a word. Of equals, the first is taken.
_LANGUAGES = (
    ("cp932", "cp932", "Japanese", _JAPANESE),
    ("euc_jp", "euc_jp", "Japanese", _JAPANESE),
    ("cp1251", "cp1251", "Cyrillic", _CYRILLIC),
    ("koi8_r", "koi8_r", "Cyrillic", _CYRILLIC),
    ("euc_kr", "cp949", "Korean", re.compile(r"[가-힣]+")),
    ("gb2312", "gb18030", "Chinese", re.compile(r"[\u4e00-\u9fff]+")),
    ("big5", "big5", "Chinese", re.compile(r"[\u4e00-\u9fff]+")),
)
_SIGNS = re.compile(r"[\u2010-\u206f\u3000-\u3020\uff00-\uff20]")  # punctuation
_LEAST_WORDS = 0.75  # of the letters beyond ASCII
_BYTES = 4_000  # that are looked at
_WORD = re.compile(rb"[\x80-\xff]{3}|([\x81-\x9f][\x40-\xfc]){2}")  # Western ones have letters of ASCII within


def encoding_offers(data: bytes) -> tuple[Offer, ...]:
    """The encoding that fits; none where none does.

    >>> [offer.options for offer in encoding_offers("Отличный фильм".encode("koi8_r"))]
    [{'encoding': 'koi8_r'}]
    """
    if not _WORD.search(data):
        return (Offer("For a file from Windows or Excel", {"encoding": "cp1252"}),)
    shares = {(offered, language): _share(data, tried, words) for tried, offered, language, words in _LANGUAGES}
    name, language = max(shares, key=shares.__getitem__)
    return (Offer(f"If it is {language}", {"encoding": name}),) * (shares[name, language] >= _LEAST_WORDS)


def _share(data: bytes, encoding: str, words: re.Pattern[str]) -> float:
    """The share of the letters beyond ASCII that are in words; 0 if the bytes cannot be decoded."""
    text = ""
    with suppress(UnicodeDecodeError):  # incremental, because a character may be cut off at the end
        text = codecs.getincrementaldecoder(encoding)().decode(data[:_BYTES], len(data) <= _BYTES)
    letters = sum(not char.isascii() and not _SIGNS.match(char) for char in text)
    found = "".join(words.findall(text))
    if words is _CYRILLIC and len(_VOWELS.findall(found.lower())) < _LEAST_VOWELS * len(found):
        return 0.0
    return len(found) / letters if letters else 0.0
