"""The cheap way that a classifier must beat: TF-IDF with logistic regression, on the same rows."""

from __future__ import annotations

import time
from typing import Any

from valence.data.examples import Dataset
from valence.data.splits import cut_validation
from valence.evaluation.results import Origin, result
from valence.model.head import log_loss
from valence.model.labels import Labels

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_VALIDATION_ROWS = 2500


def tfidf(dataset: Dataset, *, seed: int) -> dict[str, Any]:
    """A result of word and bigram TF-IDF with logistic regression, its strength chosen on validation."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    rows = min(_VALIDATION_ROWS, len(dataset.train) // 5)
    train, validation = cut_validation(dataset.train, rows=rows, seed=seed)
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    seen, held_out = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    target, expected = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000).fit(seen, target) for strength in _STRENGTHS]
    best = min(models, key=lambda model: log_loss(np.log(model.predict_proba(held_out) + 1e-12), expected))
    origin = Origin(
        name=f"{dataset.name}: TF-IDF with logistic regression",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=seed,
        trained_parameters=int(best.coef_.size + best.intercept_.size),
    )
    probabilities = best.predict_proba(vectors.transform(dataset.test.texts))
    return result(probabilities, labels.encode(dataset.test.labels), origin, started=started)
