"""/api/v1/perspective/attributes: which label answers which attribute of Perspective."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from valence.server.adapter_settings import Answer
from valence.server.auth.access import holder
from valence.server.openapi import teaching_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.attributes import Attribute, AttributeChoice, AttributeList
from valence.server.state import state
from valence.server.store import attribute_rows

blueprint = Blueprint("attributes", __name__, url_prefix="/api/v1/perspective/attributes")

# Perspective's attributes, from its documentation ("Attributes & Languages"): in production, then experimental.
KNOWN = (
    *("TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT"),
    *("SEXUALLY_EXPLICIT", "FLIRTATION", "ATTACK_ON_AUTHOR", "ATTACK_ON_COMMENTER", "INCOHERENT", "INFLAMMATORY"),
    *("LIKELY_TO_REJECT", "OBSCENE", "SPAM", "UNSUBSTANTIAL"),
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_MOST = 64  # as many as a request may ask for
_PARAMETERS = {"name": "The attribute's name, such as TOXICITY."}


@blueprint.get("")
@operation(
    tag="Perspective",
    summary="List the attributes",
    responses=AttributeList,
    scope="classifiers",
    store=True,
    problems=("starting",),
    response_examples=examples.ATTRIBUTE_LISTS,
)
def list_attributes() -> AttributeList:
    """Which label of which classifier answers each attribute of Perspective's clients, and which nothing answers."""
    current = state()
    current.registry.all()  # what is wrong with an answer is known only once the models are loaded
    fixed, chosen = current.attributes.fixed, current.attributes.stored()
    found = [*(_described(answer, fixed=True) for answer in fixed), *(_described(answer) for answer in chosen)]
    names = {attribute.name for attribute in found}
    return AttributeList(
        attributes=found,
        unanswered=[name for name in KNOWN if name not in names],
        languages=list(current.settings.perspective_languages),
    )


@blueprint.put("/<name>")
@operation(
    tag="Perspective",
    summary="Choose what answers an attribute",
    body=AttributeChoice,
    responses=Attribute,
    scope="classifiers",
    store=True,
    problems=("unknown-model", "attribute-fixed", "too-many-attributes", "starting"),
    parameters=_PARAMETERS,
    request_examples=examples.ATTRIBUTE_CHOICES,
    response_examples=examples.ATTRIBUTES,
)
def choose_attribute(body: AttributeChoice, name: str) -> Attribute:
    """Every server on the same database answers so within seconds. What the settings say can't be changed here."""
    current = state()
    if not _NAME.fullmatch(name):
        raise invalid_field("name", "must be letters, digits and underscores, at most 64, and begin with a letter")
    _check_free(name)
    labels = current.registry.model(body.classifier).facts.labels
    if body.label not in labels:
        raise invalid_field("label", f"must be one of {', '.join(labels)}")
    answer = Answer(name, body.classifier, body.label)
    if not attribute_rows.put(current.database, answer, holder().id, most=_MOST):
        raise ProblemError("too-many-attributes", f"There are {_MOST} already.")
    current.attributes.forget()
    return _described(answer)


@blueprint.delete("/<name>")
@operation(
    tag="Perspective",
    summary="Stop answering an attribute",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=("unknown-attribute", "attribute-fixed"),
    parameters=_PARAMETERS,
)
def remove_attribute(name: str) -> Response:
    """Asking for it is then an error in Perspective's form."""
    current = state()
    _check_free(name)
    if not attribute_rows.remove(current.database, name):
        raise ProblemError("unknown-attribute", "Nothing was chosen for an attribute of this name.")
    current.attributes.forget()
    return Response(status=204)


def _check_free(name: str) -> None:
    """Raises ProblemError if the settings say what answers it."""
    if any(answer.name == name for answer in state().attributes.fixed):
        raise ProblemError("attribute-fixed", f"{name} is set in VALENCE_PERSPECTIVE_ATTRIBUTES.")


def _described(answer: Answer, *, fixed: bool = False) -> Attribute:
    return Attribute(
        name=answer.name,
        classifier=answer.classifier,
        label=answer.label,
        source="settings" if fixed else "chosen",
        problem=_problem(answer),
    )


def _problem(answer: Answer) -> str | None:
    """Why an answer can't be given at present. Raises ProblemError `starting`."""
    try:
        labels = state().registry.model(answer.classifier).facts.labels
    except ProblemError as error:
        if error.kind.code != "unknown-model":
            raise
        return f"There is no model or published classifier {answer.classifier!r}."
    return None if answer.label in labels else f"Its labels are {', '.join(labels)}."
