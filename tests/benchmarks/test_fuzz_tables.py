"""A small share of the mutated tables; benchmarks/fuzz_tables.py reads 100,000."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from valence.bulk.blocks import Block

FUZZ: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "fuzz_tables.py"))


def test_mutated_tables_end_in_rows_or_in_one_error(tmp_path: Path) -> None:
    ends, failures = FUZZ["run"](range(200), tmp_path)
    assert failures == []
    assert ends.total() == 200
    assert ends["rows"] > 50
    assert len(ends) > 4


@pytest.mark.parametrize("seed", [2186, 8708])
def test_archives_with_broken_numbers_end_in_an_error(tmp_path: Path, seed: int) -> None:
    ends, failures = FUZZ["run"](range(seed, seed + 1), tmp_path)
    assert failures == []
    assert "rows" not in ends


def without_last(block: Block) -> Block:
    return replace(block, rows=block.rows[:-1], texts=block.texts[:-1])


def test_a_lost_row_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("text,id\na film,1\na dull film,2\n")
    read = FUZZ["read"]
    whole = read.__globals__["blocks_of"]
    monkeypatch.setitem(read.__globals__, "blocks_of", lambda rows: (without_last(block) for block in whole(rows)))
    with pytest.raises(FUZZ["LostError"], match="2 records are in the file, 1 were read"):
        read(tmp_path / "a.csv")
