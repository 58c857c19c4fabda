"""BentoML around a transformers pipeline, with its adaptive batching of up to 32 texts."""

import os

import bentoml
from transformers import pipeline

BATCH = 32


@bentoml.service(workers=1, traffic={"timeout": 60})
class Classifier:
    def __init__(self) -> None:
        self.classify = pipeline("text-classification", model=os.environ["MODEL"], top_k=None, device="cpu")

    @bentoml.api(batchable=True, max_batch_size=BATCH, max_latency_ms=10_000)
    def predict(self, texts: list[str]) -> list[list[dict]]:
        return self.classify(texts, batch_size=BATCH, truncation=True)
