"""/api/v1/classifiers: classifiers that people teach, their fits, and what they should look at next."""

from __future__ import annotations

from flask import Blueprint, Response

from valence.server.auth.access import holder
from valence.server.openapi import teaching_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError
from valence.server.schemas.classifiers import (
    Classifier,
    ClassifierChange,
    ClassifierList,
    Fit,
    FitRequest,
    NewClassifier,
    PublishRequest,
)
from valence.server.schemas.examples import NextQuery, NextTexts, SuspectQuery, Suspects
from valence.server.state import state
from valence.server.store import classifier_rows, fit_rows, version_rows
from valence.server.teaching import describe, managing, proposing, versions

blueprint = Blueprint("classifiers", __name__, url_prefix="/api/v1/classifiers")

NAME = {"name": "The classifier's name."}
_UNKNOWN = ("unknown-classifier",)


@blueprint.get("")
@operation(
    tag="Classifiers",
    summary="List the classifiers",
    responses=ClassifierList,
    scope="classifiers",
    store=True,
    problems=("starting",),
    response_examples=examples.CLASSIFIER_LISTS,
)
def list_classifiers() -> ClassifierList:
    """Those that are taught through this API, by name. A published one answers `predict` and jobs as a model."""
    current = state()
    engine = current.registry.body
    return ClassifierList(
        classifiers=[
            describe.classifier(row, current.database, engine.id) for row in classifier_rows.every(current.database)
        ],
        most_classifiers=current.settings.max_classifiers,
        most_examples=current.settings.max_examples,
    )


@blueprint.post("")
@operation(
    tag="Classifiers",
    summary="Create a classifier",
    body=NewClassifier,
    responses={201: Classifier},
    scope="classifiers",
    store=True,
    problems=("name-taken", "too-many-classifiers", "starting"),
    request_examples=examples.NEW_CLASSIFIERS,
    response_examples=examples.CLASSIFIERS,
)
def create_classifier(body: NewClassifier) -> tuple[Classifier, int]:
    """Nothing is stored before this. From here on, the texts that you add as examples are in the database until you
    remove them or delete the classifier.
    """
    current = state()
    engine = current.registry.body
    row = managing.create(body, holder().id, current.database, current.registry, current.settings)
    return describe.classifier(row, current.database, engine.id), 201


@blueprint.get("/<name>")
@operation(
    tag="Classifiers",
    summary="Get a classifier",
    responses=Classifier,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "starting"),
    parameters=NAME,
    response_examples=examples.CLASSIFIERS,
)
def get_classifier(name: str) -> Classifier:
    """Its labels, how many examples they have, its latest fit and its newest and published versions."""
    current = state()
    engine = current.registry.body
    return describe.classifier(managing.find(name, current.database), current.database, engine.id)


@blueprint.patch("/<name>")
@operation(
    tag="Classifiers",
    summary="Change a classifier",
    body=ClassifierChange,
    responses=Classifier,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "name-taken", "label-in-use", "starting"),
    parameters=NAME,
    request_examples=examples.CLASSIFIER_CHANGES,
    response_examples=examples.CLASSIFIERS,
)
def change_classifier(name: str, body: ClassifierChange) -> Classifier:
    """Renames it, or adds, removes and reorders labels. Versions keep the labels that they were fitted with."""
    current = state()
    engine = current.registry.body
    row = managing.change(name, body, current.database, current.registry)
    current.publications.refresh()
    return describe.classifier(row, current.database, engine.id)


@blueprint.delete("/<name>")
@operation(
    tag="Classifiers",
    summary="Delete a classifier",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
)
def delete_classifier(name: str) -> Response:
    """Deletes it permanently, with its examples, their texts and its versions; there is no copy."""
    current = state()
    managing.remove(name, current.database)
    current.publications.refresh()
    current.teacher.wake()
    return Response(status=204)


