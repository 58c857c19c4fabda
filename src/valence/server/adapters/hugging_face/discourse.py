"""What Discourse's sentiment module reads: exactly the labels positive, negative and neutral, for every post.

Each run of its back-fill takes the posts that have no result yet, up to a limit. So posts that can't be scored must get
one, or they would fill every run and no other post would be scored (plugins/discourse-ai, sentiment_backfill.rb).
"""

from __future__ import annotations

from collections.abc import Sequence

from valence.server.adapters.hugging_face.labels import LabelScore, label_scores
from valence.server.problems import ProblemError
from valence.server.schemas.predict import NotScored, Scored
from valence.server.settings import variable_of

NAMES = ("positive", "negative", "neutral")


def sentiment(result: Scored | NotScored, names: Sequence[tuple[str, str]]) -> list[LabelScore]:
    """The post's scores under Discourse's names; 0 for each, which its reports count as nothing, if it has none.

    Raises ProblemError as `renamed` does.
    """
    if isinstance(result, Scored):
        return renamed(label_scores(result), names)
    return [{"score": 0.0, "label": name} for name in NAMES]


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
