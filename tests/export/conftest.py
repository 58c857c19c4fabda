"""A tiny model folder with random weights for each family of encoders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    DistilBertConfig,
    MPNetConfig,
    RobertaConfig,
)

from tests.models import tiny_tokenizer
from valence.model.folder import Body, ModelFolder

SIZES: dict[str, Any] = {
    "vocab_size": 200,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 42,
    "initializer_range": 0.2,  # wide, so that a wrong weight shows
}
SIZES_DISTILBERT: dict[str, Any] = {
    "vocab_size": 200,
    "dim": 32,
    "n_layers": 2,
    "n_heads": 4,
    "hidden_dim": 64,
    "max_position_embeddings": 42,
    "initializer_range": 0.2,
}
CONFIGS: dict[str, Callable[[], Any]] = {
    "bert": lambda: BertConfig(**SIZES),
    "roberta": lambda: RobertaConfig(**SIZES, type_vocab_size=1, layer_norm_eps=1e-5),
    "mpnet": lambda: MPNetConfig(**SIZES, layer_norm_eps=1e-5),
    "distilbert": lambda: DistilBertConfig(**SIZES_DISTILBERT),
}
WINDOW = 40  # of RoBERTa's and MPNet's 42 positions, 2 are taken by the padding offset


def write_model(folder: Path, config: Any) -> Path:
    """A folder as training leaves it before the export, without a head."""
    torch.manual_seed(0)
    network = AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():  # fresh biases and norms are 0 and 1, which would hide a mixed-up one
        for name, parameter in network.named_parameters():
            if name.endswith("bias") or "norm" in name.lower():
                parameter.add_(torch.randn_like(parameter) * 0.2)
    folder.mkdir(parents=True, exist_ok=True)
    network.save_pretrained(folder)
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    body = Body("0" * 64, "tiny", type(network).__name__, WINDOW, {"final": 32, "general": 96})
    ModelFolder(folder).write_body(body)
    return folder


@pytest.fixture(scope="session", params=sorted(CONFIGS))
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of each family in turn. Read only."""
    return write_model(tmp_path_factory.mktemp("families") / request.param, CONFIGS[request.param]())
