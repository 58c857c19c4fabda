"""The preflight, on the tiny model."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from valence.cli.deploy import deploy
from valence.deploy.preflight import Check, installed_mb, memory_mb, preflight
from valence.errors import ModelFolderError


def test_a_small_model_is_measured(tiny_model: Path) -> None:
    checks = {check.unit: check for check in preflight([f"tiny={tiny_model}"], calls=8)}
    assert checks["MB"].measured > 10
    assert checks["s"].measured > 0


def test_a_server_that_does_not_start_is_told_in_its_own_words() -> None:
    with pytest.raises(ModelFolderError, match="There is no model at no-such-model"):
        preflight(["no-such-model"])


def test_too_much_is_said_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [Check("Memory", 600.0, 512, "MB"), Check("Start until ready", 2.0, 10, "s")]
    monkeypatch.setattr("valence.deploy.preflight.preflight", lambda *_, **__: checks)
    result = CliRunner().invoke(deploy, ["check"])
    assert result.exit_code == 1
    assert [line.split("  ")[-1] for line in result.output.splitlines()] == ["TOO MUCH", "ok"]


def test_memory_is_that_of_the_process_and_its_children() -> None:
    assert memory_mb(os.getpid()) > 10


def test_size_counts_what_a_package_needs() -> None:
    assert installed_mb("flask") > installed_mb("werkzeug") > 0


def test_a_package_that_asks_for_another_with_an_extra_counts_both(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"ours": 1, "driver": 2, "driver-binary": 4}
    needs = {"ours": ["driver[binary]"], "driver": ['driver-binary; extra == "binary"'], "driver-binary": ["driver"]}
    monkeypatch.setattr(
        "valence.deploy.preflight.distribution", lambda name: SimpleNamespace(name=name, requires=needs[name])
    )
    monkeypatch.setattr("valence.deploy.preflight._size", lambda found: sizes[found.name] * 1e6)
    assert installed_mb("ours") == 7
