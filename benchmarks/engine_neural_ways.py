"""The ways of benchmarks/engine.py that run the network: each opener returns a function from texts to probabilities."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine_way import BATCH, Score, Settings, onnx_session, padded_batch, softmax, tokeniser

if TYPE_CHECKING:
    from valence.system.machine import Instructions


def score_by_engine(settings: Settings, instructions: Instructions | None = None) -> Score:
    from valence.inference.engine import Engine

    return Engine(settings.model, threads=settings.threads, instructions=instructions).predict_proba


def export_body_as_onnx(settings: Settings) -> None:
    from valence.export.to_onnx import write_onnx

    write_onnx(Path(settings.model), settings.file("body.onnx"))


def score_by_engine_in_onnxruntime(settings: Settings) -> Score:
    from valence.export.onnx_runtime import OnnxRuntime
    from valence.inference.engine import Engine

    runtime = OnnxRuntime(settings.file("body.onnx"))
    return Engine(settings.model, threads=settings.threads, runtime=runtime).predict_proba


def pipeline_of(settings: Settings, **options: Any) -> Any:
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


def pipeline_float32(settings: Settings) -> Score:
    score: Score = pipeline_of(settings)[0]
    return score


def pipeline_bfloat16(settings: Settings) -> Score:
    import torch

    score: Score = pipeline_of(settings, dtype=torch.bfloat16)[0]
    return score


def pipeline_compiled(settings: Settings) -> Score:
    """With its kernels kept from start to start, as torch.compile does by itself."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(settings.file("inductor"))
    import torch

    score: Score
    score, classify = pipeline_of(settings)
    classify.model.forward = torch.compile(classify.model.forward, dynamic=True)
    return score


def torch_sorted(settings: Settings) -> Score:
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
            ids, mask = padded_batch([windows[i].tolist() for i in batch])
            with torch.inference_mode():
                features[batch] = body(torch.from_numpy(ids), torch.from_numpy(mask))[column].numpy()
        ends = np.cumsum([len(each) for each in counts])
        rows = [pooled(features[end - len(each) : end], each) for end, each in zip(ends, counts, strict=True)]
        return fitted.head.predict_proba(np.stack(rows))

    return score


def export_network(settings: Settings) -> None:
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


def onnxruntime_naive(settings: Settings) -> Score:
    """Batches as the texts come, each padded to its longest text."""
    run, tokenise = onnx_session(settings.file("network.onnx"), settings), tokeniser(settings)

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        batches = [range(at, min(at + BATCH, len(ids))) for at in range(0, len(ids), BATCH)]
        return softmax([row for batch in batches for row in run(*padded_batch([ids[i] for i in batch]))])

    return score


def quantise_dynamically(settings: Settings) -> None:
    """The graph of `valence export --onnx`, in float32, quantised by onnxruntime itself; and what follows it."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from valence.export.families import read_network
    from valence.export.to_onnx import onnx_body

    save_dense(settings)
    plain, target = settings.file("float.onnx"), settings.file("dynamic.onnx")
    plain.write_bytes(onnx_body(read_network(Path(settings.model)), quantized=False).SerializeToString())
    options = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # it cannot see through onnxruntime's own operators
    quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True, extra_options=options)
    plain.unlink()


def onnxruntime_dynamic(settings: Settings) -> Score:
    """In the engine's batches of like length, so that little is padding."""
    import numpy as np

    from valence.inference.packing import packed
    from valence.model.folder import ModelFolder

    run = onnx_session(settings.file("dynamic.onnx"), settings, "final")
    tokenise, head = tokeniser(settings), ModelFolder(settings.model).head().head

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        rows = np.empty((len(ids), head.features), np.float32)
        for batch in packed([len(each) for each in ids], 512):
            rows[batch] = run(*padded_batch([ids[i] for i in batch]))
        return head.predict_proba(rows)

    return score


def openvino_sorted(settings: Settings) -> Score:
    """Texts by length in batches of 64, as many at once as there are threads; one text alone by the latency hint."""
    import numpy as np
    import openvino

    core, tokenise = openvino.Core(), tokeniser(settings)
    compiled: dict[str, Any] = {}

    def network(hint: str) -> Any:
        if hint not in compiled:
            config = {"PERFORMANCE_HINT": hint, "INFERENCE_NUM_THREADS": settings.threads}
            compiled[hint] = core.compile_model(str(settings.file("network.onnx")), "CPU", config)
        return compiled[hint]

    def score(texts: Sequence[str]) -> Any:
        ids = tokenise(texts)
        if len(ids) == 1:
            return softmax(
                network("LATENCY")(dict(zip(("input_ids", "attention_mask"), padded_batch(ids), strict=True)))[0]
            )
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        logits = np.empty((len(ids), len(settings.labels)), np.float32)

        def keep(request: Any, batch: list[int]) -> None:
            logits[batch] = request.get_output_tensor(0).data

        queue = openvino.AsyncInferQueue(network("THROUGHPUT"), settings.threads)
        queue.set_callback(keep)
        for at in range(0, len(order), 64):
            batch = order[at : at + 64]
            padded, mask = padded_batch([ids[i] for i in batch])
            queue.start_async({"input_ids": padded, "attention_mask": mask}, batch)
        queue.wait_all()
        return softmax(logits)

    return score


def save_sentence_transformer(settings: Settings, backend: str) -> None:
    """The body with the first token's state as its embedding, exported once; and what follows it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    save_dense(settings)
    body = Transformer(settings.model, backend=backend)
    pooling = Pooling(body.get_word_embedding_dimension(), "cls")
    whole = SentenceTransformer(modules=[body, pooling], backend=backend, device="cpu")
    whole.save_pretrained(str(settings.file(f"sentence-transformers-{backend}")))


def sentence_transformer(settings: Settings, backend: str) -> Score:
    """encode(), which sorts by length itself; then the network's dense layer and our head, in numpy."""
    import torch
    from sentence_transformers import SentenceTransformer

    from valence.model.folder import ModelFolder

    torch.set_num_threads(settings.threads)
    folder = str(settings.file(f"sentence-transformers-{backend}"))
    model = SentenceTransformer(folder, backend=backend, device="cpu")
    model.max_seq_length = settings.window
    layers, head = last_layers(settings), ModelFolder(settings.model).head().head

    def score(texts: Sequence[str]) -> Any:
        states = model.encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        return head.predict_proba(layers(states))

    return score


def save_dense(settings: Settings) -> None:
    import numpy as np

    from valence.export.families import read_network

    network = read_network(Path(settings.model))
    weight, bias = network.dense.weight, network.dense.bias
    np.savez(settings.file("dense.npz"), weight=weight, bias=bias, activation=np.array(network.activation))


def last_layers(settings: Settings) -> Callable[[Any], Any]:
    import numpy as np

    kept = np.load(settings.file("dense.npz"))
    weight, bias, activation = kept["weight"].T, kept["bias"], str(kept["activation"])
    if activation.lower() == "tanh":
        return lambda states: np.tanh(states @ weight + bias)
    return lambda states: np.maximum(states @ weight + bias, 0)
