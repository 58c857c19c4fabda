"""A training run in progress: gone on with only as it was started."""

from __future__ import annotations

from pathlib import Path

import pytest

from valence.system.errors import SettingsError
from valence.training.run_folder import open_run


def test_it_goes_on_with_the_same_settings_and_keeps_what_is_there(tmp_path: Path) -> None:
    run = open_run(tmp_path / "out", {"data": "abc", "seed": 1}, resume=False)
    (run / "checkpoint").touch()
    assert open_run(tmp_path / "out", {"data": "abc", "seed": 1}, resume=True) == run
    assert (run / "checkpoint").exists()


def test_other_data_or_settings_are_never_mixed_in(tmp_path: Path) -> None:
    run = open_run(tmp_path / "out", {"data": "abc", "seed": 1}, resume=False)
    (run / "checkpoint").touch()
    for other in ({"data": "another", "seed": 1}, {"data": "abc", "seed": 2}):
        with pytest.raises(SettingsError, match="started with other settings") as caught:
            open_run(tmp_path / "out", other, resume=True)
        assert caught.value.code == "resume-differs"
    assert (run / "checkpoint").exists()


def test_what_a_killed_removal_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".out.training.draft-abc" / "old"
    left.mkdir(parents=True)
    open_run(tmp_path / "out", {"seed": 1}, resume=True)
    assert not left.parent.exists()


def test_beginning_anew_drops_the_run_that_was_there(tmp_path: Path) -> None:
    run = open_run(tmp_path / "out", {"seed": 1}, resume=False)
    (run / "checkpoint").touch()
    assert not list(open_run(tmp_path / "out", {"seed": 2}, resume=False).glob("checkpoint"))
