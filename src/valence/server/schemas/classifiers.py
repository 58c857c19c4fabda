"""Classifiers that people teach, their fits and their versions, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from valence.model.results import Estimate, LabelFigures, Probability, Reliability, Result
from valence.server.schemas.base import Wire
from valence.server.schemas.label_names import MOST_CHARS, label_name
from valence.tables.posts import Cleaning

MOST_LABELS = 200


def _distinct(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("labels must be distinct")
    return names


ClassifierName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$",
        description="Lower-case letters, digits, - and _; requests name it as their model.",
        examples=["my-forum"],
    ),
]
Label = Annotated[str, Field(min_length=1, max_length=MOST_CHARS), AfterValidator(label_name)]
LabelNames = Annotated[list[Label], Field(max_length=MOST_LABELS, fail_fast=True), AfterValidator(_distinct)]
Readout = Literal["auto", "final", "general"]
Note = Annotated[str, Field(max_length=500)]


class NewClassifier(Wire):
    """A classifier to be taught."""

    name: ClassifierName
    labels: LabelNames = Field(
        [], description="Up to 200; more can be added later, also by a file.", examples=[["removed", "kept"]]
    )
    multi_label: bool = Field(default=False, description="Whether a text can have several labels, or none.")
    readout: Readout = Field(
        "auto", description="What its head reads of the encoder; `auto` tries all, also beside n-grams of characters."
    )
    clean: Cleaning = Field(
        "none", description="`forum` stores and scores only what the author of a forum post wrote, without quotes."
    )


class ClassifierChange(Wire):
    """What to change; what is left out stays."""

    name: ClassifierName | None = None
    labels: LabelNames | None = Field(
        None, description="All labels, in their new order. One that examples have can't be left out."
    )
    readout: Readout | None = None


class LabelExamples(Wire):
    """How many examples a label has."""

    label: str
    train: int
    test: int


class ExampleCounts(Wire):
    """How many examples there are."""

    labels: list[LabelExamples] = Field(description="In the order of the classifier's labels.")
    train: int = Field(description="Labelled examples to learn from.")
    test: int = Field(description="Labelled examples to test on.")
    unlabelled: int


class Fit(Wire):
    """The latest fit of a classifier."""

    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    again: bool = Field(description="Whether another one follows, because it was requested while this one was running.")
    step: str = Field(description="What it is doing.", examples=["reading texts"])
    done: int = Field(ge=0, description="Texts that the encoder has read.")
    total: int = Field(ge=0, description="Texts that it must read.")
    reason: str | None = Field(description="Why it failed, if it did.")
    version: int | None = Field(description="Number of the version that it made.")
    requested_at: datetime
    ended_at: datetime | None


class FitRequest(Wire):
    note: Note = Field(
        "", description="What is new about the version that it makes.", examples=["200 decisions of May"]
    )


class VersionSummary(Wire):
    """A version of a classifier: a head, fitted on the examples of one moment."""

    number: int = Field(ge=1)
    head: str = Field(description="Fingerprint of the head, as predictions name it.", examples=["9b1d52c07e6a"])
    body: str = Field(description="Version of the encoder that it needs.", examples=["3f0c9a1be2d4"])
    usable: bool = Field(description="Whether this server has that encoder; if not, fit again.")
    published: bool = Field(description="Whether it is the one that answers.")
    was_published: bool = Field(
        description="If it never was, the next fit replaces it and takes its number, unless it was uploaded."
    )
    note: str
    made_at: datetime
    uploaded: bool = Field(description="Whether somebody uploaded it; the others were fitted here.")
    transformers: bool = Field(
        description="Whether transformers can load it too: its head reads the `final` readout alone."
    )
    rows: int = Field(description="Examples that it was fitted on; 0 if it was uploaded.")
    tested_on: Literal["test", "cross-validation", "none"] = Field(
        description="What the figures come from: the test examples; or, while these are fewer than 50, "
        "cross-validation, in which each training example is judged by a head that hasn't seen it."
    )
    tested_rows: int
    accuracy: Estimate | None = Field(description="Share of right answers; null if too few examples were tested.")
    macro_f1: Estimate | None


class Classifier(Wire):
    """A classifier that is taught by examples."""

    name: str
    labels: list[str]
    multi_label: bool
    readout: Readout
    clean: Cleaning
    created_at: datetime
    examples: ExampleCounts
    fit: Fit | None = Field(description="The latest fit; null if there never was one.")
    newest: VersionSummary | None = Field(description="The newest version.")
    published: VersionSummary | None = Field(description="The version that answers; null if none does.")


class ClassifierList(Wire):
    classifiers: list[Classifier]
    most_classifiers: int = Field(description="How many this server allows.")
    most_examples: int = Field(description="How many examples each may have.")


class Beside(Wire):
    """Another way to answer, tested on the same examples."""

    name: str = Field(examples=["the most frequent label"])
    kind: Literal["most-frequent", "n-grams", "published"]
    accuracy: Estimate
    macro_f1: Estimate


class ExampleDoubt(Wire):
    """An example whose label a head disagrees with that hasn't seen it."""

    id: int
    text: str
    labels: list[str] = Field(description="As it was labelled.")
    suggested: list[str] = Field(description="What the head says.")
    probability: Probability = Field(description="How sure the head is.")
    part: Literal["train", "test"]


