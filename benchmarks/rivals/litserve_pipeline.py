"""LitServe around a transformers pipeline, with its batching: up to 32 texts, gathered for 5 ms."""

import os

import litserve
from transformers import pipeline

BATCH = 32


class Classifier(litserve.LitAPI):
    def setup(self, device):
        self.classify = pipeline("text-classification", model=os.environ["MODEL"], top_k=None, device=device)

    def decode_request(self, request):
        return request["text"]

    def batch(self, texts):
        return list(texts)

    def predict(self, texts):
        return self.classify(texts, batch_size=BATCH, truncation=True)

    def unbatch(self, answers):
        return answers

    def encode_response(self, answer):
        return answer


if __name__ == "__main__":
    server = litserve.LitServer(Classifier(max_batch_size=BATCH, batch_timeout=0.005), accelerator="cpu", timeout=60)
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False, log_level="warning")
