"""Suggested scores: a moderator's decision on a comment, kept as feedback on the label that answers the attribute.

The only module that decides where a suggestion goes.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from valence.server.adapter_settings import Answer
from valence.server.adapters.view import score
from valence.server.feedback.receive import receive
from valence.server.schemas.feedback import FeedbackRequest
from valence.server.schemas.predict import Scored
from valence.server.state import State

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
    """Stores the suggestion as feedback, with its text if the operator keeps texts. Raises ProblemError or StoreError.

    Where a classifier has more than two labels, "not this one" says nothing about a prediction of another label: such
    a suggestion isn't kept.
    """
    answers = score([suggestion.text], suggestion.answer.classifier)
    prediction = answers.scored[0]
    right = _right_label(suggestion, prediction)
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


def _right_label(suggestion: Suggestion, prediction: Scored) -> str | None:
    """The label that the suggestion says, if it says one."""
    if suggestion.value >= _YES_FROM:
        return suggestion.answer.label
    others = [item.label for item in prediction.probabilities if item.label != suggestion.answer.label]
    return others[0] if len(others) == 1 else None


def _identity(suggestion: Suggestion) -> str:
    """A random ID, or the same one for the same sender, comment and attribute."""
    if suggestion.token is None:
        return str(uuid.uuid4())
    parts = f"{suggestion.sender}\0{suggestion.token}\0{suggestion.answer.name}"
    return str(uuid.UUID(bytes=hashlib.sha256(parts.encode()).digest()[:16], version=4))
