"""A base trained from nothing: what it reads, that it learns, and that the three stages take it."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path
from types import SimpleNamespace

from valence.encoder import bases, network
from valence.model.labels import Labels

_SCRIPT = Path(__file__).parents[1] / "runs" / "roberta_from_scratch.py"


scratch = SimpleNamespace(**runpy.run_path(str(_SCRIPT)))


def test_it_writes_a_base_that_the_stages_take(small_data: Path, tmp_path: Path) -> None:
    shape = ["--layers", "1", "--width", "64", "--vocabulary", "400", "--length", "32", "--batch-size", "8"]
    base = tmp_path / "base"
    scratch.main(["--out", str(base), "--data", str(small_data / "aclImdb"), "--minutes", "0.05", *shape])
    made = json.loads((base / "made.json").read_text("utf-8"))
    assert made["steps"] > 0
    assert made["validation_loss"] < math.log(400) + 0.5, "no worse than chance among its pieces"
    tokenizer = network.tokenizer_of(base)
    rows = scratch.packed(tokenizer, ["a wonderful film", "an awful plot"], 6)
    assert set(rows[:, 0].tolist()) == {tokenizer.bos_token_id}
    assert tokenizer.decode(rows[:, 1:].flatten()).startswith("a wonderful film</s>an awf")
    model = network.from_base(bases.find(str(base)), Labels(("negative", "positive")))
    assert network.window_of(model, tokenizer) == scratch.WINDOW
