from __future__ import annotations

from pathlib import Path

import pytest

from valence.inference.engine import Engine


@pytest.fixture(scope="session")
def engine(tiny_model: Path) -> Engine:
    return Engine(tiny_model, threads=1)


@pytest.fixture(scope="session")
def engine_of_three(tiny_model: Path) -> Engine:
    return Engine(tiny_model, threads=3)
