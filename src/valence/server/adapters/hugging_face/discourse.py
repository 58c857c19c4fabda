"""Labels as Discourse's sentiment module reads them: exactly positive, negative and neutral."""

from __future__ import annotations

from collections.abc import Sequence

from valence.server.adapters.hugging_face.labels import LabelScore
from valence.server.problems import ProblemError
from valence.server.settings import variable_of

NAMES = ("positive", "negative", "neutral")


def renamed(scores: list[LabelScore], names: Sequence[tuple[str, str]]) -> list[LabelScore]:
    """The labels that Discourse knows, under its names. Raises ProblemError if the classifier has none of them.

    >>> renamed([{"score": 0.9, "label": "Good"}, {"score": 0.1, "label": "Bad"}], [("positive", "Good")])
    [{'score': 0.9, 'label': 'positive'}]
    """
    ours = {label: name for name, label in names} or {score["label"]: score["label"].lower() for score in scores}
    known = {label: name for label, name in ours.items() if name in NAMES}
    found: list[LabelScore] = [
        {"score": score["score"], "label": known[score["label"]]} for score in scores if score["label"] in known
    ]
    if not found:
        labels = ", ".join(score["label"] for score in scores)
        raise ProblemError(
            "text-error",
            f"The classifier's labels are {labels}: none of them is positive, negative or neutral for Discourse. Set "
            f"{variable_of('discourse_labels')}.",
        )
    return found
