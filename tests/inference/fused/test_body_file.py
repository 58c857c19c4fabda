"""body.safetensors: read back as it was written, a file like any other of its kind, and refused if it is damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from tests.export.conftest import CONFIGS, write_model
from valence.export.families import read_network
from valence.export.to_body import quantized
from valence.inference.fused.body_file import content_of, weights_in
from valence.inference.fused.weights import UnsupportedNetworkError


def body_of(family: str, folder: Path) -> bytes:
    return content_of(quantized(read_network(write_model(folder, CONFIGS[family]()))))


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """With everything that a body can have: MPNet's attention has a bias by distance."""
    return body_of("mpnet", tmp_path_factory.mktemp("body"))


def description(content: bytes) -> dict[str, Any]:
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return dict(json.loads(header["__metadata__"]["valence"]))


def rewritten(content: bytes, *, about: dict[str, Any] | None = None, **tensors: Any) -> bytes:
    changed = {name: np.ascontiguousarray(array) for name, array in {**load(content), **tensors}.items()}
    return bytes(save(changed, {"valence": json.dumps({**description(content), **(about or {})})}))


@pytest.mark.parametrize("family", sorted(CONFIGS))
def test_it_is_read_back_as_it_was_written(family: str, tmp_path: Path) -> None:
    content = body_of(family, tmp_path)
    assert content_of(weights_in(memoryview(content))) == content


def test_other_programs_can_read_it_and_its_header_describes_the_network(body: bytes) -> None:
    tensors, weights = load(body), weights_in(memoryview(body))
    assert (tensors["layers.1.down.weight"] == weights.layers[1].linears["down"].weight).all()
    assert (tensors["relative"] == weights.relative).all()
    assert description(body) == {
        "format": 1,
        "heads": 4,
        "epsilon": 1e-5,
        "activation": "tanh",
        "general": [2, 1, 0],
        "zero_point": 128,
        "zero_point_after_gelu": 16,
    }


def _shorter(array: Any) -> Any:
    return array[..., :-1]


def _as_bytes(array: Any) -> Any:
    return array.view(np.uint8)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *((name, _shorter) for name in ("words", "words.scale", "positions", "dense.weight", "dense.bias", "relative")),
        *((name, _shorter) for name in ("layers.0.key.bias", "layers.1.up.weight", "layers.1.down.scale")),
        *((name, _as_bytes) for name in ("words", "layers.1.up.weight", "embedding_norm.bias")),
        ("layers.0.out.weight", np.ravel),
        ("words", np.sum),
    ],
)
def test_parts_that_do_not_fit_together_are_never_computed_with(
    name: str, change: Callable[[Any], Any], body: bytes
) -> None:
    weights_in(memoryview(rewritten(body)))
    with pytest.raises(UnsupportedNetworkError):
        weights_in(memoryview(rewritten(body, **{name: change(load(body)[name])})))


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"zero_point": 100}, "the zero point of 'query' is 100, not 128"),
        ({"zero_point_after_gelu": 100}, "the zero point of 'down' is 100, not 16"),
        ({"format": 2}, "it has format 2, and this Valence reads format 1"),
        ({"activation": "sigmoid"}, "it has no 'sigmoid'"),
        ({"general": [7]}, "do not agree"),
        ({"heads": 5}, "do not agree"),
        ({"heads": None}, "another kind"),
    ],
)
def test_a_network_that_encoder_c_does_not_compute_is_refused(about: dict[str, Any], said: str, body: bytes) -> None:
    with pytest.raises(UnsupportedNetworkError, match=said):
        weights_in(memoryview(rewritten(body, about=about)))


@given(data=st.data())
def test_whatever_is_cut_off_or_altered_in_its_header_is_told(body: bytes, data: st.DataObject) -> None:
    end = 8 + int.from_bytes(body[:8], "little")
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(UnsupportedNetworkError):
        weights_in(memoryview(body[:cut]))
    altered = bytearray(body)
    altered[data.draw(st.integers(0, end - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnsupportedNetworkError):  # and nothing else; some changes, as to a number, leave a network
        weights_in(memoryview(altered))
