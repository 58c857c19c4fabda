"""Features are computed once for each text, in whatever list it comes, and what is kept stays within its limit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from valence.model.head import Floats
from valence.model.row_file import FileRows
from valence.training import feature_cache
from valence.training.feature_cache import FeatureCache, key_of

ABOUT = [("one", "torch"), ("one", "encoder.c"), ("two", "torch")]


class Body:
    """Counts the texts that it reads; of each text two readouts, so that one pass gives both, as in torch."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.parts: list[str] = []

    def __call__(self, texts: Sequence[str], part: str) -> dict[str, Floats]:
        self.read += texts
        self.parts.append(part)
        lengths = np.array([len(text) for text in texts], dtype=np.float32)
        return {"final": np.stack([lengths, -lengths], axis=1), "general": lengths[:, None]}


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> Body:
    monkeypatch.setattr(feature_cache, "_recent", feature_cache._Recent())
    return Body()


def test_each_text_is_read_once_in_whatever_list_it_comes(tmp_path: Path, body: Body) -> None:
    cache = FeatureCache(tmp_path, "key")
    for texts in (["a", "bb", "a"], ["bb", "ccc"], ["ccc", "a", "bb", "bb"]):
        found = cache.read(texts, "final", body, keep=True)
        assert found[:].tolist() == [[len(text), -len(text)] for text in texts]
    assert cache.read(["bb"], "general", body, keep=True)[:].tolist() == [[2]]
    assert body.read == ["a", "bb", "ccc"]


def test_features_of_many_texts_are_computed_part_by_part_and_read_from_disk(
    tmp_path: Path, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_cache, "_SHARD_TEXTS", 3)
    monkeypatch.setattr(feature_cache, "_MOST_NUMBERS", 9)
    monkeypatch.setattr(feature_cache, "_ROWS_AT_ONCE", 2)
    texts = ["a" * length for length in (4, 1, 7, 4, 2, 9, 3)]
    for _ in range(2):
        found = FeatureCache(tmp_path, "key").read(texts, "final", body, keep=True)
        assert isinstance(found, FileRows)
        assert found[1:6].tolist() == [[len(text), -len(text)] for text in texts[1:6]]
    assert body.read == ["a" * length for length in (4, 1, 7, 2, 9, 3)]
    assert body.parts == [" 1 of 2", " 2 of 2"]


def test_what_is_not_to_be_kept_stays_in_memory_and_uses_what_was_kept(tmp_path: Path, body: Body) -> None:
    cache = FeatureCache(tmp_path, "key")
    for _ in range(2):
        assert cache.read(["private"], "general", body, keep=False)[:].tolist() == [[7]]
    assert not list(tmp_path.iterdir())
    cache.read(["kept"], "general", body, keep=True)
    cache.read(["kept", "private"], "general", body, keep=False)
    assert body.read == ["private", "kept"]


def test_memory_holds_so_much_and_gives_up_what_came_first(tmp_path: Path, body: Body) -> None:
    feature_cache._recent.most_bytes = 2 * 4  # two rows of one number
    cache = FeatureCache(tmp_path, "key")
    cache.read(["a", "bb", "ccc"], "general", body, keep=False)
    cache.read(["bb", "ccc"], "general", body, keep=False)
    assert body.read == ["a", "bb", "ccc"]
    cache.read(["a"], "general", body, keep=False)
    assert body.read == ["a", "bb", "ccc", "a"]


def test_another_key_is_another_body(tmp_path: Path, body: Body) -> None:
    keys = [key_of(name, max_tokens=8, how=how) for name, how in ABOUT]
    for key in keys:
        FeatureCache(tmp_path, key).read(["a"], "final", body, keep=True)
    assert body.read == ["a"] * len(ABOUT)


def test_the_disk_holds_so_much_and_gives_up_what_was_not_used_for_longest(tmp_path: Path, body: Body) -> None:
    room = 3 * 400  # of one shard each: about 144 bytes of texts and two arrays
    caches = [FeatureCache(tmp_path, key, most_bytes=room) for key in ("one", "two", "three")]
    for age, cache in enumerate(caches[:2]):
        cache.read(["a"], "final", body, keep=True)
        (shard,) = (tmp_path / cache.key).iterdir()
        os.utime(shard, (age, age))
    caches[0].read(["a"], "final", body, keep=True)  # used: now the second is the one to go
    caches[2].read(["a"], "final", body, keep=True)
    kept = {path.parent.parent.name for path in tmp_path.glob("*/*/texts.npy")}
    size = sum(path.stat().st_size for path in tmp_path.glob("*/*/*.npy"))
    assert "three" in kept
    assert kept == {"one", "three"}
    assert size <= room


def test_a_shard_larger_than_the_limit_is_kept_until_the_next(tmp_path: Path, body: Body) -> None:
    cache = FeatureCache(tmp_path, "key", most_bytes=1)
    cache.read(["a"], "final", body, keep=True)
    cache.read(["a", "bb"], "final", body, keep=True)
    assert body.read == ["a", "bb"]
    assert len(list((tmp_path / "key").iterdir())) == 1
