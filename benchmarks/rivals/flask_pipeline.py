"""Plain Flask around a transformers pipeline, one call a request, as tutorials write it."""

import os

from flask import Flask, jsonify, request
from transformers import pipeline

app = Flask(__name__)
classify = pipeline("text-classification", model=os.environ["MODEL"], top_k=None, device="cpu")


@app.post("/predict")
def predict():
    return jsonify(classify(request.get_json()["text"], truncation=True))
