"""The ways of benchmarks/engine.py that run a cheaper model than the network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine_way import Score, Settings


def fit_tfidf(settings: Settings) -> None:
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train = json.loads(Path(settings.train).read_text("utf-8"))
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    fitted = make_pipeline(words, LogisticRegression(C=10.0, max_iter=1000)).fit(train["texts"], train["labels"])
    joblib.dump(fitted, settings.file("tfidf.joblib"))


def tfidf_regression(settings: Settings) -> Score:
    import joblib

    score: Score = joblib.load(settings.file("tfidf.joblib")).predict_proba
    return score


def fit_model2vec(settings: Settings) -> None:
    import joblib
    from model2vec.distill import distill
    from sklearn.linear_model import LogisticRegression

    model = distill(settings.base, device="cpu")
    model.save_pretrained(str(settings.file("model2vec")))
    train = json.loads(Path(settings.train).read_text("utf-8"))
    fitted = LogisticRegression(C=10.0, max_iter=1000).fit(model.encode(train["texts"]), train["labels"])
    joblib.dump(fitted, settings.file("model2vec", "head.joblib"))


def model2vec_regression(settings: Settings) -> Score:
    import joblib
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(str(settings.file("model2vec")))
    head = joblib.load(settings.file("model2vec", "head.joblib"))
    return lambda texts: head.predict_proba(model.encode(list(texts)))


def vader_lexicon(_: Settings) -> Score:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()

    def score(texts: Sequence[str]) -> Any:
        positive = [(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in texts]
        return [[1 - each, each] for each in positive]

    return score
