"""One process or several: who takes how much, and which commands are for one alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli import main
from valence.system.errors import SettingsError
from valence.training import ranks


def test_a_process_alone_is_the_first_and_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    assert (ranks.is_first(), ranks.count(), ranks.share_of(7)) == (True, 1, 7)


def test_a_step_is_shared_evenly_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert ranks.share_of(32) == 8
    for batch_size in (3, 30):
        with pytest.raises(SettingsError, match="4 processes") as caught:
            ranks.share_of(batch_size)
        assert caught.value.code == "batch-not-shared"


@pytest.mark.parametrize("more", [[], ["--train-layers", "1"]], ids=["frozen", "layers"])
def test_what_is_for_one_process_says_so(
    more: list[str], tiny_model: Path, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    source, data = ["--from", str(tiny_model)], ["--data", str(small_data / "SST-2")]
    done = CliRunner().invoke(main, ["transfer", *source, *data, "--out", str(tmp_path / "out"), *more])
    assert done.exit_code == 2
    assert "valence transfer runs in one process, and torchrun started 2." in done.stderr
    assert list(tmp_path.iterdir()) == []
