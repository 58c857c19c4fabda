"""The cheap way that a classifier must beat: TF-IDF with logistic regression, on the same rows."""

from __future__ import annotations

import time
from typing import Any

from valence.data.examples import Dataset
from valence.data.splits import SplitConfig, prepare
from valence.evaluation.results import Origin, check_labels_covered, result
from valence.model.head import log_loss
from valence.model.labels import Labels
from valence.training.provenance import describe_data

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_FEW_TEXTS = 1000  # below this, a word that stands in one text alone still counts


def tfidf(dataset: Dataset, config: SplitConfig) -> dict[str, Any]:
    """A result of word and bigram TF-IDF with logistic regression, its strength chosen on validation."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    splits = prepare(dataset, config)
    describe_data(dataset, splits)
    check_labels_covered(set(splits.train.labels), set(splits.test.labels))
    train, validation = splits.train, splits.validation
    min_df = 1 if len(train) < _FEW_TEXTS else 2
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df, sublinear_tf=True)
    seen, held_out = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    target, expected = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000).fit(seen, target) for strength in _STRENGTHS]
    best = min(models, key=lambda model: log_loss(np.log(model.predict_proba(held_out) + 1e-12), expected))
    origin = Origin(
        name=f"{dataset.name}: TF-IDF with logistic regression",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=int(best.coef_.size + best.intercept_.size),
    )
    probabilities = best.predict_proba(vectors.transform(splits.test.texts))
    return result(probabilities, labels.encode(splits.test.labels), origin, started=started)
