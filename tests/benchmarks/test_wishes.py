"""The check of thresholds by wish: the same communities give the same figures, and a broken promise is a failure."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from valence.evaluation.wishes.wish import Wish

HERE = Path(__file__).parents[2] / "benchmarks" / "wishes.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    specification = importlib.util.spec_from_file_location("wishes", HERE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["wishes"] = module
    specification.loader.exec_module(module)
    return module


def test_a_few_communities_keep_what_is_promised(benchmark: ModuleType) -> None:
    found = benchmark.simulated(Wish("load", 30), 100, 4)
    assert found == benchmark.simulated(Wish("load", 30), 100, 4)
    assert (found["communities"], found["promised"], found["kept"]) == (4, 4, 1.0)
    assert set(found["held"]) <= {"precision", "recall", "flags", "right", "missed", "reads"}


@pytest.mark.parametrize(
    ("kept", "simulation", "right"),
    [
        ([True] * 10, {"kept": 0.97, "held": {"flags": 0.95}}, True),
        ([True] * 9 + [False], {"kept": None, "held": {"flags": 0.95}}, True),
        ([True] * 8 + [False] * 2, {"kept": 0.97, "held": {"flags": 0.95}}, False),
        ([True] * 10, {"kept": 0.9, "held": {"flags": 0.95}}, False),
        ([True] * 10, {"kept": 0.97, "held": {"flags": 0.9}}, False),
    ],
)
def test_what_is_a_failure(benchmark: ModuleType, kept: list[bool], simulation: dict[str, Any], *, right: bool) -> None:
    wishes = {str(wish): [{"kept": one} for one in kept] for wish in benchmark.WISHES}
    assert benchmark._is_right({"file": {"wishes": wishes}}, [simulation], 10) is right


def test_the_truth_is_counted_on_other_rows(benchmark: ModuleType) -> None:
    (handles, truth), *_ = benchmark._communities(Wish("recall", 0.9), 300, 1)
    assert 0 <= truth["missed"] <= handles.outlook.per
    nothing = benchmark.truth_of(handles, np.array([0.0]), np.array([True]))
    assert nothing["precision"] is None
