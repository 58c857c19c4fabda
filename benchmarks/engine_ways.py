"""The ways to run one classifier that benchmarks/engine.py compares, each in a process of its own.

python benchmarks/engine_ways.py prepare|answers|timed WAY SETTINGS.json OUT.json

A way is opened and gives a function from texts to probabilities of shape (texts, labels). Nothing slow is imported
before its first answer but what the way itself needs: the start and the memory of a process are the way's own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Score = Callable[[Sequence[str]], Any]

BATCH = 32
FIRST = "A wonderful, moving film."  # what a cold start answers


@dataclass(frozen=True)
class Settings:
    """What every way is given.

    Attributes:
        model: the model folder. `made` is where `prepare` puts what a way needs beside it.
        base: the folder of the body's base, empty where it is not here.
        window: tokens at which the ways truncate that do not read a text in windows.
        train: JSON with the `texts` and label numbers that the cheap ways learn from.
        texts: JSON with `sentences` and `reviews`; of those the first `timed_reviews` are timed.
    """

    model: str
    made: str
    base: str
    window: int
    threads: int
    labels: tuple[str, ...]
    train: str
    texts: str
    timed_reviews: int
    singles: int

    def file(self, *names: str) -> Path:
        return Path(self.made, *names)


@dataclass(frozen=True)
class Way:
    """One row of the table.

    Attributes:
        kind: ours, neural or cheap.
        weights: files or folders that hold what was learnt, below the model folder or what `prepare` made.
        prepare: runs once, before anything is timed.
        packages: what its environment has beyond this one; without `dependencies`, that and nothing else.
        note: what the reader of the table has to know.
    """

    name: str
    kind: str
    open: Callable[[Settings], Score]
    weights: tuple[str, ...]
    prepare: Callable[[Settings], None] | None = None
    packages: tuple[str, ...] = ()
    dependencies: bool = True
    note: str = ""


def _engine(settings: Settings) -> Score:
    from valence.inference.engine import Engine

    return Engine(settings.model, threads=settings.threads).predict_proba


def _engine_in_onnxruntime(settings: Settings) -> Score:
    from valence.inference.engine import Engine

    return Engine(settings.model, threads=settings.threads, runtime="onnxruntime").predict_proba


def _pipeline(settings: Settings, **options: Any) -> Any:
    """A transformers pipeline as a Score, with the pipeline itself as its attribute `classify`."""
    import torch
    from transformers import logging, pipeline

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(settings.threads)
    classify = pipeline("text-classification", model=settings.model, top_k=None, device="cpu", **options)

    def score(texts: Sequence[str]) -> Any:
        found = classify(list(texts), batch_size=BATCH, truncation=True, max_length=settings.window)
        by_label = [{each["label"]: each["score"] for each in answer} for answer in found]
        return [[answer[label] for label in settings.labels] for answer in by_label]

    return score, classify


def _float32(settings: Settings) -> Score:
    score: Score = _pipeline(settings)[0]
    return score


def _bfloat16(settings: Settings) -> Score:
    import torch

    score: Score = _pipeline(settings, dtype=torch.bfloat16)[0]
    return score


def _compiled(settings: Settings) -> Score:
    """With its kernels kept from start to start, as torch.compile does by itself."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(settings.file("inductor"))
    import torch

    score: Score
    score, classify = _pipeline(settings)
    classify.model.forward = torch.compile(classify.model.forward, dynamic=True)
    return score


