"""FastAPI around a transformers pipeline, one call a request, as tutorials write it."""

import os

from fastapi import FastAPI
from pydantic import BaseModel
from transformers import pipeline

app = FastAPI()
classify = pipeline("text-classification", model=os.environ["MODEL"], top_k=None, device="cpu")


class Asked(BaseModel):
    text: str


@app.post("/predict")
def predict(asked: Asked):
    return classify(asked.text, truncation=True)
