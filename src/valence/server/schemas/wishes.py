"""Thresholds by wish, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from valence.evaluation.wishes.wish import MOST_LOAD, Kind
from valence.model.results import Estimate, Probability
from valence.server.schemas.base import Wire
from valence.server.schemas.models import ModelVersion
from valence.server.schemas.moderation import ClassifierQuery, Item

_KIND = (
    "`precision`: the least share of flags that are right. `recall`: of the comments that need action, the least share "
    "that is flagged or read by a person. `load`: the most flags a day, on average."
)
_VALUE = f"Above 0; below 1 for a share, below {MOST_LOAD:,} for `load`."
Value = Annotated[float, Field(gt=0, lt=MOST_LOAD)]


class Wish(Wire):
    """What a community wants from its flags."""

    kind: Kind = Field(description=_KIND)
    value: Value = Field(description=_VALUE, examples=[0.9])

    @model_validator(mode="after")
    def _share(self) -> Wish:
        _check_share(self.kind, self.value)
        return self


class PreviewQuery(ClassifierQuery):
    """The wish, or the two thresholds, to preview; without any, those in use."""

    kind: Kind | None = Field(None, description=_KIND)
    value: Value | None = Field(None, description=_VALUE)
    pass_below: Probability | None = Field(None, description="Tries this threshold instead of a wish.")
    flag_from: Probability | None = Field(None, description="And this one.")

    @model_validator(mode="after")
    def _one_of_two(self) -> PreviewQuery:
        if (self.kind is None) != (self.value is None):
            raise ValueError("send 'kind' and 'value' together")
        if (self.pass_below is None) != (self.flag_from is None):
            raise ValueError("send 'pass_below' and 'flag_from' together")
        if self.kind is not None and self.pass_below is not None:
            raise ValueError("send a wish or thresholds, not both")
        if (self.pass_below or 0) > (1 if self.flag_from is None else self.flag_from):
            raise ValueError("'flag_from' can't be below 'pass_below'")
        _check_share(self.kind, self.value)
        return self


def _check_share(kind: Kind | None, value: float | None) -> None:
    """Raises ValueError for a share of 1 or more."""
    if kind in {"precision", "recall"} and value is not None and value >= 1:
        raise ValueError("'value' is a share for this kind, and must be below 1")


class Promise(Wire):
    """What holds of a wish, with a confidence of 95%."""

    kept: bool = Field(
        description="Whether it can be promised. If not, nothing is flagged, or approved, on its account."
    )
    best: float | None = Field(description="What could be promised instead: a share, or flags a day.")
    needed: int | None = Field(
        description="About how many more decisions it would need; null if more wouldn't help, or nobody knows."
    )
    is_estimate: bool = Field(
        description="Whether it rests on fewer than 50 blind decisions, or not on blind decisions alone."
    )
    decisions: int = Field(description="How many decisions, or test examples, it rests on.")


class ChosenThresholds(Promise):
    """The thresholds of a version for the wish."""

    version: ModelVersion
    chosen_at: datetime = Field(description="They are chosen again once a day.")


class StoredWish(Wire):
    """A community's wish and the thresholds that hold."""

    classifier: str
    wish: Wish | None = Field(description="Null if a person chose the thresholds, or nobody did.")
    words: str | None = Field(description="The wish in words.", examples=["9 of 10 flags are right"])
    pass_below: Probability = Field(description="Items with a lower score need nobody.")
    flag_from: Probability | None = Field(description="Items with at least this score are flagged; null: none is.")
    chosen: ChosenThresholds | None = Field(
        description="How they were chosen; null without a wish, or before a version is published."
    )


class Outlook(Wire):
    """What two thresholds do to a day's comments, each figure with its 95% interval."""

    per: float = Field(description="The number of comments that the figures are for.")
    is_day: bool = Field(description="Whether that is a day; false if too little is known, and they are for 1,000.")
    flags: Estimate
    right: Estimate = Field(description="Flags that are right.")
    missed: Estimate = Field(description="Comments needing action that are approved.")
    reads: Estimate = Field(description="Comments that a person decides on.")
    precision: Estimate | None = Field(description="Share of flags that are right; null without one to judge by.")
    recall: Estimate | None = Field(description="Share of comments needing action that aren't approved.")


class Histogram(Wire):
    """Counts of scores in bars of equal width, from 0 to 1."""

    recent: list[int] = Field(description="The community's own last scores.")
    fine: list[int] = Field(description="Decided comments and test examples that need no action.")
    bad: list[int] = Field(description="Those that do.")


class NearComment(Wire):
    """A comment near a threshold. Blind ones that wait aren't shown, because their score would show."""

    item: Item
    score: Probability = Field(description="By the version that the figures are for.")


class Preview(Wire):
    """What a wish, or two thresholds, would do. Nothing is changed."""

    classifier: str
    version: ModelVersion | None = Field(description="The version that answers now; null if none is published.")
    wish: Wish | None
    words: str | None = Field(description="The wish in words.", examples=["9 of 10 flags are right"])
    pass_below: Probability
    flag_from: Probability | None = Field(description="Null if nothing would be flagged.")
    promise: Promise | None = Field(description="Null without a wish.")
    is_estimate: bool = Field(description="Whether there are fewer than 50 blind decisions, or too few for the wish.")
    blind: int = Field(description="Blind decisions that the figures come from.")
    tested: int = Field(description="Test examples of the classifier that the figures come from.")
    recent: int = Field(description="Of the last 30 days' comments, those whose scores are counted.")
    outlook: Outlook
    histogram: Histogram
    near_pass: list[NearComment] = Field(description="The three comments nearest to `pass_below`.")
    near_flag: list[NearComment] = Field(description="The three nearest to `flag_from`.")
    approved_flagged: list[NearComment] = Field(
        description="The three approved comments with the highest scores that would be flagged."
    )
