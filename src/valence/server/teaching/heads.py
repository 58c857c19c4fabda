"""The heads of versions: from the database to the object that scores, and to a model that the server answers with."""

from __future__ import annotations

import json

from safetensors import SafetensorError

from valence.model.fitted_head import FittedHead, head_of
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead
from valence.server.classifiers.registry import BodyReader, ModelFacts, ServedModel
from valence.server.store.classifier_tables import Classifier, Version
from valence.server.teaching.outcome import Outcome
from valence.system.errors import StoreError


def fitted_head(version: Version) -> FittedHead:
    """The head of a version that was read with it. Raises StoreError if it is damaged."""
    labels = Labels(json.loads(version.labels), multi_label=version.several)
    try:
        head, ngrams = head_of(version.head, multi_label=version.several)
    except (SafetensorError, KeyError, TypeError, ValueError, IndexError) as error:
        raise StoreError(
            f"The head of version {version.number} is damaged: {error}.", hint="Fit the classifier again."
        ) from error
    provenance = json.loads(version.provenance)
    return FittedHead(head, labels, version.readout, version.body, provenance=provenance, ngrams=ngrams)


def outcome_of(version: Version) -> Outcome:
    return Outcome.model_validate_json(version.results)


def served(classifier: Classifier, version: Version, body: BodyReader, facts: ModelFacts) -> ServedModel:
    """A version as a model that answers. `facts` are those of the model whose body it reads. Raises StoreError."""
    fitted = fitted_head(version)
    thresholds = tuple(map(float, fitted.head.thresholds)) if isinstance(fitted.head, MultiLabelHead) else None
    result = outcome_of(version).result
    own = ModelFacts(
        name=classifier.name,
        body=version.body[:12],
        head=version.fingerprint,
        labels=fitted.labels.names,
        sure_from=fitted.sure_from,
        base=facts.base,
        licence=facts.licence,
        readout=version.readout,
        max_tokens=facts.max_tokens,
        thresholds=thresholds,
        cleaning=fitted.cleaning,
        results=() if result is None else (result,),
        provenance=fitted.provenance,
    )
    return ServedModel(own, body.scorer(fitted))
