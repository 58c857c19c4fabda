"""The order of the texts: each once, like lengths together, the same for a seed and an epoch wherever a run begins."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import Trainer

from tests.training.test_fine_tune import LABELS, interrupted_at
from valence.data import sources
from valence.data.examples import Examples
from valence.encoder import bases, network
from valence.encoder.precision import choose
from valence.training.encoding import EncodedTexts, PadToStep
from valence.training.order import GroupedByLength
from valence.training.trainer import LoopConfig, train_on

AGAIN = pytest.mark.slow(reason="trains again, interrupted at another step")


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=200), st.integers(1, 32), st.integers(0, 5), st.integers(0, 9)
)
def test_every_row_comes_once_and_seed_and_epoch_decide(lengths: list[int], batch: int, epoch: int, seed: int) -> None:
    one, other = (GroupedByLength(lengths, batch, seed=seed) for _ in range(2))
    list(one)  # the first epoch, which the other one never reads
    one.epoch = other.epoch = epoch
    assert list(one) == list(other)
    assert sorted(one) == list(range(len(lengths)))


def test_epochs_differ_and_batches_are_of_like_length() -> None:
    lengths = [1 + row % 100 for row in range(1000)]
    sampler = GroupedByLength(lengths, 10, seed=1)
    first = list(sampler)
    sampler.epoch = 1
    assert list(sampler) != first
    spread = [
        max(each) - min(each) for each in ([lengths[row] for row in first[at : at + 10]] for at in range(0, 1000, 10))
    ]
    assert sum(spread) / len(spread) < 10


# Of 14 steps in each of two epochs, with a checkpoint after every fifth.
@pytest.mark.parametrize("step", [pytest.param(7, marks=AGAIN), 19, pytest.param(26, marks=AGAIN)])
def test_a_run_that_is_gone_on_with_reads_what_is_left(
    step: int, tiny_roberta: Path, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews = sources.load(str(small_data / "aclImdb")).train
    whole = trained(tiny_roberta, reviews, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "training_step", interrupted_at(step))
        with pytest.raises(KeyboardInterrupt):
            trained(tiny_roberta, reviews, tmp_path / "parts")
    resumed = trained(tiny_roberta, reviews, tmp_path / "parts")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def trained(base: Path, reviews: Examples, folder: Path) -> dict[str, torch.Tensor]:
    """The weights after the last step of two epochs, from a checkpoint in `folder` where there is one."""
    torch.manual_seed(3)
    tokenizer, model = network.tokenizer_of(base), network.from_base(bases.find(str(base)), LABELS)
    rows = reviews.take(range(0, 400, 2)[:200])
    texts = EncodedTexts(tokenizer, rows.texts, LABELS.encode(rows.labels), max_tokens=62, truncation="head")
    loop = LoopConfig(
        epochs=2, learning_rate=1e-3, batch_size=15, max_tokens=62, truncation="head", balanced=False, seed=1
    )
    collator = PadToStep(tokenizer.pad_token_id)
    train_on(model, texts, {"same": texts}, collator, loop, precision=choose("fp32"), folder=folder)
    return {name: weight.clone() for name, weight in model.state_dict().items()}