class CurvePoint(Wire):
    rows: int = Field(description="Examples that were learnt from.")
    accuracy: float = Field(description="Cross-validated.")


class Learning(Wire):
    """What more examples would bring, from a learning curve."""

    sentence: str = Field(examples=["40 more examples: about 3 points more (1 to 5)."])
    more: int | None = Field(description="How many more examples `gain` is of; null with fewer than 40 examples.")
    gain: Estimate | None = Field(
        description="Accuracy that they would add, with its 95% interval. If that covers zero, nobody can tell yet."
    )
    points: list[CurvePoint] = Field(description="The curve, on parts of the examples.")


class IdentityTerm(Wire):
    """Harmless sentences with one word for a group of people."""

    term: str = Field(examples=["gay"])
    share: float = Field(description="Share of the sentences that get the label.")
    probability: float = Field(description="Mean probability of the label.")


class LabelIdentity(Wire):
    """One label in harmless sentences, with words for groups of people and without."""

    label: str
    without: float = Field(description="Share of the sentences without such a word that get the label.")
    share: float = Field(description="Share of the same sentences with one that get it.")
    change: Estimate = Field(description="What a word adds to the label's mean probability, with its 95% interval.")
    terms: list[IdentityTerm] = Field(description="Those that bring the label most often first.")


class Identity(Wire):
    """Whether words for groups of people change the answers: copies of harmless English sentences, with and without."""

    sentence: str
    sentences: int = Field(description="How many there are; each is tried with every word.")
    labels: list[LabelIdentity] = Field(description="The labels that change most, five at most.")


class Version(VersionSummary):
    """A version with everything that was measured."""

    labels: list[str] = Field(description="That it knows: those that had examples.")
    reads: str = Field(description="What the head reads, in words.", examples=["final readout beside n-grams"])
    verdict: str = Field(description="What the figures say, in a sentence.")
    enough: bool = Field(description="Whether they say anything: false means too few examples to know.")
    beside: list[Beside]
    mistakes: list[ExampleDoubt] = Field(description="The most confident wrong answers, of the tested examples.")
    per_label: list[LabelFigures]
    confusion: list[list[int]] | None = Field(
        description="Rows: true label; columns: predicted label; in the order of `labels`. Null for several labels."
    )
    reliability: Reliability | None
    result: Result | None = Field(description="All figures, as a model has them.")
    learning: Learning | None = Field(description="Null for versions that an older server made, or that were uploaded.")
    identity: Identity | None = Field(description="Null for versions that an older server made.")
    notes: list[str]


class UploadQuery(Wire):
    note: Note = Field("", description="What is new about the version.", examples=["fitted on 40,000 rows elsewhere"])


class DownloadQuery(Wire):
    parts: Literal["serving", "head", "transformers"] = Field(
        "serving",
        description="`serving` is what Valence loads; `head` only what is fitted, for an upload elsewhere; "
        "`transformers` also the network with the head as its final layer, if that reads the `final` readout alone.",
    )


class VersionList(Wire):
    versions: list[VersionSummary] = Field(description="Newest first.")


class PublishRequest(Wire):
    """Which version shall answer: a newer one, or again an older one."""

    version: int = Field(ge=1, le=2**31 - 1)
    head: Annotated[str, Field(max_length=12)] | None = Field(
        None, description="Its fingerprint, if you want to be sure that it wasn't replaced by another fit meanwhile."
    )


class TryRequest(Wire):
    text: str = Field(description="A text to score with this version.", examples=["You clearly didn't read it."])
    explain: bool = Field(default=False, description="Also return how much each word changed the score.")
