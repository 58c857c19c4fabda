"""Bodies of earlier versions: the same weights as the new format has, and networks of other kinds refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.export.conftest import CONFIGS, write_model
from valence.export.families import Network, read_network
from valence.export.to_body import quantized
from valence.export.to_onnx import onnx_body
from valence.inference.fused.body_file import content_of
from valence.inference.fused.onnx_body import weights_in_onnx, weights_of
from valence.inference.fused.onnx_file import OnnxFile, read
from valence.inference.fused.weights import UnsupportedNetworkError


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return read_network(write_model(tmp_path_factory.mktemp("onnx"), CONFIGS["bert"]()))


@pytest.fixture
def file(network: Network) -> OnnxFile:
    return read(memoryview(onnx_body(network).SerializeToString()))


@pytest.mark.parametrize("family", sorted(CONFIGS))
def test_converting_gives_the_bytes_that_an_export_gives(family: str, tmp_path: Path) -> None:
    network = read_network(write_model(tmp_path, CONFIGS[family]()))
    before = onnx_body(network).SerializeToString()
    assert content_of(weights_in_onnx(memoryview(before))) == content_of(quantized(network))


def test_a_float_network_is_refused(network: Network) -> None:
    content = onnx_body(network, quantized=False).SerializeToString()
    with pytest.raises(UnsupportedNetworkError, match="not those of an int8 encoder"):
        weights_in_onnx(memoryview(content))


def _shorter(array: Any) -> Any:
    return array[..., :-1]


def _as_bytes(array: Any) -> Any:
    return array.view(np.uint8)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("words", _shorter),
        ("layer0.qkv.bias", _shorter),
        ("layer1.down.weight.scale", _shorter),
        ("layer1.up.weight", _as_bytes),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(name: str, change: Callable[[Any], Any], file: OnnxFile) -> None:
    weights_of(file)
    file.constants[name] = change(file.constants[name])
    with pytest.raises(UnsupportedNetworkError):
        weights_of(file)


@pytest.mark.parametrize("name", ["zero_point_128", "zero_point_16"])
def test_zero_points_that_encoder_c_does_not_use_are_refused(name: str, file: OnnxFile) -> None:
    file.constants[name] = np.array(100, dtype=np.uint8)
    with pytest.raises(UnsupportedNetworkError, match=r"the zero point of '\w+' is 100, not"):
        weights_of(file)
