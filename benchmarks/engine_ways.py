"""The ways to run one classifier that benchmarks/engine.py compares, each in a process of its own.

python benchmarks/engine_ways.py prepare|answers|timed WAY SETTINGS.json OUT.json

A way is opened and gives a function from texts to probabilities of shape (texts, labels). Nothing slow is imported
before its first answer but what the way itself needs: the start and the memory of a process are the way's own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from engine_cheap_ways import fit_model2vec, fit_tfidf, model2vec_regression, tfidf_regression, vader_lexicon
from engine_neural_ways import (
    export_body_as_onnx,
    export_network,
    onnxruntime_dynamic,
    onnxruntime_naive,
    openvino_sorted,
    pipeline_bfloat16,
    pipeline_compiled,
    pipeline_float32,
    quantise_dynamically,
    save_sentence_transformer,
    score_by_engine,
    score_by_engine_in_onnxruntime,
    sentence_transformer,
    torch_sorted,
)
from engine_way import BATCH, FIRST, Score, Settings, Way, forced_name

from valence.system.machine import INSTRUCTIONS, Instructions

_TRAINED = "its logistic regression learns from the training rows named below"


_CUT = "cuts a review at the model's longest"


_SENTENCE_ONNX = ("sentence-transformers[onnx]==5.7.0", "transformers==4.57.6", "optimum-onnx==0.1.0")


# optimum-intel asks for torchvision, which would bring another torch, so its dependencies are listed by hand.
_SENTENCE_OPENVINO = (
    *("sentence-transformers==6.2.0", "optimum==2.3.0", "optimum-intel==2.2.0", "nncf==3.4.0"),
    *("openvino==2026.4.1", "openvino-telemetry==2025.2.0", "openvino-tokenizers==2026.4.1.0"),
    *("transformers==5.5.4", "tokenizers==0.22.2", "huggingface_hub==1.21.0", "httpx==0.28.1", "httpcore==1.0.9"),
    *("setuptools==84.2.1", "ninja==1.13.2", "pydot==4.0.1", "tabulate==0.10.0"),
)


_SAFETENSORS = ("model.safetensors",)


_SENTENCE = "encode(), then the network's last layers in numpy; " + _CUT


OURS, PIPELINE, REFERENCE = "Valence", "transformers pipeline, batch 32", "torch float32, sorted batches"


_OURS = ("body.safetensors", "head.safetensors")


def _forced(instructions: Instructions) -> Way:
    return Way(
        forced_name(instructions),
        "ours",
        partial(score_by_engine, instructions=instructions),
        _OURS,
        note="as on a processor that has nothing better",
        instructions=instructions,
    )


WAYS = (
    Way(OURS, "ours", score_by_engine, _OURS, note="reads a review in windows, all of it"),
    *map(_forced, INSTRUCTIONS),
    Way(
        "Valence, in onnxruntime",
        "ours",
        score_by_engine_in_onnxruntime,
        ("body.onnx", "head.safetensors"),
        export_body_as_onnx,
        note="the engine's windows, batches and weights, with onnxruntime in place of encoder.c",
    ),
    Way(PIPELINE, "neural", pipeline_float32, _SAFETENSORS, note="float32, not compiled; " + _CUT),
    Way("transformers pipeline, bf16", "neural", pipeline_bfloat16, _SAFETENSORS, note=_CUT),
    Way(
        "transformers pipeline, torch.compile",
        "neural",
        pipeline_compiled,
        _SAFETENSORS,
        note="dynamic shapes; later starts find the kernels of the first; " + _CUT,
    ),
    Way(
        REFERENCE,
        "neural",
        torch_sorted,
        _SAFETENSORS,
        note="the engine's windows and batches; the reference",
    ),
    Way(
        "onnxruntime float32, called naively",
        "neural",
        onnxruntime_naive,
        ("network.onnx",),
        export_network,
        note="torch.onnx.export's graph, batches of 32 as they come, padded to the longest; " + _CUT,
    ),
    Way(
        "onnxruntime dynamic int8, sorted batches",
        "neural",
        onnxruntime_dynamic,
        ("dynamic.onnx", "head.safetensors"),
        quantise_dynamically,
        note="our graph, quantised by onnxruntime; " + _CUT,
    ),
    Way(
        "OpenVINO, sorted batches",
        "neural",
        openvino_sorted,
        ("network.onnx",),
        export_network,
        ("openvino==2026.4.1",),
        note="its own precision for the processor, bf16 where there is AMX; a network each for one text and many; "
        + _CUT,
    ),
    Way(
        "sentence-transformers, ONNX",
        "neural",
        lambda settings: sentence_transformer(settings, "onnx"),
        ("sentence-transformers-onnx/onnx", "head.safetensors"),
        lambda settings: save_sentence_transformer(settings, "onnx"),
        _SENTENCE_ONNX,
        note=_SENTENCE,
    ),
    Way(
        "sentence-transformers, OpenVINO",
        "neural",
        lambda settings: sentence_transformer(settings, "openvino"),
        ("sentence-transformers-openvino/openvino", "head.safetensors"),
        lambda settings: save_sentence_transformer(settings, "openvino"),
        _SENTENCE_OPENVINO,
        dependencies=False,
        note=_SENTENCE,
    ),
    Way("TF-IDF and logistic regression", "cheap", tfidf_regression, ("tfidf.joblib",), fit_tfidf, note=_TRAINED),
    Way(
        "model2vec and logistic regression",
        "cheap",
        model2vec_regression,
        ("model2vec",),
        fit_model2vec,
        ("model2vec[distill]==0.10.0",),
        note="distilled from the body's base; " + _TRAINED,
    ),
    Way("VADER", "cheap", vader_lexicon, (), note="a lexicon and rules; learns nothing"),
)


def ways_here() -> list[Way]:
    """Every way, ours also with each lesser set of instructions; the fastest set is that of the first row."""
    from valence.inference.fused.library import load_library

    return [way for way in WAYS if way.instructions in {"", *load_library().instructions[:-1]}]


def answers(way: Way, settings: Settings) -> dict[str, Any]:
    """What the way says of every text, the memory that took, and how large what it needs is."""
    score, started = _opened(way, settings)
    texts = json.loads(Path(settings.texts).read_text("utf-8"))
    sentences = texts["sentences"]
    chosen = list(range(0, len(sentences), max(1, len(sentences) // 64)))
    said = {name: _plain(score(texts[name])) for name in ("sentences", "reviews")}
    memory = peak_mb()
    alone = [_plain(score([sentences[i]]))[0] for i in chosen]
    return {
        "first_answer_at": started,
        **said,
        "chosen": chosen,
        "alone": alone,
        "peak_mb": memory,
        "weights_mb": _megabytes(_weights(way, settings)),
        "packages_mb": _megabytes(imported_packages()),
    }


def timed(way: Way, settings: Settings) -> dict[str, Any]:
    """One round: seconds for all sentences and for the reviews, milliseconds for one text at a time."""
    score, started = _opened(way, settings)
    texts = json.loads(Path(settings.texts).read_text("utf-8"))
    sentences, reviews = texts["sentences"], texts["reviews"][: settings.timed_reviews]
    for each in (sentences, sentences[:1], sentences[1:2], reviews[:BATCH]):
        score(each)  # warms up
    return {
        "first_answer_at": started,
        "sentences_s": _seconds(score, sentences),
        "single_ms": [_seconds(score, [text]) * 1e3 for text in sentences[: settings.singles]],
        "reviews_s": _seconds(score, reviews),
    }


def prepare(way: Way, settings: Settings) -> dict[str, Any]:
    if way.prepare:
        way.prepare(settings)
    return {}


def peak_mb() -> float:
    """Of this process since it was started; rusage would count its parent's, too, from before it was this program."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1e3
    except (OSError, StopIteration):
        from valence.system.machine import peak_memory_mb

        return peak_memory_mb()


