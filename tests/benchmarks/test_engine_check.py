"""The engine gives the bits that docs/results/engine-bits.json has, with every set of instructions that is here.

The file is of random networks and of odd texts through the bundled model, on several processors; so the library that
was built here gives what every other processor gives.
"""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from valence.inference.fused.library import load_library
from valence.system.machine import Instructions

ROOT = Path(__file__).parents[2]
CHECK = runpy.run_path(str(ROOT / "benchmarks" / "engine_check.py"))
FOUND: dict[str, Any] = json.loads((ROOT / "docs" / "results" / "engine-bits.json").read_text("utf-8"))
SETS = load_library().instructions
FEW, MANY = FOUND["texts"]
needs_a_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler to build the check with")


def _only(values: Any) -> str:
    (value,) = set(values)
    return str(value)


@needs_a_compiler
def test_random_networks_give_the_bits_of_every_other_processor() -> None:
    """engine_check.c also compares the sets with each other and a text alone with its batch, and asks for refusals."""
    found = CHECK["check_built"](cases=FOUND["cases"], seed=FOUND["seed"])
    assert found == {"sets": list(SETS), "hash": _only(row["hash"] for row in FOUND["rows"])}


@pytest.mark.parametrize("instructions", SETS)
def test_odd_texts_give_the_same_bits_with_every_set(instructions: Instructions) -> None:
    assert CHECK["hash_of_texts"](instructions, FEW["count"]) == _only(FEW["hashes"].values())


@pytest.mark.slow(reason="a few hundred texts in portable C take a minute")
@pytest.mark.parametrize("instructions", SETS)
def test_hundreds_of_odd_texts_give_the_same_bits_with_every_set(instructions: Instructions) -> None:
    assert CHECK["hash_of_texts"](instructions, MANY["count"]) == _only(MANY["hashes"].values())


@needs_a_compiler
@pytest.mark.slow(reason="builds all kernels with the sanitizers")
def test_no_access_leaves_an_array() -> None:
    assert CHECK["check"](CHECK["HERE"], cases=20, seed=2, sanitize=True)["sets"] == list(SETS)


@needs_a_compiler
def test_a_difference_is_told(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The last set's answers are those of another network."""
    main = CHECK["main"]
    monkeypatch.setitem(main.__globals__, "check", lambda *_, **__: {"sets": ["avx2"], "hash": "1"})
    monkeypatch.setitem(main.__globals__, "hash_of_texts", lambda name, count: f"{name} {count}")
    assert main(["--texts", "1"]) == (1 if len(SETS) > 1 else 0)
    assert "bundled model, 1 odd texts" in capfd.readouterr().out
