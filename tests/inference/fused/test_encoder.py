"""encoder.c against onnxruntime and the float32 graph, by family; neither batch mates nor instructions matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, RobertaConfig

from tests.export.conftest import CONFIGS, SIZES, WINDOW, write_model
from valence.export.families import read_network
from valence.export.onnx_runtime import OnnxRuntime
from valence.export.to_body import export_body, quantized
from valence.export.to_onnx import onnx_body
from valence.inference import runtime as runtimes
from valence.inference.engine import Engine
from valence.inference.fused import encoder as fused
from valence.inference.fused import library
from valence.inference.fused.body_file import content_of
from valence.inference.fused.weights import EncoderWeights, UnsupportedNetworkError
from valence.inference.runtime import Runtime, open_runtime
from valence.inference.windows import Ints
from valence.system.errors import EngineMissingError, ModelFolderError, SettingsError
from valence.system.machine import INSTRUCTIONS, Instructions

LIBRARY = library.load_library()
SETS = LIBRARY.instructions
READOUTS = ("final", "general")
ODD_SHAPES: dict[str, Callable[[], Any]] = {
    "columns that fill no vector": lambda: BertConfig(**{**SIZES, "hidden_size": 20, "intermediate_size": 50}),
    "heads of several vectors": lambda: RobertaConfig(**{**SIZES, "hidden_size": 144, "num_attention_heads": 2}),
    "one layer": lambda: BertConfig(**{**SIZES, "num_hidden_layers": 1}),
}


def windows_of(lengths: Sequence[int], seed: int = 0) -> list[Ints]:
    random = np.random.default_rng(seed)
    return [random.integers(5, 200, size=length) for length in lengths]


@pytest.fixture(scope="module", params=[*sorted(CONFIGS), *ODD_SHAPES])
def body(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """body.safetensors of a family or shape, and next to it the same as body.onnx, and exact.onnx in float32."""
    config = {**CONFIGS, **ODD_SHAPES}[request.param]()
    folder = write_model(tmp_path_factory.mktemp("fused"), config)
    network = read_network(folder)
    for name, int8 in (("body.onnx", True), ("exact.onnx", False)):
        (folder / name).write_bytes(onnx_body(network, quantized=int8).SerializeToString())
    path = folder / "body.safetensors"
    path.write_bytes(content_of(quantized(network)))
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> EncoderWeights:
    return quantized(read_network(write_model(tmp_path_factory.mktemp("weights"), CONFIGS["bert"]())))


_OPENED: dict[tuple[Path, Instructions], Runtime] = {}


def opened(path: Path, instructions: Instructions | None = None) -> Runtime:
    chosen = instructions or SETS[-1]
    if (path, chosen) not in _OPENED:
        _OPENED[path, chosen] = fused.open_fused(path, chosen)
    return _OPENED[path, chosen]


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("lengths", [[1], [WINDOW], [7, 7], [9, 3, 1, 33, 17, WINDOW]])
def test_it_is_as_near_to_the_float_graph_as_onnxruntime(body: Path, readout: str, lengths: list[int]) -> None:
    windows = windows_of(lengths)
    exact = OnnxRuntime(body.with_name("exact.onnx")).run(windows, readout)
    theirs = np.abs(OnnxRuntime(body.with_name("body.onnx")).run(windows, readout) - exact)
    ours = np.abs(opened(body).run(windows, readout) - exact)
    assert ours.shape == theirs.shape
    assert ours.mean() < 1.1 * theirs.mean() + 1e-4


@pytest.mark.parametrize("readout", READOUTS)
def test_it_computes_what_onnxruntime_computes(body: Path, readout: str) -> None:
    """Rounding to int8 makes a last bit into a step now and then, so they agree on nearly all, and not to a bit."""
    windows = windows_of([WINDOW, 20, 5, 1, 12])
    theirs = OnnxRuntime(body.with_name("body.onnx")).run(windows, readout)
    ours = opened(body).run(windows, readout)
    assert np.abs(ours - theirs).mean() < 0.01 * np.abs(theirs).mean()


@settings(max_examples=25)
@given(lengths=st.lists(st.integers(1, WINDOW), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_a_window_gets_the_same_bits_in_any_company(body: Path, lengths: list[int], seed: int) -> None:
    windows = windows_of(lengths, seed)
    for readout in READOUTS:
        together = opened(body).run(windows, readout)
        alone = np.concatenate([opened(body).run([window], readout) for window in windows])
        assert (together == alone).all()


def test_the_portable_set_is_always_there() -> None:
    assert SETS[0] == "portable"


@pytest.mark.parametrize("instructions", SETS)
def test_every_set_of_instructions_gives_the_same_bits(body: Path, instructions: Instructions) -> None:
    windows = windows_of([WINDOW, 20, 5, 1, 33, 2, 31, 32, 17])
    for readout in READOUTS:
        expected = opened(body, "portable").run(windows, readout)
        assert np.isfinite(expected).all()
        assert opened(body, instructions).run(windows, readout).tobytes() == expected.tobytes()


def test_the_environment_chooses_the_instructions(body: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_runtime(body).instructions == SETS[-1]
    monkeypatch.setenv(library.VARIABLE, "portable")
    assert open_runtime(body).instructions == "portable"
    assert open_runtime(body, instructions=SETS[-1]).instructions == SETS[-1]
    assert runtimes.runtime_of_this_machine().startswith("encoder.c with portable (this computer has: portable")


@pytest.mark.parametrize("name", ["avx9", *sorted({*INSTRUCTIONS} - {*SETS})])
def test_instructions_that_this_computer_lacks_are_refused(
    name: str, body: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(library.VARIABLE, name)
    with pytest.raises(
        SettingsError, match=f"VALENCE_INSTRUCTIONS is '{name}', .* Set it to one of portable"
    ) as caught:
        open_runtime(body)
    assert caught.value.code == "instructions-missing"


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ([5, 200], "not in its vocabulary"),
        ([-1], "not in its vocabulary"),
        ([5] * 43, "more tokens than the encoder has positions"),
    ],
)
def test_a_window_that_the_network_does_not_have_is_told(tmp_path: Path, window: list[int], words: str) -> None:
    path = export_body(write_model(tmp_path / "m", CONFIGS["bert"]()))
    with pytest.raises(ModelFolderError, match=words) as caught:
        open_runtime(path).run([np.array(window)], "final")
    assert caught.value.code == "model-damaged"


def test_an_engine_that_was_not_built_is_told_with_what_to_do(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no other runtime that would take over in silence."""
    missing = library.Library(None, (), "encoder.c was not built, says the test")
    for module in (library, runtimes):
        monkeypatch.setattr(module, "load_library", lambda: missing)
    with pytest.raises(EngineMissingError, match=r"encoder\.c was not built.* `make setup`") as caught:
        Engine(tiny_model)
    assert caught.value.code == "engine-missing"
    assert runtimes.runtime_of_this_machine() == "nothing yet, because encoder.c was not built, says the test"


def test_weights_whose_products_could_overflow_are_refused(weights: EncoderWeights) -> None:
    """Some processors add two products in 16 bits, and would saturate without a word."""
    up = weights.layers[0].linears["up"]
    weight = up.weight.copy()
    changed = replace(
        weights,
        layers=(
            replace(weights.layers[0], linears={**weights.layers[0].linears, "up": replace(up, weight=weight)}),
            *weights.layers[1:],
        ),
    )
    weight[6:8, 3] = 65, -64
    with pytest.raises(UnsupportedNetworkError, match="add up to more than 128"):
        fused.FusedEncoder(changed, LIBRARY, "portable")
    weight[6, 3] = 64
    assert fused.FusedEncoder(changed, LIBRARY, "portable").readouts
