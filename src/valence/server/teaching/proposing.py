"""What a person should look at: examples whose labels look wrong, and texts to label next."""

from __future__ import annotations

from collections.abc import Sequence

from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import BodyReader
from valence.server.schemas.examples import NextQuery, NextText, NextTexts, Suspect, SuspectQuery, Suspects
from valence.server.store import example_rows, version_rows
from valence.server.store.classifier_tables import Classifier, Example
from valence.server.store.database import Database
from valence.server.teaching import describe
from valence.server.teaching.heads import fitted_head, outcome_of

# Unlabelled texts among which the most uncertain ones are looked for; a second of work at most.
_CANDIDATES = 100
_TIMEOUT_S = 10.0


def suspects(query: SuspectQuery, classifier: Classifier, database: Database) -> Suspects:
    """The examples whose labels the newest fit doubted most, if nobody has seen to them since. Raises StoreError."""
    version = version_rows.newest(database, classifier.id)
    if version is None:
        return Suspects(version=None, rows=0, estimated_share=0.0, suspects=[])
    outcome = outcome_of(version)
    rows = example_rows.with_ids(database, classifier.id, [doubt.id for doubt in outcome.suspects])
    found = [
        Suspect(
            example=describe.example(row),
            suggested=doubt.suggested,
            given_probability=doubt.given_probability,
            suggested_probability=doubt.probability,
        )
        for doubt in outcome.suspects
        if (row := rows.get(doubt.id)) is not None and describe.open_to_doubt(row, doubt)
    ]
    return Suspects(
        version=version.number,
        rows=outcome.looked_at,
        estimated_share=outcome.wrong_share,
        suspects=found[: query.limit],
    )


def next_texts(query: NextQuery, classifier: Classifier, database: Database, body: BodyReader) -> NextTexts:
    """Unlabelled examples to label next: the ones a version is least sure of, alternating with random ones.

    The uncertain ones are training examples: figures on them would be worse than on other texts. Raises StoreError and
    OverloadedError.
    """
    unlabelled = describe.counts(classifier, database).unlabelled
    pool = example_rows.random_unlabelled(database, classifier.id, limit=max(_CANDIDATES, query.limit))
    predictions = _predictions(pool, classifier, database, body)
    chance = list(range(len(pool)))  # the pool is in random order
    uncertain = sorted(
        (i for i, row in enumerate(pool) if row.part == "train" and predictions[i] is not None),
        key=lambda i: _certainty(predictions[i]),
    )
    texts: list[NextText] = []
    taken: set[int] = set()
    for turn in range(2 * query.limit):
        source, picked = (chance, "random") if turn % 2 == 0 or not uncertain else (uncertain, "uncertain")
        i = next((each for each in source if each not in taken), None)
        if i is not None and len(texts) < query.limit:
            taken.add(i)
            texts.append(_next(pool[i], picked, predictions[i]))
    return NextTexts(unlabelled=unlabelled, texts=texts)


def _predictions(
    pool: Sequence[Example], classifier: Classifier, database: Database, body: BodyReader
) -> list[Prediction | None]:
    """What the newest version says of each text; None without one, or if the text can't be read."""
    newest = version_rows.newest(database, classifier.id)
    version = newest and version_rows.with_head(database, classifier.id, newest.number)
    if version is None or version.body != body.id or not pool:
        return [None] * len(pool)
    (answers,) = body.score_with([fitted_head(version)], [row.text for row in pool], timeout_s=_TIMEOUT_S)
    return [answer if isinstance(answer, Prediction) else None for answer in answers]


def _certainty(prediction: Prediction | None) -> float:
    """How far the most doubtful of its answers is from a coin toss; of one label per text, its probability."""
    assert prediction is not None
    if prediction.labels is None:
        return prediction.probability
    return min(abs(probability - 0.5) for probability in prediction.probabilities.values())


def _next(row: Example, picked: str, prediction: Prediction | None) -> NextText:
    suggested = None
    if prediction is not None:
        suggested = [prediction.label] if prediction.labels is None else list(prediction.labels)
    return NextText.model_validate(
        {
            "example": describe.example(row),
            "picked": picked,
            "suggested": suggested,
            "probability": None if prediction is None else prediction.probability,
        }
    )
