"""A served model, described over the wire."""

from __future__ import annotations

from valence.server.classifiers.registry import ServedModel
from valence.server.classifiers.scoring import version_of
from valence.server.schemas.models import LabelProbability, Limits, ModelDetail, ModelSummary
from valence.server.settings import Settings


def limits(settings: Settings) -> Limits:
    return Limits(
        max_texts=settings.max_texts,
        max_explained_texts=settings.max_explained_texts,
        max_text_chars=settings.max_text_chars,
        max_body_bytes=settings.max_body_bytes,
    )


def summary(model: ServedModel, *, default: str) -> ModelSummary:
    facts = model.facts
    return ModelSummary(
        name=facts.name,
        default=facts.name == default,
        labels=list(facts.labels),
        multi_label=facts.thresholds is not None,
        thresholds=None
        if facts.thresholds is None
        else [
            LabelProbability(label=label, probability=threshold)
            for label, threshold in zip(facts.labels, facts.thresholds, strict=True)
        ],
        base=facts.base,
        version=version_of(model),
        sure_from=facts.sure_from,
        clean=facts.cleaning,
    )


def detail(model: ServedModel, *, default: str) -> ModelDetail:
    facts = model.facts
    return ModelDetail(
        **summary(model, default=default).model_dump(),
        card=facts.card,
        max_tokens=facts.max_tokens,
        instructions=model.body.instructions if model.body else None,
        licence=facts.licence,
        readout=facts.readout,
        results=list(facts.results),
        comparisons=list(facts.comparisons),
        provenance=dict(facts.provenance),
    )
