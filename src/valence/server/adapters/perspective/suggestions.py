"""Suggested scores: a moderator's decision on a comment, kept as an example of a classifier or as feedback on it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from valence.server.adapter_settings import Answer
from valence.server.adapters.perspective.attributes import check_answer, check_label
from valence.server.adapters.view import score
from valence.server.auth.access import key_with
from valence.server.feedback.receive import receive
from valence.server.schemas.examples import GivenExample, NewExamples
from valence.server.schemas.feedback import FeedbackRequest
from valence.server.state import State
from valence.server.store import classifier_rows
from valence.server.teaching import adding
from valence.server.teaching.texts import labels_in

# A suggested score from here on says that the comment has the attribute.
_YES_FROM = 0.5


@dataclass(frozen=True)
class Suggestion:
    """What somebody says about a comment.

    Attributes:
        answer: the attribute, and the label that answers it.
        text: the comment.
        value: 1 if the comment has the attribute, 0 if not, or something between.
        sender: who suggests it, so that nobody else can replace the suggestion.
        token: the sender's name for the comment, if there is one: a second suggestion for it replaces the first.
    """

    answer: Answer
    text: str
    value: float
    sender: str
    token: str | None


def keep(suggestion: Suggestion, state: State) -> None:
    """Stores the suggestion. Raises ProblemError or StoreError.

    If the label's classifier is one that people teach, the comment becomes an example of it, provided that the operator
    keeps texts and that the key may teach. Otherwise the suggestion is kept as feedback, with its text only if the
    operator keeps texts.
    """
    if not _teach(suggestion, state):
        _keep_as_feedback(suggestion, state)


def _teach(suggestion: Suggestion, state: State) -> bool:
    """Adds the comment to the examples of a taught classifier; False if that isn't possible or isn't allowed."""
    key = key_with("classifiers")
    if key is None or not state.settings.keep_feedback_texts:
        return False
    classifier = classifier_rows.named(state.database, suggestion.answer.classifier)
    if classifier is None or classifier.several:  # one label says nothing about the others of a text
        return False
    labels = labels_in(classifier.labels)
    check_label(suggestion.answer, labels)
    label = _right_label(suggestion, labels)
    if label is None:
        return False
    example = GivenExample(text=suggestion.text, labels=[label], author=None)
    request = NewExamples(examples=[example], source="decision", picked=None)
    adding.add(request, classifier, key, state.database, state.settings)
    return True


def _keep_as_feedback(suggestion: Suggestion, state: State) -> None:
    """Where a classifier has more than two labels, "not this one" says nothing about a prediction of another label:
    such a suggestion isn't kept.
    """
    check_answer(suggestion.answer, state.registry)
    answers = score([suggestion.text], suggestion.answer.classifier)
    prediction = answers.scored[0]
    right = _right_label(suggestion, [item.label for item in prediction.probabilities])
    if right is None and prediction.label != suggestion.answer.label:
        return
    keeps_texts = state.settings.keep_feedback_texts
    feedback = FeedbackRequest(
        id=_identity(suggestion),
        model=answers.model,
        predicted=prediction.label,
        probability=prediction.probability,
        correct=prediction.label == right,
        label=right,
        text=suggestion.text if keeps_texts else None,
        consent=keeps_texts,
        request_id=None,
    )
    receive(feedback, state.database, state.registry, state.settings)


def _right_label(suggestion: Suggestion, labels: Sequence[str]) -> str | None:
    """The label that the suggestion says, if it says one."""
    if suggestion.value >= _YES_FROM:
        return suggestion.answer.label
    others = [label for label in labels if label != suggestion.answer.label]
    return others[0] if len(others) == 1 else None


def _identity(suggestion: Suggestion) -> str:
    """A random ID, or the same one for the same sender, comment and attribute."""
    if not suggestion.token:  # an empty one is what a client without names for its comments sends
        return str(uuid.uuid4())
    parts = f"{suggestion.sender}\0{suggestion.token}\0{suggestion.answer.name}"
    return str(uuid.UUID(bytes=hashlib.sha256(parts.encode()).digest()[:16], version=4))
