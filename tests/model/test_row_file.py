"""Rows of a file are those that were written, in any order, and also in another process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from valence.model import row_file
from valence.model.row_file import RowFile

ROWS = np.arange(60, dtype=np.float32).reshape(20, 3)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> RowFile:
    monkeypatch.setattr(row_file, "_AT_ONCE", 8)  # bytes, less than a row
    file = RowFile(3)
    file.write(ROWS[10:], 10)
    file.write(ROWS[:10], 0)
    return file


@pytest.mark.parametrize("numbers", [[], [4], [4, 5, 6, 2, 3, 19, 0], [7, 7]])
def test_rows_are_those_of_their_numbers(file: RowFile, numbers: list[int]) -> None:
    rows = file.rows(numbers)
    assert (rows.shape, len(rows)) == ((len(numbers), 3), len(numbers))
    np.testing.assert_array_equal(rows[:], ROWS[numbers])


def test_some_of_the_rows(file: RowFile) -> None:
    rows = file.rows([3, 9, 4, 5])
    np.testing.assert_array_equal(rows[1:3], ROWS[[9, 4]])
    np.testing.assert_array_equal(rows[np.array([2, 0])], ROWS[[4, 3]])


def test_a_row_that_is_not_there_is_an_error(file: RowFile) -> None:
    with pytest.raises(OSError, match="ends before row 21"):
        file.rows([19, 20])[:]


def test_a_process_that_inherits_the_file_reads_it(file: RowFile) -> None:
    code = f"""
from valence.model.row_file import RowFile
print(RowFile(3, {file.descriptor}).rows([7])[:].tolist())
"""
    done = subprocess.run([sys.executable, "-c", code], pass_fds=[file.descriptor], capture_output=True, check=True)
    assert done.stdout.decode().strip() == str([ROWS[7].tolist()])


def test_the_file_is_open_for_as_long_as_rows_of_it_are_used() -> None:
    rows = RowFile(3).rows([])
    descriptor = rows._file.descriptor
    os.fstat(descriptor)
    del rows
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)
