"""Decisions of moderators, over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from valence.model.results import Estimate, Probability
from valence.server.schemas.base import Name, Wire
from valence.server.schemas.classifiers import MOST_LABELS, Label
from valence.server.schemas.moderation import Action, ClassifierQuery, Token, Why


class NewDecision(Wire):
    """What a moderator decided about an item."""

    request: Token = Field(description="A random UUID that you create once per decision, so that retries are safe.")
    action: Action = Field(
        description="`approve`; `remove`; `label`, to give it the classifier's `labels`; or `unsure`, to set it aside."
    )
    labels: Annotated[list[Label], Field(max_length=MOST_LABELS, fail_fast=True)] | None = Field(
        None, description="Of the action `label`: one, or any number if the classifier's texts can have several."
    )
    reason: int | None = Field(None, ge=1, le=5, description="Which of the community's five reasons.")
    copies: bool = Field(
        default=False, description="Also decide the items with the same text that wait: 2,000 at most."
    )
    replace: bool = Field(default=False, description="Also if the item is decided already.")
    claim: Token | None = Field(None, description="The UUID with which the tab holds the item.")

    @model_validator(mode="after")
    def _labels_of_label(self) -> NewDecision:
        if (self.action == "label") != (self.labels is not None):
            raise ValueError("send 'labels' with the action 'label', and with no other")
        return self


class UndoRequest(Wire):
    """Takes a decision back, with those about copies that were made with it."""

    request: Token = Field(description="A random UUID that you create once per undo, so that retries are safe.")
    undoes: Token = Field(description="The `request` of the decision.")


class Decision(Wire):
    """An entry of the log of decisions. It holds no text and no author."""

    id: int
    request: str = Field(description="Chosen by who decided.")
    item: int = Field(description="Number of the item, which may be gone.")
    item_id: str = Field(description="As the item's sender calls it.")
    action: Literal["approve", "remove", "label", "unsure", "undo"]
    labels: list[str] | None
    reason: int | None
    undoes: int | None = Field(description="ID of the decision that an undo takes back.")
    copy_of: int | None = Field(description="Number of the item that was decided, if this one is a copy of it.")
    by: str = Field(description="Name of the key, or owner.")
    made_at: datetime
    waited_s: float | None = Field(description="Seconds that the item had waited for a person.")
    blind: bool = Field(description="Whether the moderator didn't see a score.")
    why: Why | None = Field(description="Why the item was in the queue.")
    score: Probability | None
    classifier_labels: list[str] | None = Field(description="What the classifier had said.")
    body: str | None
    head: str | None
    agrees: bool | None = Field(description="Whether the classifier had said the same; null if that can't be known.")
    learnt: bool = Field(description="Whether the item's text became an example of the classifier.")


class Decided(Wire):
    """What a decision, or an undo, did."""

    new: bool = Field(description="False if this request was made before.")
    items: int = Field(description="Items that it holds for: one, and the copies.")
    decision: Decision = Field(description="About the item itself.")


class DecisionQuery(ClassifierQuery):
    item: int | None = Field(None, ge=1, le=2**63 - 1, description="Only entries about the item with this number.")
    limit: int = Field(50, ge=1, le=200, description="Entries per page.")
    cursor: str | None = Field(
        None, max_length=100, description="`next` of the previous page; leave it out for the first page."
    )


class DecisionPage(Wire):
    items: list[Decision] = Field(description="Newest first.")
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class DecisionExportQuery(ClassifierQuery):
    format: Literal["csv", "jsonl"] = Field("jsonl", description="Format of the file.")


class ReportQuery(ClassifierQuery):
    weeks: int = Field(8, ge=1, le=52, description="How many weeks, counted back from this one.")


class Agreement(Wire):
    """How often the classifier and the moderators say the same."""

    decisions: int = Field(description="Decisions for which that is known.")
    agree: int
    share: Estimate | None = Field(description="With its 95% interval; null without decisions.")


class Week(Wire):
    """A week from Monday on, in UTC."""

    begins: date
    received: int = Field(description="Items that came in.")
    queued: int = Field(description="Of these, those that a person should look at.")
    decided: int = Field(description="Decisions that weren't taken back; copies count one by one.")
    removed: int = Field(description="Of these, those that didn't approve.")
    median_wait_s: float | None = Field(description="Median time in the queue, in seconds.")
    shown: Agreement = Field(description="For items whose score the moderator saw. It flatters the classifier.")
    blind: Agreement = Field(description="For blind items: the honest figure.")


class Report(Wire):
    classifier: Name
    weeks: list[Week] = Field(description="Oldest first.")
