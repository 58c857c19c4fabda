"""encoder.c against onnxruntime and the float32 graph, by family; neither batch mates nor instructions matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, RobertaConfig

from tests.export.conftest import CONFIGS, SIZES, WINDOW, write_model
from valence.export import export_body
from valence.export.families import read_network
from valence.export.to_onnx import onnx_body
from valence.inference import runtime as runtimes
from valence.inference.engine import Engine
from valence.inference.fused import encoder as fused
from valence.inference.fused import library
from valence.inference.fused.onnx_file import read
from valence.inference.fused.weights import UnsupportedNetworkError, read_weights
from valence.inference.runtime import OnnxRuntime, Runtime, open_runtime
from valence.inference.windows import Ints
from valence.system.errors import ModelFolderError, SettingsError
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
    """body.onnx of a family or shape, and next to it exact.onnx in float32."""
    config = {**CONFIGS, **ODD_SHAPES}[request.param]()
    folder = write_model(tmp_path_factory.mktemp("fused"), config)
    network = read_network(folder)
    for name, quantized in (("body.onnx", True), ("exact.onnx", False)):
        (folder / name).write_bytes(onnx_body(network, quantized=quantized).SerializeToString())
    return folder / "body.onnx"


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
    theirs = np.abs(OnnxRuntime(body).run(windows, readout) - exact)
    ours = np.abs(opened(body).run(windows, readout) - exact)
    assert ours.shape == theirs.shape
    assert ours.mean() < 1.1 * theirs.mean() + 1e-4


@pytest.mark.parametrize("readout", READOUTS)
def test_it_computes_what_onnxruntime_computes(body: Path, readout: str) -> None:
    """Rounding to int8 makes a last bit into a step now and then, so they agree on nearly all, and not to a bit."""
    windows = windows_of([WINDOW, 20, 5, 1, 12])
    theirs, ours = OnnxRuntime(body).run(windows, readout), opened(body).run(windows, readout)
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
        open_runtime(path, "fused").run([np.array(window)], "final")
    assert caught.value.code == "model-damaged"


def test_the_engine_takes_it_by_itself(tiny_model: Path) -> None:
    texts = ["A good film.", "A bad one, and far too long for that."]
    by_default, asked_for = Engine(tiny_model), Engine(tiny_model, runtime="fused")
    assert (by_default.predict_proba(texts) == asked_for.predict_proba(texts)).all()


def test_without_it_onnxruntime_runs_the_body(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["A good film.", "A bad one, and far too long for that."]
    expected = Engine(tiny_model, runtime="onnxruntime").predict_proba(texts)
    monkeypatch.setattr(library, "load_library", lambda: library.Library(None, (), "encoder.c was not built"))
    assert (Engine(tiny_model).predict_proba(texts) == expected).all()
    with pytest.raises(ModelFolderError, match=r"encoder\.c was not built"):
        Engine(tiny_model, runtime="fused")


def test_another_network_is_run_by_onnxruntime(tmp_path: Path) -> None:
    path = export_body(write_model(tmp_path / "m", CONFIGS["bert"]()), quantized=False)
    windows = windows_of([9, 3])
    found = open_runtime(path).run(windows, "final")
    assert (found == OnnxRuntime(path).run(windows, "final")).all()


def _shorter(array: Any) -> Any:
    return array[..., :-1]


def _as_bytes(array: Any) -> Any:
    return array.view(np.uint8)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *((name, _shorter) for name in ("words", "words.scale", "positions", "dense.weight", "dense.bias")),
        *((name, _shorter) for name in ("layer0.qkv.bias", "layer1.up.weight", "layer1.down.weight.scale")),
        *((name, _as_bytes) for name in ("words", "layer1.up.weight")),
    ],
)
def test_parts_that_do_not_fit_together_are_never_computed_with(
    name: str, change: Callable[[Any], Any], tmp_path: Path
) -> None:
    model = onnx_body(read_network(write_model(tmp_path / "m", CONFIGS["bert"]())))
    file = read(memoryview(model.SerializeToString()))
    read_weights(file)
    file.constants[name] = change(file.constants[name])
    with pytest.raises(UnsupportedNetworkError):
        read_weights(file)


@pytest.mark.parametrize("name", ["zero_point_128", "zero_point_16"])
def test_zero_points_that_encoder_c_does_not_use_are_refused(name: str, tmp_path: Path) -> None:
    model = onnx_body(read_network(write_model(tmp_path / "m", CONFIGS["bert"]())))
    file = read(memoryview(model.SerializeToString()))
    file.constants[name] = np.array(100, dtype=np.uint8)
    with pytest.raises(UnsupportedNetworkError, match=r"the zero point of '\w+' is 100, not"):
        read_weights(file)


def test_weights_whose_products_could_overflow_are_refused(tmp_path: Path) -> None:
    """Some processors add two products in 16 bits, and would saturate without a word."""
    model = onnx_body(read_network(write_model(tmp_path / "m", CONFIGS["bert"]())))
    file = read(memoryview(model.SerializeToString()))
    weight = file.constants["layer1.up.weight"].copy()
    weight[6:8, 3] = 65, -64
    file.constants["layer1.up.weight"] = weight
    with pytest.raises(UnsupportedNetworkError, match="add up to more than 128"):
        fused.FusedEncoder(read_weights(file), LIBRARY, "portable")
    weight[6, 3] = 64
    assert fused.FusedEncoder(read_weights(file), LIBRARY, "portable").readouts


def test_using_onnxruntime_instead_is_logged_once_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    body = tmp_path / "body.onnx"
    body.write_bytes(onnx_body(read_network(write_model(tmp_path / "m", CONFIGS["bert"]()))).SerializeToString())
    missing = library.Library(None, (), "encoder.c was not built, says the test")
    for module in (library, runtimes):
        monkeypatch.setattr(module, "load_library", lambda: missing)
    with caplog.at_level("INFO", logger="valence"):
        names = [open_runtime(body).name for _ in range(2)]
    assert all(name.startswith("onnxruntime") for name in names)
    assert [record.message for record in caplog.records] == [
        "Using onnxruntime, which is slower: encoder.c was not built, says the test."
    ]
    assert runtimes.runtime_of_this_machine() == "onnxruntime (encoder.c was not built, says the test)"
    with pytest.raises(ModelFolderError, match="was not built"):
        open_runtime(body, "fused")
