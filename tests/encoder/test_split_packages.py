"""A base in pieces: put together from installed packages, or told apart from what is none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from valence.encoder.split_packages import assemble
from valence.system.errors import BaseModelError

NAMES = ("a-base-part-001", "a-base-part-002")
FILES = {
    "base/config.json": b"{}",
    "base/model.safetensors": b"w" * 1000,
    "base/evil.py": b"x",
    "base/sub/config.json": b"no",
}


def install(site: Path, content: bytes) -> None:
    half = len(content) // 2
    for number, (name, piece) in enumerate(zip(NAMES, (content[:half], content[half:]), strict=True), start=1):
        (site / name).mkdir()
        (site / name / f"base.zip.{number:03}").write_bytes(piece)
        info = site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "RECORD").write_text(f"{name}/base.zip.{number:03},,\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_only_the_wanted_files_are_taken(site: Path, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    install(site, packed.getvalue())
    found = assemble(NAMES, ["config.json", "*.safetensors"], tmp_path / "base")
    assert found == tmp_path / "base"
    assert {path.name: path.read_bytes() for path in found.iterdir()} == {
        "config.json": b"{}",
        "model.safetensors": b"w" * 1000,
    }


def test_a_missing_package_is_no_base(tmp_path: Path) -> None:
    assert assemble(["no-such-package-at-all"], ["*"], tmp_path / "base") is None
    assert not (tmp_path / "base").exists()


def test_pieces_that_make_no_zip_are_refused_and_leave_nothing(site: Path, tmp_path: Path) -> None:
    install(site, b"this is no zip, neither half of it")
    with pytest.raises(BaseModelError, match="a-base-part-001"):
        assemble(NAMES, ["*"], tmp_path / "base")
    assert not (tmp_path / "base").exists()