def _torch(settings: Settings) -> Score:
    """The engine's windows and batches, with torch in its place."""
    import numpy as np
    import torch

    from valence.encoder.network import from_folder
    from valence.encoder.readouts import BodyWithReadouts
    from valence.inference.packing import packed
    from valence.inference.windows import TextReader, pooled
    from valence.model.folder import ModelFolder

    torch.set_num_threads(settings.threads)
    model = Path(settings.model)
    body, folder = BodyWithReadouts(from_folder(model)).eval(), ModelFolder(model)
    reader, fitted = TextReader(model / "tokenizer.json", folder.body().max_tokens), folder.head()
    column = list(body.readouts).index(fitted.readout)

    def score(texts: Sequence[str]) -> Any:
        readings = [reader.read(text) for text in texts]
        counts = [[past - first for first, past in each.bounds] for each in readings]
        windows = [reader.window(each.ids[first:past]) for each in readings for first, past in each.bounds]
        features = np.empty((len(windows), body.readouts[fitted.readout]), np.float32)
        for batch in packed([len(window) for window in windows], 512):
            ids, mask = _padded([windows[i].tolist() for i in batch])
            with torch.inference_mode():
                features[batch] = body(torch.from_numpy(ids), torch.from_numpy(mask))[column].numpy()
        ends = np.cumsum([len(each) for each in counts])
        rows = [pooled(features[end - len(each) : end], each) for end, each in zip(ends, counts, strict=True)]
        return fitted.head.predict_proba(np.stack(rows))

    return score


