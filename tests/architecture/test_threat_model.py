"""Every test that the threat model relies on is there, and every threat relies on one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
TABLE = PAGE.partition("## Threats\n\n")[2].partition("\n\n")[0]
THREATS = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| Threat")]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_named_test_is_there(file: str, name: str) -> None:
    module = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_names_a_test(threat: str) -> None:
    assert "::test_" in threat.split("|")[3]
