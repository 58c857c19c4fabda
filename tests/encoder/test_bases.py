"""Bases by name, path and Hub id: what is refused, and what the message offers instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file
from transformers import MPNetConfig, MPNetModel

from valence.encoder import bases, network
from valence.encoder.readouts import general_layers
from valence.model.labels import Labels
from valence.system.errors import BaseModelError

LABELS = Labels(["negative", "positive"])


def test_an_unreachable_hub_names_the_offline_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BaseModelError, match="--base minilm") as caught:
        bases.find("roberta-base")
    assert caught.value.code == "base-unreachable"


def test_a_name_that_is_nothing_is_said_to_be_so() -> None:
    with pytest.raises(BaseModelError, match="is not a base that Valence knows"):
        bases.find("no/such/base")


def test_a_base_without_an_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "vits"}')
    with pytest.raises(BaseModelError, match="not an encoder"):
        network.from_base(bases.find(str(tmp_path)), LABELS)


def test_a_base_that_lacks_encoder_weights_is_refused(tiny_roberta: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_roberta, tmp_path / "base")
    weights = load_file(copy / "model.safetensors")
    del weights["roberta.encoder.layer.1.output.dense.weight"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BaseModelError, match=r"encoder\.layer\.1\.output\.dense\.weight"):
        network.from_base(bases.find(str(copy)), LABELS)


def test_the_identity_is_the_body_s_alone(tiny_roberta: Path) -> None:
    tokenizer = network.tokenizer_of(tiny_roberta)
    model = network.from_base(bases.find(str(tiny_roberta)), LABELS)
    before = network.body_id(model, tokenizer)
    tokenizer(["a text"], truncation=True, max_length=4, padding="max_length")
    network.final_layer(model).weight.data += 1
    assert network.body_id(model, tokenizer) == before
    model.roberta.encoder.layer[0].output.dense.weight.data += 1
    assert network.body_id(model, tokenizer) != before


def test_a_family_without_fused_attention_loads_too(tmp_path: Path) -> None:
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 64}
    MPNetModel(MPNetConfig(vocab_size=100, **shape)).save_pretrained(tmp_path)
    model = network.from_base(bases.find(str(tmp_path)), LABELS)
    assert network.final_layer_name(model) == "classifier.out_proj"


def test_the_window_leaves_room_for_roberta_s_padding_positions(tiny_roberta: Path) -> None:
    model = network.from_base(bases.find(str(tiny_roberta)), LABELS)
    assert network.window_of(model, network.tokenizer_of(tiny_roberta)) == 62


@pytest.mark.parametrize(
    ("layers", "expected"), [(6, (6, 5, 4, 3, 2, 1, 0)), (12, (12, 10, 8, 6, 4, 2, 0)), (2, (2, 1, 0)), (1, (1, 0))]
)
def test_the_general_readout_reads_from_the_top_down_to_the_embeddings(layers: int, expected: tuple[int, ...]) -> None:
    assert general_layers(layers) == expected
