"""`valence db`: what an operator is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valence.cli import main


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, ["db", *words])


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "VALENCE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VALENCE_DATA_FOLDER", str(tmp_path / "kept"))


def test_the_file_is_made_once(tmp_path: Path) -> None:
    assert "brought up to date from none" in _run("upgrade").output
    assert "were up to date" in _run("upgrade").output
    status = _run("status")
    assert (status.exit_code, str(tmp_path / "kept" / "valence.db") in status.output) == (0, True)


def test_a_server_is_named_by_its_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    if address.startswith("postgresql"):
        outdated = _run("status")
        assert (outdated.exit_code, "valence db upgrade" in outdated.output) == (2, True)
    assert _run("upgrade").exit_code == 0
    assert "ready, version" in _run("status").output


def test_a_folder_that_cannot_be_written_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("no folder")
    failed = _run("upgrade")
    assert (failed.exit_code, "VALENCE_DATA_FOLDER" in failed.output) == (2, True)


def test_a_wrong_address_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:secret@host/db")
    failed = _run("status")
    assert failed.exit_code == 2
    assert "DATABASE_URL: not a supported database URL" in failed.output
    assert "secret" not in failed.output
