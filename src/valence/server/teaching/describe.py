"""Classifiers, fits, versions and examples, described over the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valence.model.fitted_head import FINAL
from valence.server.schemas import classifiers as wire
from valence.server.schemas import examples as example_wire
from valence.server.store import example_rows, fit_rows, version_rows
from valence.server.store.classifier_tables import Classifier, Example, Fit, Version
from valence.server.store.database import Database
from valence.server.teaching.heads import outcome_of
from valence.server.teaching.outcome import Doubt, Outcome
from valence.server.teaching.texts import labels_in


def classifier(row: Classifier, database: Database, body: str) -> wire.Classifier:
    """`body`: ID of the body that this server has. Raises StoreError."""
    fit = fit_rows.get(database, row.id)
    newest = version_rows.newest(database, row.id)
    published = newest
    if row.published is None or newest is None or newest.number != row.published:
        published = None if row.published is None else version_rows.get(database, row.id, row.published)
    return wire.Classifier.model_validate(
        {
            "name": row.name,
            "labels": labels_in(row.labels),
            "multi_label": row.several,
            "readout": row.readout,
            "clean": row.clean,
            "created_at": row.created_at,
            "examples": counts(row, database),
            "fit": None if fit is None else fit_state(fit),
            "newest": None if newest is None else summary(newest, row, body),
            "published": None if published is None else summary(published, row, body),
        }
    )


def counts(row: Classifier, database: Database) -> wire.ExampleCounts:
    """Raises StoreError."""
    labels = labels_in(row.labels)
    of_label = {(label, part): 0 for label in labels for part in ("train", "test")}
    of_part = {"train": 0, "test": 0, "unlabelled": 0}
    for stored, part, rows in example_rows.counts(database, row.id):
        of_part["unlabelled" if stored is None else part] += rows
        for label in labels_in(stored or "[]"):
            of_label[label, part] = of_label.get((label, part), 0) + rows
    return wire.ExampleCounts(
        labels=[
            wire.LabelExamples(label=label, train=of_label[label, "train"], test=of_label[label, "test"])
            for label in labels
        ],
        **of_part,
    )


def fit_state(row: Fit) -> wire.Fit:
    return wire.Fit.model_validate({name: getattr(row, name) for name in wire.Fit.model_fields})


def summary(row: Version, of: Classifier, body: str) -> wire.VersionSummary:
    return wire.VersionSummary.model_validate(_summary(row, outcome_of(row), of, body))


def version(row: Version, of: Classifier, body: str, database: Database) -> wire.Version:
    """Raises StoreError."""
    outcome = outcome_of(row)
    result = outcome.result
    doubtful = example_rows.with_ids(database, row.classifier_id, [doubt.id for doubt in outcome.mistakes])
    return wire.Version.model_validate(
        {
            **_summary(row, outcome, of, body),
            "labels": labels_in(row.labels),
            "reads": outcome.reads,
            "verdict": outcome.verdict,
            "enough": outcome.enough,
            "beside": [wire.Beside(**rival.model_dump()) for rival in outcome.beside],
            "mistakes": [*_doubts(outcome.mistakes, doubtful)],
            "per_label": [] if result is None else result.per_class or [],
            "confusion": None if result is None else result.confusion,
            "reliability": None if result is None else result.reliability,
            "result": result,
            "learning": outcome.learning and wire.Learning.model_validate(outcome.learning.model_dump()),
            "identity": outcome.identity and wire.Identity.model_validate(outcome.identity.model_dump()),
            "notes": outcome.notes,
        }
    )


def example(row: Example) -> example_wire.Example:
    values = {name: getattr(row, name) for name in example_wire.Example.model_fields}
    return example_wire.Example.model_validate(
        {**values, "labels": None if row.labels is None else labels_in(row.labels)}
    )


def _summary(row: Version, outcome: Outcome, of: Classifier, body: str) -> dict[str, object]:
    return {
        "number": row.number,
        "head": row.fingerprint,
        "body": row.body[:12],
        "usable": row.body == body,
        "published": row.number == of.published,
        "was_published": row.published_at is not None,
        "note": row.note,
        "made_at": row.made_at,
        "transformers": outcome.reads == f"{FINAL} readout",
        "uploaded": row.rows == version_rows.UPLOADED,
        "rows": row.rows,
        "tested_on": outcome.tested,
        "tested_rows": 0 if outcome.result is None else outcome.result.rows,
        "accuracy": outcome.accuracy,
        "macro_f1": outcome.macro_f1,
    }


def _doubts(doubts: Sequence[Doubt], rows: Mapping[int, Example]) -> list[wire.ExampleDoubt]:
    """Those whose examples are still there with the same label, and which nobody has checked."""
    return [
        wire.ExampleDoubt.model_validate(
            {
                "id": doubt.id,
                "text": row.text,
                "labels": doubt.given,
                "suggested": doubt.suggested,
                "probability": doubt.probability,
                "part": row.part,
            }
        )
        for doubt in doubts
        if (row := rows.get(doubt.id)) and open_to_doubt(row, doubt)
    ]


def open_to_doubt(row: Example, doubt: Doubt) -> bool:
    """Whether the example still has the label that is doubted, and nobody has confirmed it."""
    return not row.checked and row.labels is not None and labels_in(row.labels) == sorted(doubt.given)