def _export(settings: Settings) -> None:
    """The classifier as torch.onnx.export gives it: float32, standard operators, both axes free."""
    import torch
    from transformers import AutoModelForSequenceClassification

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = AutoModelForSequenceClassification.from_pretrained(settings.model, dtype=torch.float32)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.network(input_ids=input_ids, attention_mask=attention_mask).logits

    target = settings.file("network.onnx")
    if target.exists():
        return
    ids = torch.randint(5, 100, (3, 11))
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    shapes = {"input_ids": free, "attention_mask": free}
    torch.onnx.export(
        Logits().eval(),
        (ids, torch.ones_like(ids)),
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes=shapes,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _naive(settings: Settings) -> Score:
    """Batches as the texts come, each padded to its longest text."""
    run, tokenise = _session(settings.file("network.onnx"), settings), _tokeniser(settings)

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        batches = [range(at, min(at + BATCH, len(ids))) for at in range(0, len(ids), BATCH)]
        return _softmax([row for batch in batches for row in run(*_padded([ids[i] for i in batch]))])

    return score


def _quantise(settings: Settings) -> None:
    """The graph that is exported for serving, in float32, quantised by onnxruntime itself; and what follows it."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from valence.export.families import read_network
    from valence.export.to_onnx import onnx_body

    _save_dense(settings)
    plain, target = settings.file("body.onnx"), settings.file("dynamic.onnx")
    plain.write_bytes(onnx_body(read_network(Path(settings.model)), quantized=False).SerializeToString())
    options = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # it cannot see through onnxruntime's own operators
    quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True, extra_options=options)
    plain.unlink()


def _dynamic(settings: Settings) -> Score:
    """In the engine's batches of like length, so that little is padding."""
    import numpy as np

    from valence.inference.packing import packed
    from valence.model.folder import ModelFolder

    run = _session(settings.file("dynamic.onnx"), settings, "final")
    tokenise, head = _tokeniser(settings), ModelFolder(settings.model).head().head

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        rows = np.empty((len(ids), head.features), np.float32)
        for batch in packed([len(each) for each in ids], 512):
            rows[batch] = run(*_padded([ids[i] for i in batch]))
        return head.predict_proba(rows)

    return score


def _openvino(settings: Settings) -> Score:
    """Texts by length in batches of 64, as many at once as there are threads; one text alone by the latency hint."""
    import numpy as np
    import openvino

    core, tokenise = openvino.Core(), _tokeniser(settings)
    compiled: dict[str, Any] = {}

    def network(hint: str) -> Any:
        if hint not in compiled:
            config = {"PERFORMANCE_HINT": hint, "INFERENCE_NUM_THREADS": settings.threads}
            compiled[hint] = core.compile_model(str(settings.file("network.onnx")), "CPU", config)
        return compiled[hint]

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        if len(ids) == 1:
            return _softmax(
                network("LATENCY")(dict(zip(("input_ids", "attention_mask"), _padded(ids), strict=True)))[0]
            )
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        logits = np.empty((len(ids), len(settings.labels)), np.float32)

        def keep(request: Any, batch: list[int]) -> None:
            logits[batch] = request.get_output_tensor(0).data

        queue = openvino.AsyncInferQueue(network("THROUGHPUT"), settings.threads)
        queue.set_callback(keep)
        for at in range(0, len(order), 64):
            batch = order[at : at + 64]
            padded, mask = _padded([ids[i] for i in batch])
            queue.start_async({"input_ids": padded, "attention_mask": mask}, batch)
        queue.wait_all()
        return _softmax(logits)

    return score


def _save_sentence_transformer(settings: Settings, backend: str) -> None:
    """The body with the first token's state as its embedding, exported once; and what follows it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    _save_dense(settings)
    body = Transformer(settings.model, backend=backend)
    pooling = Pooling(body.get_word_embedding_dimension(), "cls")
    whole = SentenceTransformer(modules=[body, pooling], backend=backend, device="cpu")
    whole.save_pretrained(str(settings.file(f"sentence-transformers-{backend}")))


def _sentence_transformer(settings: Settings, backend: str) -> Score:
    """encode(), which sorts by length itself; then the network's dense layer and our head, in numpy."""
    import torch
    from sentence_transformers import SentenceTransformer

    from valence.model.folder import ModelFolder

    torch.set_num_threads(settings.threads)
    folder = str(settings.file(f"sentence-transformers-{backend}"))
    model = SentenceTransformer(folder, backend=backend, device="cpu")
    model.max_seq_length = settings.window
    dense, head = _dense(settings), ModelFolder(settings.model).head().head

    def score(texts: Sequence[str]) -> Any:
        states = model.encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        return head.predict_proba(dense(states))

    return score


def _save_dense(settings: Settings) -> None:
    import numpy as np

    from valence.export.families import read_network

    network = read_network(Path(settings.model))
    weight, bias = network.dense.weight, network.dense.bias
    np.savez(settings.file("dense.npz"), weight=weight, bias=bias, activation=np.array(network.activation))


def _dense(settings: Settings) -> Callable[[Any], Any]:
    import numpy as np

    kept = np.load(settings.file("dense.npz"))
    weight, bias, activation = kept["weight"].T, kept["bias"], str(kept["activation"])
    if activation.lower() == "tanh":
        return lambda states: np.tanh(states @ weight + bias)
    return lambda states: np.maximum(states @ weight + bias, 0)


def _fit_tfidf(settings: Settings) -> None:
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train = json.loads(Path(settings.train).read_text("utf-8"))
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    fitted = make_pipeline(words, LogisticRegression(C=10.0, max_iter=1000)).fit(train["texts"], train["labels"])
    joblib.dump(fitted, settings.file("tfidf.joblib"))


def _tfidf(settings: Settings) -> Score:
    import joblib

    score: Score = joblib.load(settings.file("tfidf.joblib")).predict_proba
    return score


def _fit_model2vec(settings: Settings) -> None:
    import joblib
    from model2vec.distill import distill
    from sklearn.linear_model import LogisticRegression

    model = distill(settings.base, device="cpu")
    model.save_pretrained(str(settings.file("model2vec")))
    train = json.loads(Path(settings.train).read_text("utf-8"))
    fitted = LogisticRegression(C=10.0, max_iter=1000).fit(model.encode(train["texts"]), train["labels"])
    joblib.dump(fitted, settings.file("model2vec", "head.joblib"))


def _model2vec(settings: Settings) -> Score:
    import joblib
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(str(settings.file("model2vec")))
    head = joblib.load(settings.file("model2vec", "head.joblib"))
    return lambda texts: head.predict_proba(model.encode(list(texts)))


def _vader(_: Settings) -> Score:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()

    def score(texts: Sequence[str]) -> Any:
        positive = [(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in texts]
        return [[1 - each, each] for each in positive]

    return score


def _tokeniser(settings: Settings) -> Callable[[Sequence[str]], list[list[int]]]:
    """In tokenizers alone, on all cores, cut at the model's longest."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(settings.model, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(settings.window)
    return lambda texts: [each.ids for each in tokenizer.encode_batch(list(texts))]


def _padded(ids: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """(token ids, mask), int64 of shape (texts, the longest)."""
    import numpy as np

    padded = np.zeros((len(ids), max(map(len, ids))), np.int64)
    mask = np.zeros_like(padded)
    for row, each in enumerate(ids):
        padded[row, : len(each)], mask[row, : len(each)] = each, 1
    return padded, mask


def _session(path: Path, settings: Settings, output: str = "logits") -> Callable[[Any, Any], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = settings.threads, 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run([output], {"input_ids": ids, "attention_mask": mask})[0]


def _softmax(logits: Any) -> Any:
    import numpy as np

    raised = np.exp(np.asarray(logits) - np.max(logits, axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


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

WAYS = (
    Way(OURS, "ours", _engine, ("body.onnx", "head.safetensors"), note="reads a review in windows, all of it"),
    Way(
        "Valence, in onnxruntime",
        "ours",
        _engine_in_onnxruntime,
        ("body.onnx", "head.safetensors"),
        note="on processors without AVX-512 VNNI, and where there was no C compiler",
    ),
    Way(PIPELINE, "neural", _float32, _SAFETENSORS, note="float32, not compiled; " + _CUT),
    Way("transformers pipeline, bf16", "neural", _bfloat16, _SAFETENSORS, note=_CUT),
    Way(
        "transformers pipeline, torch.compile",
        "neural",
        _compiled,
        _SAFETENSORS,
        note="dynamic shapes; later starts find the kernels of the first; " + _CUT,
    ),
    Way(REFERENCE, "neural", _torch, _SAFETENSORS, note="the engine's windows and batches; the reference for others"),
    Way(
        "onnxruntime float32, called naively",
        "neural",
        _naive,
        ("network.onnx",),
        _export,
        note="torch.onnx.export's graph, batches of 32 as they come, padded to the longest; " + _CUT,
    ),
    Way(
        "onnxruntime dynamic int8, sorted batches",
        "neural",
        _dynamic,
        ("dynamic.onnx", "head.safetensors"),
        _quantise,
        note="our graph, quantised by onnxruntime; " + _CUT,
    ),
    Way(
        "OpenVINO, sorted batches",
        "neural",
        _openvino,
        ("network.onnx",),
        _export,
        ("openvino==2026.4.1",),
        note="its own precision for the processor, bf16 where there is AMX; a network each for one text and many; "
        + _CUT,
    ),
    Way(
        "sentence-transformers, ONNX",
        "neural",
        lambda settings: _sentence_transformer(settings, "onnx"),
        ("sentence-transformers-onnx/onnx", "head.safetensors"),
        lambda settings: _save_sentence_transformer(settings, "onnx"),
        _SENTENCE_ONNX,
        note=_SENTENCE,
    ),
    Way(
        "sentence-transformers, OpenVINO",
        "neural",
        lambda settings: _sentence_transformer(settings, "openvino"),
        ("sentence-transformers-openvino/openvino", "head.safetensors"),
        lambda settings: _save_sentence_transformer(settings, "openvino"),
        _SENTENCE_OPENVINO,
        dependencies=False,
        note=_SENTENCE,
    ),
    Way("TF-IDF and logistic regression", "cheap", _tfidf, ("tfidf.joblib",), _fit_tfidf, note=_TRAINED),
    Way(
        "model2vec and logistic regression",
        "cheap",
        _model2vec,
        ("model2vec",),
        _fit_model2vec,
        ("model2vec[distill]==0.10.0",),
        note="distilled from the body's base; " + _TRAINED,
    ),
    Way("VADER", "cheap", _vader, (), note="a lexicon and rules; learns nothing"),
)


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
        from valence.machine import peak_memory_mb

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
