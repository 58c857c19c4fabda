"""Numbers that would train nothing, or nothing sensible, are refused before anything is loaded."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from valence.cli import main

COMMANDS = {
    "pretrain": ("pretrain", "--base", "minilm", "--out", "out"),
    "distill": ("distill", "--student", "minilm", "--teacher", "teacher", "--out", "out"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("option", "value"),
    [("--epochs", "0"), ("--epochs", "-1"), ("--learning-rate", "0"), ("--batch-size", "0"), ("--max-tokens", "1")],
)
def test_a_number_out_of_range_is_told_with_its_option(command: str, option: str, value: str) -> None:
    done = CliRunner().invoke(main, [*COMMANDS[command], option, value])
    assert done.exit_code == 2
    assert option in done.output
    assert "range" in done.output
