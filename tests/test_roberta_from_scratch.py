"""A base trained from nothing: what is masked, what is packed, and that the three stages take it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from valence.encoder import bases, network
from valence.model.labels import Labels

_SCRIPT = Path(__file__).parents[1] / "runs" / "roberta_from_scratch.py"


scratch = SimpleNamespace(**runpy.run_path(str(_SCRIPT)))


@given(st.integers(0, 1000))
def test_only_chosen_tokens_are_targets_and_special_ones_never(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, 100, (8, 64), generator=generator)
    inputs, targets = scratch.masked(ids, 100, generator)
    chosen = targets != -100
    assert torch.equal(targets[chosen], ids[chosen])
    assert torch.equal(inputs[~chosen], ids[~chosen])
    assert bool((ids[chosen] >= len(scratch.SPECIAL)).all())


def test_the_shares_are_those_of_the_paper() -> None:
    ids = torch.full((1000, 100), 50)
    inputs, targets = scratch.masked(ids, 100, torch.Generator().manual_seed(1))
    chosen = targets != -100
    assert chosen.float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (inputs[chosen] == scratch.MASK).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert (inputs[chosen] == 50).float().mean().item() == pytest.approx(0.1, abs=0.02)


def test_it_writes_a_base_that_the_stages_take(small_data: Path, tmp_path: Path) -> None:
    shape = ["--layers", "1", "--width", "64", "--vocabulary", "400", "--length", "32", "--batch-size", "8"]
    base = tmp_path / "base"
    scratch.main(["--out", str(base), "--data", str(small_data / "aclImdb"), "--minutes", "0.03", *shape])
    made = json.loads((base / "made.json").read_text("utf-8"))
    assert made["steps"] > 0
    assert made["validation_loss"] > 0
    tokenizer = network.tokenizer_of(base)
    rows = scratch.packed(tokenizer, ["a wonderful film", "an awful plot"], 6)
    assert set(rows[:, 0].tolist()) == {tokenizer.bos_token_id}
    assert tokenizer.decode(rows[:, 1:].flatten()).startswith("a wonderful film</s>an awf")
    model = network.from_base(bases.find(str(base)), Labels(("negative", "positive")))
    assert network.window_of(model, tokenizer) == scratch.WINDOW