@blueprint.post("/<name>/fit")
@operation(
    tag="Classifiers",
    summary="Fit a classifier",
    body=FitRequest,
    responses={202: Fit},
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
    request_examples=examples.FIT_REQUESTS,
    response_examples=examples.FITS,
)
def fit_classifier(name: str, body: FitRequest) -> tuple[Fit, int]:
    """Fits a new head on the labelled examples, in the background: poll `GET .../fit` until its `state` is done, then
    look at the new version. It doesn't answer before you publish it. Send this as often as you like: while a fit waits
    nothing happens, and while one is running another one follows.
    """
    current = state()
    row = managing.find(name, current.database)
    fit = fit_rows.request(current.database, row.id, by=holder().id, note=body.note)
    if fit is None:
        raise ProblemError("unknown-classifier", f"{name} was deleted meanwhile.")
    current.teacher.wake()
    return describe.fit_state(fit), 202


@blueprint.get("/<name>/fit")
@operation(
    tag="Classifiers",
    summary="Get the latest fit",
    responses=Fit,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "no-fit"),
    parameters=NAME,
    response_examples=examples.FITS,
)
def get_fit(name: str) -> Fit:
    """Shows its progress. If the server restarts, the fit starts over."""
    row = managing.find(name, state().database)
    fit = fit_rows.get(state().database, row.id)
    if fit is None:
        raise ProblemError("no-fit", f"{name} was never fitted.")
    return describe.fit_state(fit)


@blueprint.delete("/<name>/fit")
@operation(
    tag="Classifiers",
    summary="Cancel a fit",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
)
def cancel_fit(name: str) -> Response:
    """Cancels a fit that waits or is running, within seconds. Versions stay as they are."""
    row = managing.find(name, state().database)
    fit_rows.cancel(state().database, row.id)
    return Response(status=204)


@blueprint.post("/<name>/published")
@operation(
    tag="Classifiers",
    summary="Publish a version",
    body=PublishRequest,
    responses=Classifier,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "unknown-version", "version-replaced", "version-unusable", "starting"),
    parameters=NAME,
    request_examples=examples.PUBLISH_REQUESTS,
    response_examples=examples.CLASSIFIERS,
)
def publish_version(name: str, body: PublishRequest) -> Classifier:
    """From now on this version answers requests that name the classifier as their `model`: here at once, and on other
    servers with the same database within five seconds. To go back, publish an older version.
    """
    current = state()
    engine = current.registry.body
    versions.publish(body, managing.find(name, current.database), current.database, engine)
    current.publications.refresh()
    return describe.classifier(managing.find(name, current.database), current.database, engine.id)


@blueprint.delete("/<name>/published")
@operation(
    tag="Classifiers",
    summary="Stop publishing",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
)
def unpublish(name: str) -> Response:
    """No version answers any more. The versions stay."""
    current = state()
    version_rows.unpublish(current.database, managing.find(name, current.database).id)
    current.publications.refresh()
    return Response(status=204)


@blueprint.get("/<name>/suspects")
@operation(
    tag="Classifiers",
    summary="List suspect labels",
    query=SuspectQuery,
    responses=Suspects,
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    parameters=NAME,
    response_examples=examples.SUSPECTS,
)
def list_suspects(name: str, query: SuspectQuery) -> Suspects:
    """Training examples whose labels look wrong to heads that haven't seen them. Change the label, confirm it
    (`checked`) or remove the example; it then leaves this list.
    """
    return proposing.suspects(query, managing.find(name, state().database), state().database)


@blueprint.get("/<name>/next")
@operation(
    tag="Classifiers",
    summary="List texts to label next",
    query=NextQuery,
    responses=NextTexts,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "overloaded", "starting"),
    parameters=NAME,
    response_examples=examples.NEXT_TEXTS,
)
def list_next_texts(name: str, query: NextQuery) -> NextTexts:
    """Unlabelled examples: those that the newest version is least sure of, alternating with random ones."""
    current = state()
    engine = current.registry.body
    return proposing.next_texts(query, managing.find(name, current.database), current.database, engine)
