"""Rows of a store's file are those that were stored, in any order, and also in another process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from valence.server.teaching import feature_store
from valence.server.teaching.feature_store import FeatureStore, StoredFile

FEATURES = np.arange(60, dtype=np.float32).reshape(20, 3)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> Iterator[StoredFile]:
    monkeypatch.setattr(feature_store, "_AT_ONCE", 8)  # bytes, less than a row
    store = FeatureStore(3)
    for i, row in enumerate(FEATURES):
        store.add(b"%d" % i, row)
    file = store.file()
    store.close()
    yield file
    file.close()


@pytest.mark.parametrize("numbers", [[], [4], [4, 5, 6, 2, 3, 19, 0], [7, 7]])
def test_rows_are_those_of_their_numbers(file: StoredFile, numbers: list[int]) -> None:
    rows = file.rows(numbers)
    assert (rows.shape, len(rows)) == ((len(numbers), 3), len(numbers))
    np.testing.assert_array_equal(rows[:], FEATURES[numbers])


def test_some_of_the_rows(file: StoredFile) -> None:
    rows = file.rows([3, 9, 4, 5])
    np.testing.assert_array_equal(rows[1:3], FEATURES[[9, 4]])
    np.testing.assert_array_equal(rows[np.array([2, 0])], FEATURES[[4, 3]])


def test_a_row_that_is_not_there_is_an_error(file: StoredFile) -> None:
    with pytest.raises(OSError, match="features of row 19 are missing"):
        file.rows([19, 20])[:]


def test_a_process_that_inherits_the_file_reads_it(file: StoredFile) -> None:
    code = f"""
from valence.server.teaching.feature_store import StoredFile
print(StoredFile({file.descriptor}, 3).rows([7])[:].tolist())
"""
    done = subprocess.run([sys.executable, "-c", code], pass_fds=[file.descriptor], capture_output=True, check=True)
    assert done.stdout.decode().strip() == str([FEATURES[7].tolist()])
