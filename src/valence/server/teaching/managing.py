"""Classifiers: created, found by name, changed, deleted."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from valence.server.classifiers.registry import Registry
from valence.server.problems import ProblemError
from valence.server.schemas.classifiers import ClassifierChange, NewClassifier
from valence.server.settings import Settings
from valence.server.store import classifier_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.teaching.labels import check_names, check_none_lost
from valence.server.teaching.texts import labels_in


def create(request: NewClassifier, by: str, database: Database, registry: Registry, settings: Settings) -> Classifier:
    """Stores a new classifier. Raises ProblemError and StoreError."""
    _check_name(request.name, registry)
    check_names(request.labels, several=request.multi_label)
    classifier = Classifier(
        id=str(uuid.uuid4()),
        name=request.name,
        labels=json.dumps(request.labels),
        several=request.multi_label,
        readout=request.readout,
        clean=request.clean,
        created_at=datetime.now(UTC),
        created_by=by,
    )
    outcome = classifier_rows.put(database, classifier, limit=settings.max_classifiers)
    if outcome == "name-taken":
        raise _name_taken(request.name)
    if outcome == "full":
        raise ProblemError(
            "too-many-classifiers",
            f"This server allows {settings.max_classifiers} classifiers (VALENCE_MAX_CLASSIFIERS). Delete one.",
        )
    return classifier


def find(name: str, database: Database) -> Classifier:
    """Raises ProblemError if there is none with this name, and StoreError."""
    found = None if "\0" in name else classifier_rows.named(database, name)
    if found is None:
        raise ProblemError("unknown-classifier", f"There is no classifier {name!r}.")
    return found


def change(name: str, request: ClassifierChange, database: Database, registry: Registry) -> Classifier:
    """Changes what the request names, and returns the classifier. Raises ProblemError and StoreError."""
    classifier = find(name, database)
    values: dict[str, str] = {}
    if request.name is not None and request.name != name:
        _check_name(request.name, registry)
        values["name"] = request.name
    if request.labels is not None:
        check_names(request.labels, labels_in(classifier.labels), several=classifier.several)
        check_none_lost(classifier, request.labels, database)
        values["labels"] = json.dumps(request.labels)
    if request.readout is not None:
        values["readout"] = request.readout
    outcome = classifier_rows.change(database, classifier.id, values)
    if outcome == "name-taken":
        raise _name_taken(request.name or name)
    return find(values.get("name", name), database)


def remove(name: str, database: Database) -> None:
    """Deletes it with everything that belongs to it; there is no copy. Raises ProblemError and StoreError."""
    classifier_rows.remove(database, find(name, database).id)


def _check_name(name: str, registry: Registry) -> None:
    if name in registry.own_names:
        raise ProblemError("name-taken", f"This server has a model named {name}. Choose another name.")


def _name_taken(name: str) -> ProblemError:
    return ProblemError("name-taken", f"There already is a classifier named {name}. Choose another name.")
