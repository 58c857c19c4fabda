"""Our engine beside the usual ways to run the same model, in one run: speed, exactness, and what batch mates do.

    python benchmarks/engine.py --model models/imdb --texts SST-2.zip

Prints a table and writes docs/results/engine.json. Every way starts from texts and ends in probabilities. The ways
take turns in each round, so that other work on the machine strikes all of them alike; still, read the ratios.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from valence.inference.engine import Engine
from valence.inference.packing import packed
from valence.inference.threads import available_cores
from valence.machine import processor
from valence.model.folder import ModelFolder

Score = Callable[[Sequence[str]], Any]  # texts -> probabilities of shape (texts, labels)

ROUNDS = 3
SINGLE = 200


@dataclass
class Row:
    """One way's figures. Differences are between probabilities; `against_torch` is the mean over texts."""

    way: str
    texts_per_second: float
    single_p50_ms: float
    single_p99_ms: float
    against_torch: float
    flipped: float
    batch_mates: float
    size_mb: float


def main() -> None:
    options = _options()
    texts = read_texts(options.texts)
    with tempfile.TemporaryDirectory() as scratch:
        ways = make_ways(options.model, Path(scratch), options.threads)
        rows = measure({name: score for name, (score, _) in ways.items()}, texts)
        for row in rows:
            row.size_mb = round(ways[row.way][1].stat().st_size / 1e6, 1)
    print(f"{processor()}; {options.threads} threads; {len(texts)} texts\n\n{table(rows)}")
    result = {
        "processor": processor(),
        "threads": options.threads,
        "texts": len(texts),
        "rows": [asdict(r) for r in rows],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")


def make_ways(model: Path, scratch: Path, threads: int) -> dict[str, tuple[Score, Path]]:
    """Name -> (how to score, the file that holds the weights)."""
    from valence.export.families import read_network
    from valence.export.to_onnx import onnx_body

    network = read_network(model)
    plain = _folder_with(model, scratch / "fp32", onnx_body(network, quantized=False).SerializeToString())
    dynamic = _folder_with(model, scratch / "dynamic", _dynamic_int8(plain / "body.onnx", scratch / "dynamic.onnx"))
    ours = _folder_with(model, scratch / "ours", onnx_body(network).SerializeToString())
    engines = {"onnxruntime float32": plain, "onnxruntime dynamic int8": dynamic, "Valence, int8 by row": ours}
    return {
        "transformers pipeline, batch 32": (_pipeline(model, threads), model / "model.safetensors"),
        "torch float32, sorted batches": (_torch(model), model / "model.safetensors"),
        **{
            name: (Engine(folder, threads=threads).predict_proba, folder / "body.onnx")
            for name, folder in engines.items()
        },
    }


def measure(ways: dict[str, Score], texts: Sequence[str]) -> list[Row]:
    """The best of the rounds for each way; the second way is what the others are compared with."""
    answers = {name: score(texts) for name, score in ways.items()}  # warms up, too
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    singles: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, score in ways.items():
            seconds[name].append(_seconds(score, texts))
            singles[name] += [_seconds(score, [text]) * 1e3 for text in texts[:SINGLE]]
    reference = answers[list(ways)[1]]
    return [
        Row(
            way=name,
            texts_per_second=round(len(texts) / min(seconds[name])),
            single_p50_ms=round(float(np.percentile(singles[name], 50)), 2),
            single_p99_ms=round(float(np.percentile(singles[name], 99)), 2),
            against_torch=round(float(np.abs(answers[name] - reference)[:, 0].mean()), 5),
            flipped=round(float(np.mean(answers[name].argmax(1) != reference.argmax(1))), 4),
            batch_mates=float(f"{_mates(score, texts, answers[name]):.2g}"),
            size_mb=0.0,
        )
        for name, score in ways.items()
    ]


def table(rows: Sequence[Row]) -> str:
    base = rows[0].texts_per_second
    lines = [
        "| way | texts/s | to the first | one text p50, p99 (ms) | differs from torch | flipped | batch mates | MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.way} | {row.texts_per_second:.0f} | {row.texts_per_second / base:.1f} x "
        f"| {row.single_p50_ms}, {row.single_p99_ms} | {row.against_torch:.5f} | {row.flipped:.2%} "
        f"| {row.batch_mates:.2g} | {row.size_mb} |"
        for row in rows
    ]
    return "\n".join(lines)


def read_texts(path: Path) -> list[str]:
    """One text a line; or the sentences of dev.tsv in SST-2's archive."""
    if path.suffix != ".zip":
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("dev.tsv"))
        return [line.split("\t")[0] for line in archive.read(name).decode().splitlines()[1:]]


def _folder_with(model: Path, target: Path, body: bytes) -> Path:
    """A serving folder of the same head with another body.onnx."""
    target.mkdir()
    for name in ("body.json", "tokenizer.json", "head.json", "head.safetensors"):
        shutil.copy(model / name, target)
    (target / "body.onnx").write_bytes(body)
    ModelFolder(target).write_body(ModelFolder(target).body())
    return target


def _dynamic_int8(plain: Path, target: Path) -> bytes:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    options = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # it cannot see through onnxruntime's own operators
    quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True, extra_options=options)
    return target.read_bytes()


def _pipeline(model: Path, threads: int) -> Score:
    import torch
    from transformers import pipeline

    torch.set_num_threads(threads)
    classify = pipeline("text-classification", model=str(model), top_k=None, device="cpu")
    labels = ModelFolder(model).head().labels.names

    def score(texts: Sequence[str]) -> Any:
        found = classify(list(texts), batch_size=32, truncation=True)
        by_label = [{each["label"]: each["score"] for each in answer} for answer in found]
        return np.array([[answer[label] for label in labels] for answer in by_label])

    return score


def _torch(model: Path) -> Score:
    """The engine's tokens and batches, with torch in onnxruntime's place."""
    import torch

    from valence.encoder.network import from_folder
    from valence.encoder.readouts import BodyWithReadouts
    from valence.inference.windows import TextReader

    body, folder = BodyWithReadouts(from_folder(model)).eval(), ModelFolder(model)
    reader, fitted = TextReader(model / "tokenizer.json", folder.body().max_tokens), folder.head()
    column = list(body.readouts).index(fitted.readout)

    def score(texts: Sequence[str]) -> Any:
        windows = [torch.from_numpy(reader.window(reader.read(text).ids)) for text in texts]  # short texts: one each
        features = torch.empty(len(texts), body.readouts[fitted.readout])
        for batch in packed([len(window) for window in windows], 512):
            ids = torch.nn.utils.rnn.pad_sequence([windows[i] for i in batch], batch_first=True)
            lengths = torch.tensor([len(windows[i]) for i in batch])
            mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
            with torch.inference_mode():
                features[batch] = body(ids, mask)[column]
        return fitted.head.predict_proba(features.numpy())

    return score


def _seconds(score: Score, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    score(texts)
    return time.perf_counter() - start


def _mates(score: Score, texts: Sequence[str], together: Any) -> float:
    chosen = list(range(0, len(texts), max(1, len(texts) // 64)))
    alone = np.concatenate([score([texts[i]]) for i in chosen])
    return float(np.abs(alone - together[chosen]).max())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True, help="a model folder with its network")
    parser.add_argument("--texts", type=Path, required=True, help="a file with one text a line, or SST-2.zip")
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--out", type=Path, default=Path("docs/results/engine.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
