"""encoder.c against onnxruntime and the float32 graph, family by family; batch mates do not matter to a bit."""

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
from valence.inference.fused.onnx_file import read
from valence.inference.fused.weights import UnsupportedNetworkError, read_weights
from valence.inference.runtime import OnnxRuntime, Runtime, open_runtime
from valence.inference.windows import Ints
from valence.system.errors import ModelFolderError

LIBRARY, BEST, _ = fused.load_library()
needs_the_processor = pytest.mark.skipif(not BEST, reason="no AVX-512 VNNI: onnxruntime runs the body here")
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


_OPENED: dict[tuple[Path, int], Runtime] = {}


def opened(path: Path, instructions: int = BEST) -> Runtime:
    if (path, instructions) not in _OPENED:
        network = read_weights(read(memoryview(path.read_bytes())))
        assert LIBRARY is not None
        _OPENED[path, instructions] = fused.FusedEncoder(network, LIBRARY, instructions)
    return _OPENED[path, instructions]


@needs_the_processor
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("lengths", [[1], [WINDOW], [7, 7], [9, 3, 1, 33, 17, WINDOW]])
def test_it_is_as_near_to_the_float_graph_as_onnxruntime(body: Path, readout: str, lengths: list[int]) -> None:
    windows = windows_of(lengths)
    exact = OnnxRuntime(body.with_name("exact.onnx")).run(windows, readout)
    theirs = np.abs(OnnxRuntime(body).run(windows, readout) - exact)
    ours = np.abs(opened(body).run(windows, readout) - exact)
    assert ours.shape == theirs.shape
    assert ours.mean() < 1.1 * theirs.mean() + 1e-4


@needs_the_processor
@pytest.mark.parametrize("readout", READOUTS)
def test_it_computes_what_onnxruntime_computes(body: Path, readout: str) -> None:
    """Rounding to int8 makes a last bit into a step now and then, so they agree on nearly all, and not to a bit."""
    windows = windows_of([WINDOW, 20, 5, 1, 12])
    theirs, ours = OnnxRuntime(body).run(windows, readout), opened(body).run(windows, readout)
    assert np.abs(ours - theirs).mean() < 0.01 * np.abs(theirs).mean()


@needs_the_processor
@settings(max_examples=25)
@given(lengths=st.lists(st.integers(1, WINDOW), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_a_window_gets_the_same_bits_in_any_company(body: Path, lengths: list[int], seed: int) -> None:
    windows = windows_of(lengths, seed)
    for readout in READOUTS:
        together = opened(body).run(windows, readout)
        alone = np.concatenate([opened(body).run([window], readout) for window in windows])
        assert (together == alone).all()


@needs_the_processor
@pytest.mark.skipif(fused.INSTRUCTIONS[BEST] != "AMX", reason="no AMX")
def test_amx_and_vnni_give_the_same_bits(body: Path) -> None:
    windows = windows_of([WINDOW, 20, 5, 1, 33])
    for readout in READOUTS:
        by_vnni, by_amx = (opened(body, fused.INSTRUCTIONS.index(name)) for name in ("AVX-512 VNNI", "AMX"))
        assert (by_vnni.run(windows, readout) == by_amx.run(windows, readout)).all()


@needs_the_processor
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


@needs_the_processor
def test_the_engine_takes_it_by_itself(tiny_model: Path) -> None:
    texts = ["A good film.", "A bad one, and far too long for that."]
    by_default, asked_for = Engine(tiny_model), Engine(tiny_model, runtime="fused")
    assert (by_default.predict_proba(texts) == asked_for.predict_proba(texts)).all()


def test_without_it_onnxruntime_runs_the_body(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["A good film.", "A bad one, and far too long for that."]
    expected = Engine(tiny_model, runtime="onnxruntime").predict_proba(texts)
    monkeypatch.setattr(fused, "load_library", lambda: fused.Library(None, 0, "this processor has no AVX-512 VNNI"))
    assert (Engine(tiny_model).predict_proba(texts) == expected).all()
    with pytest.raises(ModelFolderError, match="AVX-512 VNNI"):
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


def test_using_onnxruntime_instead_is_logged_once_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    body = tmp_path / "body.onnx"
    body.write_bytes(onnx_body(read_network(write_model(tmp_path / "m", CONFIGS["bert"]()))).SerializeToString())
    library = fused.Library(None, 0, "encoder.c was not built, says the test")
    for module in (fused, runtimes):
        monkeypatch.setattr(module, "load_library", lambda: library)
    with caplog.at_level("INFO", logger="valence"):
        names = [open_runtime(body).name for _ in range(2)]
    assert all(name.startswith("onnxruntime") for name in names)
    assert [record.message for record in caplog.records] == [
        "Using onnxruntime, which is slower: encoder.c was not built, says the test."
    ]
    assert runtimes.runtime_of_this_machine() == "onnxruntime (encoder.c was not built, says the test)"
    with pytest.raises(ModelFolderError, match="was not built"):
        open_runtime(body, "fused")
