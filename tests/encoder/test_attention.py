"""Attention in chunks against transformers' own, with its gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification

from tests.export.conftest import CONFIGS, SIZES, write_model
from valence.encoder import attention
from valence.encoder.attention import IN_CHUNKS, in_chunks
from valence.encoder.network import from_folder

LENGTHS = [9, 3, 40, 17, 40, 1]


def answers(model: Any, lengths: list[int]) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits, and the gradient of each parameter."""
    torch.manual_seed(0)
    ids = torch.randint(5, 200, (len(lengths), max(lengths)))
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    logits = model(input_ids=ids, attention_mask=mask).logits
    logits.square().sum().backward()
    gradients = {name: each.grad for name, each in model.named_parameters() if each.grad is not None}
    return logits.detach(), gradients


@pytest.mark.parametrize("scores", [1, 4 * 40**2 * 2, 2**20])
@pytest.mark.parametrize("lengths", [LENGTHS, [12] * 5])
@pytest.mark.parametrize("family", sorted(CONFIGS))
def test_it_is_the_attention_of_transformers(
    family: str, lengths: list[int], scores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "_SCORES", scores)
    folder = write_model(tmp_path / family, CONFIGS[family]())
    logits, gradients = answers(from_folder(folder, attention="eager"), lengths)
    found, ours = answers(from_folder(folder, attention=IN_CHUNKS), lengths)
    torch.testing.assert_close(found, logits, atol=1e-5, rtol=1e-4)
    for name, gradient in gradients.items():
        torch.testing.assert_close(ours[name], gradient, atol=1e-4, rtol=1e-3, msg=name)


def test_a_family_that_can_takes_it(tmp_path: Path) -> None:
    found = {
        family: from_folder(write_model(tmp_path / family, CONFIGS[family]()), attention=IN_CHUNKS).config
        for family in CONFIGS
    }
    taken = {family for family, config in found.items() if config._attn_implementation == IN_CHUNKS}
    assert taken == {"bert", "roberta", "distilbert"}


def test_a_decoder_keeps_its_own() -> None:
    model = BertForSequenceClassification(BertConfig(**SIZES, is_decoder=True))
    in_chunks(model)
    assert model.config._attn_implementation != IN_CHUNKS
