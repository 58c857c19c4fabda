"""How fast this machine multiplies matrices, in the shapes of a network's layers and in a large square one.

python benchmarks/engine_rates.py HIDDEN INNER THREADS OUT.json

The work is sized to the machine: a processor without bf16 or int8 instructions multiplies these formats at a thousandth
of the rate, so there a product gets fewer rows, and its rate is taken from those.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from valence.system.machine import cpu_flags

PLAIN_AVX2 = "plain AVX2"
_PLAIN_ROUNDS = 20
TOKENS = 512  # of one product: what the engine runs at once
SQUARE = 2048
_TRIES = 8
_FIRST_ROWS, _GROWTH = 16, 8
_MOST_S = 0.1  # of one product

Shape = tuple[int, int, int]  # rows, inputs, outputs


def layer_shapes(hidden: int, inner: int) -> tuple[Shape, ...]:
    """The linear layers of one encoder layer: query, key and value at once, attention's output, up and down.

    >>> layer_shapes(384, 1536)[2]
    (512, 384, 1536)
    """
    return tuple((TOKENS, *each) for each in ((hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)))


def rates(hidden: int, inner: int, threads: int) -> dict[str, dict[str, float]]:
    """Number format -> multiply-adds a second, in thousands of millions: in a layer's shapes and in the square."""
    import torch

    torch.set_num_threads(threads)
    layer, square = layer_shapes(hidden, inner), ((SQUARE, SQUARE, SQUARE),)
    places = (("layer", layer), ("square", square))
    measured = {
        name: {where: _rate(makers, shapes, threads) for where, shapes in places} for name, makers in _PRODUCTS.items()
    }
    if shutil.which("cc") and "avx2" in cpu_flags():
        measured[PLAIN_AVX2] = {where: round(plain_avx2(shapes) * threads, 3) for where, shapes in places}
    return measured


def plain_avx2(shapes: Sequence[Shape]) -> float:
    """10⁹ multiply-adds a second that engine_plain.c reaches on one core, in these shapes one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder, "plain"))
        source = str(Path(__file__).with_name("engine_plain.c"))
        subprocess.run(["cc", "-std=gnu11", "-O3", "-mavx2", source, "-o", program], check=True)
        sizes = [str(size) for shape in shapes for size in shape]
        done = subprocess.run([program, str(_PLAIN_ROUNDS), *sizes], check=True, stdout=subprocess.PIPE, text=True)
    work = [rows * inputs * outputs / 1e9 for rows, inputs, outputs in shapes]
    return sum(work) / sum(each / float(rate) for each, rate in zip(work, done.stdout.split(), strict=True))


def _rate(
    makers: tuple[Callable[[Shape, int], Callable[[], Any]], ...], shapes: tuple[Shape, ...], threads: int
) -> float:
    """Of the shapes one after the other, each with whichever product is fastest for it."""
    seconds = sum(min(_seconds_of(maker, shape, threads) for maker in makers) for shape in shapes)
    return round(sum(rows * inputs * outputs for rows, inputs, outputs in shapes) / seconds / 1e9, 3)


def _torch_product(kind: str) -> Callable[[Shape, int], Callable[[], Any]]:
    def maker(shape: Shape, _: int) -> Callable[[], Any]:
        import torch

        rows, inputs, outputs = shape
        left, right = (torch.randn(*size).to(getattr(torch, kind)) for size in ((rows, inputs), (inputs, outputs)))
        return lambda: left @ right

    return maker


def _torch_int8(shape: Shape, _: int) -> Callable[[], Any]:
    import torch

    rows, inputs, outputs = shape
    sizes = ((rows, inputs), (outputs, inputs))
    left, right = (torch.randint(-128, 128, size, dtype=torch.int8) for size in sizes)
    return lambda: torch._int_mm(left, right.t())  # noqa: SLF001  # it has no public name


def _onnxruntime_int8(shape: Shape, threads: int) -> Callable[[], Any]:
    import numpy as np
    import onnx
    import onnxruntime

    rows, inputs, outputs = shape
    generator = np.random.default_rng(0)
    weight = onnx.numpy_helper.from_array(generator.integers(-128, 128, (inputs, outputs), np.int8), "weight")
    left = generator.integers(0, 256, (rows, inputs), np.uint8)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMulInteger", ["left", "weight"], ["product"])],
        "product",
        [onnx.helper.make_tensor_value_info("left", onnx.TensorProto.UINT8, [rows, inputs])],
        [onnx.helper.make_tensor_value_info("product", onnx.TensorProto.INT32, [rows, outputs])],
        [weight],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"left": left})


_PRODUCTS = {
    "int8": (_torch_int8, _onnxruntime_int8),
    "bf16": (_torch_product("bfloat16"),),
    "float32": (_torch_product("float32"),),
}


def _seconds_of(maker: Callable[[Shape, int], Callable[[], Any]], shape: Shape, threads: int) -> float:
    rows, inputs, outputs = shape
    return best_seconds(lambda part: maker((part, inputs, outputs), threads), rows)


def best_seconds(
    make: Callable[[int], Callable[[], Any]], rows: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds that the fastest of a few products of so many rows takes.

    Starts with a few rows and multiplies more as long as one product stays within `_MOST_S`. Where all rows would take
    longer, the seconds of the most rows that were tried are scaled up.

    Args:
        make: gives the product of a number of rows.
        rows: of the whole product.
        clock: the seconds now.
    """
    tried = min(_FIRST_ROWS, rows)
    product = make(tried)
    product()  # warms up
    took = _timed(product, clock)
    while tried < rows and took * _GROWTH <= _MOST_S:
        tried = min(tried * _GROWTH, rows)
        product = make(tried)
        product()
        took = _timed(product, clock)
    tries = _TRIES if took <= _MOST_S else 1
    return min(took, *(_timed(product, clock) for _ in range(tries))) * rows / tried


def _timed(product: Callable[[], Any], clock: Callable[[], float]) -> float:
    start = clock()
    product()
    return clock() - start


if __name__ == "__main__":
    Path(sys.argv[4]).write_text(json.dumps(rates(*map(int, sys.argv[1:4]))), "utf-8")
