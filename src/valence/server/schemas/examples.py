"""Examples of a classifier, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from valence.model.results import Probability
from valence.server.schemas.base import Wire
from valence.server.schemas.classifiers import MOST_LABELS, Label
from valence.server.schemas.files import PreviewQuery

# Examples in one request: each has at most three fields, of the 64 that a body may have.
MOST_AT_ONCE = 20

Source = Literal["file", "hand", "feedback", "decision"]
Picked = Literal["uncertain", "random"]
Part = Literal["train", "test"]
Author = Annotated[str, Field(min_length=1, max_length=200)]


class GivenExample(Wire):
    """A text to add."""

    text: str = Field(min_length=1, examples=["You clearly didn't read it."])
    labels: Annotated[list[Label], Field(max_length=MOST_LABELS, fail_fast=True)] | None = Field(
        None,
        description="Its label in a list; of a multi-label classifier any number. Left out: not labelled yet.",
        examples=[["removed"]],
    )
    author: Author | None = Field(None, description="Who wrote it, so that everything by them can be erased.")


class NewExamples(Wire):
    """Up to 20 texts; send more as a file."""

    examples: Annotated[list[GivenExample], Field(min_length=1, max_length=MOST_AT_ONCE, fail_fast=True)]
    source: Literal["hand", "feedback", "decision"] = Field("hand", description="Where the labels come from.")
    picked: Picked | None = Field(None, description="As `GET .../next` said, if the text comes from there.")


class ExampleFileQuery(PreviewQuery):
    """How the file is read, as for `POST /api/v1/files/preview`, and what becomes of labels that are new."""

    author_column: str | None = Field(None, max_length=200, description="The column that says who wrote each text.")
    unlabelled: bool = Field(default=False, description="Take the texts alone, to be labelled later.")
    new_labels: Literal["stop", "add"] = Field(
        "stop",
        description="Whether labels that the classifier doesn't have refuse the file, or are added to the classifier.",
    )


class ExamplesAdded(Wire):
    """What adding examples changed. A text is one example, however often it is added; its last label counts."""

    added: int = Field(description="Texts that are new.")
    relabelled: int = Field(description="Texts that were there with another label, or none.")
    unchanged: int = Field(description="Texts that were there already.")
    contradicting: int = Field(
        description="Texts that were sent more than once, with different labels; the last label counts."
    )
    left_out: int = Field(description="Rows of the file without a text, or that couldn't be read or stored.")


class Example(Wire):
    id: int
    text: str
    labels: list[str] | None = Field(description="Null if it isn't labelled.")
    part: Part = Field(description="Whether it is learnt from or tested on; follows from the text and never changes.")
    source: Source
    picked: Picked | None = Field(description="Why the server proposed it, if it did.")
    author: str | None
    checked: bool = Field(description="Whether somebody confirmed a label that looked wrong.")
    added_at: datetime
    changed_at: datetime


class ExampleQuery(Wire):
    limit: int = Field(50, ge=1, le=200, description="Examples per page.")
    cursor: str | None = Field(
        None, max_length=100, description="`next` of the previous page; leave it out for the first page."
    )
    search: str | None = Field(None, min_length=1, max_length=200, description="Only texts that contain this.")
    label: Label | None = Field(None, description="Only examples with exactly this label.")
    labelled: bool | None = Field(None, description="Only labelled, or only unlabelled examples.")
    part: Part | None = Field(None, description="Only examples of this part.")
    source: Source | None = Field(None, description="Only examples from this source.")


class ExamplePage(Wire):
    items: list[Example] = Field(description="Newest first.")
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class ExampleChange(Wire):
    """Either `labels`, or `checked` to keep a label that looked wrong."""

    labels: Annotated[list[Label], Field(max_length=MOST_LABELS, fail_fast=True)] | None = Field(
        None, description="The new label in a list; null takes the label away, so that the text isn't labelled again."
    )
    picked: Picked | None = Field(None, description="As `GET .../next` said, if the text comes from there.")
    checked: Literal[True] | None = Field(None, description="The label looked wrong, and is right.")

    @property
    def unlabels(self) -> bool:
        """Whether it takes the label away."""
        return "labels" in self.model_fields_set and self.labels is None

    @model_validator(mode="after")
    def _one_of_two(self) -> ExampleChange:
        if ("labels" in self.model_fields_set) == (self.checked is not None):
            raise ValueError("send either 'labels' or 'checked'")
        if self.unlabels and self.picked is not None:
            raise ValueError("'picked' goes with a label")
        return self


class EraseRequest(Wire):
    """Either a `text` or an `author`."""

    text: str | None = Field(None, min_length=1, description="A text; also its copies in other case and white space.")
    author: Author | None = Field(None, description="Everything by them.")

    @model_validator(mode="after")
    def _one_of_two(self) -> EraseRequest:
        if (self.text is None) == (self.author is None):
            raise ValueError("send either 'text' or 'author'")
        return self


class Erased(Wire):
    erased: int = Field(description="Examples that were deleted, of all classifiers.")
    items: int = Field(description="Items that were deleted from the queues of all classifiers.")


class Suspect(Wire):
    """A training example whose label looks wrong to a head that hasn't seen it."""

    example: Example
    suggested: list[str] = Field(description="The label that looks right.")
    given_probability: Probability = Field(description="Of the label that it has.")
    suggested_probability: Probability


class SuspectQuery(Wire):
    limit: int = Field(20, ge=1, le=100, description="How many are returned at most.")


class Suspects(Wire):
    """Found by the newest fit; examples that were changed, checked or removed since are left out."""

    version: int | None = Field(description="The version whose fit found them; null before the first fit.")
    rows: int = Field(description="Training examples that were looked at.")
    estimated_share: float = Field(description="Estimated share of wrong labels among them.")
    suspects: list[Suspect] = Field(description="The most suspect ones first.")


class NextQuery(Wire):
    limit: int = Field(10, ge=1, le=50, description="How many are returned at most.")


class NextText(Wire):
    """An unlabelled example to label next."""

    example: Example
    picked: Picked = Field(description="Send it with the label. Only random ones give honest figures.")
    suggested: list[str] | None = Field(description="What the newest version says; null without one.")
    probability: Probability | None


class NextTexts(Wire):
    unlabelled: int = Field(description="How many there are.")
    texts: list[NextText]