def imported_packages() -> list[Path]:
    """Folders and files of installed packages that this process has imported, with the libraries beside them."""
    found = set()
    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or "/")
        sites = [parent for parent in path.parents if parent.name == "site-packages"]
        if sites:
            top = sites[-1] / path.relative_to(sites[-1]).parts[0]
            found |= {top, top.with_name(f"{top.name}.libs")}
    return sorted(path for path in found if path.exists())


def _opened(way: Way, settings: Settings) -> tuple[Score, float]:
    """The way and when it had given its first answer, in seconds since the epoch."""
    score = way.open(settings)
    score([FIRST])
    return score, time.time()


def _plain(probabilities: Any) -> list[list[float]]:
    return [[round(float(each), 7) for each in row] for row in probabilities]


def _weights(way: Way, settings: Settings) -> list[Path]:
    places = [Path(folder, name) for name in way.weights for folder in (settings.made, settings.model)]
    return [path for path in places if path.exists()]


def _megabytes(paths: Sequence[Path]) -> float:
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 3)


def _seconds(score: Score, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    score(texts)
    return time.perf_counter() - start


def main(task: str, name: str, settings: Path, out: Path) -> None:
    (way,) = (each for each in WAYS if each.name == name)
    given = Settings(**json.loads(settings.read_text("utf-8")))
    found = {"prepare": prepare, "answers": answers, "timed": timed}[task](way, given)
    out.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
