"""Texts in the encodings that people's programs write: the offer names the one that fits, or none."""

from __future__ import annotations

import pytest

from valence.tables.encoding_guess import encoding_offers

JAPANESE = "この映画はとても面白かったです。もう一度見たい"
CHINESE = "这部电影非常好看，我很喜欢，推荐给大家"
TRADITIONAL = "這部電影非常好看，我很喜歡，推薦給大家"
RUSSIAN = "Отличный фильм, но концовка слабая"
GREEK = "Δεν μου άρεσε καθόλου, πολύ αργή ταινία"
ARABIC = "فيلم جميل جدا"
TEXTS = [
    (JAPANESE, "cp932", "cp932"),
    ("テスト", "cp932", "cp932"),
    (JAPANESE, "euc_jp", "euc_jp"),
    (CHINESE, "gb18030", "gb18030"),
    ("很好，我喜欢", "gb18030", "gb18030"),
    (TRADITIONAL, "big5", "big5"),
    ("정말 재미있는 영화였어요. 추천합니다", "cp949", "cp949"),
    (RUSSIAN, "cp1251", "cp1251"),
    (RUSSIAN, "koi8_r", "koi8_r"),
    ("текст,метка", "cp1251", "cp1251"),
    ("Фільм добре, good film", "cp1251", "cp1251"),
    ("Un été à la mer, déjà vu, ça va", "cp1252", "cp1252"),
    ("naïve Übergröße", "cp1252", "cp1252"),
    ("Schöne Grüße, £5 für den Film – “gut”", "cp1252", "cp1252"),
    (GREEK, "cp1253", None),
    (ARABIC, "cp1256", None),
    (RUSSIAN, "cp866", None),
]


@pytest.mark.parametrize(("text", "encoding", "offered"), TEXTS)
@pytest.mark.parametrize("times", [1, 500])
def test_the_encoding_that_fits_is_offered(text: str, encoding: str, offered: str | None, times: int) -> None:
    offers = encoding_offers((f"{text} " * times).encode(encoding))  # longer ones are cut off within a character
    assert [offer.options["encoding"] for offer in offers] == ([offered] if offered else [])
