"""A C library that cannot be used says why."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from valence.inference import fused
from valence.system.c_library import LibraryMissingError, load


def test_one_that_was_not_built(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissingError, match=r"^some\.c was not built when Valence was installed$"):
        load(tmp_path / "some.so", "some.c", 1)


def test_one_that_cannot_be_loaded(tmp_path: Path) -> None:
    file = tmp_path / "some.so"
    file.write_bytes(b"not a library")
    with pytest.raises(LibraryMissingError, match=r"^some\.c cannot be loaded: .*some\.so"):
        load(file, "some.c", 1)


def test_one_from_another_version() -> None:
    library = Path(fused.__path__[0], "_encoder.so")
    assert isinstance(load(library, "encoder.c", 3), ctypes.CDLL)
    with pytest.raises(LibraryMissingError, match=r"encoder\.c was built from another version of Valence"):
        load(library, "encoder.c", 4)
