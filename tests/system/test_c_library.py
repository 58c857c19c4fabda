"""A C library that cannot be used says why."""

from __future__ import annotations

import ctypes
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from valence.system import c_library
from valence.system.c_library import LibraryMissingError, load


def test_one_that_was_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LibraryMissingError, match=r"^some\.c was not built when Valence was installed$"):
        load("valence.system._some", "some.c", 1)


def test_one_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "some.so"
    file.write_bytes(b"not a library")
    monkeypatch.setattr(c_library, "find_spec", lambda name: ModuleSpec(name, None, origin=str(file)))
    with pytest.raises(LibraryMissingError, match=r"^some\.c cannot be loaded: .*some\.so"):
        load("some", "some.c", 1)


def test_one_from_another_version() -> None:
    assert isinstance(load("valence.inference.fused._encoder", "encoder.c", 3), ctypes.CDLL)
    with pytest.raises(LibraryMissingError, match=r"encoder\.c was built from another version of Valence"):
        load("valence.inference.fused._encoder", "encoder.c", 4)
